//! The pinned list of projects, and where their source releases lie.

use std::path::{Path, PathBuf};
use std::{env, fs};

/// A source release, exactly.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) name: String,
    pub(crate) version: String,
    pub sha256: String,
    pub(crate) url: String,
}

/// The folder of this tool, its list and its snapshots.
pub(crate) fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Where the releases are kept.
pub(crate) fn cache() -> PathBuf {
    env::var_os("CORPUS_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/corpus"), PathBuf::from)
}

/// The named projects, or all of the list.
pub(crate) fn chosen(names: &[String]) -> Result<Vec<Project>, String> {
    let all = all();
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|project| project.name == **name)) {
        return Err(format!("`{unknown}` is no project of tests/corpus/projects.txt"));
    }
    Ok(all.into_iter().filter(|project| names.is_empty() || names.contains(&project.name)).collect())
}

fn all() -> Vec<Project> {
    let list = fs::read_to_string(here().join("projects.txt")).expect("the list of projects");
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    let read = |line: &str| {
        let [name, version, sha256, url] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!("not a project: {line}")
        };
        let own = str::to_owned;
        Project { name: own(name), version: own(version), sha256: own(sha256), url: own(url) }
    };
    lines.map(read).collect()
}

impl Project {
    /// The folder that the release's archive holds; `None` while this version is not there.
    pub(crate) fn root(&self) -> Option<PathBuf> {
        let ending = format!("-{}", self.version);
        let folders = fs::read_dir(cache().join(&self.name)).ok()?.flatten().map(|entry| entry.path());
        folders.filter(|path| path.is_dir()).find(|path| path.to_string_lossy().ends_with(&ending))
    }

    /// Its Python files, as (path below the root, place), in the order of their paths.
    pub(crate) fn files(&self) -> Result<Vec<(String, PathBuf)>, String> {
        let root = self.root().ok_or("it is not here: run `cargo run --example corpus -- fetch` first")?;
        let mut folders = vec![root.clone()];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(|error| error.to_string())?.flatten() {
                let (path, kind) = (entry.path(), entry.file_type().map_err(|error| error.to_string())?);
                if kind.is_dir() {
                    folders.push(path);
                } else if kind.is_file() && path.extension().is_some_and(|extension| extension == "py") {
                    let name =
                        path.strip_prefix(&root).expect("below the root").to_string_lossy().into_owned();
                    found.push((name, path));
                }
            }
        }
        found.sort();
        Ok(found)
    }
}
