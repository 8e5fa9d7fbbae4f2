//! The edit, where the remedy is mechanical: `time.sleep(1)` becomes `await asyncio.sleep(1)`.

use crate::engine::finding::{Edit, Suggestion};
use crate::engine::python::{BindingKind, Field, Kind, Module, NodeId, ScopeId};

/// For a statement of its own in a coroutine that holds nothing: a `with` around it could be a thread's lock.
pub(super) fn suggestion(module: &Module, call: NodeId) -> Option<Suggestion> {
    let tree = module.tree();
    let is_statement = tree.parent(call).is_some_and(|node| tree.kind(node) == Kind::ExpressionStatement);
    let holds = module.enclosing_with_items(call).next().is_some();
    let sleeps = module.callee(call) == Some("time.sleep");
    if !sleeps || !is_statement || holds || !knows_asyncio(module) {
        return None;
    }
    let bytes = tree.range(tree.child(call, Field::Function)?);
    Some(Suggestion {
        edits: vec![Edit { bytes, replacement: "await asyncio.sleep".to_owned() }],
        safe: true,
    })
}

/// `import asyncio` at the top, under its own name.
fn knows_asyncio(module: &Module) -> bool {
    let scopes = module.scopes();
    let bound = module.names().get("asyncio").map(|name| scopes.bound_in(ScopeId::MODULE, name));
    let is_module = |kind: &BindingKind| matches!(kind, BindingKind::Import(path) if path == "asyncio");
    bound.is_some_and(|ids| ids.iter().any(|id| is_module(&scopes.binding(*id).kind)))
}
