//! Rules: one YAML file each. This room reads and checks them; `matching` and `analysis` do the finding.

mod clauses;
mod conditions;
mod embedded;
mod error;
mod file;
mod load;
mod one_or;
mod template;
mod types;
mod users;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::finding::{Confidence, Severity, Tier};
use super::matching::Finder;
use super::python::Types;

pub use error::{LoadError, LoadErrors, Place};
pub use template::{Values, fill};
pub use users::{Bounds, UserRules};

/// What is known of a rule besides how it finds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Kebab-case, equal to the file's name, stable for ever.
    pub id: String,
    /// The folder's name.
    pub category: String,
    pub title: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub tier: Tier,
    /// CWE numbers, most exact first.
    pub cwe: Vec<u16>,
    /// Codes of other tools whose suppression comments silence this rule too.
    pub aliases: Vec<String>,
    /// What is wrong, with `$NAME` where a match puts this code's own names.
    pub problem: String,
    /// What happens in production.
    pub impact: String,
    /// What to write instead.
    pub fix: String,
    /// A typical fix, in minutes.
    pub effort: u32,
    pub tests: TestFiles,
    /// Concludes from something that is not there: silent where part of the file did not parse.
    pub absence: bool,
    /// Written in Semgrep's format by its users: Semgrep's own comments silence it.
    pub of_users: bool,
    pub examples: Examples,
}

#[cfg(test)]
impl Rule {
    /// A rule for tests that care for little more than its name.
    pub(crate) fn sample(id: &str, category: &str) -> Rule {
        Rule {
            id: id.to_owned(),
            category: category.to_owned(),
            title: "A title".to_owned(),
            severity: Severity::Medium,
            confidence: Confidence::High,
            tier: Tier::Comment,
            cwe: Vec::new(),
            aliases: Vec::new(),
            problem: "A problem.".to_owned(),
            impact: "An impact.".to_owned(),
            fix: "A fix.".to_owned(),
            effort: 15,
            tests: TestFiles::default(),
            absence: false,
            of_users: false,
            examples: Examples::default(),
        }
    }
}

/// Whether a rule speaks in test files. Rules about production code do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TestFiles {
    #[default]
    Silent,
    Report,
}

/// Python texts that are a rule's tests: the lines of `bad` that end in `# finding` fire, no others;
/// `good` stays silent under every rule of tier comment; `missed` records what the rule cannot know yet.
/// A text whose first line is `# path: NAME` is audited under that name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Examples {
    pub bad: Vec<String>,
    pub good: Vec<String>,
    pub missed: Vec<String>,
}

/// Every rule of the engine with its finder, in the order of their files.
#[derive(Clone, Debug)]
pub struct RuleSet {
    rules: Vec<Arc<Rule>>,
    finders: Vec<Arc<Finder>>,
    types: Arc<Types>,
    digest: String,
}

impl RuleSet {
    /// The rules that this binary carries.
    pub fn embedded() -> Result<RuleSet, LoadErrors> {
        RuleSet::load(embedded::FILES.iter().copied())
    }

    /// Rule files and models given as (path, text), the paths as under the repository's root:
    /// `rules/<category>/<id>.yml` and `rules/models/<name>.yml`.
    pub fn load<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<RuleSet, LoadErrors> {
        load::rule_set(files)
    }

    /// No rules at all, but what the built-in models know.
    pub fn without_rules(&self) -> RuleSet {
        RuleSet { rules: Vec::new(), finders: Vec::new(), ..self.clone() }
    }

    /// Adds what users wrote. `digest` names their files.
    pub fn with(mut self, users: UserRules, digest: &str) -> RuleSet {
        let (rules, finders): (Vec<_>, Vec<_>) = users.rules.into_iter().unzip();
        self.rules.extend(rules);
        self.finders.extend(finders);
        self.digest = format!("{}+{digest}", self.digest);
        self
    }

    /// Names these rules and models by their texts.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Rule>> {
        self.rules.iter()
    }

    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules.iter().find(|rule| rule.id == id)
    }

    /// The rule id or category nearest to a mistyped one.
    pub fn near(&self, id: &str) -> Option<&str> {
        did_you_mean(id, self.rules.iter().flat_map(|rule| [rule.id.as_str(), rule.category.as_str()]))
    }

    /// What the models know of libraries' types.
    pub(super) fn types(&self) -> Arc<Types> {
        Arc::clone(&self.types)
    }

    pub(super) fn finders(&self) -> impl Iterator<Item = (&Arc<Rule>, &Finder)> {
        self.rules.iter().zip(self.finders.iter().map(AsRef::as_ref))
    }
}

/// Shared data under `rules/models/`, by file name.
pub(super) type Models = BTreeMap<String, serde_json::Value>;

/// The candidate that a mistyped name most likely means, if any is near.
pub(crate) fn did_you_mean<'c>(
    given: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    // Comparing takes the product of the lengths; what is that long was no slip of the fingers.
    let scored = candidates
        .into_iter()
        .filter(|_| given.len() <= 100)
        .map(|name| (strsim::jaro_winkler(given, name), name));
    let best = scored.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (best.0 > 0.8).then_some(best.1)
}

/// Whether a line of a `bad` example must be reported.
pub fn is_marked(line: &str) -> bool {
    line.trim_end().ends_with("# finding")
}

#[cfg(test)]
mod tests;
