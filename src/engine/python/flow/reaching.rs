//! Which bindings of a name a read of it may mean, and whether it may find none.

use std::collections::{BTreeSet, HashSet};

use super::super::Module;
use super::super::binding::{BindingId, BindingKind};
use super::super::builtins::is_builtin;
use super::super::kind::Kind;
use super::super::scope::{ScopeId, ScopeKind};
use super::super::tree::NodeId;
use super::Flow;
use super::graph::{Edge, PointId, Step};
use super::mention::Variable;
use super::versions::{Version, Versions};

/// What a read may find.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reaching {
    /// The bindings that some path leads from, in the order of the text.
    pub bindings: Vec<BindingId>,
    /// Some path leads here on which the name has no value: it was not bound yet, or deleted.
    pub unbound: bool,
    /// The name may have been bound from outside this flow: by another function through `global` or `nonlocal`, by
    /// a star import, or as a name of the module or of Python where a class or the module has not bound it yet.
    pub elsewhere: bool,
}

impl Module {
    /// What the read of an identifier may find. `None` where that is not known: it is no read, no path leads to it,
    /// its name is bound only outside the function it is read in, or the function is absurdly tangled.
    pub fn reaching(&self, identifier: NodeId) -> Option<Reaching> {
        self.flow_of(identifier).reaching(identifier)
    }

    /// A node whose exception leads to this read with its name unbound: the name was to be bound behind it in a
    /// `try`, and the handler or `finally` goes on. `None` if there is none.
    pub fn unbound_by_exception(&self, identifier: NodeId) -> Option<NodeId> {
        self.flow_of(identifier).unbound_by_exception(identifier)
    }
}

impl<'m> Flow<'m> {
    fn versions(self) -> Option<&'m Versions> {
        self.known.versions.get_or_init(|| Versions::new(self)).as_ref()
    }

    pub fn reaching(self, identifier: NodeId) -> Option<Reaching> {
        let (scope, _) = self.own_variable(identifier)?;
        let versions = self.versions().filter(|_| self.graph().is_exact())?;
        let reads = self.reads(identifier);
        let found: Vec<Version> = reads.filter_map(|point| versions.reads.get(&point).copied()).collect();
        if found.is_empty() {
            return None;
        }
        let mut reaching = Reaching { elsewhere: self.is_bound_elsewhere(identifier), ..Reaching::default() };
        let mut bindings = BTreeSet::new();
        for version in leaves(versions, found) {
            match version {
                Version::Bound(binding) => drop(bindings.insert(binding)),
                Version::Entry if self.is_own(scope) => reaching.unbound = true,
                Version::Entry => reaching.elsewhere = true,
                Version::Gone => reaching.unbound = true,
                Version::Merged(_) => {}
            }
        }
        reaching.bindings = bindings.into_iter().collect();
        Some(reaching)
    }

    /// The points at which an identifier is read.
    pub(super) fn reads(self, identifier: NodeId) -> impl Iterator<Item = PointId> {
        let graph = self.graph();
        graph.at(identifier).iter().copied().filter(move |id| {
            graph.point(*id).step == Step::Read && graph.is_reached(*id)
        })
    }

    fn own_variable(self, identifier: NodeId) -> Option<(ScopeId, super::super::names::Name)> {
        let is_name = self.module.tree().kind(identifier) == Kind::Identifier;
        let (scope, name) = self.module.variable(identifier).filter(|_| is_name)?;
        Some((scope?, name))
    }

    /// Whether the scope's names begin their life with this flow.
    fn is_own(self, scope: ScopeId) -> bool {
        match self.module.scopes().get(scope).kind {
            ScopeKind::Function(id) => Some(id) == self.function,
            ScopeKind::Module => self.function.is_none(),
            ScopeKind::Class(_) | ScopeKind::Comprehension => true,
        }
    }

    fn is_bound_elsewhere(self, identifier: NodeId) -> bool {
        let module = self.module;
        let Some((scope, name)) = self.own_variable(identifier) else { return true };
        let kind = module.scopes().get(scope).kind;
        let falls_back = match kind {
            ScopeKind::Module => is_builtin(module.names().text(name)) || module.scopes().has_star(scope),
            ScopeKind::Class(_) => true,
            ScopeKind::Function(_) | ScopeKind::Comprehension => false,
        };
        let bindings = module.scopes().bound_in(scope, name).iter();
        let mut nodes = bindings.map(|id| module.scopes().binding(*id));
        falls_back || nodes.any(|binding| module.enclosing_function(binding.node) != self.function)
    }

    pub fn unbound_by_exception(self, identifier: NodeId) -> Option<NodeId> {
        let (scope, name) = self.own_variable(identifier)?;
        let graph = self.graph();
        let variable: Variable = (Some(scope), name);
        let binds: HashSet<PointId> = graph
            .points()
            .filter(|(_, point)| self.binds(point.step, variable))
            .map(|(id, _)| id)
            .collect();
        let uses: Vec<PointId> = self.reads(identifier).collect();
        let unbound = self.walk_around(&[PointId::ENTRY], &binds, true);
        let leads = self.walk_around(&uses, &binds, false);
        let throws = |id: PointId| {
            let mut next = graph.next(id).iter();
            next.any(|(to, edge)| *edge == Edge::Raised && leads[to.index()])
        };
        let mut points = graph.points().filter(|(id, point)| {
            unbound[id.index()] && point.step != Step::Join && throws(*id)
        });
        points.next().map(|(_, point)| point.node)
    }

    fn binds(self, step: Step, variable: Variable) -> bool {
        let Step::Bind(id) = step else { return false };
        let binding = self.module.scopes().binding(id);
        (Some(binding.scope), binding.name) == variable && binding.kind != BindingKind::Delete
    }

    /// The points on the ways forward, or back, that none of `binds` lies on.
    fn walk_around(self, from: &[PointId], binds: &HashSet<PointId>, forward: bool) -> Vec<bool> {
        let graph = self.graph();
        let mut seen = vec![false; graph.len()];
        let mut open = from.to_vec();
        while let Some(point) = open.pop() {
            if binds.contains(&point) || std::mem::replace(&mut seen[point.index()], true) {
                continue;
            }
            let edges = if forward { graph.next(point) } else { graph.previous(point) };
            open.extend(edges.iter().map(|(other, _)| *other));
        }
        seen
    }
}

/// What the versions come down to once merges are taken apart.
fn leaves(versions: &Versions, found: Vec<Version>) -> Vec<Version> {
    let (mut open, mut seen, mut leaves) = (found, HashSet::new(), Vec::new());
    while let Some(version) = open.pop() {
        if !seen.insert(version) {
            continue;
        }
        match version {
            Version::Merged(number) => open.extend(&versions.merges[number as usize]),
            Version::Entry | Version::Bound(_) | Version::Gone => leaves.push(version),
        }
    }
    leaves
}
