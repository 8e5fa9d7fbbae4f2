//! Where a function takes locks, and in what sections it holds them.

use crate::engine::analysis::handler::own_nodes;
use crate::engine::python::flow::{Lock, LockFamily, LockKind};
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

/// A lock that is taken until it is got: by `with`, or by `acquire()` without a limit.
#[derive(Clone, Debug)]
pub(super) struct Taking {
    pub lock: Lock,
    /// The `with` item or the call of `acquire`.
    pub at: NodeId,
    /// The block of the `with`; none for `acquire`.
    pub block: Option<NodeId>,
}

/// The locks that a function's own code takes, in the order of the text.
pub(super) fn takings(module: &Module, function: FunctionId) -> Vec<Taking> {
    let body = module.function(function).body;
    let nodes = body.into_iter().flat_map(|body| own_nodes(module, body));
    nodes.filter_map(|node| taking(module, node)).collect()
}

fn taking(module: &Module, node: NodeId) -> Option<Taking> {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::WithItem => {
            let lock = module.lock(module.with_parts(node).0?)?;
            let statement = tree.ancestors(node).find(|node| tree.kind(*node) == Kind::WithStatement)?;
            Some(Taking { lock, at: node, block: tree.child(statement, Field::Body) })
        }
        Kind::Call => {
            let callee = tree.child(node, Field::Function)?;
            let method = tree.child(callee, Field::Attribute)?;
            let unlimited = tree.first_named(tree.child(node, Field::Arguments)?).is_none();
            let object = tree
                .child(callee, Field::Object)
                .filter(|_| module.text(method) == "acquire" && unlimited)?;
            Some(Taking { lock: module.lock(object)?, at: node, block: None })
        }
        _ => None,
    }
}

/// A lock that surely blocks whoever takes it twice.
pub(super) fn is_mutex(lock: &Lock) -> bool {
    let is_near = matches!(lock.family, LockFamily::Async | LockFamily::Thread | LockFamily::Process);
    lock.kind == LockKind::Mutex && is_near
}

/// The kind of a lock in words.
pub(super) fn described(lock: &Lock) -> &'static str {
    match lock.family {
        LockFamily::Async => "a lock of the event loop's tasks",
        LockFamily::Thread => "a plain lock of threads",
        LockFamily::Process => "a plain lock of processes",
        LockFamily::Distributed => "a distributed lock",
        LockFamily::Unknown => "a lock",
    }
}
