//! Rule files that a person names: found, read, loaded. A mistake in one is told with its line, and ends the command.
#![expect(clippy::disallowed_methods, reason = "the command line is the room that reads local files")]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};

use super::{here, say};
use crate::engine::RuleSet;
use crate::engine::rule::{Bounds, LoadError, UserRules};
use crate::report::mistake::{self, Mistake};
use crate::report::text::Style;
use crate::report::words;

/// A rule file: how it is told, and its text.
pub(super) type RuleFile = (String, String);

/// The built-in rules with those of these files and folders, and notes on what was left out.
pub(super) fn add(rules: RuleSet, paths: &[PathBuf]) -> anyhow::Result<(RuleSet, Vec<String>)> {
    if paths.is_empty() {
        return Ok((rules, Vec::new()));
    }
    let files = read_all(paths)?;
    let users = load(&rules, &files)?;
    let notes = users.notes.clone();
    Ok((rules.with(users, &digest(&files)), notes))
}

/// The rules of these files; the ids of `known` are taken.
pub(super) fn load(known: &RuleSet, files: &[RuleFile]) -> anyhow::Result<UserRules> {
    let users = load_what_can_be(known, files);
    match users.errors.len() {
        0 => Ok(users),
        mistakes => anyhow::bail!("{} in rule files", words::count(mistakes, "mistake", "mistakes")),
    }
}

/// The rules of these files that can be used. The mistakes in the others are shown, and left in `errors`.
pub(super) fn load_what_can_be(known: &RuleSet, files: &[RuleFile]) -> UserRules {
    let texts = files.iter().map(|(path, text)| (path.as_str(), text.as_str()));
    let taken = known.iter().map(|rule| rule.id.clone());
    let users = UserRules::load(texts, taken, Bounds::LOCAL);
    if !users.errors.is_empty() {
        say::aside(&excerpts(files, &users.errors));
    }
    users
}

/// The mistakes in their lines.
fn excerpts(files: &[RuleFile], errors: &[LoadError]) -> String {
    let style = Style { colour: say::has_colour(), width: here::columns() };
    let mut out = String::new();
    for (path, text) in files {
        let of_file = errors.iter().filter(|error| error.file == *path);
        let mistakes: Vec<Mistake> = of_file.map(told).collect();
        out.push_str(&mistake::write(path, text, &mistakes, style));
    }
    out
}

fn told(error: &LoadError) -> Mistake {
    let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Mistake {
        line: number(error.line),
        column: number(error.column),
        message: error.mistake.clone(),
        remedy: error.remedy.clone(),
    }
}

/// Names the files by their texts.
fn digest(files: &[RuleFile]) -> String {
    let mut digest = Sha256::new();
    for (path, text) in files {
        [path, "\0", text, "\0"].iter().for_each(|part| digest.update(part));
    }
    hex::encode(digest.finalize())
}

/// The rule files under these paths, in the order of their names.
pub(super) fn read_all(paths: &[PathBuf]) -> anyhow::Result<Vec<RuleFile>> {
    let mut files = Vec::new();
    for path in paths {
        let found = find(path)?;
        anyhow::ensure!(!found.is_empty(), "there is no rule file in {}", path.display());
        for file in found {
            let text = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
            // Tests of rules may be YAML too; what has no `rules:` in a folder is none of ours.
            if *path == file || is_users_format(&text) {
                files.push((file.display().to_string(), text));
            }
        }
    }
    Ok(files)
}

/// Whether a text is a rule file in Semgrep's format.
pub(super) fn is_users_format(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("rules:"))
}

/// The YAML files at or under a path.
pub(super) fn find(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let meta = fs::metadata(path).with_context(|| format!("find {}", path.display()))?;
    if meta.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in ignore::WalkBuilder::new(path).hidden(false).ignore(false).git_ignore(false).build() {
        let entry = entry.with_context(|| format!("read the folder {}", path.display()))?;
        let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
        if is_file && is_yaml(entry.path()) {
            found.push(entry.into_path());
        }
    }
    found.sort();
    Ok(found)
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yml" || extension == "yaml")
}
