//! What a repository asks of us: thresholds, switches, ignored paths, limits.
//!
//! The file is read at the tip of the base branch only, so that no author can switch the audit off
//! in the pull request that needs it.

mod check;
mod file;
mod mistake;
mod paths;
mod place;

use serde::Deserialize;

pub use crate::report::mistake::Mistake;
pub use check::check;
pub use file::PATH;
pub use paths::IgnoredPaths;
pub use place::{at_base, proposed};

use crate::engine::{Limits, Options, RuleSet, Setting, Severity};
use file::{PolicyFile, Word, WrittenSetting};

/// A severity from which something happens, or never.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Threshold {
    Critical,
    High,
    Medium,
    Low,
    Never,
}

impl Threshold {
    pub fn reached_by(self, severity: Severity) -> bool {
        self.severity().is_some_and(|threshold| severity >= threshold)
    }

    /// The severity itself, or nothing for never.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Threshold::Critical => Some(Severity::Critical),
            Threshold::High => Some(Severity::High),
            Threshold::Medium => Some(Severity::Medium),
            Threshold::Low => Some(Severity::Low),
            Threshold::Never => None,
        }
    }
}

/// The conclusion where some Python file could not be audited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Incomplete {
    Neutral,
    Failure,
}

/// What a suppression comment is worth when the pull request itself adds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Suppressions {
    /// Honoured, and not mentioned.
    Allow,
    /// Honoured, and listed in the check with its reason.
    List,
    /// Not honoured: the finding is reported all the same.
    Refuse,
}

/// Whether drafts are audited. Written as `true` or `false`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "bool")]
pub enum Drafts {
    Audit,
    Wait,
}

impl From<bool> for Drafts {
    fn from(audit: bool) -> Drafts {
        if audit { Drafts::Audit } else { Drafts::Wait }
    }
}

/// What the operator takes in at most.
#[derive(Clone, Copy, Debug)]
pub struct Ceilings {
    pub file: Limits,
    /// Bytes of text in one audit.
    pub scan_bytes: usize,
}

impl Default for Ceilings {
    fn default() -> Ceilings {
        Ceilings { file: Limits::default(), scan_bytes: 64 << 20 }
    }
}

/// A repository's policy with every default filled in.
#[derive(Clone, Debug)]
pub struct Policy {
    pub fail_on: Threshold,
    pub comment_on: Threshold,
    pub on_incomplete: Incomplete,
    pub suppressions: Suppressions,
    pub drafts: Drafts,
    pub ignored: IgnoredPaths,
    /// Which rules run and how loud they are, within ceilings that are the operator's or lower.
    pub options: Options,
    /// Comments in one review.
    pub max_comments: usize,
    /// Annotations on one check run.
    pub max_annotations: usize,
    /// Bytes of text in one audit.
    pub scan_bytes: usize,
}

impl Policy {
    /// What holds where a repository says nothing.
    pub fn defaults(operator: &Ceilings) -> Policy {
        Policy {
            fail_on: Threshold::High,
            comment_on: Threshold::Low,
            on_incomplete: Incomplete::Neutral,
            suppressions: Suppressions::List,
            drafts: Drafts::Wait,
            ignored: IgnoredPaths::default(),
            max_comments: 30,
            max_annotations: 500,
            options: Options { limits: Some(operator.file), ..Options::default() },
            scan_bytes: operator.scan_bytes,
        }
    }

    /// Reads a policy file. Mistakes that leave the rest meaningful, such as a rule nobody knows,
    /// come back beside the policy.
    pub fn parse(
        text: &str,
        operator: &Ceilings,
        known: &RuleSet,
    ) -> Result<(Policy, Vec<Mistake>), Mistake> {
        let written = file::parse(text)?;
        let mut mistakes = Vec::new();
        let mut policy = Policy::defaults(operator);
        policy.take_switches(&written);
        policy.take_limits(&written, operator);
        policy.ignored = IgnoredPaths::build(&written.paths.ignore)?;
        for (name, setting) in &written.rules {
            let place = place_of(name, setting.referenced, text);
            mistakes.extend(unknown_name(name, place, known));
            policy.options.rules.insert(name.clone(), meaning(&setting.value));
        }
        Ok((policy, mistakes))
    }

    fn take_switches(&mut self, written: &PolicyFile) {
        self.fail_on = written.fail_on.unwrap_or(self.fail_on);
        self.comment_on = written.comment_on.unwrap_or(self.comment_on);
        self.on_incomplete = written.on_incomplete.unwrap_or(self.on_incomplete);
        self.suppressions = written.suppressions.unwrap_or(self.suppressions);
        self.drafts = written.drafts.unwrap_or(self.drafts);
    }

    /// A repository may only lower what the operator allows.
    fn take_limits(&mut self, written: &PolicyFile, operator: &Ceilings) {
        let asked = &written.limits;
        lower(&mut self.max_comments, asked.comments);
        lower(&mut self.max_annotations, asked.annotations);
        let mut limits = operator.file;
        lower(&mut limits.file_bytes, asked.file_bytes);
        lower(&mut limits.lines, asked.file_lines);
        self.options.limits = Some(limits);
        lower(&mut self.scan_bytes, asked.scan_bytes);
    }
}

fn lower(ceiling: &mut usize, asked: Option<usize>) {
    *ceiling = asked.map_or(*ceiling, |asked| asked.min(*ceiling));
}

fn meaning(written: &WrittenSetting) -> Setting {
    let switch = |on| Setting { on: Some(on), ..Setting::default() };
    match written {
        WrittenSetting::Switch(on) => switch(*on),
        WrittenSetting::Word(Word::On) => switch(true),
        WrittenSetting::Word(Word::Off) => switch(false),
        WrittenSetting::Table(table) => Setting { severity: table.severity, tier: table.tier, on: None },
    }
}

fn unknown_name(name: &str, (line, column): (u32, u32), known: &RuleSet) -> Option<Mistake> {
    if known.iter().any(|rule| rule.id == name || rule.category == name) {
        return None;
    }
    let remedy = match known.near(name) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`scrutineer rules list` shows every rule and category".to_owned(),
    };
    Some(Mistake::at(line, column, format!("`{name}` is neither a rule nor a category"), remedy))
}

/// Where a name stands whose setting is at this place: on that line, or on one above.
fn place_of(name: &str, setting: serde_saphyr::Location, text: &str) -> (u32, u32) {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let lines = text.lines().enumerate().take(usize::try_from(setting.line()).unwrap_or(usize::MAX));
    let mut found = lines.filter_map(|(index, line)| Some((index, line.find(name)?, line)));
    let is_key = |at: usize, line: &str| {
        line[at + name.len()..].trim_start_matches(['"', '\'', ' ']).starts_with(':')
            && !line.trim_start().starts_with('#')
    };
    let last = found.by_ref().filter(|(_, at, line)| is_key(*at, line)).last();
    match last {
        Some((index, at, line)) => (number(index + 1), number(line[..at].chars().count() + 1)),
        None => (u32::try_from(setting.line()).unwrap_or(u32::MAX), 1),
    }
}

#[cfg(test)]
mod schema;
#[cfg(test)]
mod tests;
