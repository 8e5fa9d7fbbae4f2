//! All identifiers of a file by their names, for who asks where a local variable is read.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::engine::python::{Module, Name, NodeId, ScopeKind};

/// A name that is bound more often in its function is left alone.
const BINDINGS: usize = 8;
/// A name that stands in more places of the file is left alone.
const PLACES: usize = 256;

/// Found when first asked for.
#[derive(Default)]
pub(super) struct Identifiers(OnceCell<HashMap<Name, Vec<NodeId>>>);

impl Identifiers {
    /// The places where a local variable is read; `None` where not all of them are known.
    pub(super) fn reads(&self, module: &Module, variable: NodeId) -> Option<Vec<NodeId>> {
        let scopes = module.scopes();
        let name = module.names().get(module.text(variable))?;
        let scope = module.scope_of(variable);
        let bound = scopes.bound_in(scope, name);
        let is_own = bound.iter().any(|id| scopes.binding(*id).node == variable);
        let is_local = matches!(scopes.get(scope).kind, ScopeKind::Function(_));
        let places =
            self.0.get_or_init(|| by_name(module)).get(&name).filter(|places| places.len() <= PLACES)?;
        if !is_own || !is_local || bound.len() > BINDINGS {
            return None;
        }
        let is_bound = |node: NodeId| bound.iter().any(|id| scopes.binding(*id).node == node);
        let means_it = |node: &&NodeId| scopes.lookup(module.scope_of(**node), name) == Some(scope);
        let reads = places.iter().filter(means_it).copied();
        Some(reads.filter(|node| !is_bound(*node) && !module.is_label(*node)).collect())
    }
}

fn by_name(module: &Module) -> HashMap<Name, Vec<NodeId>> {
    let mut places: HashMap<Name, Vec<NodeId>> = HashMap::new();
    for (node, name) in module.identifiers() {
        places.entry(name).or_default().push(node);
    }
    places
}
