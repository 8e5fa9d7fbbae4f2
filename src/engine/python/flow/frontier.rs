//! Dominance frontiers: the joins at which what holds behind a point meets something else.

use super::dominance::Dominators;
use super::graph::{Graph, PointId, Step};

/// How far behind a join is looked.
const STEPS: usize = 8;

/// By point, end to end in one allocation.
pub(super) struct Frontiers {
    starts: Vec<u32>,
    joins: Vec<PointId>,
}

impl Frontiers {
    /// `None` if they are absurdly large: more than `limit` entries.
    pub(super) fn new(graph: &Graph, dominators: &Dominators, limit: usize) -> Option<Frontiers> {
        let mut pairs: Vec<(PointId, PointId)> = Vec::new();
        let mut last_join = vec![None; graph.len()];
        for join in graph.order().iter().copied() {
            let Some(top) = dominators.parent(join) else { continue };
            let ways = graph.previous(join);
            if ways.len() < 2 || only_leads_out(graph, join) {
                continue;
            }
            for (way, _) in ways.iter().filter(|(way, _)| graph.is_reached(*way)) {
                let mut runner = *way;
                // Where another way into the join has passed, the rest is done.
                while runner != top && last_join[runner.index()] != Some(join) {
                    last_join[runner.index()] = Some(join);
                    pairs.push((runner, join));
                    match dominators.parent(runner) {
                        Some(parent) => runner = parent,
                        None => break,
                    }
                }
            }
            if pairs.len() > limit {
                return None;
            }
        }
        pairs.sort_unstable();
        let mut starts = vec![0; graph.len() + 1];
        pairs.iter().for_each(|(point, _)| starts[point.index() + 1] += 1);
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        Some(Frontiers { starts, joins: pairs.into_iter().map(|(_, join)| join).collect() })
    }

    pub(super) fn of(&self, point: PointId) -> &[PointId] {
        &self.joins[self.starts[point.index()] as usize..self.starts[point.index() + 1] as usize]
    }
}

/// Whether nothing more is computed behind the join: most exceptions of a function meet there.
fn only_leads_out(graph: &Graph, join: PointId) -> bool {
    let mut open = vec![join];
    for _ in 0..STEPS {
        let Some(point) = open.pop() else { return true };
        if !matches!(graph.point(point).step, Step::Join | Step::Leave | Step::Exit | Step::Escape) {
            return false;
        }
        open.extend(graph.next(point).iter().map(|(to, _)| *to));
    }
    false
}
