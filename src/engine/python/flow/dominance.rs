//! Dominance: which points lie on every path from the entry to a point. Lengauer and Tarjan's algorithm, whose time
//! hardly grows faster than the graph, with explicit stacks.

use super::graph::{Graph, PointId};

const NONE: u32 = u32::MAX;

/// The dominator tree of the reached points.
#[derive(Debug)]
pub struct Dominators {
    /// The immediate dominator of each point; the entry's is itself, an unreached point has none.
    parents: Vec<u32>,
    /// When the walk of the tree comes to a point and when it leaves what the point dominates.
    first: Vec<u32>,
    last: Vec<u32>,
}

impl Dominators {
    pub(super) fn new(graph: &Graph) -> Dominators {
        let parents = Search::new(graph).immediate();
        let (first, last) = number(&Children::new(&parents, graph.order()), graph.len());
        Dominators { parents, first, last }
    }

    /// The nearest other point on every path to this one.
    pub fn parent(&self, point: PointId) -> Option<PointId> {
        let parent = self.parents[point.index()];
        (parent != NONE && parent != point.0).then_some(PointId(parent))
    }

    /// The way down the tree, over the points of `graph.order()`.
    pub(super) fn children(&self, order: &[PointId]) -> Children {
        Children::new(&self.parents, order)
    }

    /// Whether every path from the entry to `below` passes `above`. A point dominates itself; what is not reached
    /// neither dominates nor is dominated.
    pub fn dominates(&self, above: PointId, below: PointId) -> bool {
        let reached = |point: PointId| self.parents[point.index()] != NONE;
        let (above_index, below_index) = (above.index(), below.index());
        reached(above)
            && reached(below)
            && self.first[above_index] <= self.first[below_index]
            && self.last[below_index] <= self.last[above_index]
    }
}

/// The state of the algorithm, by the number of a point in depth-first order.
struct Search<'g> {
    graph: &'g Graph,
    number: Vec<u32>,
    vertex: Vec<PointId>,
    parent: Vec<u32>,
    semi: Vec<u32>,
    ancestor: Vec<u32>,
    label: Vec<u32>,
}

impl<'g> Search<'g> {
    fn new(graph: &'g Graph) -> Search<'g> {
        let mut search = Search {
            graph,
            number: vec![NONE; graph.len()],
            vertex: Vec::new(),
            parent: Vec::new(),
            semi: Vec::new(),
            ancestor: Vec::new(),
            label: Vec::new(),
        };
        search.depth_first();
        let len = search.vertex.len() as u32;
        search.semi = (0..len).collect();
        search.label = (0..len).collect();
        search.ancestor = vec![NONE; len as usize];
        search
    }

    fn depth_first(&mut self) {
        let mut open = vec![(PointId::ENTRY, 0)];
        while let Some((point, parent)) = open.pop() {
            if self.number[point.index()] != NONE {
                continue;
            }
            let number = self.vertex.len() as u32;
            self.number[point.index()] = number;
            self.vertex.push(point);
            self.parent.push(parent);
            open.extend(self.graph.next(point).iter().rev().map(|(to, _)| (*to, number)));
        }
    }

    fn immediate(mut self) -> Vec<u32> {
        let len = self.vertex.len();
        let mut buckets: Vec<Vec<u32>> = vec![Vec::new(); len];
        let mut dominator = vec![0_u32; len];
        for w in (1..len as u32).rev() {
            self.find_semidominator(w);
            buckets[self.semi[w as usize] as usize].push(w);
            let parent = self.parent[w as usize];
            self.ancestor[w as usize] = parent;
            for v in std::mem::take(&mut buckets[parent as usize]) {
                let u = self.evaluate(v);
                let lower = self.semi[u as usize] < self.semi[v as usize];
                dominator[v as usize] = if lower { u } else { parent };
            }
        }
        for w in 1..len {
            if dominator[w] != self.semi[w] {
                dominator[w] = dominator[dominator[w] as usize];
            }
        }
        let mut parents = vec![NONE; self.graph.len()];
        for (number, point) in self.vertex.iter().enumerate() {
            parents[point.index()] = self.vertex[dominator[number] as usize].0;
        }
        parents
    }

    fn find_semidominator(&mut self, w: u32) {
        let graph = self.graph;
        for (from, _) in graph.previous(self.vertex[w as usize]) {
            let v = self.number[from.index()];
            if v == NONE {
                continue;
            }
            let u = self.evaluate(v);
            self.semi[w as usize] = self.semi[w as usize].min(self.semi[u as usize]);
        }
    }

    /// The vertex of least semidominator on the way from `v` up the forest; shortens that way.
    fn evaluate(&mut self, v: u32) -> u32 {
        if self.ancestor[v as usize] == NONE {
            return v;
        }
        let mut path = Vec::new();
        let mut current = v;
        while self.ancestor[self.ancestor[current as usize] as usize] != NONE {
            path.push(current);
            current = self.ancestor[current as usize];
        }
        for node in path.into_iter().rev() {
            let up = self.ancestor[node as usize];
            let (own, above) = (self.label[node as usize], self.label[up as usize]);
            if self.semi[above as usize] < self.semi[own as usize] {
                self.label[node as usize] = above;
            }
            self.ancestor[node as usize] = self.ancestor[up as usize];
        }
        self.label[v as usize]
    }
}

/// What each point dominates immediately, end to end in one allocation.
pub(super) struct Children {
    starts: Vec<u32>,
    items: Vec<PointId>,
}

impl Children {
    fn new(parents: &[u32], order: &[PointId]) -> Children {
        let mut starts = vec![0_u32; parents.len() + 1];
        let below = || order.iter().skip(1);
        below().for_each(|point| starts[parents[point.index()] as usize + 1] += 1);
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut free = starts.clone();
        let mut items = vec![PointId::ENTRY; order.len()];
        for point in below() {
            let slot = &mut free[parents[point.index()] as usize];
            items[*slot as usize] = *point;
            *slot += 1;
        }
        Children { starts, items }
    }

    pub(super) fn of(&self, point: PointId) -> &[PointId] {
        &self.items[self.starts[point.index()] as usize..self.starts[point.index() + 1] as usize]
    }
}

/// Numbers the tree's points on the way in and out, so that one look tells what lies below what.
fn number(children: &Children, len: usize) -> (Vec<u32>, Vec<u32>) {
    let (mut first, mut last) = (vec![NONE; len], vec![NONE; len]);
    let mut clock = 0;
    let mut open = vec![(PointId::ENTRY, false)];
    while let Some((point, done)) = open.pop() {
        if done {
            last[point.index()] = clock;
            continue;
        }
        first[point.index()] = clock;
        clock += 1;
        open.push((point, true));
        open.extend(children.of(point).iter().map(|child| (*child, false)));
    }
    (first, last)
}
