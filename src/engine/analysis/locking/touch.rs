//! What functions do to the attributes of their object or the variables of their module, and under which locks.

use crate::engine::analysis::handler::own_nodes;
use crate::engine::analysis::race::locked::may_lock;
use crate::engine::analysis::shared::state::{Owner, State};
use crate::engine::python::flow::{Held, Lock, LockRoot};
use crate::engine::python::{ClassId, Field, FunctionId, Kind, Module, Name, NodeId};

/// Methods of containers that change them.
const CHANGES: [&str; 16] = [
    "append",
    "appendleft",
    "extend",
    "insert",
    "pop",
    "popleft",
    "popitem",
    "remove",
    "discard",
    "clear",
    "update",
    "add",
    "setdefault",
    "sort",
    "move_to_end",
    "reverse",
];

/// What is done to an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deed {
    Read,
    /// Gone through, element by element, as it is.
    Iterate(NodeId),
    /// Given another value.
    Replace,
    /// Its elements are changed by one of its methods.
    Change,
    /// One of its elements is assigned or deleted.
    Put,
    /// `self.x += 1`, `self.x[key] -= 1`
    ReadChange,
}

impl Deed {
    pub(super) fn writes(self) -> bool {
        matches!(self, Deed::Replace | Deed::Change | Deed::Put | Deed::ReadChange)
    }
}

/// One use of `self.x` in a method.
#[derive(Clone, Debug)]
pub(super) struct Touch {
    /// The `self.x` node, or the variable.
    pub node: NodeId,
    pub attribute: Name,
    pub method: FunctionId,
    pub deed: Deed,
    /// The locks that outlive the call and are held.
    pub held: Vec<Held>,
}

/// What a function does to attributes of its object, or to variables of the module; what closures in it do is another
/// time's, and what it does in the block of something that may be a lock tells nothing.
pub(super) fn touches(module: &Module, owner: Owner, method: FunctionId) -> Vec<Touch> {
    let body = module.function(method).body;
    let nodes = body.into_iter().flat_map(|body| own_nodes(module, body));
    let found = nodes.filter_map(|node| {
        let attribute = match owner {
            Owner::Class(class) => attribute_of_self(module, class, node)?,
            Owner::Module | Owner::Closure(_) => variable(module, owner, node)?,
        };
        let is_clear = !module.enclosing_with_items(node).any(|item| is_unknown(module, item));
        let held = module.locks_at(node);
        let own = held.into_iter().filter(|held| is_lasting(&held.lock)).collect();
        is_clear.then(|| Touch { node, attribute, method, deed: deed(module, node), held: own })
    });
    found.collect()
}

fn is_lasting(lock: &Lock) -> bool {
    matches!(lock.root, LockRoot::Receiver(_) | LockRoot::Module)
}

fn is_unknown(module: &Module, item: NodeId) -> bool {
    let manager = module.with_parts(item).0;
    !manager.is_some_and(|manager| module.is_lock(manager)) && may_lock(module, item)
}

fn variable(module: &Module, owner: Owner, node: NodeId) -> Option<Name> {
    let tree = module.tree();
    let declares = tree.parent(node).is_some_and(|parent| tree.kind(parent) == Kind::GlobalStatement);
    let state = State::named_by(module, node).filter(|state| state.owner == owner && !declares)?;
    (tree.kind(node) == Kind::Identifier).then_some(state.name)
}

fn attribute_of_self(module: &Module, class: ClassId, node: NodeId) -> Option<Name> {
    let tree = module.tree();
    if tree.kind(node) != Kind::Attribute {
        return None;
    }
    let object = tree.child(node, Field::Object).filter(|object| tree.kind(*object) == Kind::Identifier)?;
    let name = module.text(tree.child(node, Field::Attribute)?);
    let is_self = module.qualified_name(object).is_none() && module.class_of(object) == Some(class);
    module.names().get(name).filter(|_| is_self)
}

fn deed(module: &Module, node: NodeId) -> Deed {
    let tree = module.tree();
    let Some(parent) = tree.parent(node) else { return Deed::Read };
    match (tree.kind(parent), tree.field(node)) {
        (Kind::Assignment, Field::Left) | (Kind::DeleteStatement, _) => Deed::Replace,
        (Kind::AugmentedAssignment, Field::Left) => Deed::ReadChange,
        (Kind::Subscript, Field::Value) => of_element(module, parent),
        (Kind::ForStatement | Kind::ForInClause, Field::Right) => Deed::Iterate(parent),
        (Kind::Attribute, Field::Object) => of_method(module, parent),
        _ => Deed::Read,
    }
}

fn of_element(module: &Module, subscript: NodeId) -> Deed {
    let tree = module.tree();
    let Some(parent) = tree.parent(subscript) else { return Deed::Read };
    match (tree.kind(parent), tree.field(subscript)) {
        (Kind::Assignment, Field::Left) | (Kind::DeleteStatement, _) => Deed::Put,
        (Kind::AugmentedAssignment, Field::Left) => Deed::ReadChange,
        _ => Deed::Read,
    }
}

fn of_method(module: &Module, attribute: NodeId) -> Deed {
    let tree = module.tree();
    let name = tree.child(attribute, Field::Attribute).map_or("", |name| module.text(name));
    let call = tree.parent(attribute).filter(|call| tree.kind(*call) == Kind::Call);
    let Some(call) = call.filter(|_| tree.field(attribute) == Field::Function) else { return Deed::Read };
    if CHANGES.contains(&name) {
        return Deed::Change;
    }
    let around = tree.parent(call).filter(|_| matches!(name, "items" | "values" | "keys"));
    match around.map(|around| (tree.kind(around), around)) {
        Some((Kind::ForStatement | Kind::ForInClause, around)) if tree.field(call) == Field::Right => {
            Deed::Iterate(around)
        }
        _ => Deed::Read,
    }
}
