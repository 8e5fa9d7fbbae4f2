//! A rule in Semgrep's format as it is written.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

use crate::engine::rule::error::Place;
use crate::engine::rule::file::ClauseFile;
use crate::engine::rule::one_or::OneOrMany;

/// What tells whether the rule is for us at all.
#[derive(Deserialize)]
pub(super) struct Head {
    pub id: Option<String>,
    #[serde(default)]
    pub languages: OneOrMany,
}

/// One entry of `rules:`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct EntryFile {
    pub id: Spanned<String>,
    pub languages: Spanned<OneOrMany>,
    pub severity: Spanned<String>,
    pub message: Spanned<String>,
    pub pattern: Option<Spanned<String>>,
    pub patterns: Option<Vec<Spanned<ClauseFile>>>,
    pub pattern_either: Option<Vec<Spanned<ClauseFile>>>,
    pub pattern_regex: Option<Spanned<String>>,
    pub options: Option<Spanned<BTreeMap<String, serde_json::Value>>>,
    pub metadata: Option<serde_json::Value>,
    pub fix: Option<Spanned<String>>,
    pub fix_regex: Option<FixRegexFile>,
    pub paths: Option<Spanned<PathsFile>>,
    // Accepted, since they change nothing here.
    #[serde(rename = "min-version")]
    _min_version: Option<IgnoredAny>,
    #[serde(rename = "max-version")]
    _max_version: Option<IgnoredAny>,
    #[serde(rename = "version")]
    _version: Option<IgnoredAny>,
    #[serde(rename = "product")]
    _product: Option<IgnoredAny>,
    #[serde(rename = "validators")]
    _validators: Option<IgnoredAny>,
    // Known, and refused with what to do instead.
    mode: Option<Spanned<String>>,
    #[serde(rename = "match")]
    new_match: Option<Spanned<IgnoredAny>>,
    taint: Option<Spanned<IgnoredAny>>,
    join: Option<Spanned<IgnoredAny>>,
    extract: Option<IgnoredAny>,
    steps: Option<IgnoredAny>,
    pattern_sources: Option<Spanned<IgnoredAny>>,
    #[serde(rename = "pattern-sinks")]
    _pattern_sinks: Option<IgnoredAny>,
    #[serde(rename = "pattern-sanitizers")]
    _pattern_sanitizers: Option<IgnoredAny>,
    #[serde(rename = "pattern-propagators")]
    _pattern_propagators: Option<IgnoredAny>,
    #[serde(rename = "dest-language")]
    _dest_language: Option<IgnoredAny>,
    #[serde(rename = "transform")]
    _transform: Option<IgnoredAny>,
    #[serde(rename = "reduce")]
    _reduce: Option<IgnoredAny>,
    pattern_where_python: Option<Spanned<IgnoredAny>>,
    #[serde(rename = "r2c-internal-project-depends-on")]
    depends_on: Option<Spanned<IgnoredAny>>,
    project_depends_on: Option<Spanned<IgnoredAny>>,
}

/// Where a rule speaks.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PathsFile {
    #[serde(default)]
    pub include: Vec<String>,
    #[serde(default)]
    pub exclude: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FixRegexFile {
    pub regex: Spanned<String>,
    pub replacement: String,
    pub count: Option<usize>,
}

/// A kind of rule that we know and do not run.
pub(super) struct Unsupported {
    pub place: Place,
    pub mistake: String,
    pub remedy: &'static str,
}

const TAINT: &str = "`mode: taint` is not supported yet";
const PATTERNS: &str = "write the rule with `patterns`, or leave it to a tool that follows data";

impl EntryFile {
    pub(super) fn unsupported(&self, whole: Place) -> Option<Unsupported> {
        let refuse = |place: Place, mistake: &str, remedy: &'static str| {
            Some(Unsupported { place, mistake: mistake.to_owned(), remedy })
        };
        let at = |spanned: &Spanned<IgnoredAny>| Place::from(spanned.referenced);
        if let Some(mode) = self.mode.as_ref().filter(|mode| mode.value != "search") {
            let place = Place::from(mode.referenced);
            let remedy = match mode.value.as_str() {
                "taint" => return refuse(place, TAINT, PATTERNS),
                "join" => "write one rule per file that must match",
                "extract" => "take the code out into files of its own",
                _ => "leave the key out, or write `search`",
            };
            return refuse(place, &format!("`mode: {}` is not supported", mode.value), remedy);
        }
        if let Some(taint) = self.taint.as_ref().or(self.pattern_sources.as_ref()) {
            return refuse(at(taint), TAINT, PATTERNS);
        }
        if let Some(new) = &self.new_match {
            let remedy = "write `patterns`, `pattern-either`, `pattern-not` and `pattern-inside`";
            return refuse(at(new), "the syntax with `match` is not supported", remedy);
        }
        if let Some(join) = &self.join {
            return refuse(at(join), "`join` is not supported", "write one rule per file that must match");
        }
        if self.extract.is_some() || self.steps.is_some() {
            return refuse(
                whole,
                "`extract` and `steps` are not supported",
                "write the rule with `patterns`",
            );
        }
        if let Some(depends) = self.depends_on.as_ref().or(self.project_depends_on.as_ref()) {
            let remedy = "leave the key out; the rule then speaks whatever the project depends on";
            return refuse(at(depends), "`project-depends-on` is not supported", remedy);
        }
        let python = self.pattern_where_python.as_ref()?;
        refuse(
            at(python),
            "`pattern-where-python` is not supported",
            "write `metavariable-comparison`: no code of a rule is run",
        )
    }
}
