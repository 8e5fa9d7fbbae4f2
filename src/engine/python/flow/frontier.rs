//! Dominance frontiers: the joins at which what holds behind a point meets something else.

use super::dominance::Dominators;
use super::graph::{Graph, PointId};

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
            if ways.len() < 2 || join == graph.exit || join == graph.escape {
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
