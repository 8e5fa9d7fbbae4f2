//! What the rules know of libraries: which type a callable returns. Data of `rules/models/`, read by the
//! rules' loader.

use std::collections::HashMap;

/// Qualified names of callables and types, without calls or subscripts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Types {
    /// Callable to the type of what it returns; for a coroutine function, of what awaiting it gives. A method
    /// is named through its type: `sqlite3.Connection.cursor`. Classes need no entry: a name in CapWords is
    /// taken to construct itself.
    pub returns: HashMap<String, String>,
    /// Type to what `with` gives, where that is not the type itself.
    pub enters: HashMap<String, String>,
    /// `type.attribute` to its type.
    pub attributes: HashMap<String, String>,
}

impl Types {
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
