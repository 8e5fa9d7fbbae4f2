//! The words of the check run: a title that tells all in a line, a summary with the counts, and a text
//! that leaves nothing out: findings without a comment, files not audited, suppressions, notes.

mod sections;
mod title;

use crate::engine::{Finding, Severity};
use crate::report::limit::{CHECK_BYTES, TITLE_CHARS, limit_bytes, limit_chars};
use crate::report::{Broken, Skipped, Totals, words};

use super::prose;

/// What a scan of a change found and did.
#[derive(Clone, Debug, Default)]
pub struct CheckInput<'a> {
    /// Findings of tier comment that the change introduces, worst first.
    pub told: Vec<Told<'a>>,
    /// Findings of tier summary: listed in the text, counted by no gate.
    pub summary: Vec<&'a Finding>,
    /// Python files of the change that were not audited.
    pub skipped: Vec<Skipped>,
    /// Stretches of audited files that are no valid Python.
    pub broken: Vec<Broken>,
    /// Changed Python files that were audited.
    pub audited: usize,
    /// Changed files that are not Python.
    pub others: usize,
    /// Findings that the change removes.
    pub fixed: usize,
    /// Suppression comments that the change adds.
    pub suppressions: Vec<Added>,
    /// What else the author must know, in the rules' markup: backticks for code.
    pub notes: Vec<String>,
    /// The severity from which the check fails; `None` for never.
    pub fail_on: Option<Severity>,
}

/// A finding and how the pull request tells it.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    pub finding: &'a Finding,
    pub by: Conversation,
}

/// Where a reader of the pull request meets a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conversation {
    /// In a comment, of this scan or of an earlier one.
    Comment,
    /// In an annotation of this check.
    Annotation,
    /// Here only.
    Text,
}

/// A suppression comment that the change adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    pub path: String,
    pub line: u32,
    /// As written: rule ids, or another tool's codes.
    pub rules: Vec<String>,
    /// Empty if its author gave none.
    pub reason: String,
    /// Whether the policy honours it.
    pub honoured: bool,
}

/// What the check run says, within GitHub's limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckText {
    pub title: String,
    pub summary: String,
    /// Empty where there is nothing beyond the summary.
    pub text: String,
}

/// The words of the check run.
pub fn check(input: &CheckInput<'_>) -> CheckText {
    CheckText {
        title: limit_chars(&title::title(input), TITLE_CHARS),
        summary: limit_bytes(&summary(input), CHECK_BYTES),
        text: sections::text(input, CHECK_BYTES),
    }
}

fn totals(input: &CheckInput<'_>) -> Totals {
    Totals::of(input.told.iter().map(|told| told.finding))
}

fn summary(input: &CheckInput<'_>) -> String {
    let totals = totals(input);
    let mut parts = vec![opening(input, &totals)];
    if totals.all() > 0 {
        parts.push(table(&totals));
    }
    parts.extend(gate(input));
    parts.extend(input.notes.iter().take(10).map(|note| format!("> {}", prose::sentence(note))));
    parts.join("\n\n")
}

fn opening(input: &CheckInput<'_>, totals: &Totals) -> String {
    if input.audited == 0 && input.skipped.is_empty() {
        return "This change touches no Python file.".to_owned();
    }
    let mut sentences = vec![format!("Audited {}: {}.", words::python_files(input.audited), found(totals))];
    if input.fixed > 0 {
        sentences.push(format!(
            "The change fixes {}.",
            words::count(input.fixed, "earlier finding", "earlier findings")
        ));
    }
    if !input.summary.is_empty() {
        let (one, many) = (
            "less certain finding is listed below and does",
            "less certain findings are listed below and do",
        );
        sentences.push(format!("{} not count.", words::count(input.summary.len(), one, many)));
    }
    if !input.skipped.is_empty() {
        sentences.push(format!(
            "**Not audited: {}**, listed below with the reason.",
            words::python_files(input.skipped.len())
        ));
    }
    sentences.join(" ")
}

fn found(totals: &Totals) -> String {
    match totals.all() {
        0 => "the change introduces no findings".to_owned(),
        n => {
            let effort = totals.effort().map_or(String::new(), |effort| format!(", {effort} to fix"));
            format!("the change introduces {}{effort}", words::findings(n))
        }
    }
}

fn table(totals: &Totals) -> String {
    let rows: Vec<String> =
        totals.present().map(|(severity, n)| format!("| {} | {n} |", words::badge(severity))).collect();
    format!("| Severity | Findings |\n|---|---:|\n{}", rows.join("\n"))
}

/// Why the check fails, if findings make it fail.
fn gate(input: &CheckInput<'_>) -> Option<String> {
    let fail_on = input.fail_on?;
    let n = input.told.iter().filter(|told| told.finding.severity >= fail_on).count();
    let are = if n == 1 { "is" } else { "are" };
    let threshold = words::severity(fail_on);
    let worse = if fail_on == Severity::Critical { "" } else { " or worse" };
    (n > 0).then(|| {
        format!(
            "The check fails because {} {are} {threshold}{worse} (`fail_on: {threshold}`).",
            words::findings(n)
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Cause, sample};

    fn show(input: &CheckInput<'_>) -> String {
        let CheckText { title, summary, text } = check(input);
        format!("{title}\n=====\n{summary}\n=====\n{text}")
    }

    #[test]
    fn a_change_with_findings_is_told_whole() {
        let findings = sample::findings();
        let told = |n: usize, by| Told { finding: &findings[n], by };
        let input = CheckInput {
            told: vec![
                told(0, Conversation::Comment),
                told(2, Conversation::Annotation),
                told(1, Conversation::Text),
            ],
            summary: vec![&findings[1]],
            skipped: vec![
                Skipped {
                    path: "app/huge.py".to_owned(),
                    reason: "larger than 1 MB".to_owned(),
                    cause: Cause::File,
                },
                Skipped {
                    path: "app/lost.py".to_owned(),
                    reason: "GitHub did not send it".to_owned(),
                    cause: Cause::Us,
                },
            ],
            broken: vec![Broken { path: "app/half.py".to_owned(), first_line: 3, last_line: 9 }],
            audited: 3,
            others: 4,
            fixed: 1,
            suppressions: vec![Added {
                path: "app/tls.py".to_owned(),
                line: 9,
                rules: vec!["tls-verification-disabled".to_owned()],
                reason: "the test server signs for itself".to_owned(),
                honoured: true,
            }],
            notes: vec!["`.github/scrutineer.yml` at the base is not valid; the defaults apply.".to_owned()],
            fail_on: Some(Severity::High),
        };
        insta::assert_snapshot!(show(&input));
    }

    #[test]
    fn a_clean_change_is_told_in_a_line() {
        let input =
            CheckInput { audited: 2, others: 1, fail_on: Some(Severity::High), ..CheckInput::default() };
        insta::assert_snapshot!(show(&input));
    }

    #[test]
    fn a_change_without_python_says_so() {
        insta::assert_snapshot!(show(&CheckInput { others: 3, ..CheckInput::default() }));
    }

    #[test]
    fn hostile_words_stay_words() {
        let hostile = sample::hostile();
        let added = Added {
            path: sample::HOSTILE_PATH.to_owned(),
            line: 1,
            rules: vec!["@octocat`|".to_owned()],
            reason: "<!-- @octocat | \n# x".to_owned(),
            honoured: false,
        };
        let input = CheckInput {
            told: vec![Told { finding: &hostile, by: Conversation::Text }],
            audited: 1,
            suppressions: vec![added],
            ..CheckInput::default()
        };
        let out = show(&input);
        assert!(!out.contains("<!--"), "{out}");
        insta::assert_snapshot!(out);
    }

    #[test]
    fn a_rule_that_repeats_is_explained_once_for_information() {
        let (archive, other) = (sample::archive(), &sample::findings()[1]);
        let input =
            CheckInput { summary: vec![&archive, other, &archive], audited: 1, ..CheckInput::default() };
        let out = check(&input).text;
        assert_eq!(out.matches("**Fix:**").count(), 2, "{out}");
        assert_eq!(out.matches(archive.rule.title.as_str()).count(), 2, "{out}");
    }

    #[test]
    fn ten_thousand_findings_fit_and_say_what_was_cut() {
        let finding = sample::archive();
        let input = CheckInput {
            told: vec![Told { finding: &finding, by: Conversation::Text }; 10_000],
            skipped: vec![
                Skipped { path: "é".repeat(500), reason: "é".repeat(500), cause: Cause::Us };
                5_000
            ],
            audited: 1,
            ..CheckInput::default()
        };
        let out = check(&input);
        assert!(out.text.len() <= CHECK_BYTES && out.summary.len() <= CHECK_BYTES);
        assert_eq!(out.text.matches(" more.").count(), 2, "{}", out.text);
    }
}
