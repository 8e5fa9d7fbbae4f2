//! Who else changes shared state while a function of threads does: other threads in the same function, or another
//! function of another thread.

use std::rc::Rc;

use crate::engine::python::{FunctionId, Module, NodeId};

use super::access::Access;
use super::lifetime::Lifetimes;
use super::tasks;
use super::threads::Threads;
use super::uses::Uses;

/// Why a change in one thread may meet a change in another.
#[derive(Clone, Copy, Debug)]
pub(in crate::engine::analysis) struct Rival {
    /// What runs one of the two in a thread.
    pub by: NodeId,
    /// The other change, where it is another function's.
    pub other: Option<(FunctionId, NodeId)>,
}

/// A file's uses of state, its threads and its tasks.
pub(in crate::engine::analysis) struct Crew {
    pub uses: Uses,
    pub threads: Threads,
    tasks: Threads,
}

impl Crew {
    /// Found when the first rule asks.
    pub(in crate::engine::analysis) fn of(module: &Module) -> Rc<Crew> {
        module.fact(Crew::find)
    }

    fn find(module: &Module) -> Crew {
        Crew { uses: Uses::of(module), threads: Threads::of(module), tasks: tasks::crowded(module) }
    }

    /// Whether the file itself runs a coroutine as several tasks that share what it changes.
    pub(in crate::engine::analysis) fn is_crowded(
        &self,
        module: &Module,
        function: FunctionId,
        act: &Access,
    ) -> bool {
        self.tasks.crowd(module, function, act).is_some()
    }

    /// The rival of a change that a plain function makes: one of its own threads, or a change of another function that
    /// `meets` it.
    pub(in crate::engine::analysis) fn rival(
        &self,
        module: &Module,
        lifetimes: &Lifetimes,
        function: FunctionId,
        act: &Access,
        meets: &dyn Fn(&Access) -> bool,
    ) -> Option<Rival> {
        if let Some(why) = self.threads.crowd(module, function, act) {
            return Some(Rival { by: why.by, other: None });
        }
        let own = self.threads.get(function);
        if own.is_none() && lifetimes.is_lifecycle(module, function) {
            return None;
        }
        let mut others = self.uses.writers(module, act.state).filter(|other| *other != function);
        others.find_map(|other| {
            let theirs = self.threads.get(other);
            if theirs.is_none() && lifetimes.is_lifecycle(module, other) {
                return None;
            }
            let by = match (own, theirs) {
                (Some(own), Some(theirs)) => (own.by != theirs.by).then_some(theirs.by)?,
                (own, theirs) => own.or(theirs)?.by,
            };
            let at = self.uses.changes(other).find(|change| change.state == act.state && meets(change))?.at;
            Some(Rival { by, other: Some((other, at)) })
        })
    }
}
