//! Whether a suggested edit keeps its promise: it applies, the file still parses, the finding is gone and no other came
//! in its place. Who publishes a suggestion asks this first.

use std::collections::BTreeMap;

use super::finding::{Edit, Finding, Suggestion};
use super::{Engine, FileAudit, Options};

/// The text with the edits made; `None` where they overlap or do not lie on the text's characters.
pub fn apply(text: &str, suggestion: &Suggestion) -> Option<String> {
    let mut edits: Vec<&Edit> = suggestion.edits.iter().collect();
    edits.sort_by_key(|edit| (edit.bytes.start, edit.bytes.end));
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        edited.push_str(text.get(done..edit.bytes.start)?);
        text.get(edit.bytes.clone())?;
        edited.push_str(&edit.replacement);
        done = edit.bytes.end;
    }
    edited.push_str(text.get(done..)?);
    Some(edited)
}

impl Engine {
    /// Whether the finding's suggestion, made on the text in which `before` found it, removes it and does no harm. A
    /// finding without a suggestion has none that holds.
    pub fn holds(&self, finding: &Finding, text: &str, before: &FileAudit, options: &Options) -> bool {
        let edited = finding.suggestion.as_ref().and_then(|suggestion| apply(text, suggestion));
        edited.is_some_and(|edited| {
            let after = self.audit(&finding.path, edited.as_bytes(), options);
            is_better(finding, before, &after)
        })
    }
}

fn is_better(finding: &Finding, before: &FileAudit, after: &FileAudit) -> bool {
    let parses = after.skipped.is_none() && after.broken.len() <= before.broken.len();
    let (old, new) = (counts(before), counts(after));
    let own = finding.rule.id.as_str();
    let of = |counts: &BTreeMap<&str, usize>, rule: &str| counts.get(rule).copied().unwrap_or(0);
    let is_gone = of(&new, own) < of(&old, own);
    parses && is_gone && new.keys().all(|rule| of(&new, rule) <= of(&old, rule))
}

/// How often each rule speaks.
fn counts(audit: &FileAudit) -> BTreeMap<&str, usize> {
    let mut counts = BTreeMap::new();
    for finding in &audit.findings {
        *counts.entry(finding.rule.id.as_str()).or_insert(0) += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Limits, RuleSet};

    const CODE: &str = "def f(x):\n    try:\n        return x()\n    except OSError as error:\n        raise RuntimeError(x)\n";

    /// Whether the suggestion holds once its replacement is changed.
    fn check(change: impl Fn(&mut String)) -> bool {
        let engine = Engine::new(RuleSet::embedded().unwrap(), Limits::default());
        let audit = engine.audit("app.py", CODE.as_bytes(), &Options::default());
        let found = audit.findings.iter().find(|finding| finding.rule.id == "raise-without-cause");
        let mut finding = found.unwrap().clone();
        let suggestion = finding.suggestion.as_mut().filter(|suggestion| suggestion.safe).unwrap();
        change(&mut suggestion.edits[0].replacement);
        engine.holds(&finding, CODE, &audit, &Options::default())
    }

    #[test]
    fn an_edit_that_removes_the_finding_holds() {
        assert!(check(|_| {}));
    }

    #[test]
    fn an_edit_holds_only_if_the_file_parses_and_the_finding_goes() {
        for replacement in ["", " from", "\n        ((", "  # from error"] {
            assert!(!check(|edit| replacement.clone_into(edit)), "{replacement:?}");
        }
    }

    #[test]
    fn edits_that_overlap_or_leave_the_text_do_not_apply() {
        let edit = |bytes| Edit { bytes, replacement: "x".to_owned() };
        let apply = |edits| apply("añb", &Suggestion { edits, safe: true });
        assert_eq!(apply(vec![edit(3..4), edit(0..1)]), Some("xñx".to_owned()));
        assert_eq!(apply(vec![edit(0..3), edit(1..4)]), None);
        assert_eq!(apply(vec![edit(2..3)]), None);
        assert_eq!(apply(vec![edit(4..9)]), None);
    }
}
