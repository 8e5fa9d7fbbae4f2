//! Which shared state is a collection that begins empty, and whether anything ever leaves it.

use crate::engine::analysis::shared::access::{Access, Method, Use};
use crate::engine::analysis::shared::state::{Owner, State};
use crate::engine::analysis::shared::uses::Uses;
use crate::engine::python::{BindingKind, Field, FunctionId, Kind, Module, NodeId, ScopeId};

/// Whether every value that the file gives the state is an empty, unbounded collection, given once.
pub(super) fn begins_empty(module: &Module, state: State) -> bool {
    let values = values(module, state);
    values.len() == 1 && values.into_iter().all(|value| value.is_some_and(|value| is_empty(module, value)))
}

fn values(module: &Module, state: State) -> Vec<Option<NodeId>> {
    let bound = |scope: ScopeId| {
        let ids = module.scopes().bound_in(scope, state.name).iter();
        let given = ids.map(|id| module.scopes().binding(*id));
        given.filter(|binding| binding.kind != BindingKind::Declaration).map(|binding| binding.value)
    };
    match state.owner {
        Owner::Module => bound(ScopeId::MODULE).collect(),
        Owner::Class(id) => {
            let class = module.class(id);
            let assigned = class.attributes.get(&state.name).into_iter().flatten();
            let assigned = assigned.filter(|attribute| !attribute.declared_only);
            bound(class.scope).chain(assigned.map(|attribute| attribute.value)).collect()
        }
    }
}

fn is_empty(module: &Module, value: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(value) {
        Kind::Dictionary | Kind::List => tree.first_named(value).is_none(),
        Kind::Call => {
            let arguments = tree.child(value, Field::Arguments);
            let given = arguments.is_some_and(|list| tree.first_named(list).is_some());
            match module.callee(value) {
                Some("builtins.dict" | "builtins.list" | "builtins.set" | "collections.OrderedDict") => {
                    !given
                }
                Some("collections.defaultdict" | "collections.Counter") => true,
                _ => false,
            }
        }
        _ => false,
    }
}

/// Whether something may leave the collection or bound it: it is emptied, assigned anew, measured, or handed to code
/// that is not known.
pub(super) fn may_shrink(module: &Module, uses: &Uses, state: State) -> bool {
    uses.all_of(state).any(|access| match access.usage {
        Use::DeleteItem { .. } | Use::Delete | Use::Rebind(_) => !is_made_there(module, access),
        Use::Change { method, .. } => matches!(method, Method::Take | Method::Remove | Method::Discard),
        Use::Read => escapes(module, access.place),
        Use::Augment | Use::SetItem { .. } | Use::AugmentItem { .. } => false,
    })
}

/// The assignment in `__init__` that makes it.
fn is_made_there(module: &Module, access: &Access) -> bool {
    let name = module.enclosing_def(access.place).and_then(|(_, def)| def.name);
    name.is_some_and(|name| module.names().text(name) == "__init__") && matches!(access.usage, Use::Rebind(_))
}

/// Whether other code gets hold of the collection itself, or of how many elements it has.
fn escapes(module: &Module, place: NodeId) -> bool {
    let tree = module.tree();
    let parent = tree.parent(place).map(|parent| (tree.kind(parent), tree.field(place)));
    match parent {
        Some((Kind::Subscript, Field::Value) | (Kind::ComparisonOperator, _)) => false,
        Some((Kind::Attribute, _)) => {
            let name = tree.parent(place).and_then(|parent| tree.child(parent, Field::Attribute));
            !name
                .is_some_and(|name| matches!(module.text(name), "get" | "items" | "values" | "keys" | "copy"))
        }
        Some((Kind::ForStatement | Kind::ForInClause, Field::Right)) => false,
        _ => true,
    }
}

/// Whether an expression speaks of a parameter of the function that names one of very many: a user, an address.
pub(super) fn is_of_many(module: &Module, function: FunctionId, key: NodeId, words: &[String]) -> bool {
    let tree = module.tree();
    let params = &module.function(function).params;
    let mut names = tree.subtree(key).filter(|node| tree.kind(*node) == Kind::Identifier);
    let speaks = crate::engine::analysis::shared::words::says_one_of(module.text(key), words);
    speaks && names.any(|node| params.iter().any(|param| module.text(param.node) == module.text(node)))
}
