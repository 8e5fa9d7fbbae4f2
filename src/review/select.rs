//! Which of the changed files are Python, judged from the listing alone where that is possible.

use crate::engine::diff::{self, LineKind};
use crate::engine::language;
use crate::github::{ChangedFile, FileStatus};

/// What a changed file is to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Selection {
    Python,
    /// No extension, and the patch does not show the first line: the text will tell.
    PerhapsScript,
    /// Changed, but not Python.
    Other,
    /// A Python file that is gone. Its findings may have moved elsewhere.
    RemovedPython,
    /// Nothing to audit: removed, or renamed without a change.
    Unchanged,
}

/// Files without an extension that everybody knows to be something else.
const KNOWN_NAMES: &[&str] = &[
    "Makefile",
    "Dockerfile",
    "Containerfile",
    "Jenkinsfile",
    "Procfile",
    "Gemfile",
    "Vagrantfile",
    "Pipfile",
];

pub(super) fn select(file: &ChangedFile) -> Selection {
    let python = language::is_python_path(&file.filename);
    match file.status {
        FileStatus::Removed if python => Selection::RemovedPython,
        FileStatus::Removed | FileStatus::Unchanged => Selection::Unchanged,
        FileStatus::Renamed if file.changes == 0 => Selection::Unchanged,
        _ if python => Selection::Python,
        _ if is_unknown_kind(&file.filename) => by_first_line(file),
        _ => Selection::Other,
    }
}

/// Whether only the first line can tell. Shouted names (LICENSE, README) are never programs.
fn is_unknown_kind(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let shouted = name.bytes().all(|b| !b.is_ascii_lowercase());
    language::may_be_script(path) && !shouted && !KNOWN_NAMES.contains(&name)
}

fn by_first_line(file: &ChangedFile) -> Selection {
    let Some(patch) = &file.patch else {
        return Selection::Other;
    };
    let Ok(hunks) = diff::parse_patch(patch) else {
        return Selection::PerhapsScript;
    };
    let Some(first) = hunks.first().filter(|hunk| hunk.new_start == 1) else {
        return Selection::PerhapsScript;
    };
    let line = first.lines.iter().find(|line| line.kind != LineKind::Removed);
    match line {
        Some(line) if language::has_python_shebang(line.text.as_bytes()) => Selection::Python,
        _ => Selection::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, status: FileStatus, patch: Option<&str>) -> ChangedFile {
        ChangedFile {
            filename: path.to_owned(),
            status,
            sha: None,
            patch: patch.map(str::to_owned),
            previous_filename: None,
            additions: 1,
            deletions: 0,
            changes: 1,
            contents_url: None,
        }
    }

    fn check(path: &str, patch: Option<&str>) -> Selection {
        select(&file(path, FileStatus::Modified, patch))
    }

    #[test]
    fn python_is_told_by_name() {
        assert_eq!(check("a/b.py", None), Selection::Python);
        assert_eq!(check("a/b.pyi", None), Selection::Python);
        assert_eq!(check("a/b.pyx", None), Selection::Other);
        assert_eq!(check("README.md", None), Selection::Other);
    }

    #[test]
    fn or_by_the_first_line_of_a_file_without_extension() {
        assert_eq!(check("bin/tool", Some("@@ -0,0 +1 @@\n+#!/usr/bin/env python3")), Selection::Python);
        assert_eq!(check("bin/tool", Some("@@ -0,0 +1 @@\n+#!/bin/sh")), Selection::Other);
        assert_eq!(check("bin/tool", Some("@@ -9 +9 @@\n-a\n+b")), Selection::PerhapsScript);
        assert_eq!(check("bin/tool", None), Selection::Other);
        assert_eq!(check("LICENSE", Some("@@ -9 +9 @@\n-a\n+b")), Selection::Other);
        assert_eq!(check(".gitignore", Some("@@ -9 +9 @@\n-a\n+b")), Selection::Other);
    }

    #[test]
    fn what_is_gone_or_only_renamed_needs_no_audit() {
        assert_eq!(select(&file("a.py", FileStatus::Removed, None)), Selection::RemovedPython);
        assert_eq!(select(&file("a.md", FileStatus::Removed, None)), Selection::Unchanged);
        let renamed = ChangedFile { changes: 0, ..file("a.py", FileStatus::Renamed, None) };
        assert_eq!(select(&renamed), Selection::Unchanged);
    }
}
