//! Qualified names, each stored once per file and compared by number.

use std::collections::HashMap;

use rustc_hash::FxHashMap;

use super::names::Name;

/// A qualified name of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PathId(pub(super) u32);

/// The qualified names that a file speaks of.
#[derive(Debug, Default)]
pub(super) struct Paths {
    /// Texts come from strangers: a keyed hash, so that nobody can make them collide.
    by_text: HashMap<Box<str>, PathId>,
    texts: Vec<Box<str>>,
    members: FxHashMap<(PathId, Name), PathId>,
}

impl Paths {
    pub(super) fn intern(&mut self, text: &str) -> PathId {
        if let Some(path) = self.by_text.get(text) {
            return *path;
        }
        let path = PathId(self.texts.len() as u32);
        self.texts.push(text.into());
        self.by_text.insert(text.into(), path);
        path
    }

    /// `path.name`; `None` once the name has become absurdly long.
    pub(super) fn member(&mut self, path: PathId, name: Name, text: &str) -> Option<PathId> {
        if let Some(member) = self.members.get(&(path, name)) {
            return Some(*member);
        }
        let owner = self.text(path);
        if owner.len() + text.len() > 512 {
            return None;
        }
        let separator = if owner.ends_with('.') { "" } else { "." };
        let joined = format!("{owner}{separator}{text}");
        let member = self.intern(&joined);
        self.members.insert((path, name), member);
        Some(member)
    }

    /// The number of a text that the file speaks of.
    pub(super) fn id(&self, text: &str) -> Option<PathId> {
        self.by_text.get(text).copied()
    }

    /// This table's own copy of a text it has.
    pub(super) fn find(&self, text: &str) -> Option<&str> {
        self.by_text.get(text).map(|path| self.text(*path))
    }

    pub(super) fn text(&self, path: PathId) -> &str {
        &self.texts[path.0 as usize]
    }
}
