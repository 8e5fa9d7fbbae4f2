//! Rules as SARIF describes them, with the properties by which code scanning sorts and filters.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::rule::Rule;
use crate::engine::{Confidence, Severity};
use crate::report::markdown::prose;
use crate::report::{Report, words};

use super::log;

/// Categories whose findings code scanning shows as security alerts.
const SECURITY: [&str; 4] = ["auth", "crypto", "injection", "secrets"];

/// The rules of a run in the order of their ids; results name them by their index.
pub(super) struct Catalogue<'r> {
    rules: BTreeMap<&'r str, &'r Arc<Rule>>,
}

impl<'r> Catalogue<'r> {
    /// The rules that ran, and those of findings should one be missing among them.
    pub(super) fn of(report: &'r Report) -> Catalogue<'r> {
        let found = report.findings.iter().map(|finding| &finding.rule);
        let rules = report
            .rules
            .iter()
            .chain(found)
            .map(|rule| (rule.id.as_str(), rule))
            .collect();
        Catalogue { rules }
    }

    pub(super) fn index(&self, id: &str) -> usize {
        self.rules.range(..id).count()
    }

    pub(super) fn descriptors(&self) -> Vec<log::Descriptor> {
        self.rules.values().map(|rule| descriptor(rule)).collect()
    }
}

fn descriptor(rule: &Rule) -> log::Descriptor {
    log::Descriptor {
        id: rule.id.clone(),
        name: pascal_case(&rule.id),
        short_description: log::Text::of(&rule.title),
        full_description: log::Text::of(&format!("{} {}", rule.problem.trim(), rule.impact.trim())),
        help: help(rule),
        default_configuration: log::Configuration {
            level: level(rule.severity),
        },
        properties: log::RuleProperties {
            tags: tags(rule),
            precision: precision(rule.confidence),
            problem_severity: problem_severity(rule.severity),
            security_severity: is_security(rule).then(|| security_severity(rule.severity)),
        },
    }
}

fn help(rule: &Rule) -> log::Help {
    let (problem, impact, fix) = (rule.problem.trim(), rule.impact.trim(), rule.fix.trim());
    let silence = format!("# scrutineer: ignore[{}] reason", rule.id);
    log::Help {
        text: format!("{problem}\n\nImpact: {impact}\n\nFix: {fix}\n\nTo accept a finding: {silence}"),
        markdown: format!(
            "{}\n\n**Impact:** {}\n\n**Fix:** {}\n\nTo accept a finding: `{silence}`",
            prose(problem),
            prose(impact),
            prose(fix)
        ),
    }
}

/// CWE numbers first, the most exact one foremost, as code scanning shows them.
fn tags(rule: &Rule) -> Vec<String> {
    let cwe = rule
        .cwe
        .iter()
        .map(|number| format!("external/cwe/cwe-{number:03}"));
    let security = is_security(rule).then(|| "security".to_owned());
    cwe.chain(security).chain([rule.category.clone()]).collect()
}

fn is_security(rule: &Rule) -> bool {
    SECURITY.contains(&rule.category.as_str())
}

fn pascal_case(id: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    id.split('-')
        .filter(|word| word.is_char_boundary(1))
        .map(capital)
        .collect()
}

pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "recommendation",
    }
}

/// Code scanning's own scale: above 9 is critical, from 7 high, from 4 medium.
fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
    }
}

fn precision(confidence: Confidence) -> &'static str {
    words::confidence(confidence)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn cwe_tags_have_three_digits_and_keep_their_order() {
        let rule = Rule {
            cwe: vec![1188, 22],
            ..sample::rule("a-rule", "secrets")
        };
        assert_eq!(
            tags(&rule),
            [
                "external/cwe/cwe-1188",
                "external/cwe/cwe-022",
                "security",
                "secrets"
            ]
        );
        assert_eq!(tags(&sample::rule("a-rule", "errors")), ["errors"]);
    }

    #[test]
    fn names_are_the_ids_without_dashes() {
        assert_eq!(pascal_case("http-call-without-timeout"), "HttpCallWithoutTimeout");
    }
}
