//! What a call is called in the data: its qualified name, the library base's where a class of this file inherits
//! the method, the chain from a known type, or a name that stands for an ORM's or a stub's.

use crate::engine::analysis::{calls, inherited};
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::group::Groups;
use super::orm;

/// Attributes, subscripts and calls that one chain may have, and names followed on the way.
const LINKS: usize = 12;

/// The name under which the data may know the call.
pub(super) fn name(groups: &Groups, module: &Module, call: NodeId) -> Option<String> {
    let known = |name: String| groups.get(&name).map(|_| name);
    let callee = module.callee(call);
    let plain = callee.and_then(|name| known(name.to_owned()));
    plain
        .or_else(|| inherited::names(module, callee?).into_iter().find_map(known))
        .or_else(|| callee.and_then(calls::stub_method).filter(|_| speaks_grpc(module)).and_then(known))
        .or_else(|| chained(groups, module, call))
        .or_else(|| task_result(module, call).and_then(known))
        .or_else(|| orm::name(module, call).and_then(known))
}

/// The file makes synchronous channels and no others.
fn speaks_grpc(module: &Module) -> bool {
    ["grpc.insecure_channel(", "grpc.secure_channel("].iter().any(|made| module.mentions(made))
        && !module.mentions("aio")
}

/// `client.chat.completions.create`, `mongo["shop"].orders.find_one` as `openai.OpenAI.**.create`.
fn chained(groups: &Groups, module: &Module, call: NodeId) -> Option<String> {
    let tree = module.tree();
    let callee = tree.child(call, Field::Function).filter(|node| tree.kind(*node) == Kind::Attribute)?;
    let method = module.text(tree.child(callee, Field::Attribute)?);
    if !groups.ends_chain(method) {
        return None;
    }
    let mut node = tree.child(callee, Field::Object)?;
    for _ in 0..LINKS {
        if let Some(kind) = module.type_of(node).filter(|kind| groups.begins_chain(kind)) {
            return Some(format!("{kind}.**.{method}"));
        }
        node = before(module, node)?;
    }
    None
}

/// The link before: the object of an attribute, subscript or method call, or what a name is assigned.
fn before(module: &Module, node: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::Identifier => assigned(module, node),
        Kind::Attribute => {
            let object = tree.child(node, Field::Object)?;
            match module.class_of(object) {
                Some(_) => attribute_value(module, node),
                None => Some(object),
            }
        }
        Kind::Subscript => tree.child(node, Field::Value),
        Kind::Call => {
            let callee = tree.child(node, Field::Function)?;
            tree.child(callee, Field::Object).filter(|_| tree.kind(callee) == Kind::Attribute)
        }
        Kind::ParenthesizedExpression => tree.first_named(node),
        _ => None,
    }
}

/// The value of a name with a single binding.
pub(super) fn assigned(module: &Module, identifier: NodeId) -> Option<NodeId> {
    let mut bindings = module.bindings_of(identifier).filter(|binding| binding.kind.gives_value());
    let only = bindings.next()?;
    only.value.filter(|_| bindings.next().is_none())
}

/// The value that `self.name` is assigned in one place only.
fn attribute_value(module: &Module, node: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let class = module.class_of(tree.child(node, Field::Object)?)?;
    let name = module.names().get(module.text(tree.child(node, Field::Attribute)?))?;
    match module.class(class).attributes.get(&name)?.as_slice() {
        [only] => only.value,
        _ => None,
    }
}

/// `task.delay(...).get()`, also through a name.
fn task_result(module: &Module, call: NodeId) -> Option<String> {
    let tree = module.tree();
    let callee = tree.child(call, Field::Function).filter(|node| tree.kind(*node) == Kind::Attribute)?;
    let method = module.text(tree.child(callee, Field::Attribute)?);
    if !matches!(method, "get" | "wait" | "collect") {
        return None;
    }
    let object = tree.child(callee, Field::Object)?;
    let made = if tree.kind(object) == Kind::Identifier { assigned(module, object)? } else { object };
    let starter = tree.child(made, Field::Function).filter(|_| tree.kind(made) == Kind::Call)?;
    let starter = calls::last(module.text(starter));
    matches!(starter, "delay" | "apply_async").then(|| format!("celery.result.AsyncResult.{method}"))
}
