//! Findings as JSON for programs. The shape is stable: fields are added, never renamed or removed,
//! without a new `version`.
//!
//! ```json
//! { "version": 1, "tool": {"name", "version"},
//!   "summary": {"files_audited", "findings", "critical", "high", "medium", "low", "suppressed", "skipped", "effort_minutes"},
//!   "findings": [{"rule", "category", "title", "severity", "confidence", "tier", "cwe": [22], "path",
//!     "start": {"line", "column"}, "end": {"line", "column"}, "symbol", "problem", "impact", "fix", "effort_minutes",
//!     "fingerprint", "related": [{"start", "end", "note"}],
//!     "suggestion": {"safe", "edits": [{"start_byte", "end_byte", "replacement"}]} | null}],
//!   "suppressed": [a finding with "suppressed": {"line", "reason"}],
//!   "skipped": [{"path", "reason"}], "broken": [{"path", "first_line", "last_line"}], "notes": ["…"] }
//! ```
//!
//! Lines and columns start at 1, columns count Unicode scalar values, `end` is just behind the last
//! character. Edits count bytes of the decoded UTF-8 text. The values of secrets are masked.

use serde::Serialize;

use crate::engine::{Confidence, Finding, Position, Severity, Span, Tier};

use super::plain::{self, Spoken};
use super::{Report, mask};

const VERSION: u32 = 1;

/// The report as one JSON document, indented.
pub fn write(report: &Report) -> Result<String, serde_json::Error> {
    to_string(&document(report))
}

/// Indented JSON in which no log line can hold a command: `##[` is written with its bracket escaped.
pub(super) fn to_string(document: &impl Serialize) -> Result<String, serde_json::Error> {
    let text = serde_json::to_string_pretty(document)?;
    Ok(text.replace("##[", "##\\u005b") + "\n")
}

fn document(report: &Report) -> Document<'_> {
    Document {
        version: VERSION,
        tool: Tool {
            name: env!("CARGO_PKG_NAME"),
            version: env!("CARGO_PKG_VERSION"),
        },
        summary: summary(report),
        findings: report.findings.iter().map(found).collect(),
        suppressed: report.suppressed.iter().map(found).collect(),
        skipped: report
            .skipped
            .iter()
            .map(|s| Unread {
                path: &s.path,
                reason: &s.reason,
            })
            .collect(),
        broken: report
            .broken
            .iter()
            .map(|b| Unparsed {
                path: &b.path,
                first_line: b.first_line,
                last_line: b.last_line,
            })
            .collect(),
        notes: &report.notes,
    }
}

fn summary(report: &Report) -> Summary {
    let totals = report.totals();
    Summary {
        files_audited: report.files_audited,
        findings: totals.all(),
        critical: totals.count(Severity::Critical),
        high: totals.count(Severity::High),
        medium: totals.count(Severity::Medium),
        low: totals.count(Severity::Low),
        suppressed: report.suppressed.len(),
        skipped: report.skipped.len(),
        effort_minutes: totals.effort_minutes,
    }
}

fn found(finding: &Finding) -> Found<'_> {
    let rule = &finding.rule;
    let Spoken { problem, impact, fix } = Spoken::of(finding);
    Found {
        rule: &rule.id,
        category: &rule.category,
        title: &rule.title,
        severity: finding.severity,
        confidence: finding.confidence,
        tier: finding.tier,
        cwe: &rule.cwe,
        path: &finding.path,
        place: Place::of(&finding.span),
        symbol: &finding.symbol,
        problem,
        impact,
        fix,
        effort_minutes: rule.effort,
        fingerprint: finding.fingerprint.to_string(),
        related: finding
            .related
            .iter()
            .map(|r| Near {
                place: Place::of(&r.span),
                note: plain::note(finding, r),
            })
            .collect(),
        suggestion: suggested(finding),
        suppressed: finding.suppressed.as_ref().map(|s| Silenced {
            line: s.line,
            reason: &s.reason,
        }),
    }
}

/// An edit next to a secret would quote it.
fn suggested(finding: &Finding) -> Option<Suggested<'_>> {
    let suggestion = finding
        .suggestion
        .as_ref()
        .filter(|_| !mask::is_secret(finding))?;
    let edits = suggestion.edits.iter().map(|edit| Replaced {
        start_byte: edit.bytes.start,
        end_byte: edit.bytes.end,
        replacement: &edit.replacement,
    });
    Some(Suggested {
        safe: suggestion.safe,
        edits: edits.collect(),
    })
}

#[derive(Serialize)]
struct Document<'r> {
    version: u32,
    tool: Tool,
    summary: Summary,
    findings: Vec<Found<'r>>,
    suppressed: Vec<Found<'r>>,
    skipped: Vec<Unread<'r>>,
    broken: Vec<Unparsed<'r>>,
    notes: &'r [String],
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files_audited: usize,
    findings: usize,
    critical: usize,
    high: usize,
    medium: usize,
    low: usize,
    suppressed: usize,
    skipped: usize,
    effort_minutes: u32,
}

#[derive(Serialize)]
struct Found<'r> {
    rule: &'r str,
    category: &'r str,
    title: &'r str,
    severity: Severity,
    confidence: Confidence,
    tier: Tier,
    cwe: &'r [u16],
    path: &'r str,
    #[serde(flatten)]
    place: Place,
    symbol: &'r str,
    problem: String,
    impact: String,
    fix: String,
    effort_minutes: u32,
    fingerprint: String,
    related: Vec<Near>,
    suggestion: Option<Suggested<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressed: Option<Silenced<'r>>,
}

#[derive(Serialize)]
struct Place {
    start: Position,
    end: Position,
}

impl Place {
    fn of(span: &Span) -> Place {
        Place {
            start: span.start,
            end: span.end,
        }
    }
}

#[derive(Serialize)]
struct Near {
    #[serde(flatten)]
    place: Place,
    note: String,
}

#[derive(Serialize)]
struct Suggested<'r> {
    safe: bool,
    edits: Vec<Replaced<'r>>,
}

#[derive(Serialize)]
struct Replaced<'r> {
    start_byte: usize,
    end_byte: usize,
    replacement: &'r str,
}

#[derive(Serialize)]
struct Silenced<'r> {
    line: u32,
    reason: &'r str,
}

#[derive(Serialize)]
struct Unread<'r> {
    path: &'r str,
    reason: &'r str,
}

#[derive(Serialize)]
struct Unparsed<'r> {
    path: &'r str,
    first_line: u32,
    last_line: u32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_shape_is_as_documented() {
        let report = Report {
            findings: vec![sample::timeout()],
            files_audited: 1,
            ..Report::default()
        };
        insta::assert_snapshot!(write(&report).unwrap());
    }

    #[test]
    fn no_secret_and_no_command_comes_out() {
        let report = Report {
            findings: vec![sample::secret(), sample::hostile()],
            ..Report::default()
        };
        let out = write(&report).unwrap();
        assert!(!out.contains("hunter2") && !out.contains("##["));
        let back: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert!(
            back["findings"][1]["problem"]
                .as_str()
                .unwrap()
                .contains("##[error]")
        );
    }
}
