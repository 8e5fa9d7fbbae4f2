//! Files that are opened on the loop and read elsewhere: the handle goes, unread, to a call that is awaited or to an
//! object that keeps it.

use crate::engine::analysis::calls;
use crate::engine::python::{Field, Kind, Module, NodeId};

/// Levels between a handle and the call that takes it: a keyword argument, a display, a tuple.
const LEVELS: usize = 6;
/// Modules whose objects read what they are given where they stand.
const READERS: [&str; 6] = ["csv.", "io.", "codecs.", "gzip.", "zipfile.", "tarfile."];

/// Whether all that is done here with what the call opens is to hand it on.
pub(super) fn is_handed_on(module: &Module, call: NodeId) -> bool {
    let opens = matches!(calls::method(module, call), "open");
    opens && (is_taken(module, call) || handle(module, call).is_some_and(|name| all_taken(module, name)))
}

/// `file` of `with open(path) as file`.
fn handle(module: &Module, call: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let pattern = tree.parent(call).filter(|node| tree.kind(*node) == Kind::AsPattern)?;
    tree.first_named(tree.child(pattern, Field::Alias)?)
}

/// Whether each use of the name behind the `with` hands it on, and there is one.
fn all_taken(module: &Module, name: NodeId) -> bool {
    let tree = module.tree();
    let with = tree.ancestors(name).find(|node| tree.kind(*node) == Kind::WithStatement);
    let Some(body) = with.and_then(|with| tree.child(with, Field::Body)) else { return false };
    let is_use =
        |node: &NodeId| tree.kind(*node) == Kind::Identifier && module.text(*node) == module.text(name);
    let mut uses = tree.subtree(body).filter(|node| is_use(node) && !module.is_label(*node)).peekable();
    uses.peek().is_some() && uses.all(|node| is_taken(module, node))
}

/// An argument of a call that is awaited, or that makes an object of it.
fn is_taken(module: &Module, value: NodeId) -> bool {
    let tree = module.tree();
    let is_between = |node: &NodeId| {
        matches!(
            tree.kind(*node),
            Kind::ArgumentList
                | Kind::KeywordArgument
                | Kind::Dictionary
                | Kind::Pair
                | Kind::List
                | Kind::Tuple
        )
    };
    let taker = tree.ancestors(value).take(LEVELS).find(|node| !is_between(node));
    let taker = taker.filter(|node| tree.kind(*node) == Kind::Call && tree.parent(value) != Some(*node));
    taker.is_some_and(|taker| super::harmless::is_awaited(module, taker) || makes_object(module, taker))
}

/// `FileResponder(file)`: a class, and none that reads.
fn makes_object(module: &Module, call: NodeId) -> bool {
    let name = calls::method(module, call);
    let reads = module.callee(call).is_some_and(|callee| READERS.iter().any(|room| callee.starts_with(room)));
    !reads && name.starts_with(|first: char| first.is_ascii_uppercase())
}
