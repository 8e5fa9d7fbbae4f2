//! From the audits of files to one report: findings apart from suppressed ones, reasons as words.

use std::sync::Arc;

use crate::engine::{self, FileAudit, Rule, SkipReason};

use super::{Broken, Cause, Report, Skipped};

impl Report {
    /// Gathers audits in their order. `rules` are those that ran.
    pub fn of(audits: impl IntoIterator<Item = FileAudit>, rules: Vec<Arc<Rule>>) -> Report {
        let mut report = Report {
            rules,
            ..Report::default()
        };
        for audit in audits {
            report.add(audit);
        }
        report
    }

    fn add(&mut self, audit: FileAudit) {
        if let Some(skipped) = &audit.skipped {
            self.skipped.push(Skipped::from(skipped));
            return;
        }
        self.files_audited += 1;
        self.notes.extend(notes(&audit));
        let path = &audit.path;
        let broken = |&(first_line, last_line): &(u32, u32)| Broken {
            path: path.clone(),
            first_line,
            last_line,
        };
        self.broken.extend(audit.broken.iter().map(broken));
        let (suppressed, findings): (Vec<_>, Vec<_>) = audit
            .findings
            .into_iter()
            .partition(|finding| finding.suppressed.is_some());
        self.findings.extend(findings);
        self.suppressed.extend(suppressed);
    }
}

/// What is to be said about the suppression comments of a file.
fn notes(audit: &FileAudit) -> Vec<String> {
    let malformed = audit.malformed.iter().map(|m| (m.line, m.mistake.clone()));
    let unused = audit
        .suppressions
        .iter()
        .filter(|comment| !comment.unused.is_empty())
        .map(|comment| {
            let rules: Vec<String> = comment.unused.iter().map(|rule| format!("`{rule}`")).collect();
            (
                comment.line,
                format!(
                    "this comment silences nothing of {}; remove it",
                    super::words::list(&rules)
                ),
            )
        });
    let path = audit.path.replace('`', "'");
    malformed
        .chain(unused)
        .map(|(line, words)| format!("`{path}:{line}`: {words}"))
        .collect()
}

impl From<&engine::Skipped> for Skipped {
    fn from(skipped: &engine::Skipped) -> Skipped {
        let cause = match skipped.reason {
            SkipReason::TooLarge { .. }
            | SkipReason::TooManyLines { .. }
            | SkipReason::NotText
            | SkipReason::Encoding(_)
            | SkipReason::LfsPointer
            | SkipReason::Symlink
            | SkipReason::Submodule
            | SkipReason::Budget(_) => Cause::File,
            SkipReason::Unreadable(_) | SkipReason::Internal(_) => Cause::Us,
        };
        Skipped {
            path: skipped.path.clone(),
            reason: skipped.reason.to_string(),
            cause,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::suppress::SuppressionComment;
    use crate::engine::{Finding, Suppressed};
    use crate::report::sample;

    #[test]
    fn an_audit_is_sorted_into_what_is_said_where() {
        let silent = Suppressed {
            line: 1,
            reason: String::new(),
        };
        let comment = SuppressionComment {
            line: 7,
            rules: vec!["a".to_owned()],
            reason: String::new(),
            used: false,
            unused: vec!["a".to_owned()],
        };
        let audit = FileAudit {
            path: "a.py".to_owned(),
            findings: vec![
                sample::archive(),
                Finding {
                    suppressed: Some(silent),
                    ..sample::timeout()
                },
            ],
            broken: vec![(3, 4)],
            suppressions: vec![comment],
            ..FileAudit::default()
        };
        let skipped = engine::Skipped {
            path: "b.py".to_owned(),
            reason: SkipReason::NotText,
        };
        let unread = FileAudit {
            path: "b.py".to_owned(),
            skipped: Some(skipped),
            ..FileAudit::default()
        };
        let report = Report::of([audit, unread], Vec::new());
        let counts = (
            report.findings.len(),
            report.suppressed.len(),
            report.skipped.len(),
            report.broken.len(),
        );
        assert_eq!((counts, report.files_audited), ((1, 1, 1, 1), 1));
        assert_eq!(
            report.notes,
            ["`a.py:7`: this comment silences nothing of `a`; remove it"]
        );
    }
}
