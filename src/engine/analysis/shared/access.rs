//! How a function uses state that outlives it, place by place in the order of the text.

use crate::engine::analysis::handler::own_nodes;
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::state::{Owner, State};

/// What one place does with the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine::analysis) enum Use {
    Read,
    /// `self.x = value`; no value where it is not plain.
    Rebind(Option<NodeId>),
    /// `self.x += value`.
    Augment,
    /// `self.x[key] = value`.
    SetItem {
        key: NodeId,
        value: Option<NodeId>,
    },
    /// `self.x[key] += value`.
    AugmentItem {
        key: NodeId,
    },
    /// `del self.x[key]`.
    DeleteItem {
        key: NodeId,
    },
    /// `del self.x`.
    Delete,
    /// A method that changes a collection.
    Change {
        method: Method,
        first: Option<NodeId>,
        arguments: usize,
    },
}

/// Methods that change a collection, by what they do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine::analysis) enum Method {
    /// `append`, `add`, `insert`, `extend`, `update`, `appendleft`.
    Add,
    /// `setdefault`: tests and adds in one step.
    AddOnce,
    /// `pop`, `popitem`, `popleft`: fails where nothing is left.
    Take,
    /// `remove`: fails where it is not there.
    Remove,
    /// `discard`, `clear`: never fails.
    Discard,
}

/// One place.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::analysis) struct Access {
    pub state: State,
    /// The expression that names the state.
    pub place: NodeId,
    /// The node at which the flow has the access: a target, a call, or the place itself.
    pub at: NodeId,
    pub usage: Use,
}

impl Access {
    pub(in crate::engine::analysis) fn is_write(&self) -> bool {
        self.usage != Use::Read
    }

    /// Whether all objects of the class share what is accessed: it is the module's, named through the class, or made
    /// in the class body and changed in place.
    pub(in crate::engine::analysis) fn is_for_all(&self, module: &Module, function: FunctionId) -> bool {
        let Owner::Class(class) = self.state.owner else { return true };
        let tree = module.tree();
        let object = tree.child(self.place, Field::Object);
        let names_class =
            object.and_then(|object| module.qualified_name(object)) == Some(module.class_path(class));
        let function = module.function(function);
        let receives_class = function.is_class_method
            || function.name.is_some_and(|name| module.names().text(name) == "__new__");
        let receiver = function.params.first().map(|param| module.text(param.node));
        let through_class = receives_class && object.map(|object| module.text(object)) == receiver;
        let stays = !matches!(self.usage, Use::Rebind(_) | Use::Augment | Use::Delete)
            && !module.class(class).attributes.contains_key(&self.state.name);
        names_class || through_class || stays
    }

    /// The value whose part the old value may be: `self.x = value`, `self.x[key] = value`.
    pub(in crate::engine::analysis) fn value(&self) -> Option<NodeId> {
        match self.usage {
            Use::Rebind(value) | Use::SetItem { value, .. } => value,
            _ => None,
        }
    }
}

/// All accesses of a function's own code.
pub(in crate::engine::analysis) fn accesses(module: &Module, function: FunctionId) -> Vec<Access> {
    let Some(body) = module.function(function).body else { return Vec::new() };
    let places = own_nodes(module, body);
    places.filter_map(|place| access(module, place, State::named_by(module, place)?)).collect()
}

fn access(module: &Module, place: NodeId, state: State) -> Option<Access> {
    let tree = module.tree();
    let parent = tree.parent(place)?;
    let (at, usage) = match (tree.kind(parent), tree.field(place)) {
        (Kind::Subscript, Field::Value) => {
            let key = tree.child(parent, Field::Subscript)?;
            let outer = tree.parent(parent)?;
            let usage = match (tree.kind(outer), tree.field(parent)) {
                (Kind::Assignment, Field::Left) => {
                    Use::SetItem { key, value: tree.child(outer, Field::Right) }
                }
                (Kind::AugmentedAssignment, Field::Left) => Use::AugmentItem { key },
                (Kind::DeleteStatement, _) => Use::DeleteItem { key },
                (Kind::ExpressionList, _) if is_deleted(module, outer) => Use::DeleteItem { key },
                _ => Use::Read,
            };
            (parent, usage)
        }
        (Kind::Attribute, Field::Object) => match method_call(module, parent) {
            Some((call, usage)) => (call, usage),
            None => (place, Use::Read),
        },
        (Kind::Assignment, Field::Left) => (place, Use::Rebind(tree.child(parent, Field::Right))),
        (Kind::PatternList | Kind::TuplePattern, _) => (place, Use::Rebind(None)),
        (Kind::AugmentedAssignment, Field::Left) => (parent, Use::Augment),
        (Kind::DeleteStatement, _) => (place, Use::Delete),
        _ => (place, Use::Read),
    };
    Some(Access { state, place, at, usage })
}

fn is_deleted(module: &Module, list: NodeId) -> bool {
    let tree = module.tree();
    tree.parent(list).is_some_and(|parent| tree.kind(parent) == Kind::DeleteStatement)
}

fn method_call(module: &Module, attribute: NodeId) -> Option<(NodeId, Use)> {
    let tree = module.tree();
    let call = tree.parent(attribute).filter(|call| tree.kind(*call) == Kind::Call)?;
    let method = match module.text(tree.child(attribute, Field::Attribute)?) {
        "append" | "add" | "insert" | "extend" | "update" | "appendleft" => Method::Add,
        "setdefault" => Method::AddOnce,
        "pop" | "popitem" | "popleft" => Method::Take,
        "remove" => Method::Remove,
        "discard" | "clear" => Method::Discard,
        _ => return None,
    };
    let list = tree.child(call, Field::Arguments)?;
    let first = tree.first_named(list);
    Some((call, Use::Change { method, first, arguments: tree.named_children(list).count() }))
}
