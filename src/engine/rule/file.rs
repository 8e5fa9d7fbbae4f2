//! A rule file as its author writes it. Unknown keys are refused; nothing is checked beyond shape.

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::engine::finding::{Confidence, Severity, Tier};

use super::TestFiles;
use super::one_or::{OneOrMany, TextOr};

/// The written form of `rules/<category>/<id>.yml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub title: Spanned<String>,
    pub severity: Severity,
    pub confidence: Confidence,
    pub tier: Tier,
    #[serde(default)]
    pub cwe: Vec<u16>,
    #[serde(default)]
    pub aliases: Vec<String>,
    pub problem: Spanned<String>,
    pub impact: Spanned<String>,
    pub fix: Spanned<String>,
    pub effort: Spanned<String>,
    /// `silent` (default): the rule is about production code and says nothing in test files.
    #[serde(default)]
    pub tests: TestFiles,
    /// The rule concludes from something that is not there, so a file that did not parse wholly is no evidence.
    #[serde(default)]
    pub absence: bool,
    pub find: Spanned<FindFile>,
    pub examples: Spanned<ExamplesFile>,
}

/// How a rule finds: exactly one of a pattern, a combination of patterns, or a native analysis.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct FindFile {
    pub pattern: Option<Spanned<String>>,
    pub patterns: Option<Vec<Spanned<ClauseFile>>>,
    pub pattern_either: Option<Vec<Spanned<ClauseFile>>>,
    pub pattern_regex: Option<Spanned<String>>,
    pub analysis: Option<Spanned<String>>,
    pub with: Option<Spanned<serde_json::Value>>,
}

/// One entry of `patterns:` or `pattern-either:`: a map with exactly one key.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct ClauseFile {
    pub pattern: Option<Spanned<String>>,
    pub patterns: Option<Vec<Spanned<ClauseFile>>>,
    pub pattern_either: Option<Vec<Spanned<ClauseFile>>>,
    pub pattern_regex: Option<Spanned<String>>,
    pub pattern_not: Option<Spanned<TextOr<ClauseFile>>>,
    pub pattern_inside: Option<Spanned<TextOr<ClauseFile>>>,
    pub pattern_not_inside: Option<Spanned<TextOr<ClauseFile>>>,
    pub pattern_not_regex: Option<Spanned<String>>,
    pub metavariable_regex: Option<Spanned<RegexFile>>,
    pub metavariable_pattern: Option<Spanned<MetavariablePatternFile>>,
    pub metavariable_comparison: Option<Spanned<ComparisonFile>>,
    pub metavariable_type: Option<Spanned<TypeFile>>,
    pub focus_metavariable: Option<Spanned<OneOrMany>>,
}

/// The text of `metavariable` matches this expression, anchored at its beginning as in Semgrep.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RegexFile {
    pub metavariable: Spanned<String>,
    pub regex: Spanned<String>,
    /// The expression looks at the constant value where there is one.
    #[serde(default)]
    pub constant_propagation: bool,
}

/// A formula finds something in what `metavariable` stands for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct MetavariablePatternFile {
    pub metavariable: Spanned<String>,
    pub language: Option<Spanned<String>>,
    pub pattern: Option<Spanned<String>>,
    pub patterns: Option<Vec<Spanned<ClauseFile>>>,
    pub pattern_either: Option<Vec<Spanned<ClauseFile>>>,
    pub pattern_regex: Option<Spanned<String>>,
    pub pattern_not: Option<Spanned<TextOr<ClauseFile>>>,
    pub pattern_not_regex: Option<Spanned<String>>,
}

/// A comparison of the values of metavariables is true.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ComparisonFile {
    pub metavariable: Option<Spanned<String>>,
    pub comparison: Spanned<String>,
    pub base: Option<Spanned<u32>>,
    pub strip: Option<bool>,
}

/// The value of `metavariable` has this type, or one of these.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TypeFile {
    pub metavariable: Spanned<String>,
    #[serde(rename = "type")]
    pub one: Option<String>,
    #[serde(default)]
    pub types: Vec<String>,
}

/// Python texts that are the rule's tests.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ExamplesFile {
    #[serde(default)]
    pub bad: Vec<String>,
    #[serde(default)]
    pub good: Vec<String>,
    #[serde(default)]
    pub missed: Vec<String>,
}
