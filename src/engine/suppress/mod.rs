//! Comments that silence findings: which finding is silenced by which comment, which comments
//! silence nothing, and which could not be read.

mod comment;
mod reach;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::finding::{Finding, Suppressed};
use super::rule::{Rule, did_you_mean};
use comment::Directive;
use reach::Reach;

/// What is known of a file's comments and statements. Lines start at 1, ranges name their first and
/// last line.
#[derive(Clone, Debug, Default)]
pub struct Layout<'a> {
    /// In the order of the text.
    pub comments: Vec<Comment<'a>>,
    pub definitions: Vec<Definition>,
    /// Statements that stretch over several lines; of compound ones the header only.
    pub headers: Vec<(u32, u32)>,
    /// Part of the file did not parse: then no comment is known to be useless.
    pub is_broken: bool,
}

/// A comment, from its `#` to the end of its line.
#[derive(Clone, Debug)]
pub struct Comment<'a> {
    pub text: &'a str,
    pub line: u32,
    /// Nothing else stands on its line.
    pub alone: bool,
}

/// A function or class.
#[derive(Clone, Debug)]
pub struct Definition {
    /// From the first decorator to the line of the colon.
    pub header: (u32, u32),
    pub last_line: u32,
}

/// The rules that comments can name.
#[derive(Clone, Debug, Default)]
pub struct KnownRules<'a> {
    /// Every id there is.
    pub ids: BTreeSet<&'a str>,
    /// The ids that this audit did not run: a comment that names one of them is not useless.
    pub idle: BTreeSet<&'a str>,
}

/// A comment that silences findings, or would.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuppressionComment {
    pub line: u32,
    /// The rules it names; of another tool's comment those that it silenced here.
    pub rules: Vec<String>,
    /// Its author's words, empty if none.
    pub reason: String,
    /// Whether it silenced anything.
    pub used: bool,
    /// Of the rules it names, those that it is known to silence nowhere. Only our own comments have any.
    pub unused: Vec<String>,
}

/// A comment meant for us that we could not read, or only in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Malformed {
    pub line: u32,
    /// What is wrong, and what to write instead.
    pub mistake: String,
}

/// What the comments of a file came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub comments: Vec<SuppressionComment>,
    pub malformed: Vec<Malformed>,
}

/// Whether a comment can hold anything that concerns us: a quick look that may be wrong only in saying yes.
pub(crate) fn may_speak(comment: &str) -> bool {
    comment::may_speak(comment)
}

/// Marks the findings that comments silence.
pub fn apply(findings: &mut [Finding], layout: &Layout<'_>, rules: &KnownRules<'_>) -> Outcome {
    let (mut found, malformed) = read(layout, rules);
    let reach = Reach::new(&found, layout);
    for finding in findings {
        let Some(silencer) = reach.silencer(finding, &found).and_then(|index| found.get_mut(index)) else {
            continue;
        };
        finding.suppressed =
            Some(Suppressed { line: silencer.line, reason: silencer.demand.reason().to_owned() });
        silencer.silenced.insert(finding.rule.id.clone());
    }
    let comments = found.into_iter().filter_map(|found| found.told(layout, rules)).collect();
    Outcome { comments, malformed }
}

/// How many unknown ids of a file are held against all known ones.
const HINTS: usize = 50;

/// One demand of one comment, and what it silenced so far.
struct Found {
    line: u32,
    /// The line it stands in front of, for a comment alone on its line.
    target: u32,
    demand: Directive,
    silenced: BTreeSet<String>,
}

fn read(layout: &Layout<'_>, rules: &KnownRules<'_>) -> (Vec<Found>, Vec<Malformed>) {
    let (mut found, mut malformed) = (Vec::new(), Vec::new());
    for (comment, target) in layout.comments.iter().zip(reach::targets(&layout.comments)) {
        let line = comment.line;
        for directive in comment::read(comment.text) {
            match directive {
                Ok(demand) => {
                    let with_hint = malformed.len() < HINTS;
                    malformed.extend(unknown_rules(line, &demand, rules, with_hint));
                    found.push(Found { line, target, demand, silenced: BTreeSet::new() });
                }
                Err(mistake) => malformed.push(Malformed { line, mistake }),
            }
        }
    }
    (found, malformed)
}

fn unknown_rules(line: u32, demand: &Directive, rules: &KnownRules<'_>, with_hint: bool) -> Vec<Malformed> {
    let unknown = demand.named_rules().iter().filter(|id| !rules.ids.contains(id.as_str()));
    unknown.map(|id| Malformed { line, mistake: rules.unknown(id, with_hint) }).collect()
}

impl KnownRules<'_> {
    fn unknown(&self, id: &str, with_hint: bool) -> String {
        match did_you_mean(id, self.ids.iter().copied().filter(|_| with_hint)) {
            Some(near) => format!("there is no rule `{id}`; did you mean `{near}`?"),
            None => format!("there is no rule `{id}`; `scrutineer rules list` names them all"),
        }
    }
}

impl Directive {
    fn reason(&self) -> &str {
        match self {
            Directive::Ignore { reason, .. } | Directive::IgnoreFile { reason, .. } => reason,
            Directive::Noqa { .. } | Directive::Nosec { .. } | Directive::Nosemgrep { .. } => "",
        }
    }

    fn named_rules(&self) -> &[String] {
        match self {
            Directive::Ignore { rules, .. } | Directive::IgnoreFile { rules, .. } => rules,
            Directive::Noqa { .. } | Directive::Nosec { .. } | Directive::Nosemgrep { .. } => &[],
        }
    }

    /// Whether it speaks of this rule at all.
    fn names(&self, rule: &Rule) -> bool {
        let alias = |codes: &[String]| {
            codes.iter().any(|code| rule.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(code)))
        };
        match self {
            Directive::Ignore { rules, .. } | Directive::IgnoreFile { rules, .. } => rules.contains(&rule.id),
            Directive::Noqa { codes } => alias(codes),
            Directive::Nosec { codes } if codes.is_empty() => is_about_security(&rule.category),
            Directive::Nosec { codes } => alias(codes),
            Directive::Nosemgrep { rules } => {
                let is_this = |id: &String| ends_in(id, &rule.id) || ends_in(&rule.id, id);
                rule.of_users && (rules.is_empty() || rules.iter().any(is_this))
            }
        }
    }
}

/// Whether both are the same id, the longer perhaps with the folders it lies in: `security.python.id`.
fn ends_in(long: &str, short: &str) -> bool {
    long.strip_suffix(short).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// The categories that a bare `# nosec` speaks of.
fn is_about_security(category: &str) -> bool {
    matches!(category, "injection" | "auth" | "secrets" | "crypto")
}

impl Found {
    /// Other tools' comments are worth telling only where they silenced a finding of ours. Ids that
    /// name no rule are mistakes, told as such.
    fn told(self, layout: &Layout<'_>, rules: &KnownRules<'_>) -> Option<SuppressionComment> {
        let used = !self.silenced.is_empty();
        let named = self.demand.named_rules().iter().filter(|id| rules.ids.contains(id.as_str()));
        let mut named: Vec<String> = named.cloned().collect();
        let may_be_unused = |id: &&String| {
            !layout.is_broken && !rules.idle.contains(id.as_str()) && !self.silenced.contains(*id)
        };
        let unused = named.iter().filter(may_be_unused).cloned().collect();
        if named.is_empty() {
            named.extend(self.silenced.iter().cloned());
        }
        let reason = self.demand.reason().to_owned();
        let comment = SuppressionComment { line: self.line, reason, used, unused, rules: named };
        (!comment.rules.is_empty()).then_some(comment)
    }
}

#[cfg(test)]
mod tests;
