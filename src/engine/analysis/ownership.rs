//! What becomes of a local value that has to be given back: its name, its uses, and whether somebody else owns it.

use crate::engine::python::{BindingId, BindingKind, Field, Kind, Module, NodeId, ScopeKind};

use super::calls;

/// The plain local name that a call's value is assigned to; of a tuple the last, as in `handle, path = mkstemp()`.
pub(super) fn local_name(module: &Module, call: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let value = calls::unwrapped(module, call);
    let holder = tree.parent(value)?;
    let target = match tree.kind(holder) {
        Kind::Assignment if tree.field(value) == Field::Right => tree.child(holder, Field::Left)?,
        Kind::NamedExpression => tree.child(holder, Field::Name)?,
        Kind::AsPattern => tree.first_named(tree.child(holder, Field::Alias)?)?,
        _ => return None,
    };
    let name = match tree.kind(target) {
        Kind::PatternList | Kind::TuplePattern => tree.named_children(target).last()?,
        _ => target,
    };
    let is_local = matches!(module.scopes().get(module.scope_of(name)).kind, ScopeKind::Function(_));
    let declared =
        module.bindings(module.scope_of(name), module.text(name)).any(|binding| binding.node == name);
    (tree.kind(name) == Kind::Identifier && is_local && declared).then_some(name)
}

/// The binding that an identifier makes.
pub(super) fn binding(module: &Module, name: NodeId) -> Option<BindingId> {
    let scopes = module.scopes();
    let known = module.names().get(module.text(name))?;
    let mut all = scopes.bound_in(module.scope_of(name), known).iter().copied();
    all.find(|id| scopes.binding(*id).node == name)
}

/// The reads of a local name in its function, closures included.
pub(super) fn uses(module: &Module, name: NodeId) -> Vec<NodeId> {
    let tree = module.tree();
    let text = module.text(name);
    let Some(wanted) = module.names().get(text) else { return Vec::new() };
    let around = module.scopes().get(module.scope_of(name)).node;
    let mut bound: Vec<NodeId> =
        module.bindings(module.scope_of(name), text).map(|binding| binding.node).collect();
    bound.sort_unstable();
    let is_label = |node: NodeId| match tree.parent(node).map(|parent| tree.kind(parent)) {
        Some(Kind::Attribute) => tree.field(node) == Field::Attribute,
        Some(Kind::KeywordArgument) => tree.field(node) == Field::Name,
        _ => false,
    };
    let same = module.identifiers_in(around).filter(|(_, name)| *name == wanted).map(|(node, _)| node);
    same.filter(|node| !is_label(*node) && bound.binary_search(node).is_err()).collect()
}

/// Whether the use hands the value on: returned, yielded, stored, put into a collection, captured by a closure.
pub(super) fn hands_over(module: &Module, name: NodeId, used: NodeId) -> bool {
    let tree = module.tree();
    if module.enclosing_function(used) != module.enclosing_function(name) {
        return true;
    }
    let mut below = used;
    for node in module.ancestors_in_function(used) {
        match tree.kind(node) {
            Kind::ReturnStatement | Kind::Yield | Kind::Lambda => return true,
            Kind::GlobalStatement | Kind::NonlocalStatement => return true,
            Kind::Assignment => return tree.field(below) == Field::Right && !is_new_value(module, used),
            Kind::Call => return false,
            Kind::Block => return false,
            _ => below = node,
        }
    }
    false
}

/// `path.name`, `path / "x"`: another value made from it, not the value itself.
fn is_new_value(module: &Module, used: NodeId) -> bool {
    let parent = module.tree().parent(used).map(|node| module.tree().kind(node));
    matches!(parent, Some(Kind::Attribute | Kind::Subscript | Kind::BinaryOperator | Kind::Interpolation))
}

/// The innermost call that the use is an argument of.
pub(super) fn argument_of(module: &Module, used: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let list =
        module.ancestors_in_function(used).take(6).find(|node| tree.kind(*node) == Kind::ArgumentList)?;
    tree.parent(list).filter(|call| tree.kind(*call) == Kind::Call)
}

/// Whether the function around is private to its file or class: its callers, which all are near, may know and guard
/// what they give it.
pub(super) fn is_private_helper(module: &Module, node: NodeId) -> bool {
    let name = module.enclosing_def(node).and_then(|(_, def)| def.name);
    name.is_some_and(|name| module.names().text(name).starts_with('_'))
}

/// Whether the name is a parameter of the function around.
pub(super) fn is_parameter(module: &Module, name: NodeId) -> bool {
    module.bindings_of(name).any(|binding| binding.kind == BindingKind::Parameter)
}
