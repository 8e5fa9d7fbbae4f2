//! Calls that run a function of the file in a thread. What frameworks run in threads unasked is `hosts`'s.

use crate::engine::analysis::calls;
use crate::engine::analysis::handler::own_nodes;
use crate::engine::python::{Constant, Field, FunctionId, Kind, Module, NodeId, Resolved};

use super::hosts;

/// How many wrappers (`partial`, brackets) are taken off a function that is handed over.
const WRAPPERS: usize = 3;

/// A function of this file that is run in a thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    pub function: FunctionId,
    /// A call, the registration of a route, a class.
    pub by: NodeId,
    /// What was handed over, where it is a call.
    pub target: Option<NodeId>,
    /// Several threads run it at a time.
    pub many: bool,
    /// Each thread has an object of its own behind `self`.
    pub own: bool,
}

impl Start {
    /// The object whose method was handed over, as written.
    pub(super) fn receiver<'m>(&self, module: &'m Module) -> Option<&'m str> {
        let object = module.tree().child(self.target?, Field::Object)?;
        Some(module.text(object))
    }
}

pub(super) fn starts(module: &Module) -> Vec<Start> {
    let tree = module.tree();
    let calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    let mut starts: Vec<Start> = calls.flat_map(|call| of_call(module, call)).collect();
    starts.extend(hosts::starts(module));
    starts
}

fn of_call(module: &Module, call: NodeId) -> Vec<Start> {
    let Some((target, many)) = handed(module, call) else { return Vec::new() };
    let functions = functions(module, target, WRAPPERS);
    let own = |target: NodeId| is_made_in_loop(module, call, target);
    functions
        .into_iter()
        .map(|(function, target)| Start { function, by: call, target: Some(target), many, own: own(target) })
        .collect()
}

/// The function that a call runs in a thread, and whether more than one thread may run it.
fn handed(module: &Module, call: NodeId) -> Option<(NodeId, bool)> {
    let arguments = calls::arguments(module, call);
    let at = |index: usize, name: &str| {
        arguments.positional.get(index).copied().or_else(|| arguments.keyword(module, name))
    };
    let repeats = module.enclosing_loop(call).is_some();
    match calls::method(module, call) {
        "run_in_executor" => return Some((at(1, "func")?, is_wide(module, at(0, "executor")?)?)),
        "add_done_callback" if is_of_pool(module, call) => return Some((at(0, "fn")?, true)),
        _ => {}
    }
    match module.callee(call)? {
        "threading.Thread" => Some((at(1, "target")?, repeats)),
        "threading.Timer" => Some((at(1, "function")?, repeats)),
        "_thread.start_new_thread" => Some((at(0, "function")?, repeats)),
        "asyncio.to_thread"
        | "anyio.to_thread.run_sync"
        | "starlette.concurrency.run_in_threadpool"
        | "fastapi.concurrency.run_in_threadpool" => Some((at(0, "func")?, true)),
        callee => {
            let (pool, _) =
                callee.rsplit_once('.').filter(|(pool, verb)| is_pool(pool) && hands_over(verb))?;
            let executor = calls::receiver(module, call)?;
            Some((at(0, "fn").or_else(|| at(0, "func"))?, is_pool(pool) && !is_single(module, executor)))
        }
    }
}

fn is_pool(path: &str) -> bool {
    matches!(
        path,
        "concurrent.futures.ThreadPoolExecutor"
            | "concurrent.futures.thread.ThreadPoolExecutor"
            | "multiprocessing.pool.ThreadPool"
            | "multiprocessing.dummy.Pool"
    )
}

fn hands_over(verb: &str) -> bool {
    matches!(
        verb,
        "submit"
            | "map"
            | "apply_async"
            | "map_async"
            | "imap"
            | "imap_unordered"
            | "starmap"
            | "starmap_async"
    )
}

/// Whether an executor runs in several threads; `None` where it may run in processes.
fn is_wide(module: &Module, executor: NodeId) -> Option<bool> {
    match module.type_of(executor) {
        _ if module.tree().kind(executor) == Kind::None => Some(true),
        Some(path) if is_pool(path) => Some(!is_single(module, executor)),
        _ => None,
    }
}

/// Whether the executor is made with one thread.
fn is_single(module: &Module, executor: NodeId) -> bool {
    values(module, executor).into_iter().any(|made| {
        let arguments = calls::arguments(module, made);
        let size = arguments.positional.first().copied().or_else(|| arguments.keyword(module, "max_workers"));
        size.is_some_and(|size| module.constant(size) == Some(Constant::Int(1)))
    })
}

/// The calls that give a variable or an attribute its value.
fn values(module: &Module, expression: NodeId) -> Vec<NodeId> {
    let tree = module.tree();
    let values: Vec<NodeId> = match tree.kind(expression) {
        Kind::Attribute => {
            let class = tree.child(expression, Field::Object).and_then(|object| module.class_of(object));
            let name = tree
                .child(expression, Field::Attribute)
                .and_then(|name| module.names().get(module.text(name)));
            let attributes =
                class.zip(name).and_then(|(class, name)| module.class(class).attributes.get(&name));
            attributes.into_iter().flatten().filter_map(|attribute| attribute.value).collect()
        }
        Kind::Call => vec![expression],
        _ => module.bindings_of(expression).filter_map(|binding| binding.value).collect(),
    };
    values.into_iter().filter(|value| tree.kind(*value) == Kind::Call).collect()
}

/// Whether the callback is one of a pool's future: `pool.submit(f).add_done_callback(g)`.
fn is_of_pool(module: &Module, call: NodeId) -> bool {
    let Some(future) = calls::receiver(module, call) else { return false };
    values(module, future).into_iter().any(|made| {
        let callee = module.callee(made).and_then(|callee| callee.rsplit_once('.'));
        callee.is_some_and(|(pool, verb)| is_pool(pool) && verb == "submit" && !is_single_pool(module, made))
    })
}

fn is_single_pool(module: &Module, submit: NodeId) -> bool {
    calls::receiver(module, submit).is_some_and(|pool| is_single(module, pool))
}

/// The functions of this file behind what was handed over, and the expression that names each.
fn functions(module: &Module, target: NodeId, depth: usize) -> Vec<(FunctionId, NodeId)> {
    let tree = module.tree();
    let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
    match tree.kind(target) {
        Kind::Lambda => {
            let body = tree.child(target, Field::Body);
            let nodes = body.into_iter().flat_map(|body| own_nodes(module, body));
            let callees = nodes.filter_map(|node| tree.child(node, Field::Function));
            callees.filter_map(|callee| Some((function(module, callee)?, callee))).collect()
        }
        Kind::Call if module.callee(target) == Some("functools.partial") => {
            let first = calls::arguments(module, target).positional.first().copied();
            first.map_or(Vec::new(), |first| functions(module, first, depth))
        }
        _ => function(module, target).map(|id| (id, target)).into_iter().collect(),
    }
}

pub(super) fn function(module: &Module, expression: NodeId) -> Option<FunctionId> {
    match module.resolve_callable(expression)? {
        Resolved::Function(id) | Resolved::Method(id) => Some(id),
        Resolved::Constructor(_) => None,
    }
}

/// Whether each turn of the loop makes the object whose method it starts.
pub(super) fn is_made_in_loop(module: &Module, call: NodeId, target: NodeId) -> bool {
    let tree = module.tree();
    let object = tree.child(target, Field::Object).filter(|object| tree.kind(*object) == Kind::Identifier);
    let bound =
        object.and_then(|object| module.bindings_of(object).filter(|binding| binding.node < call).last());
    match (bound, module.enclosing_loop(call)) {
        (Some(bound), Some(around)) => tree.contains(around, bound.node),
        _ => false,
    }
}
