//! What the rules know of libraries: which type a callable returns. Data of `rules/models/`, read by the
//! rules' loader.

use rustc_hash::{FxHashMap, FxHashSet};

use super::roles::Frameworks;

/// Qualified names of callables and types, without calls or subscripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Types {
    /// Callable to the type of what it returns; for a coroutine function, of what awaiting it gives. A method
    /// is named through its type: `sqlite3.Connection.cursor`. Classes need no entry: a name in CapWords is
    /// taken to construct itself.
    pub returns: FxHashMap<String, String>,
    /// Type to what `with` gives, where that is not the type itself.
    pub enters: FxHashMap<String, String>,
    /// `type.attribute` to its type.
    pub attributes: FxHashMap<String, String>,
    /// Module to the names that `from module import *` gives.
    pub exports: FxHashMap<String, FxHashSet<String>>,
    /// What frameworks make of functions and classes.
    pub frameworks: Frameworks,
}

impl Types {
    /// The module that gives the name, of several that are imported whole: the last one that has it. `None` where
    /// one of them is not known; `Some(None)` where all are, and none has it.
    pub(super) fn exporter<'s>(&self, modules: &'s [String], name: &str) -> Option<Option<&'s str>> {
        let mut exporter = None;
        for module in modules {
            if self.exports.get(module)?.contains(name) {
                exporter = Some(module.as_str());
            }
        }
        Some(exporter)
    }

    pub(super) fn returned_by(&self, path: &str) -> Option<&str> {
        self.returns.get(path).map(String::as_str)
    }

    pub(super) fn returned_by_method(&self, owner: &str, method: &str) -> Option<&str> {
        self.returned_by(&format!("{owner}.{method}"))
    }

    pub(super) fn attribute(&self, owner: &str, name: &str) -> Option<&str> {
        self.attributes.get(&format!("{owner}.{name}")).map(String::as_str)
    }
}
