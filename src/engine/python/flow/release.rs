//! Whether what was acquired is given back on every way out of the function, exceptions included.

use std::collections::HashMap;

use super::super::Module;
use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::Flow;
use super::graph::{Edge, PointId, Step};
use super::mention::Variable;

/// How far up from an operand a release is looked for.
const OPERAND_DEPTH: usize = 6;

/// The answer: where it is not released, a node that shows the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// On every way out.
    Always,
    /// Not where this node raises.
    NotOnException(NodeId),
    /// Only not where the task is cancelled, or the generator closed, while it waits here.
    NotOnCancellation(NodeId),
    /// Not where the function is left by this `return`, or behind this last statement.
    NotOnReturn(NodeId),
    /// On no way at all.
    Never,
}

impl Module {
    /// Whether on every path from `acquire` (a call, or the `await` of one) to the function's end some node satisfies
    /// `is_release`. If acquiring itself fails there is nothing to release; a release that fails counts as one. A
    /// branch on which the acquired value is known to be `None` or false needs none. Values that a `with` takes
    /// over, or that leave the function, are the caller's affair: see `escapes`.
    pub fn is_released(&self, acquire: NodeId, is_release: &dyn Fn(NodeId) -> bool) -> Released {
        self.flow_of(acquire).is_released(acquire, is_release)
    }

    /// The `await` around a call, where there is one, with the brackets in between.
    pub(super) fn awaited_by(&self, call: NodeId) -> NodeId {
        let tree = self.tree();
        let around = tree.ancestors(call).find(|node| tree.kind(*node) != Kind::ParenthesizedExpression);
        around.filter(|node| tree.kind(*node) == Kind::Await).unwrap_or(call)
    }
}

impl Flow<'_> {
    pub fn is_released(self, acquire: NodeId, is_release: &dyn Fn(NodeId) -> bool) -> Released {
        let acquire = self.module.awaited_by(acquire);
        let mut search = Search {
            flow: self,
            is_release,
            known: HashMap::new(),
            held_by: self.bound_to(acquire),
            acquire,
            released: false,
        };
        let start: Vec<PointId> = self.places(acquire);
        let seen = search.held(&start, false);
        let graph = self.graph();
        if !search.released {
            return Released::Never;
        }
        if seen[graph.exit.index()] {
            return Released::NotOnReturn(self.way_out(&seen));
        }
        if seen[graph.escape.index()] {
            return Released::NotOnException(self.thrower(&seen, Edge::Raised).unwrap_or(acquire));
        }
        let seen = search.held(&start, true);
        match seen[graph.exit.index()] || seen[graph.escape.index()] {
            true => Released::NotOnCancellation(self.thrower(&seen, Edge::Cancelled).unwrap_or(acquire)),
            false => Released::Always,
        }
    }

    /// The variables that the statement around an expression binds to its value.
    fn bound_to(self, value: NodeId) -> Vec<Variable> {
        let module = self.module;
        let made = module.bindings_made_in(module.statement_of(value)).iter();
        let bindings = made.map(|id| module.scopes().binding(*id));
        let bound = bindings.filter(|binding| binding.value == Some(value));
        bound.map(|binding| (Some(binding.scope), binding.name)).collect()
    }

    fn way_out(self, seen: &[bool]) -> NodeId {
        let graph = self.graph();
        let mut open = vec![graph.exit];
        self.module.spend(graph.len() / 16);
        let mut passed = vec![false; graph.len()];
        while let Some(point) = open.pop() {
            let node = graph.point(point).node;
            let step = graph.point(point).step;
            if self.module.tree().kind(node) == Kind::ReturnStatement && step == Step::Done {
                return node;
            }
            if !matches!(step, Step::Exit | Step::Join | Step::Leave) {
                return self.module.statement_of(node);
            }
            for (from, _) in graph.previous(point) {
                if seen[from.index()] && !std::mem::replace(&mut passed[from.index()], true) {
                    open.push(*from);
                }
            }
        }
        graph.point(graph.exit).node
    }

    /// The most telling node that raises while the value is held and is not released on the way out.
    fn thrower(self, seen: &[bool], edge: Edge) -> Option<NodeId> {
        let graph = self.graph();
        self.module.spend(graph.len());
        let goals = [graph.escape, graph.exit];
        let leads_out = self.before_within(&goals, seen);
        let throws = |id: PointId| {
            let mut next = graph.next(id).iter();
            next.any(|(to, kind)| *kind == edge && leads_out[to.index()])
        };
        let points = graph.points().filter(|(id, point)| {
            let is_assert = self.module.tree().kind(point.node) == Kind::AssertStatement;
            seen[id.index()] && (point.step != Step::Join || is_assert) && throws(*id)
        });
        let rank = |node: NodeId| match self.module.tree().kind(node) {
            Kind::RaiseStatement | Kind::AssertStatement => 0,
            Kind::Await | Kind::Yield => 1,
            Kind::Call => 2,
            Kind::WithItem | Kind::Subscript | Kind::ForStatement => 3,
            _ => 4,
        };
        points.map(|(id, point)| (rank(point.node), id, point.node)).min().map(|(_, _, node)| node)
    }

    fn before_within(self, goals: &[PointId], within: &[bool]) -> Vec<bool> {
        let mut found = vec![false; within.len()];
        let mut open: Vec<PointId> = goals.iter().copied().filter(|goal| within[goal.index()]).collect();
        while let Some(point) = open.pop() {
            if std::mem::replace(&mut found[point.index()], true) {
                continue;
            }
            let before = self.graph().previous(point).iter().map(|(from, _)| *from);
            open.extend(before.filter(|from| within[from.index()] && !found[from.index()]));
        }
        found
    }
}

struct Search<'m, 'r> {
    flow: Flow<'m>,
    is_release: &'r dyn Fn(NodeId) -> bool,
    known: HashMap<NodeId, bool>,
    held_by: Vec<Variable>,
    /// What acquires: where its own outcome is tested, false says that there is nothing.
    acquire: NodeId,
    /// Whether a release was met.
    released: bool,
}

impl Search<'_, '_> {
    /// The points that are reached without a release.
    fn held(&mut self, from: &[PointId], cancelled: bool) -> Vec<bool> {
        let graph = self.flow.graph();
        let steps = &self.flow.module.tree().steps;
        steps.spend(graph.len() / 16);
        let mut seen = vec![false; graph.len()];
        let starts = from.iter().filter(|point| graph.is_reached(**point));
        let normal = starts.flat_map(|point| graph.next(*point)).filter(|(_, edge)| *edge == Edge::Normal);
        let mut open: Vec<PointId> = normal.map(|(to, _)| *to).collect();
        while let Some(point) = open.pop().filter(|_| steps.take()) {
            if seen[point.index()] || self.ends_here(point) {
                continue;
            }
            seen[point.index()] = true;
            let next = graph.next(point).iter().filter(|(_, edge)| cancelled || *edge != Edge::Cancelled);
            open.extend(next.map(|(to, _)| *to));
        }
        seen
    }

    fn ends_here(&mut self, id: PointId) -> bool {
        let point = self.flow.graph().point(id);
        match point.step {
            Step::Holds(holds) => self.means_nothing(point.node, holds),
            Step::Join | Step::Entry | Step::Exit | Step::Escape | Step::Begin | Step::Test => false,
            _ => {
                let known = self.releases(point.node) || self.leads_to_release(point.node);
                self.released |= known;
                known
            }
        }
    }

    fn releases(&mut self, node: NodeId) -> bool {
        let is_release = self.is_release;
        *self.known.entry(node).or_insert_with(|| is_release(node))
    }

    /// What is computed for a release (its receiver, its arguments) belongs to it.
    fn leads_to_release(&mut self, node: NodeId) -> bool {
        let tree = self.flow.module.tree();
        let mut around = tree.ancestors(node).take(OPERAND_DEPTH).take_while(|node| {
            let kind = tree.kind(*node);
            matches!(kind, Kind::Attribute | Kind::Subscript | Kind::ArgumentList | Kind::Call | Kind::Await)
        });
        around.any(|node| self.releases(node))
    }

    /// Whether the outcome says that there is nothing to release.
    fn means_nothing(&self, test: NodeId, holds: bool) -> bool {
        let module = self.flow.module;
        let tree = module.tree();
        let is_held = |node: NodeId| module.variable(node).is_some_and(|known| self.held_by.contains(&known));
        match tree.kind(test) {
            Kind::Identifier => !holds && is_held(test),
            Kind::Call | Kind::Await => !holds && test == self.acquire,
            Kind::NotOperator => holds && tree.child(test, Field::Argument) == Some(self.acquire),
            Kind::ComparisonOperator => {
                let operator = tree.child(test, Field::Operators).map(|operator| module.text(operator));
                let mut parts = tree.named_children(test);
                let (Some(left), Some(right), None) = (parts.next(), parts.next(), parts.next()) else {
                    return false;
                };
                let with_none = tree.kind(right) == Kind::None && tree.kind(left) == Kind::Identifier;
                let none = match operator {
                    Some("is" | "==") => holds,
                    Some("is not" | "!=") => !holds,
                    _ => false,
                };
                with_none && none && is_held(left)
            }
            _ => false,
        }
    }
}
