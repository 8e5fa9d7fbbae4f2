//! Counters: names and attributes that begin at 0 and that nothing may have counted up when they divide.

use crate::engine::python::{Binding, BindingKind, Constant, Field, Kind, Module, Name, NodeId};

use super::super::calls;
use super::origin::{Origin, Zero};

/// A name of the function that begins at 0 and is counted in a loop.
pub(super) fn of_loop(module: &Module, divisor: NodeId, first: &Binding, rest: &[&Binding]) -> Option<Zero> {
    let counts = !rest.is_empty() && rest.iter().all(|binding| binding.kind == BindingKind::Augmented);
    let begins =
        first.kind == BindingKind::Assignment && first.value.is_some_and(|value| is_zero(module, value));
    let picks = rest.iter().all(|binding| is_picked(module, binding.node));
    let origin = if picks { Origin::Here } else { Origin::Caller };
    (counts && begins).then(|| Zero { when: never_counted(module, divisor), subject: divisor, origin })
}

/// Counted only where a test inside the loop lets it.
pub(super) fn is_picked(module: &Module, counted: NodeId) -> bool {
    let tree = module.tree();
    let is_loop = |node: NodeId| matches!(tree.kind(node), Kind::ForStatement | Kind::WhileStatement);
    let mut inside = module.ancestors_in_function(counted).take_while(|node| !is_loop(*node));
    inside.any(|node| tree.kind(node) == Kind::IfStatement)
}

/// `self.hits + self.misses`: attributes that begin at 0 in a new object.
pub(super) fn of_object(module: &Module, divisor: NodeId) -> Option<Zero> {
    let tree = module.tree();
    let node = calls::inner(module, divisor);
    let operands = match tree.kind(node) {
        Kind::Attribute => vec![node],
        Kind::BinaryOperator
            if tree.child(node, Field::Operator).is_some_and(|sign| module.text(sign) == "+") =>
        {
            vec![tree.child(node, Field::Left)?, tree.child(node, Field::Right)?]
        }
        _ => return None,
    };
    let is_fresh = operands.iter().all(|operand| is_counter(module, *operand));
    is_fresh.then(|| Zero { when: never_counted(module, node), subject: node, origin: Origin::Fresh })
}

fn never_counted(module: &Module, node: NodeId) -> String {
    format!("nothing counted `{}` up from the 0 it begins at", calls::beginning(module, node))
}

/// An attribute of `self` that its class sets to 0 at first, and to nothing else but a count.
fn is_counter(module: &Module, operand: NodeId) -> bool {
    let tree = module.tree();
    let part = |field| tree.child(operand, field).filter(|_| tree.kind(operand) == Kind::Attribute);
    let object = part(Field::Object).filter(|object| module.text(*object) == "self");
    let name = part(Field::Attribute).and_then(|name| module.names().get(module.text(name)));
    let (Some(class), Some(name)) = (object.and_then(|_| module.enclosing_class(operand)), name) else {
        return false;
    };
    let class = module.class(class);
    let is_plain = class.bases.is_empty()
        && !class.decorators.iter().any(|decorator| module.text(decorator.node).contains("dataclass"));
    let set = class.attributes.get(&name).map_or(&[][..], Vec::as_slice);
    let is_count = |value: Option<NodeId>| value.is_none_or(|value| is_zero(module, value));
    let in_init =
        |method| module.function(method).name.map(|name: Name| module.names().text(name)) == Some("__init__");
    let begins = set.iter().any(|attribute| {
        in_init(attribute.method) && attribute.value.is_some_and(|value| is_zero(module, value))
    });
    is_plain && begins && set.iter().all(|attribute| is_count(attribute.value))
}

fn is_zero(module: &Module, value: NodeId) -> bool {
    match module.constant(value) {
        Some(Constant::Int(number)) => number == 0,
        Some(Constant::Float(number)) => number == 0.0,
        _ => false,
    }
}
