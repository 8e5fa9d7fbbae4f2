//! The control-flow graph of one function as flat lists: points in the order they were built, and what may run
//! after and before each. How it comes about is `build`'s.

use super::super::binding::BindingId;
use super::super::tree::NodeId;

/// A point of one [`Graph`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PointId(pub(super) u32);

impl PointId {
    pub const ENTRY: PointId = PointId(0);

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    Entry,
    /// The function returns, or its text ends.
    Exit,
    /// An exception leaves the function.
    Escape,
    /// Paths meet; nothing happens.
    Join,
    /// A compound statement or a clause begins.
    Begin,
    /// A simple statement has had its effect.
    Done,
    /// An identifier is read.
    Read,
    /// An expression has been computed.
    Value,
    /// A condition is about to decide; its value has been computed.
    Test,
    /// The condition was true, or false.
    Holds(bool),
    /// A name gets its value, or loses it where the binding is a `del`.
    Bind(BindingId),
    /// The name of an `except … as name` is gone.
    Unbind(BindingId),
    /// An attribute or element is assigned or deleted.
    Store,
    /// A loop asks its iterator for the next element.
    Next,
    /// A context manager was entered.
    Enter,
    /// A context manager is left, on whichever way.
    Leave,
}

impl Step {
    /// Whether the point stands for its node when someone asks where that node is.
    fn is_place(self) -> bool {
        !matches!(self, Step::Join | Step::Test | Step::Holds(_) | Step::Unbind(_) | Step::Next | Step::Leave)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub node: NodeId,
    pub step: Step,
}

/// Why control goes on along an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Edge {
    Normal,
    /// What was computed raised.
    Raised,
    /// The task was cancelled, or the generator closed, while it was suspended here.
    Cancelled,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Link {
    pub(super) from: PointId,
    pub(super) to: PointId,
    pub(super) edge: Edge,
}

/// Points and edges. The entry is the first point; exit and escape are always there.
#[derive(Debug)]
pub struct Graph {
    points: Vec<Point>,
    next: Lists,
    previous: Lists,
    /// The points that stand for their nodes, in the order of the nodes.
    by_node: Vec<PointId>,
    /// Points that some path from the entry reaches, each after one it was reached from.
    order: Vec<PointId>,
    reached: Vec<bool>,
    pub(super) exit: PointId,
    pub(super) escape: PointId,
    exact: bool,
}

impl Graph {
    pub(super) fn new(points: Vec<Point>, links: &[Link], exit: PointId, escape: PointId) -> Graph {
        let next = Lists::new(points.len(), links.iter().map(|link| (link.from, link.to, link.edge)));
        let previous = Lists::new(points.len(), links.iter().map(|link| (link.to, link.from, link.edge)));
        let mut by_node: Vec<PointId> = (0..points.len() as u32).map(PointId).collect();
        by_node.retain(|id| points[id.index()].step.is_place());
        by_node.sort_by_key(|id| (points[id.index()].node, *id));
        let (order, reached) = search(&next, points.len());
        Graph { points, next, previous, by_node, order, reached, exit, escape, exact: true }
    }

    pub(super) fn coarse(self) -> Graph {
        Graph { exact: false, ..self }
    }

    /// Whether each `finally` stands once per way into it. A function that nests them absurdly has them merged, and
    /// then paths exist here that the program does not have.
    pub fn is_exact(&self) -> bool {
        self.exact
    }

    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Never: a graph has an entry.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    pub fn points(&self) -> impl Iterator<Item = (PointId, Point)> + '_ {
        self.points.iter().enumerate().map(|(index, point)| (PointId(index as u32), *point))
    }

    pub fn point(&self, id: PointId) -> Point {
        self.points[id.index()]
    }

    /// Where control may go from here.
    pub fn next(&self, id: PointId) -> &[(PointId, Edge)] {
        self.next.of(id)
    }

    /// Where control may have come from.
    pub fn previous(&self, id: PointId) -> &[(PointId, Edge)] {
        self.previous.of(id)
    }

    /// Whether any path from the entry comes here.
    pub fn is_reached(&self, id: PointId) -> bool {
        self.reached[id.index()]
    }

    /// The reached points, each behind one that leads to it.
    pub fn order(&self) -> &[PointId] {
        &self.order
    }

    /// The points that stand for this very node, several where a `finally` was copied.
    pub fn at(&self, node: NodeId) -> &[PointId] {
        let start = self.by_node.partition_point(|id| self.point(*id).node < node);
        let rest = &self.by_node[start..];
        &rest[..rest.partition_point(|id| self.point(*id).node == node)]
    }
}

/// Depth first, so that a point comes after one that leads to it.
fn search(next: &Lists, len: usize) -> (Vec<PointId>, Vec<bool>) {
    let mut reached = vec![false; len];
    let mut order = Vec::new();
    let mut open = vec![PointId::ENTRY];
    while let Some(point) = open.pop() {
        if std::mem::replace(&mut reached[point.index()], true) {
            continue;
        }
        order.push(point);
        open.extend(next.of(point).iter().rev().map(|(to, _)| *to).filter(|to| !reached[to.index()]));
    }
    (order, reached)
}

/// One list of edges per point, end to end in one allocation.
#[derive(Debug)]
struct Lists {
    starts: Vec<u32>,
    items: Vec<(PointId, Edge)>,
}

impl Lists {
    fn new(len: usize, links: impl Iterator<Item = (PointId, PointId, Edge)> + Clone) -> Lists {
        let mut starts = vec![0_u32; len + 1];
        for (from, _, _) in links.clone() {
            starts[from.index() + 1] += 1;
        }
        for index in 1..starts.len() {
            starts[index] += starts[index - 1];
        }
        let mut free = starts.clone();
        let mut items = vec![(PointId::ENTRY, Edge::Normal); starts[len] as usize];
        for (from, to, edge) in links {
            let slot = &mut free[from.index()];
            items[*slot as usize] = (to, edge);
            *slot += 1;
        }
        Lists { starts, items }
    }

    fn of(&self, id: PointId) -> &[(PointId, Edge)] {
        &self.items[self.starts[id.index()] as usize..self.starts[id.index() + 1] as usize]
    }
}
