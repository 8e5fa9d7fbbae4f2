//! Workflow commands: the annotations that a GitHub Actions job makes by printing lines.

use crate::engine::{Finding, Severity};

use super::escape::workflow;
use super::{Report, Skipped, plain, words};

/// One command per finding, worst first since GitHub shows ten of each level per step, then one per
/// skipped file, then a line with the counts.
pub fn write(report: &Report) -> String {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut lines: Vec<String> = findings.into_iter().map(command).collect();
    lines.extend(report.skipped.iter().map(skipped));
    let audited = words::python_files(report.files_audited);
    lines.push(workflow::line(&format!(
        "Audited {audited}: {}.",
        report.totals().sentence()
    )));
    lines.join("\n") + "\n"
}

fn command(finding: &Finding) -> String {
    let span = &finding.span;
    let title = format!(
        "{}: {} ({})",
        words::badge(finding.severity),
        finding.rule.title,
        finding.rule.id
    );
    let mut place = format!(
        "file={},line={},endLine={}",
        workflow::property(&finding.path),
        span.start.line,
        span.last_line()
    );
    if span.start.line == span.end.line {
        place.push_str(&format!(
            ",col={},endColumn={}",
            span.start.column, span.end.column
        ));
    }
    let (title, message) = (
        workflow::property(&title),
        workflow::data(&plain::message(finding)),
    );
    format!("::{} {place},title={title}::{message}", level(finding.severity))
}

fn skipped(skipped: &Skipped) -> String {
    let path = workflow::property(&skipped.path);
    format!(
        "::warning file={path},title=Not audited::{}",
        workflow::data(&skipped.reason)
    )
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "notice",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, sample};

    #[test]
    fn each_finding_is_one_command() {
        let skipped = Skipped {
            path: "big,file.py".to_owned(),
            reason: "larger than 1 MB".to_owned(),
            cause: Cause::File,
        };
        let report = Report {
            findings: sample::findings(),
            skipped: vec![skipped],
            files_audited: 3,
            ..Report::default()
        };
        insta::assert_snapshot!(write(&report));
    }

    #[test]
    fn hostile_words_stay_in_their_command() {
        let report = Report {
            findings: vec![sample::hostile()],
            files_audited: 1,
            ..Report::default()
        };
        let out = write(&report);
        assert_eq!(
            out.lines()
                .filter(|line| line.trim_start().starts_with("::"))
                .count(),
            1
        );
        assert!(!out.contains('\u{1b}'));
        insta::assert_snapshot!(out);
    }
}
