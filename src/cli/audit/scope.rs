//! What is audited: the files under the given paths, or those that differ between two states.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::bail;

use super::range::Range;
use super::subject::{Content, Subject};
use crate::cli::files::{self, Standing, WorkingTree};
use crate::cli::git::{self, Change, Repository, path_of};
use crate::cli::here::Here;
use crate::domain::Sha;
use crate::engine::Skipped;

pub(super) struct Scope {
    pub(super) subjects: Vec<Subject>,
    pub(super) skipped: Vec<Skipped>,
    /// Where blobs are read, if two states are compared.
    pub(super) repository: Option<Repository>,
}

/// Everything under these paths.
pub(super) fn project(here: &Here, paths: &[PathBuf]) -> anyhow::Result<Scope> {
    let found = files::find(here, paths)?;
    let subject = |(path, at)| Subject { path, old_path: None, head: Content::Disk(at), base: None };
    let subjects = found.files.into_iter().map(subject).collect();
    Ok(Scope { subjects, skipped: found.skipped, repository: None })
}

/// What differs, under these paths.
pub(super) fn change(here: &Here, range: &Range, paths: &[PathBuf]) -> anyhow::Result<Scope> {
    let repository = Repository::discover(&here.directory)?;
    let changes = match range {
        Range::Trees { base, head } => {
            let (base, head) = (repository.tree(base)?, repository.tree(head)?);
            between_trees(&repository, &base, &head)?
        }
        Range::SinceMergeBase { base, head } => {
            let head = repository.commit(head)?;
            let base = repository.merge_base(&repository.commit(base)?, &head)?;
            between_trees(&repository, &base, &head)?
        }
        Range::WorkingTree { base } => on_disk(&repository, &repository.tree(base)?)?,
    };
    let wanted = Wanted::new(here, repository.root().unwrap_or(&here.directory), paths)?;
    let relevant =
        |subject: &Subject| wanted.holds(subject) && subject.may_be_python() && !subject.is_unchanged();
    let subjects = changes.into_iter().filter(relevant).collect();
    Ok(Scope { subjects, skipped: Vec::new(), repository: Some(repository) })
}

fn between_trees(repository: &Repository, base: &Sha, head: &Sha) -> Result<Vec<Subject>, git::Error> {
    let subject = |change: Change| Subject {
        path: told(&change.path),
        old_path: change.old_path.as_deref().map(told),
        head: change.head.as_ref().into(),
        base: Some(change.base.as_ref().into()),
    };
    Ok(repository.changes(base, head)?.into_iter().map(subject).collect())
}

/// Git itself would look for changes on disk through filters that the checkout configures, so we
/// compare all files. Renames show as code that moved.
fn on_disk(repository: &Repository, base: &Sha) -> Result<Vec<Subject>, git::Error> {
    let root = repository.root().ok_or(git::Error::Bare)?;
    let mut tree: BTreeMap<Vec<u8>, git::Side> = repository.files(base)?.into_iter().collect();
    let mut working = WorkingTree::new(root);
    let mut subjects = Vec::new();
    for path in repository.working_paths()? {
        let head = match working.look(&path_of(&path)) {
            Standing::File => Content::Disk(root.join(path_of(&path))),
            Standing::Link => Content::Link,
            Standing::Directory => Content::Submodule,
            Standing::Nothing => continue,
        };
        let base = tree.remove(&path);
        subjects.push(Subject { path: told(&path), old_path: None, head, base: Some(base.as_ref().into()) });
    }
    let deleted = |(path, side): (Vec<u8>, git::Side)| Subject {
        path: told(&path),
        old_path: None,
        head: Content::Nothing,
        base: Some(Some(&side).into()),
    };
    subjects.extend(tree.into_iter().map(deleted));
    subjects.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(subjects)
}

fn told(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

/// The paths to which a comparison is narrowed, relative to the root; none is all.
struct Wanted(Vec<String>);

impl Wanted {
    /// Paths that one of the two states had need not exist on disk.
    fn new(here: &Here, root: &Path, paths: &[PathBuf]) -> anyhow::Result<Wanted> {
        let mut wanted = Vec::new();
        for given in paths {
            match here.absolute(given).strip_prefix(root) {
                Ok(inside) => wanted.push(told_path(inside)),
                Err(_) => bail!("`{}` is outside of the repository; leave it out", given.display()),
            }
        }
        Ok(Wanted(wanted))
    }

    fn holds(&self, subject: &Subject) -> bool {
        let under = |path: &str, folder: &str| {
            path.strip_prefix(folder)
                .is_some_and(|rest| folder.is_empty() || rest.is_empty() || rest.starts_with('/'))
        };
        let mut paths = std::iter::once(&subject.path).chain(&subject.old_path);
        self.0.is_empty() || paths.any(|path| self.0.iter().any(|folder| under(path, folder)))
    }
}

fn told_path(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(paths: &[&str], path: &str, expect: bool) {
        let here = Here { directory: "/r/src".into(), root: "/r".into() };
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let wanted = Wanted::new(&here, &here.root, &paths).unwrap();
        let subject = Subject { path: path.to_owned(), old_path: None, head: Content::Nothing, base: None };
        assert_eq!(wanted.holds(&subject), expect, "{paths:?} {path}");
    }

    #[test]
    fn paths_narrow_a_comparison_by_whole_names() {
        check(&[], "any.py", true);
        check(&["."], "src/a.py", true);
        check(&["."], "lib/a.py", false);
        check(&[".."], "lib/a.py", true);
        check(&["a"], "src/a/b.py", true);
        check(&["a"], "src/ab.py", false);
        check(&["a.py", "../lib"], "lib/x.py", true);
    }

    #[test]
    fn a_path_outside_of_the_repository_is_refused() {
        let here = Here { directory: "/r".into(), root: "/r".into() };
        assert!(Wanted::new(&here, &here.root, &["../x".into()]).is_err());
    }
}
