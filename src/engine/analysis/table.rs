//! Tables of qualified names, as rules and models give them.

use std::collections::HashMap;

use crate::engine::matching::Starts;
use crate::engine::python::Kind;

use super::calls::last;

/// Qualified names to what is known of them. `requests.Session.*` stands for every method.
#[derive(Debug)]
pub(super) struct Table<T> {
    exact: HashMap<String, T>,
    families: Vec<(String, T)>,
}

impl<T: Clone> Table<T> {
    pub(super) fn new(entries: impl IntoIterator<Item = (String, T)>) -> Table<T> {
        let mut table = Table { exact: HashMap::new(), families: Vec::new() };
        for (name, value) in entries {
            match name.strip_suffix('*') {
                Some(family) => table.families.push((family.to_owned(), value)),
                None => drop(table.exact.insert(name, value)),
            }
        }
        table
    }

    pub(super) fn get(&self, name: &str) -> Option<&T> {
        let in_family = |(family, _): &&(String, T)| {
            name.strip_prefix(family.as_str()).is_some_and(|rest| !rest.is_empty() && !rest.starts_with('_'))
        };
        self.exact.get(name).or_else(|| self.families.iter().find(in_family).map(|(_, value)| value))
    }

    /// Where a call of one of these names can be: a file that means a library's name holds the library's.
    pub(super) fn starts(&self) -> Starts {
        let mut starts = Starts::default();
        let families = self.families.iter().map(|(family, _)| family);
        for name in self.exact.keys().chain(families) {
            starts.words.insert(word(name).to_owned());
        }
        starts.calls.extend(self.exact.keys().map(|name| last(name).to_owned()));
        if !self.families.is_empty() {
            starts.kinds.insert(Kind::Call);
        }
        starts
    }
}

/// The word that a text must hold to mean this name.
fn word(name: &str) -> &str {
    match name.split_once('.') {
        Some(("builtins", rest)) => rest,
        Some((library, _)) => library,
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_holds_public_methods_only() {
        let table = Table::new([("a.B.*".to_owned(), 1), ("a.c".to_owned(), 2)]);
        let got = ["a.B.get", "a.B.__init__", "a.B", "a.c", "a.c.d"].map(|name| table.get(name).copied());
        assert_eq!(got, [Some(1), None, None, Some(2), None]);
    }
}
