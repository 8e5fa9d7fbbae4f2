//! A coroutine in a local variable: wrong if everything that reads the variable afterwards misuses it, or nothing does.

use crate::engine::analysis::identifiers::Identifiers;
use crate::engine::python::{Module, NodeId};

use super::fate::{Fate, Misuse, Readers};

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
}
