//! The policy file as its author wrote it: strict keys, mistakes with their line and remedy.
//! What the values mean is the business of the parent module.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_saphyr::{Options, Spanned};

use super::{Drafts, Incomplete, Suppressions, Threshold};
use super::{Mistake, mistake};
use crate::engine::{Severity, Tier};

/// Where the policy of a repository lives.
pub use crate::github::POLICY_PATH as PATH;

/// Larger files are refused: a policy is a page of text.
const MAX_BYTES: usize = 64 * 1024;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PolicyFile {
    pub(super) fail_on: Option<Threshold>,
    pub(super) comment_on: Option<Threshold>,
    pub(super) on_incomplete: Option<Incomplete>,
    pub(super) suppressions: Option<Suppressions>,
    pub(super) rules: BTreeMap<String, Spanned<WrittenSetting>>,
    pub(super) paths: WrittenPaths,
    pub(super) drafts: Option<Drafts>,
    pub(super) limits: WrittenLimits,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WrittenPaths {
    pub(super) ignore: Vec<Spanned<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct WrittenLimits {
    pub(super) comments: Option<usize>,
    pub(super) annotations: Option<usize>,
    pub(super) file_bytes: Option<usize>,
    pub(super) file_lines: Option<usize>,
    pub(super) scan_bytes: Option<usize>,
}

/// `off`, `on`, `true`, `false`, or a table that lowers or raises a rule.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected `on`, `off` or a table with `severity` and `tier`")]
pub(super) enum WrittenSetting {
    Switch(bool),
    Word(Word),
    Table(WrittenTable),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Word {
    On,
    Off,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenTable {
    pub(super) severity: Option<Severity>,
    pub(super) tier: Option<Tier>,
}

pub(super) fn parse(text: &str) -> Result<PolicyFile, Mistake> {
    if text.len() > MAX_BYTES {
        let message = format!("the policy is larger than {} KiB", MAX_BYTES / 1024);
        return Err(Mistake::at(1, 1, message, "keep it to one page"));
    }
    if is_blank(text) {
        return Ok(PolicyFile::default());
    }
    serde_saphyr::from_str_with_options(text, options()).map_err(|error| mistake::of_yaml(&error))
}

/// Whether the text is YAML at all, whatever it says.
pub(super) fn is_yaml(text: &str) -> bool {
    text.len() <= MAX_BYTES
        && serde_saphyr::from_str_with_options::<serde_json::Value>(text, options()).is_ok()
}

/// A file of nothing but comments is an empty policy, not a missing document.
fn is_blank(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#') || line == "---")
}

/// A file that anybody may propose gets a budget that a bomb of aliases exhausts in milliseconds.
fn options() -> Options {
    let budget = serde_saphyr::budget! {
        max_events: 20_000,
        max_aliases: 0,
        max_anchors: 0,
        max_depth: 16,
    };
    serde_saphyr::options! { budget: budget, with_snippet: false }
}
