//! Where the command was started: the directory, and the root to which paths are told relative.
#![expect(clippy::disallowed_methods, reason = "the command line is the room that knows where it stands")]

use std::env;
use std::path::{Component, Path, PathBuf};

use anyhow::Context;

/// A directory and its project.
pub(super) struct Here {
    pub(super) directory: PathBuf,
    /// The root of the repository around the directory, or the directory itself.
    pub(super) root: PathBuf,
}

impl Here {
    pub(super) fn find() -> anyhow::Result<Here> {
        let directory = env::current_dir().context("find the current directory")?;
        let root = directory.ancestors().find(|above| above.join(".git").exists()).unwrap_or(&directory);
        Ok(Here { root: root.to_owned(), directory })
    }

    /// A path as it was given, from the root of the file system, without `.` and `..`.
    pub(super) fn absolute(&self, given: &Path) -> PathBuf {
        let mut path = PathBuf::new();
        for component in self.directory.join(given).components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => drop(path.pop()),
                other => path.push(other),
            }
        }
        path
    }

    /// How a path is told: relative to the root, with `/` between its parts.
    pub(super) fn told(&self, path: &Path) -> String {
        told(path.strip_prefix(&self.root).unwrap_or(path))
    }
}

/// A path with `/` between its parts; what is no Unicode is replaced.
fn told(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// Columns of the terminal, where the shell tells.
pub(super) fn columns() -> Option<usize> {
    env::var("COLUMNS").ok()?.parse().ok().filter(|columns| *columns >= 40)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_relative_to_the_root() {
        let here = Here { directory: "/project/src".into(), root: "/project".into() };
        let check = |given: &str, expect: &str| {
            assert_eq!(here.told(&here.absolute(Path::new(given))), expect, "{given}");
        };
        check("a.py", "src/a.py");
        check("./d/../a.py", "src/a.py");
        check("../a.py", "a.py");
        check("/project/x/a.py", "x/a.py");
        check("/elsewhere/a.py", "/elsewhere/a.py");
        check("../../elsewhere/a.py", "/elsewhere/a.py");
    }
}
