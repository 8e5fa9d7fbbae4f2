//! Which locks are held at a node, on every path to it: taken by `with` or by `acquire()`, and not let go since.

use std::collections::HashMap;

use super::super::Module;
use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::lock::Lock;
use super::{Edge, Flow, PointId, Step};

/// How many takings of locks one function is followed for.
const LIMIT: usize = 64;

/// A lock that is held, and where it was taken: the `with` item or the call of `acquire`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    pub lock: Lock,
    pub at: NodeId,
}

/// Where locks are taken in a function, and which of them are held before each point.
#[derive(Debug)]
pub(super) struct Locks {
    taken: Vec<Held>,
    before: Vec<u64>,
}

/// What a point does to the set of held locks.
#[derive(Clone, Copy, Default)]
struct Effect {
    takes: u64,
    frees: u64,
}

impl Module {
    /// The locks held at a node, in the order of the text.
    pub fn locks_at(&self, node: NodeId) -> Vec<Held> {
        let flow = self.flow_of(node);
        let locks = flow.locks();
        let points = flow.points_of(node).iter().filter(|point| flow.graph().is_reached(**point));
        let held =
            points.map(|point| locks.before[point.index()]).reduce(|all, held| all & held).unwrap_or(0);
        let taken = locks.taken.iter().enumerate();
        taken.filter(|(index, _)| held & (1 << index) != 0).map(|(_, held)| held.clone()).collect()
    }
}

impl<'m> Flow<'m> {
    pub(super) fn locks(self) -> &'m Locks {
        self.known.locks.get_or_init(|| self.find_locks())
    }

    fn find_locks(self) -> Locks {
        let taken = self.takings();
        let len = self.graph().len();
        if taken.is_empty() {
            return Locks { taken, before: vec![0; len] };
        }
        let effects = self.effects(&taken);
        let before = self.held_before(&effects);
        Locks { taken, before }
    }

    /// Each place where a lock is taken, once, however often its `finally` was copied.
    fn takings(self) -> Vec<Held> {
        let mut taken: Vec<Held> = Vec::new();
        for (_, point) in self.graph().points() {
            let lock = match (point.step, self.module.tree().kind(point.node)) {
                (Step::Enter, _) => {
                    self.module.with_parts(point.node).0.and_then(|node| self.module.lock(node))
                }
                (Step::Value, Kind::Call) => self.lock_of_call(point.node, "acquire"),
                _ => None,
            };
            if let Some(lock) = lock
                && !taken.iter().any(|held| held.at == point.node)
                && taken.len() < LIMIT
            {
                taken.push(Held { lock, at: point.node });
            }
        }
        taken
    }

    /// The lock of a call `lock.method(...)`.
    fn lock_of_call(self, call: NodeId, method: &str) -> Option<Lock> {
        let tree = self.module.tree();
        let callee = tree.child(call, Field::Function)?;
        let name = tree.child(callee, Field::Attribute)?;
        let object = tree.child(callee, Field::Object).filter(|_| self.module.text(name) == method)?;
        self.module.lock(object)
    }

    fn effects(self, taken: &[Held]) -> HashMap<PointId, Effect> {
        let mut effects: HashMap<PointId, Effect> = HashMap::new();
        let at: HashMap<NodeId, u64> =
            taken.iter().enumerate().map(|(index, held)| (held.at, 1 << index)).collect();
        for (id, point) in self.graph().points() {
            let kind = self.module.tree().kind(point.node);
            let effect = match point.step {
                Step::Enter => Effect { takes: at.get(&point.node).copied().unwrap_or(0), frees: 0 },
                Step::Leave => Effect { takes: 0, frees: at.get(&point.node).copied().unwrap_or(0) },
                Step::Value if kind == Kind::Call => match self.lock_of_call(point.node, "release") {
                    Some(lock) => Effect { takes: 0, frees: self.freed(taken, &lock) },
                    None => Effect { takes: self.taken_by_value(point.node, point.node, &at), frees: 0 },
                },
                Step::Value if kind == Kind::Await => {
                    let call = self.module.tree().first_named(point.node).unwrap_or(point.node);
                    Effect { takes: self.taken_by_value(call, point.node, &at), frees: 0 }
                }
                Step::Holds(true) => Effect { takes: self.taken_by_test(point.node, &at), frees: 0 },
                _ => continue,
            };
            if effect.takes | effect.frees != 0 {
                effects.insert(id, effect);
            }
        }
        effects
    }

    fn freed(self, taken: &[Held], lock: &Lock) -> u64 {
        let same = taken.iter().enumerate().filter(|(_, held)| held.lock.may_be_same(lock));
        same.fold(0, |bits, (index, _)| bits | 1 << index)
    }

    /// What a call of `acquire` takes for sure once `done` (itself, or its `await`) has been computed.
    fn taken_by_value(self, call: NodeId, done: NodeId, at: &HashMap<NodeId, u64>) -> u64 {
        let sure = !self.may_fail(call) && self.module.awaited_by(call) == done;
        if sure { at.get(&call).copied().unwrap_or(0) } else { 0 }
    }

    /// `if lock.acquire(blocking=False):` holds it where the answer was yes.
    fn taken_by_test(self, test: NodeId, at: &HashMap<NodeId, u64>) -> u64 {
        let tree = self.module.tree();
        let call = if tree.kind(test) == Kind::Await { tree.first_named(test) } else { Some(test) };
        call.and_then(|call| at.get(&call)).copied().unwrap_or(0)
    }

    /// `acquire` with arguments may come back without the lock.
    fn may_fail(self, call: NodeId) -> bool {
        let arguments = self.module.tree().child(call, Field::Arguments);
        arguments.is_some_and(|list| self.module.tree().first_named(list).is_some())
    }

    /// The locks held before each point on every path to it.
    fn held_before(self, effects: &HashMap<PointId, Effect>) -> Vec<u64> {
        let graph = self.graph();
        let mut before = vec![u64::MAX; graph.len()];
        before[PointId::ENTRY.index()] = 0;
        let mut open: Vec<PointId> = graph.order().iter().rev().copied().collect();
        while let Some(point) = open.pop() {
            let effect = effects.get(&point).copied().unwrap_or_default();
            let kept = before[point.index()] & !effect.frees;
            for (to, edge) in graph.next(point) {
                let after = if *edge == Edge::Normal { kept | effect.takes } else { kept };
                let met = before[to.index()] & after;
                if met != std::mem::replace(&mut before[to.index()], met) {
                    open.push(*to);
                }
            }
        }
        before
    }
}
