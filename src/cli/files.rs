//! Finds and reads local files: what `.gitignore` names is left out, links are not followed, and
//! what cannot be read is listed.
#![expect(clippy::disallowed_methods, reason = "the command line is the room that reads local files")]

use std::collections::BTreeMap;
use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::Context;
use ignore::{DirEntry, WalkBuilder};

use super::here::Here;
use crate::engine::language::{has_python_shebang, is_python_path, may_be_script};
use crate::engine::{SkipReason, Skipped};

/// What was found, in the order of the paths.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// How the file is told, and where it is.
    pub(super) files: BTreeMap<String, PathBuf>,
    pub(super) skipped: Vec<Skipped>,
}

/// The Python files under the given paths. A path that does not exist is an error: a mistyped name
/// must not look like a clean audit.
pub(super) fn find(here: &Here, paths: &[PathBuf]) -> anyhow::Result<Found> {
    let mut found = Found::default();
    for given in paths {
        let absolute = here.absolute(given);
        let real = fs::canonicalize(&absolute).with_context(|| match fs::symlink_metadata(&absolute) {
            Ok(_) => format!("`{}` is a link that leads nowhere; name another path", given.display()),
            Err(_) => format!("`{}` cannot be audited; check the path", given.display()),
        })?;
        if absolute.starts_with(&here.root) && !real.starts_with(&here.root) {
            found.skip(here, &absolute, SkipReason::Symlink);
        } else {
            found.walk(here, &real);
        }
    }
    found.skipped.sort_by(|a, b| a.path.cmp(&b.path));
    found.skipped.dedup();
    Ok(found)
}

impl Found {
    fn walk(&mut self, here: &Here, start: &Path) {
        // `.ignore` files are a custom of other tools; hidden files are code like any other.
        let walk = WalkBuilder::new(start)
            .hidden(false)
            .ignore(false)
            .require_git(false)
            .filter_entry(is_of_the_project)
            .build();
        for entry in walk {
            match entry {
                Ok(entry) => self.add(here, &entry),
                Err(error) => self.skip(here, start, SkipReason::Unreadable(error.to_string())),
            }
        }
    }

    fn add(&mut self, here: &Here, entry: &DirEntry) {
        let path = here.told(entry.path());
        let named = entry.depth() == 0;
        let kind = entry.file_type();
        if kind.is_some_and(|kind| kind.is_symlink()) && is_python_path(&path) {
            self.skip(here, entry.path(), SkipReason::Symlink);
        } else if kind.is_some_and(|kind| kind.is_file()) && (named || is_python(&path, entry.path())) {
            self.files.insert(path, entry.path().to_owned());
        } else if kind.is_none_or(is_special) && (named || is_python_path(&path)) {
            self.skip(here, entry.path(), SkipReason::Unreadable("it is no regular file".to_owned()));
        }
    }

    fn skip(&mut self, here: &Here, path: &Path, reason: SkipReason) {
        self.skipped.push(Skipped { path: here.told(path), reason });
    }
}

/// Git's own files are no code, and a virtual environment is other people's.
fn is_of_the_project(entry: &DirEntry) -> bool {
    let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
    let foreign = entry.file_name() == ".git" || (is_directory && entry.path().join("pyvenv.cfg").exists());
    entry.depth() == 0 || !foreign
}

/// A pipe, a socket, a device.
fn is_special(kind: FileType) -> bool {
    !kind.is_file() && !kind.is_dir() && !kind.is_symlink()
}

fn is_python(path: &str, at: &Path) -> bool {
    is_python_path(path)
        || (may_be_script(path) && first_bytes(at).is_ok_and(|bytes| has_python_shebang(&bytes)))
}

fn first_bytes(at: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(at)?.take(256).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Reads a file, unless it is larger than `limit` bytes.
pub(super) fn read(at: &Path, limit: usize) -> Result<Vec<u8>, SkipReason> {
    let unreadable = |error: io::Error| SkipReason::Unreadable(error.to_string());
    let size = fs::symlink_metadata(at).map_err(unreadable)?.len();
    let too_large = |bytes: usize| SkipReason::TooLarge { bytes, limit };
    if size > limit as u64 {
        return Err(too_large(usize::try_from(size).unwrap_or(usize::MAX)));
    }
    let mut bytes = Vec::new();
    File::open(at)
        .and_then(|file| file.take(limit as u64 + 1).read_to_end(&mut bytes))
        .map_err(unreadable)?;
    if bytes.len() > limit { Err(too_large(bytes.len())) } else { Ok(bytes) }
}

/// What stands at a path of the working tree, no link followed on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    File,
    Link,
    Directory,
    Nothing,
}

/// Looks at paths of a working tree, and remembers which directories are real.
pub(super) struct WorkingTree<'r> {
    root: &'r Path,
    real: BTreeMap<PathBuf, bool>,
}

impl<'r> WorkingTree<'r> {
    pub(super) fn new(root: &'r Path) -> WorkingTree<'r> {
        WorkingTree { root, real: BTreeMap::new() }
    }

    pub(super) fn look(&mut self, path: &Path) -> Standing {
        let at = self.root.join(path);
        match fs::symlink_metadata(&at).map(|found| found.file_type()) {
            Err(_) => Standing::Nothing,
            // Behind a directory that became a link, git too sees nothing of the project.
            Ok(_) if !at.parent().is_none_or(|parent| self.is_real(parent)) => Standing::Nothing,
            Ok(kind) if kind.is_symlink() => Standing::Link,
            Ok(kind) if kind.is_dir() => Standing::Directory,
            Ok(_) => Standing::File,
        }
    }

    fn is_real(&mut self, directory: &Path) -> bool {
        if let Some(known) = self.real.get(directory) {
            return *known;
        }
        let real = fs::canonicalize(directory).is_ok_and(|real| real == directory);
        self.real.insert(directory.to_owned(), real);
        real
    }
}
