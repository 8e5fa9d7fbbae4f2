//! What certainly holds at a node: the tests on every path to it, whichever way they were written (`if`, early
//! exits, `and`, `or`, `assert`, `while`, conditional expressions, comprehensions, guards), as long as what they
//! speak of has not changed since.

use super::super::Module;
use super::super::tree::NodeId;
use super::Flow;
use super::changes::Changes;
use super::graph::{PointId, Step};
use super::mention::Mention;

/// How many points one question may look at. Beyond, nothing more is certain.
const STEPS: usize = 20_000;

/// What ends the certainty of a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// Assignments to a name, attribute or element that the test mentions. What other code may do meanwhile is
    /// left out: for rules that a plausible guard silences.
    Lenient,
    /// Besides, for attributes, elements and names of other scopes: a suspension, and a call of a method of the same
    /// object. For rules that conclude something from the test.
    Strict,
}

impl Module {
    /// The tests that hold at the node, innermost first, each with its outcome; for a `case` clause whether it
    /// matched. `and`, `or`, `not` and brackets are taken apart. Leniently: see [`Certainty`].
    pub fn conditions_at(&self, node: NodeId) -> Vec<(NodeId, bool)> {
        self.flow_of(node).conditions_at(node, Certainty::Lenient)
    }

    /// Like `conditions_at`, leaving out what a suspension or a call may have changed.
    pub fn strict_conditions_at(&self, node: NodeId) -> Vec<(NodeId, bool)> {
        self.flow_of(node).conditions_at(node, Certainty::Strict)
    }
}

impl Flow<'_> {
    pub fn conditions_at(self, node: NodeId, certainty: Certainty) -> Vec<(NodeId, bool)> {
        let points = self.points_of(node).iter().map(|point| self.start(*point));
        let mut common: Option<Vec<(NodeId, bool)>> = None;
        for point in points.filter(|point| self.graph().is_reached(*point)) {
            let found = self.conditions_before(point, certainty);
            common = Some(match common {
                Some(common) => common.into_iter().filter(|test| found.contains(test)).collect(),
                None => found,
            });
        }
        common.unwrap_or_default()
    }

    fn conditions_before(self, point: PointId, certainty: Certainty) -> Vec<(NodeId, bool)> {
        let steps = &self.module.tree().steps;
        let mut found = Vec::new();
        let mut region =
            Region { flow: self, seen: std::collections::HashSet::new(), open: vec![], steps: STEPS };
        region.open.push(point);
        let mut changes = Changes::default();
        let mut current = point;
        while let Some(dominator) = self.dominators().parent(current).filter(|_| steps.take()) {
            current = dominator;
            region.steps = region.steps.saturating_sub(1);
            let Point { node, holds: Some(holds) } = self.condition(current) else {
                if region.steps == 0 {
                    break;
                }
                continue;
            };
            if !region.extend(current, &mut changes) {
                break;
            }
            if !changes.touch(&Mention::of(self.module, self.function, node), certainty) {
                found.push((node, holds));
            }
        }
        found
    }

    fn condition(self, id: PointId) -> Point {
        let point = self.graph().point(id);
        match point.step {
            Step::Holds(holds) => Point { node: point.node, holds: Some(holds) },
            _ => Point { node: point.node, holds: None },
        }
    }
}

struct Point {
    node: NodeId,
    holds: Option<bool>,
}

/// The points between a dominator and the point in question; it grows from dominator to dominator.
struct Region<'m> {
    flow: Flow<'m>,
    seen: std::collections::HashSet<PointId>,
    open: Vec<PointId>,
    steps: usize,
}

impl<'m> Region<'m> {
    /// Takes in what lies behind `dominator`. `false` where that is too much to look at.
    fn extend(&mut self, dominator: PointId, changes: &mut Changes<'m>) -> bool {
        let mut at_the_rim = false;
        while let Some(point) = self.open.pop() {
            for (from, _) in self.flow.graph().previous(point) {
                if *from == dominator {
                    at_the_rim = true;
                } else if self.flow.graph().is_reached(*from) && self.seen.insert(*from) {
                    changes.add(self.flow, *from);
                    self.open.push(*from);
                }
            }
            match self.steps.checked_sub(1).filter(|_| self.flow.module.tree().steps.take()) {
                Some(left) => self.steps = left,
                None => return false,
            }
        }
        if at_the_rim {
            self.open.push(dominator);
        }
        true
    }
}
