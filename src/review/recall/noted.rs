//! The audit of one changed file as it is written down, and read again.

use serde::{Deserialize, Serialize};

use crate::engine::difference::FilePair;
use crate::engine::suppress::{Malformed, SuppressionComment};
use crate::engine::{
    Confidence, FileAudit, Finding, Fingerprint, Foreign, Related, RuleSet, Severity, Span, Suggestion,
    Suppressed, Tier,
};

/// Both sides of one changed file.
#[derive(Serialize, Deserialize)]
pub(super) struct Noted {
    /// Names the settings both were audited with.
    settings: String,
    head: Side,
    base: Side,
}

/// An audit that left nothing out.
#[derive(Serialize, Deserialize)]
struct Side {
    path: String,
    findings: Vec<NotedFinding>,
    foreign: Option<Foreign>,
    suppressions: Vec<SuppressionComment>,
    malformed: Vec<Malformed>,
}

/// A finding with its rule by name.
#[derive(Serialize, Deserialize)]
struct NotedFinding {
    rule: String,
    severity: Severity,
    confidence: Confidence,
    tier: Tier,
    path: String,
    span: Span,
    problem: String,
    impact: String,
    fix: String,
    related: Vec<Related>,
    suggestion: Option<Suggestion>,
    symbol: String,
    tokens: String,
    fingerprint: Fingerprint,
    suppressed: Option<Suppressed>,
}

impl Noted {
    /// Nothing, where one of the sides is not known in full.
    pub(super) fn of(pair: &FilePair, settings: &str) -> Option<Noted> {
        let (head, base) = (Side::of(&pair.head)?, Side::of(pair.base.as_ref()?)?);
        Some(Noted { settings: settings.to_owned(), head, base })
    }

    /// The audits after and before the change; nothing, where they were made with other settings.
    pub(super) fn sides(self, settings: &str, rules: &RuleSet) -> Option<(FileAudit, FileAudit)> {
        let as_now = self.settings == settings;
        as_now.then(|| Some((self.head.audit(rules)?, self.base.audit(rules)?))).flatten()
    }
}

impl Side {
    fn of(audit: &FileAudit) -> Option<Side> {
        let FileAudit { path, findings, skipped, foreign, broken, blind, suppressions, malformed, exhausted } =
            audit.clone();
        let whole = skipped.is_none() && broken.is_empty() && blind.is_empty() && exhausted.is_empty();
        let findings = findings.into_iter().map(NotedFinding::of).collect();
        whole.then_some(Side { path, findings, foreign, suppressions, malformed })
    }

    fn audit(self, rules: &RuleSet) -> Option<FileAudit> {
        let findings = self.findings.into_iter().map(|it| it.finding(rules)).collect::<Option<_>>()?;
        Some(FileAudit {
            path: self.path,
            findings,
            foreign: self.foreign,
            suppressions: self.suppressions,
            malformed: self.malformed,
            skipped: None,
            broken: Vec::new(),
            blind: Vec::new(),
            exhausted: Vec::new(),
        })
    }
}

impl NotedFinding {
    fn of(finding: Finding) -> NotedFinding {
        NotedFinding {
            rule: finding.rule.id.clone(),
            severity: finding.severity,
            confidence: finding.confidence,
            tier: finding.tier,
            path: finding.path,
            span: finding.span,
            problem: finding.problem,
            impact: finding.impact,
            fix: finding.fix,
            related: finding.related,
            suggestion: finding.suggestion,
            symbol: finding.symbol,
            tokens: finding.tokens,
            fingerprint: finding.fingerprint,
            suppressed: finding.suppressed,
        }
    }

    fn finding(self, rules: &RuleSet) -> Option<Finding> {
        Some(Finding {
            rule: rules.get(&self.rule)?.clone(),
            severity: self.severity,
            confidence: self.confidence,
            tier: self.tier,
            path: self.path,
            span: self.span,
            problem: self.problem,
            impact: self.impact,
            fix: self.fix,
            related: self.related,
            suggestion: self.suggestion,
            symbol: self.symbol,
            tokens: self.tokens,
            fingerprint: self.fingerprint,
            suppressed: self.suppressed,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, Limits, Options};

    const TEXT: &str = "import requests\nimport tarfile\n\n\ndef fetch(url):\n    return requests.get(url)\n\n\n\
        def quiet(url):\n    return requests.get(url)  # scrutineer: ignore[http-call-without-timeout] a tool\n";

    #[test]
    fn what_is_written_down_is_read_as_it_was() {
        let engine = Engine::new(RuleSet::embedded().unwrap(), Limits::default());
        let head = engine.audit("app.py", TEXT.as_bytes(), &Options::default());
        assert_eq!((head.findings.len(), head.suppressions.len()), (2, 1));
        let base = FileAudit { path: "app.py".to_owned(), ..FileAudit::default() };
        let pair = FilePair { head, base: Some(base), hunks: Vec::new(), old_path: None };
        let written = serde_json::to_string(&Noted::of(&pair, "now").unwrap()).unwrap();
        let read =
            |settings| serde_json::from_str::<Noted>(&written).unwrap().sides(settings, engine.rules());
        assert_eq!(read("now"), Some((pair.head, pair.base.unwrap())));
        assert_eq!(read("then"), None);
    }

    #[test]
    fn what_left_something_out_is_not_written_down() {
        let whole = FileAudit { path: "app.py".to_owned(), ..FileAudit::default() };
        let broken = FileAudit { broken: vec![(1, 2)], ..whole.clone() };
        let pair = |head: &FileAudit, base: Option<&FileAudit>| FilePair {
            head: head.clone(),
            base: base.cloned(),
            hunks: Vec::new(),
            old_path: None,
        };
        assert!(Noted::of(&pair(&whole, Some(&whole)), "").is_some());
        for left_out in [pair(&whole, None), pair(&broken, Some(&whole)), pair(&whole, Some(&broken))] {
            assert!(Noted::of(&left_out, "").is_none());
        }
    }
}
