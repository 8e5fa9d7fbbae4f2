//! Which bindings of a name a read of it may mean, and whether it may find none.

use std::collections::{BTreeSet, HashSet};

use super::super::Module;
use super::super::binding::BindingId;
use super::super::builtins::is_builtin;
use super::super::kind::Kind;
use super::super::scope::{ScopeId, ScopeKind};
use super::super::tree::NodeId;
use super::Flow;
use super::graph::{PointId, Step};
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
        for version in self.unmerged(versions, found) {
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
        graph
            .at(identifier)
            .iter()
            .copied()
            .filter(move |id| graph.point(*id).step == Step::Read && graph.is_reached(*id))
    }

    pub(super) fn own_variable(self, identifier: NodeId) -> Option<(ScopeId, super::super::names::Name)> {
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
        let mut nodes = module.counted(bindings.map(|id| module.scopes().binding(*id)));
        falls_back || nodes.any(|binding| module.enclosing_function(binding.node) != self.function)
    }

    /// What the versions come down to once merges are taken apart.
    fn unmerged(self, versions: &Versions, found: Vec<Version>) -> Vec<Version> {
        let (mut open, mut seen, mut leaves) = (found, HashSet::new(), Vec::new());
        while let Some(version) = open.pop().filter(|_| self.module.tree().steps.take()) {
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
}
