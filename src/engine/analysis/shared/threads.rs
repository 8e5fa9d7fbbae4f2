//! Which functions of a file run in threads, and in how many at a time.

use std::collections::HashMap;
use std::rc::Rc;

use crate::engine::analysis::calls;
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId, Resolved, Role};

/// Why a function runs in a thread.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::analysis) struct Threaded {
    /// The call that starts the thread, or the registration of the route.
    pub by: NodeId,
    /// Several threads may run it at a time.
    pub many: bool,
}

/// The functions of a file that run in threads, those they call in this file included.
#[derive(Debug, Default)]
pub(in crate::engine::analysis) struct Threads(HashMap<FunctionId, Threaded>);

impl Threads {
    /// Found when the first rule asks.
    pub(in crate::engine::analysis) fn of(module: &Module) -> Rc<Threads> {
        module.fact(Threads::find)
    }

    fn find(module: &Module) -> Threads {
        let mut threads = Threads::default();
        let mut open: Vec<(FunctionId, Threaded)> = Vec::new();
        let tree = module.tree();
        for call in tree.nodes().filter(|node| tree.kind(*node) == Kind::Call) {
            if let Some((target, many)) = started(module, call)
                && let Some(Resolved::Function(id) | Resolved::Method(id)) = module.resolve_callable(target)
            {
                open.push((id, Threaded { by: call, many }));
            }
        }
        open.extend(routes(module));
        threads.spread(module, open);
        threads
    }

    pub(in crate::engine::analysis) fn get(&self, function: FunctionId) -> Option<Threaded> {
        self.0.get(&function).copied()
    }

    fn spread(&mut self, module: &Module, mut open: Vec<(FunctionId, Threaded)>) {
        let callees = callees(module);
        while let Some((id, why)) = open.pop() {
            let is_new = self.0.get(&id).is_none_or(|known| why.many && !known.many);
            if module.function(id).is_async || !is_new {
                continue;
            }
            self.0.insert(id, why);
            open.extend(callees.get(&id).into_iter().flatten().map(|callee| (*callee, why)));
        }
    }
}

/// What each function of the file calls of this file.
fn callees(module: &Module) -> HashMap<FunctionId, Vec<FunctionId>> {
    let tree = module.tree();
    let mut callees: HashMap<FunctionId, Vec<FunctionId>> = HashMap::new();
    for call in tree.nodes().filter(|node| tree.kind(*node) == Kind::Call) {
        let caller = module.enclosing_def(call).map(|(id, _)| id);
        if let (Some(caller), Some(Resolved::Function(id) | Resolved::Method(id))) =
            (caller, module.resolve_call(call))
        {
            callees.entry(caller).or_default().push(id);
        }
    }
    callees
}

/// What a call runs in a thread, and whether more than one thread may run it.
fn started(module: &Module, call: NodeId) -> Option<(NodeId, bool)> {
    let arguments = calls::arguments(module, call);
    let first = arguments.positional.first().copied();
    let repeats = module.enclosing_loop(call).is_some();
    match module.callee(call)? {
        "threading.Thread" => Some((arguments.keyword(module, "target")?, repeats)),
        "threading.Timer" => Some((*arguments.positional.get(1)?, repeats)),
        "asyncio.to_thread"
        | "anyio.to_thread.run_sync"
        | "starlette.concurrency.run_in_threadpool"
        | "fastapi.concurrency.run_in_threadpool" => Some((first?, true)),
        "concurrent.futures.ThreadPoolExecutor.submit" => Some((first?, true)),
        "concurrent.futures.ThreadPoolExecutor.map" => Some((first?, true)),
        _ => None,
    }
}

/// Routes and dependencies that are plain functions run in a pool of threads.
fn routes(module: &Module) -> Vec<(FunctionId, Threaded)> {
    let is_served = |role: &Role| matches!(role, Role::Route(_) | Role::Dependency);
    let functions = module
        .functions()
        .filter(|(id, function)| !function.is_async && module.roles_of_function(*id).iter().any(is_served));
    functions
        .map(|(id, function)| {
            let by = function.decorators.first().map_or(function.node, |decorator| decorator.node);
            (id, Threaded { by, many: true })
        })
        .collect()
}

/// Whether the file starts threads at all, of its own functions or of others'.
pub(in crate::engine::analysis) fn starts_threads(module: &Module) -> bool {
    let tree = module.tree();
    let mut calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    calls.any(|call| {
        matches!(
            module.callee(call),
            Some(
                "threading.Thread"
                    | "threading.Timer"
                    | "concurrent.futures.ThreadPoolExecutor"
                    | "asyncio.to_thread"
            )
        ) && tree.child(call, Field::Arguments).is_some()
    })
}
