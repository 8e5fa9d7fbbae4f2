//! A coroutine in a local variable: wrong if everything that reads the variable afterwards misuses it, or nothing does.

use std::cell::OnceCell;
use std::collections::HashMap;

use crate::engine::python::{Module, Name, NodeId, ScopeKind};

use super::fate::{Fate, Misuse, Readers};

/// A name that is bound more often in its function is left alone.
const BINDINGS: usize = 8;
/// A name that stands in more places of the file is left alone.
const PLACES: usize = 256;

/// All identifiers of a file by their names, found when first asked for.
#[derive(Default)]
pub(super) struct Identifiers(OnceCell<HashMap<Name, Vec<NodeId>>>);

impl Identifiers {
    /// How the coroutine that a call gives to a local name is misused, and where; `None` if somebody may await it.
    pub(super) fn misuse(
        &self,
        module: &Module,
        readers: &Readers,
        call: NodeId,
        variable: NodeId,
    ) -> Option<(Misuse, Option<NodeId>)> {
        let mut first = None;
        for read in self.reads(module, variable)? {
            if module.enclosing_function(read) == module.enclosing_function(call)
                && !module.reaches(call, read)
            {
                continue;
            }
            match readers.fate(module, read) {
                Fate::Misused(misuse) => drop(first.get_or_insert((misuse, Some(read)))),
                Fate::Kept | Fate::Returned | Fate::Named(_) | Fate::Collected(_) => return None,
            }
        }
        Some(first.unwrap_or((Misuse::Unread, None)))
    }

    /// Whether nothing reads a local variable.
    pub(super) fn is_unread(&self, module: &Module, variable: NodeId) -> bool {
        self.reads(module, variable).is_some_and(|reads| reads.is_empty())
    }

    /// The places where a local variable is read; `None` where not all of them are known.
    fn reads(&self, module: &Module, variable: NodeId) -> Option<Vec<NodeId>> {
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
