//! The report of a whole audit as a document: a table of what to do first, then every finding by
//! priority with its code, problem, impact, fix and effort, then the files, then what was left out.

use std::collections::BTreeMap;

use crate::engine::{Finding, Severity};
use crate::report::escape::markdown;
use crate::report::mask::Secrets;
use crate::report::plain::Spoken;
use crate::report::{Report, Texts, Totals, excerpt::Excerpt, words};

use super::{pieces, prose};

/// The most lines of code that are quoted for one finding.
const QUOTED_LINES: u32 = 12;

/// The document.
pub fn report(report: &Report, texts: &Texts<'_>) -> String {
    let numbered = number(&report.findings);
    let secrets = Secrets::of(report.findings.iter().chain(&report.suppressed), texts);
    let mut parts = vec!["# Audit report".to_owned(), overview(report)];
    parts.extend(
        report
            .notes
            .iter()
            .map(|note| format!("> {}", prose::sentence(note))),
    );
    if !numbered.is_empty() {
        parts.push(format!("## Summary\n\n{}", summary_table(&numbered)));
    }
    for severity in words::WORST_FIRST {
        parts.extend(chapter(severity, &numbered, texts, &secrets));
    }
    parts.extend(files(&report.findings));
    parts.extend(not_audited(report));
    parts.extend(suppressed(report));
    parts.join("\n\n") + "\n"
}

/// A finding and its name in the document: `P0-01`.
struct Numbered<'a> {
    name: String,
    finding: &'a Finding,
}

/// Worst first, within a severity by path and place.
fn number(findings: &[Finding]) -> Vec<Numbered<'_>> {
    let mut numbered = Vec::with_capacity(findings.len());
    for severity in words::WORST_FIRST {
        let same = findings.iter().filter(|finding| finding.severity == severity);
        numbered.extend(same.enumerate().map(|(n, finding)| {
            let name = format!("{}-{:02}", words::priority(severity), n + 1);
            Numbered { name, finding }
        }));
    }
    numbered
}

fn overview(report: &Report) -> String {
    let mut sentence = format!(
        "Audited {}: {}.",
        words::python_files(report.files_audited),
        report.totals().sentence()
    );
    let left_out = report.skipped.len();
    if left_out > 0 {
        sentence.push_str(&format!(
            " {} not audited, listed at the end.",
            words::count(left_out, "file was", "files were")
        ));
    }
    sentence
}

fn summary_table(numbered: &[Numbered<'_>]) -> String {
    let row = |n: &Numbered<'_>| {
        let (finding, rule) = (n.finding, &n.finding.rule);
        let title = markdown::text(&rule.title);
        let row = format!(
            "{} | {title} | {}",
            n.name,
            markdown::cell(&pieces::place(finding))
        );
        format!(
            "| {row} | {} | {} |",
            words::severity(finding.severity),
            words::effort(rule.effort)
        )
    };
    let rows: Vec<String> = numbered.iter().map(row).collect();
    format!(
        "| # | Problem | Place | Severity | Effort |\n|---|---|---|---|---|\n{}",
        rows.join("\n")
    )
}

fn chapter(
    severity: Severity,
    numbered: &[Numbered<'_>],
    texts: &Texts<'_>,
    secrets: &Secrets,
) -> Option<String> {
    let same: Vec<String> = numbered
        .iter()
        .filter(|n| n.finding.severity == severity)
        .map(|n| section(n, texts(&n.finding.path), secrets))
        .collect();
    let heading = format!("## {}", words::badge(severity));
    (!same.is_empty()).then(|| format!("{heading}\n\n{}", same.join("\n\n")))
}

fn section(numbered: &Numbered<'_>, text: Option<&str>, secrets: &Secrets) -> String {
    let finding = numbered.finding;
    let Spoken { problem, impact, fix } = Spoken::of(finding);
    let mut parts = vec![
        format!("### {}: {}", numbered.name, markdown::text(&finding.rule.title)),
        place(finding),
        format!("**Problem**: {}", prose::prose(&problem)),
    ];
    parts.extend(text.map(|text| quote(finding, text, secrets)));
    parts.extend(related(finding));
    parts.push(format!("**Impact**: {}", prose::prose(&impact)));
    parts.push(format!("**Fix**: {}", prose::prose(&fix)));
    parts.push(facts(finding));
    parts.join("\n\n")
}

fn place(finding: &Finding) -> String {
    let within = match finding.symbol.as_str() {
        "" => String::new(),
        symbol => format!(", in {}", markdown::code(symbol)),
    };
    format!("**Location**: {}{within}", pieces::place_with_end(finding))
}

/// The finding's lines with their numbers, so that no quoted line can begin with anything else.
fn quote(finding: &Finding, text: &str, secrets: &Secrets) -> String {
    let excerpt = Excerpt::of(text, &[&finding.span], secrets.within(&finding.path));
    let lines = (excerpt.first_line..)
        .zip(excerpt.text.lines())
        .take(QUOTED_LINES as usize);
    let mut quoted: Vec<String> = lines
        .map(|(number, line)| format!("{number:>4} | {line}"))
        .collect();
    if finding.span.last_line() >= finding.span.start.line + QUOTED_LINES {
        quoted.push("     | …".to_owned());
    }
    markdown::fence("python", &quoted.join("\n"))
}

fn related(finding: &Finding) -> Option<String> {
    let places: Vec<String> = finding
        .related
        .iter()
        .map(|related| format!("- {}", pieces::related(finding, related)))
        .collect();
    (!places.is_empty()).then(|| places.join("\n"))
}

fn facts(finding: &Finding) -> String {
    let rule = &finding.rule;
    let mut facts = format!(
        "**Effort**: {} · **Rule**: {}",
        words::effort(rule.effort),
        markdown::code(&rule.id)
    );
    if !rule.cwe.is_empty() {
        facts.push_str(&format!(" · {}", pieces::cwe_links(&rule.cwe)));
    }
    facts
}

fn files(findings: &[Finding]) -> Option<String> {
    let mut by_file: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_file.entry(&finding.path).or_default().push(finding);
    }
    let row = |(path, findings): (&&str, &Vec<&Finding>)| {
        let totals = Totals::of(findings.iter().copied());
        let counts: Vec<String> = words::WORST_FIRST
            .iter()
            .map(|s| totals.count(*s).to_string())
            .collect();
        let effort = words::effort(totals.effort_minutes);
        format!(
            "| {} | {} | {effort} |",
            markdown::cell(&markdown::code(path)),
            counts.join(" | ")
        )
    };
    let rows: Vec<String> = by_file.iter().map(row).collect();
    let head = "| File | P0 | P1 | P2 | P3 | Effort |\n|---|---:|---:|---:|---:|---|";
    (!rows.is_empty()).then(|| format!("## Files\n\n{head}\n{}", rows.join("\n")))
}

fn not_audited(report: &Report) -> Option<String> {
    let skipped = report
        .skipped
        .iter()
        .map(|s| format!("- {}: {}", markdown::code(&s.path), markdown::text(&s.reason)));
    let broken = report
        .broken
        .iter()
        .map(|broken| format!("- {}", pieces::broken(broken)));
    let lines: Vec<String> = skipped.chain(broken).collect();
    (!lines.is_empty()).then(|| format!("## Not audited\n\n{}", lines.join("\n")))
}

fn suppressed(report: &Report) -> Option<String> {
    let line = |finding: &Finding| {
        let reason = finding
            .suppressed
            .as_ref()
            .map_or("", |suppressed| suppressed.reason.trim());
        let reason = if reason.is_empty() {
            "no reason given".to_owned()
        } else {
            markdown::text(reason)
        };
        format!(
            "- {}, {}: {reason}",
            pieces::place(finding),
            markdown::code(&finding.rule.id)
        )
    };
    let lines: Vec<String> = report.suppressed.iter().map(line).collect();
    (!lines.is_empty()).then(|| format!("## Suppressed in the code\n\n{}", lines.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Suppressed;
    use crate::report::{Cause, Skipped, sample};

    #[test]
    fn a_whole_audit_reads_as_a_document() {
        let accepted = Suppressed {
            line: 4,
            reason: "an internal server".to_owned(),
        };
        let input = Report {
            findings: sample::findings(),
            suppressed: vec![Finding {
                suppressed: Some(accepted),
                ..sample::timeout()
            }],
            skipped: vec![Skipped {
                path: "app/huge.py".to_owned(),
                reason: "larger than 1 MB".to_owned(),
                cause: Cause::File,
            }],
            files_audited: 4,
            ..Report::default()
        };
        insta::assert_snapshot!(report(&input, &sample::texts));
    }

    #[test]
    fn hostile_words_stay_words() {
        let input = Report {
            findings: vec![sample::hostile()],
            files_audited: 1,
            ..Report::default()
        };
        let out = report(&input, &sample::texts);
        assert!(
            !out.contains("<!--") && !out.lines().any(|line| line.trim_start().starts_with("::")),
            "{out}"
        );
        insta::assert_snapshot!(out);
    }

    #[test]
    fn no_secret_is_quoted() {
        let input = Report {
            findings: vec![sample::secret()],
            ..Report::default()
        };
        assert!(!report(&input, &sample::texts).contains("hunter2"));
    }
}
