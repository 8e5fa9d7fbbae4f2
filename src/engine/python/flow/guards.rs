//! Which tests led to a node: their outcome lies on every path to it, whatever has happened since. What still holds
//! of them is `conditions`'.

use super::super::Module;
use super::super::tree::NodeId;
use super::Flow;
use super::graph::{PointId, Step};

/// How many points one question may look at.
const STEPS: usize = 20_000;

impl Module {
    /// The tests that led to the node, nearest first, each with its outcome. `and`, `or`, `not` and brackets are
    /// taken apart.
    pub fn guards_at(&self, node: NodeId) -> Vec<(NodeId, bool)> {
        self.flow_of(node).guards_at(node)
    }
}

impl Flow<'_> {
    /// See [`Module::guards_at`].
    pub fn guards_at(self, node: NodeId) -> Vec<(NodeId, bool)> {
        let graph = self.graph();
        let reached = self.points_of(node).iter().filter(|point| graph.is_reached(**point));
        let each = reached.map(|point| self.guards_before(*point));
        each.reduce(|all, some| all.into_iter().filter(|test| some.contains(test)).collect())
            .unwrap_or_default()
    }

    fn guards_before(self, point: PointId) -> Vec<(NodeId, bool)> {
        let above = std::iter::successors(Some(point), |point| self.dominators().parent(*point));
        let steps = &self.module.tree().steps;
        let tests = above.take(STEPS).take_while(|_| steps.take()).filter_map(|point| {
            let point = self.graph().point(point);
            match point.step {
                Step::Holds(holds) => Some((point.node, holds)),
                _ => None,
            }
        });
        tests.collect()
    }
}
