//! Identifiers as numbers, so that scopes compare and hash integers. One table per file.

use std::collections::HashMap;

/// An identifier of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u32);

/// The identifiers of one file, each once.
#[derive(Debug, Default)]
pub struct Names {
    /// Texts come from strangers: a keyed hash, so that nobody can make them collide.
    by_text: HashMap<Box<str>, Name>,
    texts: Vec<Box<str>>,
}

impl Names {
    pub(super) fn intern(&mut self, text: &str) -> Name {
        if let Some(name) = self.by_text.get(text) {
            return *name;
        }
        let name = Name(self.texts.len() as u32);
        self.texts.push(text.into());
        self.by_text.insert(text.into(), name);
        name
    }

    /// The name, if the file has it.
    pub fn get(&self, text: &str) -> Option<Name> {
        self.by_text.get(text).copied()
    }

    pub fn text(&self, name: Name) -> &str {
        &self.texts[name.0 as usize]
    }
}
