//! Walks over a graph: what lies behind some points, what before them.

use super::Flow;
use super::graph::PointId;

impl Flow<'_> {
    /// The points that some path from `from` comes to, without going on behind those of `stop`. The points of
    /// `from` themselves count only if a path comes back to them.
    pub(super) fn after(self, from: &[PointId], stop: &[PointId]) -> Vec<bool> {
        let graph = self.graph();
        self.walk(from, stop, |point| graph.next(point).iter().map(|(to, _)| *to).collect())
    }

    /// The points from which some path comes to `to`, without going back beyond those of `stop`.
    pub(super) fn before(self, to: &[PointId], stop: &[PointId]) -> Vec<bool> {
        let graph = self.graph();
        self.walk(to, stop, |point| graph.previous(point).iter().map(|(from, _)| *from).collect())
    }

    fn walk(
        self,
        from: &[PointId],
        stop: &[PointId],
        neighbours: impl Fn(PointId) -> Vec<PointId>,
    ) -> Vec<bool> {
        let graph = self.graph();
        let steps = &self.module.tree().steps;
        // A list as long as the graph is made for each question.
        steps.spend(graph.len() / 16);
        let mut seen = vec![false; graph.len()];
        let start = from.iter().filter(|point| graph.is_reached(**point));
        let mut open: Vec<PointId> = start.flat_map(|point| neighbours(*point)).collect();
        while let Some(point) = open.pop().filter(|_| steps.take()) {
            let known = std::mem::replace(&mut seen[point.index()], true);
            if !known && graph.is_reached(point) && !stop.contains(&point) {
                open.extend(neighbours(point));
            }
        }
        seen
    }
}
