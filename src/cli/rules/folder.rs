//! A folder of rules on disk, `<folder>/<category>/<id>.yml`, found from any file or folder in it.
#![expect(
    clippy::disallowed_methods,
    reason = "the command line is the room that reads local files"
)]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::engine::{Rule, RuleSet};

/// A folder of rules, and the part of it that was asked for.
pub(super) struct Folder {
    root: PathBuf,
    category: Option<String>,
    id: Option<String>,
}

impl Folder {
    /// `path` is a rule file, the folder of a category, or the whole folder.
    pub(super) fn around(path: &Path) -> anyhow::Result<Folder> {
        let path = fs::canonicalize(path).with_context(|| format!("find {}", path.display()))?;
        if path.is_file() {
            let folder = path.parent().unwrap_or(&path);
            return Ok(Folder {
                root: parent(folder),
                category: name(folder),
                id: name(&path.with_extension("")),
            });
        }
        if has_rules(&path)? {
            return Ok(Folder {
                root: parent(&path),
                category: name(&path),
                id: None,
            });
        }
        Ok(Folder {
            root: path,
            category: None,
            id: None,
        })
    }

    pub(super) fn asks_for(&self, rule: &Rule) -> bool {
        let fits = |asked: &Option<String>, is: &str| asked.as_ref().is_none_or(|asked| asked == is);
        fits(&self.category, &rule.category) && fits(&self.id, &rule.id)
    }

    /// Loads the whole folder: rules need its models, and good examples are silent under all rules.
    pub(super) fn load(&self) -> anyhow::Result<RuleSet> {
        let mut files = Vec::new();
        for category in entries(&self.root)?.iter().filter(|path| path.is_dir()) {
            for file in entries(category)?.iter().filter(|path| is_yaml(path)) {
                let text = fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
                files.push((self.told(file), text));
            }
        }
        let files = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        RuleSet::load(files).with_context(|| format!("load the rules in {}", self.root.display()))
    }

    /// The file's name as the loader knows it: `rules/<category>/<id>.yml`.
    fn told(&self, file: &Path) -> String {
        let inner = file.strip_prefix(&self.root).unwrap_or(file);
        let parts: Vec<_> = inner.iter().map(|part| part.to_string_lossy()).collect();
        format!("rules/{}", parts.join("/"))
    }
}

fn has_rules(folder: &Path) -> anyhow::Result<bool> {
    Ok(entries(folder)?.iter().any(|path| is_yaml(path)))
}

/// What a folder holds, by name.
fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read = || {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<Vec<_>>>()
    };
    let mut paths = read().with_context(|| format!("read the folder {}", folder.display()))?;
    paths.sort();
    Ok(paths)
}

fn is_yaml(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "yml")
}

fn parent(path: &Path) -> PathBuf {
    path.parent().unwrap_or(path).to_owned()
}

fn name(path: &Path) -> Option<String> {
    path.file_name().map(|name| name.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_a_category_and_the_folder_lead_to_the_same_rules() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("checks/async/a-rule.yml");
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, "").unwrap();
        let check = |path: &Path, category: Option<&str>, id: Option<&str>| {
            let folder = Folder::around(path).unwrap();
            assert_eq!((folder.category.as_deref(), folder.id.as_deref()), (category, id));
            assert!(folder.root.ends_with("checks"));
            assert_eq!(
                folder.told(&folder.root.join("async/a-rule.yml")),
                "rules/async/a-rule.yml"
            );
        };
        check(&file, Some("async"), Some("a-rule"));
        check(&dir.path().join("checks/async"), Some("async"), None);
        check(&dir.path().join("checks"), None, None);
    }
}
