//! Which functions of a file run in threads, and in how many at a time. What starts a thread is `starts`'s.

use std::collections::HashMap;

use crate::engine::python::{Function, FunctionId, Kind, Module, NodeId, Resolved};

use super::access::Access;
use super::starts::{Start, starts};

/// Why a function runs in a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine::analysis) struct Threaded {
    /// The call that starts the thread, or the registration of the route.
    pub by: NodeId,
    /// Several threads may run it at a time.
    pub many: bool,
    /// Each of them has an object of its own behind `self`.
    pub own: bool,
}

/// The functions of a file that run in threads, those they call in this file included.
#[derive(Debug, Default)]
pub(in crate::engine::analysis) struct Threads(HashMap<FunctionId, Threaded>);

impl Threads {
    pub(in crate::engine::analysis) fn of(module: &Module) -> Threads {
        Threads::from(module, starts(module), &|function| !function.is_async)
    }

    /// Those that these starts reach, of the functions that `may_run`.
    pub(super) fn from(module: &Module, starts: Vec<Start>, may_run: &dyn Fn(&Function) -> bool) -> Threads {
        let mut threads = Threads::default();
        let open = together(module, starts);
        if !open.is_empty() {
            threads.spread(module, open, may_run);
        }
        threads
    }

    pub(in crate::engine::analysis) fn get(&self, function: FunctionId) -> Option<Threaded> {
        self.0.get(&function).copied()
    }

    /// Why several threads may make this access to one and the same state at a time.
    pub(in crate::engine::analysis) fn crowd(
        &self,
        module: &Module,
        function: FunctionId,
        access: &Access,
    ) -> Option<Threaded> {
        let why = self.get(function).filter(|why| why.many)?;
        (!why.own || access.is_for_all(module, function)).then_some(why)
    }

    /// Hands the threads on to what the functions call. One that two threads reach runs in many.
    fn spread(
        &mut self,
        module: &Module,
        mut open: Vec<(FunctionId, Threaded)>,
        may_run: &dyn Fn(&Function) -> bool,
    ) {
        let callees = callees(module);
        while let Some((id, why)) = open.pop() {
            let known = self.get(id);
            let now = known.map_or(why, |known| known.joined(why));
            if !may_run(module.function(id)) || known == Some(now) {
                continue;
            }
            self.0.insert(id, now);
            open.extend(callees.get(&id).into_iter().flatten().map(|callee| (*callee, now)));
        }
    }
}

impl Threaded {
    fn joined(self, other: Threaded) -> Threaded {
        let many = self.many || other.many || self.by != other.by;
        Threaded { by: self.by, many, own: self.own && other.own }
    }
}

/// The starts of each function taken together: two in one stretch of code make two threads; those of other places may
/// be a restart.
fn together(module: &Module, starts: Vec<Start>) -> Vec<(FunctionId, Threaded)> {
    let mut found: Vec<(FunctionId, Threaded, Start)> = Vec::new();
    for start in starts {
        let why = Threaded { by: start.by, many: start.many, own: start.own };
        match found.iter_mut().find(|(id, _, _)| *id == start.function) {
            None => found.push((start.function, why, start)),
            Some((_, known, first)) => {
                let beside = module.enclosing_function(first.by) == module.enclosing_function(start.by)
                    && module.reaches(first.by, start.by);
                known.own |= beside && !known.many && first.receiver(module) != start.receiver(module);
                known.many |= start.many || beside;
            }
        }
    }
    found.into_iter().map(|(id, why, _)| (id, why)).collect()
}

/// What each function of the file calls of this file. What is called under a lock is as if it held it.
fn callees(module: &Module) -> HashMap<FunctionId, Vec<FunctionId>> {
    let tree = module.tree();
    let mut callees: HashMap<FunctionId, Vec<FunctionId>> = HashMap::new();
    for call in tree.nodes().filter(|node| tree.kind(*node) == Kind::Call) {
        let caller = module.enclosing_def(call).map(|(id, _)| id);
        if let (Some(caller), Some(Resolved::Function(id) | Resolved::Method(id))) =
            (caller, module.resolve_call(call))
            && module.locks_at(call).is_empty()
        {
            callees.entry(caller).or_default().push(id);
        }
    }
    callees
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
        )
    })
}
