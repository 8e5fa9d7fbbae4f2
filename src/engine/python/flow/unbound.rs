//! Names that an exception leaves unbound: a `try` was to bind them, and what handles the exception goes on to read
//! them all the same.

use std::collections::HashSet;

use super::super::Module;
use super::super::binding::BindingKind;
use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::Flow;
use super::graph::{Edge, PointId, Step};

impl Module {
    /// A node in the statement that was to bind the name, in a `try`, whose exception leads to this read with the name
    /// unbound. The statement must stand in the `try`'s body itself, not under a condition, and no test may lie
    /// between the handler and the read: where one does, it may well tell the two ways apart.
    pub fn unbound_by_exception(&self, identifier: NodeId) -> Option<NodeId> {
        self.flow_of(identifier).unbound_by_exception(identifier)
    }

    /// The name in an `except … as name` whose end deletes it on a way to this read that no test lies on.
    pub fn unbound_by_except(&self, identifier: NodeId) -> Option<NodeId> {
        self.flow_of(identifier).unbound_by_except(identifier)
    }

    /// The `try` statements of whose body this statement is a direct part, `with` blocks looked through.
    fn tries_of(&self, statement: NodeId) -> impl Iterator<Item = NodeId> {
        let tree = self.tree();
        let parents = std::iter::successors(Some(statement), move |node| {
            let block = tree.parent(*node).filter(|block| tree.kind(*block) == Kind::Block)?;
            let holder = tree.parent(block).filter(|_| tree.field(block) == Field::Body)?;
            matches!(tree.kind(holder), Kind::TryStatement | Kind::WithStatement).then_some(holder)
        });
        parents.skip(1).filter(move |holder| tree.kind(*holder) == Kind::TryStatement)
    }
}

impl Flow<'_> {
    pub fn unbound_by_exception(self, identifier: NodeId) -> Option<NodeId> {
        let (graph, module) = (self.graph(), self.module);
        let binds = self.binds(identifier)?;
        let unbound = self.walk_around(&[PointId::ENTRY], true, |id| binds.contains(&id));
        let leads = self.leads(identifier, &binds);
        let statements: HashSet<NodeId> = binds
            .iter()
            .map(|id| module.statement_of(graph.point(*id).node))
            .filter(|statement| module.tries_of(*statement).any(|node| self.leaves(node, identifier)))
            .collect();
        let throws = |id: PointId| {
            let mut next = graph.next(id).iter();
            unbound[id.index()] && next.any(|(to, edge)| *edge == Edge::Raised && leads[to.index()])
        };
        let points = graph.points().filter(|(id, point)| {
            point.step != Step::Join && throws(*id) && statements.contains(&module.statement_of(point.node))
        });
        // A call is the likelier culprit than an attribute.
        let calls = |node| !matches!(module.tree().kind(node), Kind::Call | Kind::Await);
        points.map(|(id, point)| (calls(point.node), id, point.node)).min().map(|(_, _, node)| node)
    }

    pub fn unbound_by_except(self, identifier: NodeId) -> Option<NodeId> {
        let (graph, scopes) = (self.graph(), self.module.scopes());
        let variable = self.own_variable(identifier)?;
        let leads = self.leads(identifier, &self.binds(identifier)?);
        let mut ends = graph.points().filter_map(|(id, point)| match point.step {
            Step::Unbind(binding) if leads[id.index()] && graph.is_reached(id) => {
                Some(scopes.binding(binding))
            }
            _ => None,
        });
        ends.find(|binding| (binding.scope, binding.name) == variable).map(|binding| binding.node)
    }

    /// The points that give the read's variable a value.
    fn binds(self, identifier: NodeId) -> Option<HashSet<PointId>> {
        let variable = self.own_variable(identifier)?;
        let is_bound = |step| match step {
            Step::Bind(id) => {
                let binding = self.module.scopes().binding(id);
                (binding.scope, binding.name) == variable && binding.kind != BindingKind::Delete
            }
            _ => false,
        };
        let binds = self.graph().points().filter(|(_, point)| is_bound(point.step));
        Some(binds.map(|(id, _)| id).collect())
    }

    /// The points from which a way leads to the read that neither binds its variable nor depends on a test.
    fn leads(self, identifier: NodeId, binds: &HashSet<PointId>) -> Vec<bool> {
        let graph = self.graph();
        let uses: Vec<PointId> = self.reads(identifier).collect();
        self.walk_around(&uses, false, |id| {
            binds.contains(&id) || matches!(graph.point(id).step, Step::Holds(_))
        })
    }

    /// Whether the read stands outside the body of the `try`.
    fn leaves(self, node: NodeId, identifier: NodeId) -> bool {
        let tree = self.module.tree();
        !tree.child(node, Field::Body).is_some_and(|body| tree.contains(body, identifier))
    }

    /// The points on the ways forward, or back, that no such point lies on.
    fn walk_around(self, from: &[PointId], forward: bool, stops: impl Fn(PointId) -> bool) -> Vec<bool> {
        let graph = self.graph();
        let mut seen = vec![false; graph.len()];
        let mut open = from.to_vec();
        while let Some(point) = open.pop() {
            if stops(point) || std::mem::replace(&mut seen[point.index()], true) {
                continue;
            }
            let edges = if forward { graph.next(point) } else { graph.previous(point) };
            open.extend(edges.iter().map(|(other, _)| *other));
        }
        seen
    }
}
