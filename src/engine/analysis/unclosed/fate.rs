//! What becomes of an open object in its function: closed there, lent to calls, or given to somebody who closes it.

use crate::engine::analysis::{calls, ownership};
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::{Opener, Rule};

/// The calls that close what has the name, and the mentions of a closing method that somebody else may call.
pub(super) fn closings(module: &Module, name: NodeId, opener: &Opener) -> Vec<NodeId> {
    let tree = module.tree();
    let closing = |used: NodeId| {
        let member = tree.parent(used).filter(|parent| tree.kind(*parent) == Kind::Attribute)?;
        let method = module.text(tree.child(member, Field::Attribute)?);
        let closes = opener.closers.iter().any(|closer| closer == method);
        let call = tree.parent(member).filter(|call| tree.kind(*call) == Kind::Call);
        closes.then_some(call.unwrap_or(member))
    };
    ownership::uses(module, name).into_iter().filter_map(closing).collect()
}

/// Entered by `with`, returned, stored, or passed to a call that may keep or close it. Who closes it here has only
/// lent it to the calls before.
pub(super) fn is_given_away(
    rule: &Rule,
    module: &Module,
    call: NodeId,
    name: NodeId,
    used: NodeId,
    is_closed_here: bool,
) -> bool {
    let tree = module.tree();
    let Some(parent) = tree.parent(used) else { return false };
    if tree.kind(parent) == Kind::Attribute {
        return module.enclosing_function(used) != module.enclosing_function(name)
            || is_kept_member(module, parent);
    }
    let passed = ownership::argument_of(module, used);
    let keeps = passed.is_some_and(|outer| {
        let is_reader =
            module.callee(outer).is_some_and(|callee| rule.readers.iter().any(|known| known == callee));
        !is_reader && (!is_closed_here || may_keep(module, outer))
    });
    // The `with` of a transaction leaves it open.
    let entered =
        matches!(tree.kind(parent), Kind::WithItem | Kind::AsPattern) && !rule.is_transaction(module, call);
    keeps || entered || ownership::hands_over(module, name, used)
}

/// `return client.get`, `thread(target=process.wait)`: a bound method, or a part, that is kept keeps the object.
fn is_kept_member(module: &Module, member: NodeId) -> bool {
    let tree = module.tree();
    tree.parent(member).is_some_and(|above| {
        matches!(
            tree.kind(above),
            Kind::ArgumentList
                | Kind::KeywordArgument
                | Kind::ReturnStatement
                | Kind::Assignment
                | Kind::Pair
                | Kind::List
                | Kind::Tuple
                | Kind::ExpressionList
                | Kind::Yield
                | Kind::WithItem
                | Kind::AsPattern
        )
    })
}

/// A constructor, a registration, or the call whose result is returned.
fn may_keep(module: &Module, outer: NodeId) -> bool {
    let tree = module.tree();
    let method = calls::method(module, outer);
    let is_made = method.trim_start_matches('_').starts_with(|c: char| c.is_ascii_uppercase());
    let registers = ["append", "add", "put", "register", "push", "callback", "closing", "enter_context"];
    let is_returned = module
        .ancestors_in_function(outer)
        .take_while(|node| tree.kind(*node) != Kind::Block)
        .any(|node| tree.kind(node) == Kind::ReturnStatement);
    is_made || is_returned || registers.iter().any(|word| method.contains(word))
}
