//! When a client may read an exception's text: behind a debug setting, where a type test let only other exceptions
//! through, where the client is an administrator, or where the text speaks of nothing but the client's own input.

use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::super::{calls, file, handler};
use super::caught::Caught;

/// Nobody has to be told: it is for developers, or only exceptions of a tested type arrive there.
pub(super) fn is_meant(module: &Module, caught: &Caught, shown: NodeId, sink: NodeId) -> bool {
    [shown, sink].into_iter().any(|node| is_for_developers(module, node) || is_narrowed(module, caught, node))
}

/// The reader may judge.
pub(super) fn is_minor(module: &Module, caught: &Caught, shown: NodeId, sink: NodeId) -> bool {
    is_for_admins(module, shown)
        || is_trial(module, shown)
        || reads_input(module, caught)
        || names_a_key(module, caught, sink)
        || file::is_script(module)
}

/// Behind a test of a debug setting.
fn is_for_developers(module: &Module, node: NodeId) -> bool {
    const WORDS: [&str; 6] = ["debug", "develop", "is_dev", "superuser", "is_staff", "is_admin"];
    module.conditions_at(node).into_iter().any(|(test, holds)| {
        let text = calls::beginning(module, test).to_ascii_lowercase();
        let asks_stage =
            text.contains("prod") && ["env", "stage", "is_prod"].iter().any(|word| text.contains(word));
        asks_stage || holds && WORDS.iter().any(|word| text.contains(word))
    })
}

/// `isinstance(error, Refused)` or `type(error) is Refused` holds.
fn is_narrowed(module: &Module, caught: &Caught, node: NodeId) -> bool {
    let Some(name) = caught.name else { return false };
    let tree = module.tree();
    let tests_type = |test: NodeId| {
        tree.subtree(test).take(16).any(|part| {
            let asks = matches!(module.callee(part), Some("builtins.isinstance" | "builtins.type"));
            let first = || calls::arguments(module, part).positional.first().map(|first| module.text(*first));
            tree.kind(part) == Kind::Call && asks && first() == Some(name)
        })
    };
    module.conditions_at(node).into_iter().any(|(test, holds)| holds && tests_type(test))
}

fn is_for_admins(module: &Module, node: NodeId) -> bool {
    let Some((_, def)) = module.enclosing_def(node) else { return false };
    let says = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["admin", "superuser", "staff"].iter().any(|word| text.contains(word))
    };
    let mut params = def.params.iter().filter_map(|param| param.default.or(param.annotation));
    let class = module.enclosing_class(node).map(|id| module.names().text(module.class(id).name));
    says(def.name.map_or("", |name| module.names().text(name)))
        || says(module.source().path())
        || params.any(|part| says(module.text(part)))
        || def.decorators.iter().any(|decorator| says(module.text(decorator.node)))
        || class.is_some_and(says)
}

/// A trial of what its user configured: why it failed is the answer.
fn is_trial(module: &Module, node: NodeId) -> bool {
    let name = module.enclosing_def(node).and_then(|(_, def)| def.name);
    name.is_some_and(|name| {
        let name = module.names().text(name);
        ["test_", "try_", "verify_", "validate_"].iter().any(|prefix| name.starts_with(prefix))
    })
}

/// Whether the guarded code does nothing but read what the client sent: the error speaks of that, and the client may
/// know it.
fn reads_input(module: &Module, caught: &Caught) -> bool {
    let tree = module.tree();
    let reads = |call: NodeId| {
        let name = calls::method(module, call);
        let lower = name.to_ascii_lowercase();
        let plain = ["int", "bool", "float", "str", "isinstance", "len"].contains(&name);
        // `Payload(**body)`: a schema checks the body.
        let is_schema =
            name.starts_with(|first: char| first.is_ascii_uppercase()) && calls::arguments(module, call).open;
        plain
            || is_schema
            || ["json", "loads", "parse", "cast", "valid"].iter().any(|word| lower.contains(word))
    };
    let guarded = caught.handler.as_ref().and_then(|handler| handler.guarded(module));
    let Some((_, guarded)) = guarded else { return false };
    let mut calls =
        handler::own_nodes(module, guarded).filter(|node| tree.kind(*node) == Kind::Call).peekable();
    calls.peek().is_some() && calls.all(reads)
}

/// `except KeyError`, answered with a mistake of the client: the text is the key that is missing.
fn names_a_key(module: &Module, caught: &Caught, sink: NodeId) -> bool {
    let types = caught.handler.as_ref().map_or(&[][..], |handler| &handler.types);
    let [class] = types else { return false };
    let is_key = matches!(module.qualified_name(*class), Some("builtins.KeyError" | "builtins.LookupError"));
    let tree = module.tree();
    let blames_client = |node: NodeId| match tree.kind(node) {
        Kind::Integer => matches!(module.constant(node), Some(Constant::Int(400..=499))),
        Kind::Identifier => tree.field(node) != Field::Name && module.text(node).starts_with("HTTP_4"),
        _ => false,
    };
    is_key && tree.subtree(sink).any(blames_client)
}
