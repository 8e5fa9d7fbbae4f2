//! Paths a repository does not want audited, written as in a `.gitignore`.

use std::path::Path;

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde_saphyr::Spanned;

use super::Mistake;
use super::mistake::near;

/// The patterns of `paths: ignore:`. Later patterns win; `!` takes a path back in.
#[derive(Clone, Debug)]
pub struct IgnoredPaths(Gitignore);

impl Default for IgnoredPaths {
    fn default() -> IgnoredPaths {
        IgnoredPaths(Gitignore::empty())
    }
}

impl IgnoredPaths {
    pub(super) fn build(patterns: &[Spanned<String>]) -> Result<IgnoredPaths, Mistake> {
        let mut builder = GitignoreBuilder::new("");
        for pattern in patterns {
            builder.add_line(None, &pattern.value).map_err(|error| at(pattern, &error))?;
        }
        builder.build().map(IgnoredPaths).map_err(|error| Mistake::at(1, 1, error.to_string(), REMEDY))
    }

    /// Whether the path or one of its folders is ignored.
    pub fn contains(&self, path: &str) -> bool {
        let path = Path::new(path);
        if self.0.is_empty() || path.has_root() {
            return false;
        }
        path.ancestors()
            .filter(|part| !part.as_os_str().is_empty())
            .map(|part| self.0.matched(part, part != path))
            .find(|found| !found.is_none())
            .is_some_and(|found| found.is_ignore())
    }
}

const REMEDY: &str = "write it as in a .gitignore, such as `legacy/` or `*.pyi`";

fn at(pattern: &Spanned<String>, error: &ignore::Error) -> Mistake {
    let message = format!("`{}` is not a .gitignore pattern: {error}", pattern.value);
    near(pattern.referenced, message, REMEDY)
}
