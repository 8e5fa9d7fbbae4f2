//! What a repository asks of us: thresholds, switches, ignored paths, limits.
//!
//! The file is read at the tip of the base branch only, so that no author can switch the audit off
//! in the pull request that needs it.

mod file;
mod paths;
mod place;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use file::{Mistake, PATH};
pub use paths::IgnoredPaths;
pub use place::{at_base, proposed};

use crate::engine::{Finding, Limits, RuleSet, Severity, Tier};
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

/// What the policy says of one rule or category.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Setting {
    off: bool,
    /// Somebody asked for it, so that an optional rule runs.
    asked: bool,
    severity: Option<Severity>,
    tier: Option<Tier>,
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
    /// Comments in one review.
    pub max_comments: usize,
    /// Annotations on one check run.
    pub max_annotations: usize,
    /// Ceilings of the engine, the operator's or lower.
    pub limits: Limits,
    /// Bytes of text in one audit.
    pub scan_bytes: usize,
    rules: BTreeMap<String, Setting>,
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
            limits: operator.file,
            scan_bytes: operator.scan_bytes,
            rules: BTreeMap::new(),
        }
    }

    /// Reads a policy file. Mistakes that leave the rest meaningful, such as a rule nobody knows,
    /// come back beside the policy.
    pub fn parse(text: &str, operator: &Ceilings, known: &RuleSet) -> Result<(Policy, Vec<Mistake>), Mistake> {
        let written = file::parse(text)?;
        let mut mistakes = Vec::new();
        let mut policy = Policy::defaults(operator);
        policy.take_switches(&written);
        policy.take_limits(&written);
        policy.ignored = IgnoredPaths::build(&written.paths.ignore)?;
        for (name, setting) in &written.rules {
            mistakes.extend(unknown_name(name, setting.referenced.line(), known));
            policy.rules.insert(name.clone(), meaning(&setting.value));
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
    fn take_limits(&mut self, written: &PolicyFile) {
        let asked = &written.limits;
        lower(&mut self.max_comments, asked.comments);
        lower(&mut self.max_annotations, asked.annotations);
        lower(&mut self.limits.file_bytes, asked.file_bytes);
        lower(&mut self.limits.lines, asked.file_lines);
        lower(&mut self.scan_bytes, asked.scan_bytes);
    }

    /// The finding as this repository wants to hear it, or nothing where it does not.
    pub fn apply(&self, mut finding: Finding) -> Option<Finding> {
        let of_category = self.rules.get(&finding.rule.category).copied().unwrap_or_default();
        let of_rule = self.rules.get(&finding.rule.id).copied();
        if of_rule.unwrap_or(of_category).off {
            return None;
        }
        let of_rule = of_rule.unwrap_or_default();
        let optional = finding.tier == Tier::Optional;
        finding.severity = of_rule.severity.or(of_category.severity).unwrap_or(finding.severity);
        finding.tier = of_rule.tier.or(of_category.tier).unwrap_or(finding.tier);
        let asked = of_rule.asked || of_category.asked;
        if optional && asked && finding.tier == Tier::Optional {
            finding.tier = Tier::Summary;
        }
        (finding.tier != Tier::Optional).then_some(finding)
    }
}

fn lower(ceiling: &mut usize, asked: Option<usize>) {
    *ceiling = asked.map_or(*ceiling, |asked| asked.min(*ceiling));
}

fn meaning(written: &WrittenSetting) -> Setting {
    match written {
        WrittenSetting::Switch(on) => Setting { off: !on, asked: *on, ..Setting::default() },
        WrittenSetting::Word(Word::On) => Setting { asked: true, ..Setting::default() },
        WrittenSetting::Word(Word::Off) => Setting { off: true, ..Setting::default() },
        WrittenSetting::Table(table) => Setting {
            off: false,
            asked: true,
            severity: table.severity,
            tier: table.tier,
        },
    }
}

fn unknown_name(name: &str, line: u64, known: &RuleSet) -> Option<Mistake> {
    if known.get(name).is_some() || known.has_category(name) {
        return None;
    }
    let hint = match known.nearest(name) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`scrutineer rules list` shows every rule and category".to_owned(),
    };
    let line = u32::try_from(line).unwrap_or(u32::MAX).max(1);
    Some(Mistake { line, message: format!("`{name}` is neither a rule nor a category; {hint}") })
}

#[cfg(test)]
mod tests;
