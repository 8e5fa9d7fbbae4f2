//! What runs once a block is left in the ordinary way, by its end or a jump: not by an exception of its own.

use std::collections::BTreeSet;

use super::super::Module;
use super::super::tree::NodeId;
use super::graph::{Edge, PointId, Step};

impl Module {
    /// The nodes that control may come to behind a block (a clause, a body), on ways that pass no node of it for which
    /// `ends` holds. The function's own node, or the module's root, stands for its end. Empty: every way through the
    /// block raises, or is ended.
    pub fn nodes_behind(&self, block: NodeId, ends: &dyn Fn(NodeId) -> bool) -> BTreeSet<NodeId> {
        let (flow, tree) = (self.flow_of(block), self.tree());
        let graph = flow.graph();
        let mut open: Vec<PointId> = flow.points_of(block).to_vec();
        let mut seen = vec![false; graph.len()];
        let mut behind = BTreeSet::new();
        while let Some(id) = open.pop() {
            let point = graph.point(id);
            let is_inside = tree.contains(block, point.node);
            let is_known = std::mem::replace(&mut seen[id.index()], true);
            if is_known || !graph.is_reached(id) || (is_inside && ends(point.node)) {
                continue;
            }
            if !is_inside && point.step != Step::Join {
                behind.insert(point.node);
            }
            let normal = graph.next(id).iter().filter(|(_, edge)| *edge == Edge::Normal);
            open.extend(normal.map(|(next, _)| *next));
        }
        behind
    }
}
