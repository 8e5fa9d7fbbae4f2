//! Findings to words: Markdown, terminal text, JSON, SARIF, workflow commands, HTML.
//!
//! Pure: values in, strings out; where the words go is the caller's. Every word that comes from a
//! pull request passes the [`escape`]r of its medium, and the value of a secret passes none: [`mask`].

pub mod app;
pub mod cost;
pub mod escape;
mod excerpt;
pub mod github;
pub mod json;
pub mod limit;
pub mod markdown;
mod mask;
pub mod mistake;
mod place;
pub mod plain;
pub mod rule;
#[cfg(test)]
pub(crate) mod sample;
pub mod sarif;
mod skipped;
pub mod text;
mod totals;
pub mod words;

use std::sync::Arc;

pub use limit::{limit_bytes, limit_chars};
pub use totals::Totals;

use crate::engine::Finding;
use crate::engine::rule::Rule;

/// What one audit has to say. The writers keep the order of the lists.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// By path and place.
    pub findings: Vec<Finding>,
    /// Findings that a comment in the code silences.
    pub suppressed: Vec<Finding>,
    /// Python files that were not audited.
    pub skipped: Vec<Skipped>,
    /// Stretches of audited files that are no valid Python; nothing was concluded about them.
    pub broken: Vec<Broken>,
    /// Python files that were audited.
    pub files_audited: usize,
    /// The rules that ran, in the order of their ids.
    pub rules: Vec<Arc<Rule>>,
    /// What else the reader must know, in the rules' own markup: backticks for code.
    pub notes: Vec<String>,
}

/// A file that was not audited, and why, in words for its author.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub reason: String,
    pub cause: Cause,
}

/// Who can do something about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The file itself: a limit, its encoding, its kind.
    File,
    /// Us: a bug, or the file could not be fetched.
    Us,
}

/// Lines that did not parse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub path: String,
    pub first_line: u32,
    pub last_line: u32,
}

impl Report {
    /// Counts and efforts of the findings.
    pub fn totals(&self) -> Totals {
        Totals::of(&self.findings)
    }
}

/// Finds the decoded text of a file by the path its findings carry. `None` where it is not at hand:
/// then nothing is quoted and no edit is offered.
pub type Texts<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;
