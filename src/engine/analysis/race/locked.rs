//! Whether something keeps others out between two places: a lock, a caller's lock, a manager or decorator that may be
//! one, or that only one task ever runs the code.

use crate::engine::analysis::calls;
use crate::engine::analysis::shared::uses::Uses;
use crate::engine::python::{FunctionId, Module, NodeId};

/// Words of decorators and functions that stand for a lock.
const KEEPERS: [&str; 9] =
    ["lock", "synchron", "serial", "once", "singleflight", "dedup", "exclusive", "mutex", "throttle"];

/// Whether others are kept out from the first place to the second.
pub(in crate::engine::analysis) fn is_exclusive(
    module: &Module,
    uses: &Uses,
    function: FunctionId,
    first: NodeId,
    second: NodeId,
) -> bool {
    shares_lock(module, first, second)
        || shares_manager(module, first, second)
        || is_kept(module, function)
        || caller_locks(module, uses, function)
}

fn shares_lock(module: &Module, first: NodeId, second: NodeId) -> bool {
    let at_second = module.locks_at(second);
    module.locks_at(first).iter().any(|held| at_second.iter().any(|other| other.at == held.at))
}

/// Both stand in one `with` whose manager is not known: it may be a lock.
fn shares_manager(module: &Module, first: NodeId, second: NodeId) -> bool {
    let around_second: Vec<NodeId> = module.enclosing_with_items(second).collect();
    let mut around = module.enclosing_with_items(first).filter(|item| around_second.contains(item));
    around.any(|item| may_lock(module, item))
}

/// Whether the manager of a `with` is not known: it may be a lock.
pub(in crate::engine::analysis) fn may_lock(module: &Module, item: NodeId) -> bool {
    let manager = module.with_parts(item).0;
    let name = manager.and_then(|manager| module.callee(manager).or_else(|| module.type_of(manager)));
    name.is_none_or(|name| name.starts_with(['~', '.']))
}

/// Whether the name or a decorator of a function stands for a lock.
pub(in crate::engine::analysis) fn is_kept(module: &Module, function: FunctionId) -> bool {
    let says = |text: &str| {
        let text = text.to_lowercase();
        KEEPERS.iter().any(|word| text.contains(word))
    };
    let function = module.function(function);
    let name = function.name.map_or("", |name| module.names().text(name));
    says(name) || function.decorators.iter().any(|decorator| says(calls::beginning(module, decorator.callee)))
}

/// Whether some caller in this file of a private helper holds a lock around the call.
fn caller_locks(module: &Module, uses: &Uses, function: FunctionId) -> bool {
    let name = module.function(function).name.map_or("", |name| module.names().text(name));
    name.starts_with('_')
        && uses.calls_of(module, function).iter().any(|call| !module.locks_at(*call).is_empty())
}
