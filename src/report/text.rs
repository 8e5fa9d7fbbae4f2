//! Findings for a person at a terminal: the excerpt with the place underlined, as rustc shows it, the
//! three texts, and a closing line with the counts.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::engine::{Finding, Severity};

use super::escape::terminal;
use super::excerpt::Excerpt;
use super::mask::Secrets;
use super::plain::{self, Spoken};
use super::{Report, Texts, words};

/// The width texts are filled to where the terminal's is not known.
const WIDTH: usize = 100;
/// What stands left of a text: `   = problem: `.
const MARGIN: usize = 16;

/// How the text is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// With colours. The caller knows whether this is a terminal that wants them.
    pub colour: bool,
    /// Columns of the terminal, if known.
    pub width: Option<usize>,
}

/// Everything the report has to say.
pub fn write(report: &Report, texts: &Texts<'_>, style: Style) -> String {
    let renderer = renderer(style);
    let secrets = Secrets::of(report.findings.iter().chain(&report.suppressed), texts);
    let mut out = String::new();
    for finding in &report.findings {
        out.push_str(&renderer.render(&[group(finding, texts, &secrets, style)]));
        out.push_str("\n\n");
    }
    out.push_str(&not_audited(report));
    out.push_str(&closing(report));
    out
}

pub(super) fn renderer(style: Style) -> Renderer {
    let renderer = if style.colour { Renderer::styled() } else { Renderer::plain() };
    match style.width {
        Some(width) => renderer.term_width(width),
        None => renderer,
    }
}

fn group<'a>(finding: &Finding, texts: &Texts<'_>, secrets: &Secrets, style: Style) -> Group<'a> {
    let level = level(finding.severity);
    let title = level.primary_title(terminal::line(&finding.rule.title)).id(finding.rule.id.clone());
    let group = match texts(&finding.path) {
        Some(text) => title.element(snippet(finding, text, secrets)),
        None => title.element(origin(finding)),
    };
    let Spoken { problem, impact, fix } = Spoken::of(finding);
    let width = style.width.unwrap_or(WIDTH).saturating_sub(MARGIN).max(MARGIN);
    // Escaped after filling: a line that filling begins must not be a command either.
    let filled = |words: &str| terminal::text(&words::wrap(words, width));
    group.elements([
        Level::NOTE.with_name("problem").message(filled(&problem)),
        Level::WARNING.with_name("impact").message(filled(&impact)),
        Level::HELP.with_name("fix").message(filled(&fix)),
    ])
}

fn level(severity: Severity) -> Level<'static> {
    let level = match severity {
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low => Level::NOTE,
    };
    level.with_name(words::severity(severity))
}

fn snippet<'a>(finding: &Finding, text: &str, secrets: &Secrets) -> Snippet<'a, Annotation<'a>> {
    let mut spans = vec![&finding.span];
    spans.extend(finding.related.iter().map(|related| &related.span));
    let excerpt = Excerpt::of(text, &spans, secrets.within(&finding.path));
    let primary = AnnotationKind::Primary.span(excerpt.locate(&finding.span.bytes));
    let related = finding.related.iter().map(|related| {
        let place = excerpt.locate(&related.span.bytes);
        AnnotationKind::Context.span(place).label(terminal::line(&plain::note(finding, related)))
    });
    let annotations: Vec<Annotation<'_>> = std::iter::once(primary).chain(related).collect();
    Snippet::source(excerpt.text.clone())
        .line_start(excerpt.first_line as usize)
        .path(terminal::line(&finding.path))
        .annotations(annotations)
}

fn origin<'a>(finding: &Finding) -> Origin<'a> {
    let start = finding.span.start;
    Origin::path(terminal::line(&finding.path)).line(start.line as usize).char_column(start.column as usize)
}

/// The receipt: no file is left out silently.
fn not_audited(report: &Report) -> String {
    let skipped = report
        .skipped
        .iter()
        .map(|s| format!("  {}: {}\n", terminal::line(&s.path), terminal::line(&s.reason)));
    let broken = report.broken.iter().map(|b| {
        let lines = words::lines(b.first_line, b.last_line);
        format!("  {}: {lines}: not valid Python\n", terminal::line(&b.path))
    });
    let lines: String = skipped.chain(broken).collect();
    if lines.is_empty() { lines } else { format!("Not audited:\n{lines}\n") }
}

fn closing(report: &Report) -> String {
    let mut out: String =
        report.notes.iter().map(|note| format!("Note: {}\n", terminal::text(note))).collect();
    out.push_str(&format!(
        "Audited {}: {}.\n",
        words::python_files(report.files_audited),
        report.totals().sentence()
    ));
    if !report.suppressed.is_empty() {
        out.push_str(&format!(
            "Suppressed by comments in the code: {}.\n",
            words::findings(report.suppressed.len())
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Broken, Cause, Skipped, sample};

    fn drawn(report: &Report) -> String {
        write(report, &sample::texts, Style::default())
    }

    #[test]
    fn findings_are_shown_in_their_code() {
        let skipped = Skipped {
            path: "app/huge.py".to_owned(),
            reason: "larger than 1 MB".to_owned(),
            cause: Cause::File,
        };
        let broken = Broken { path: "app/half.py".to_owned(), first_line: 3, last_line: 9 };
        let report = Report {
            findings: sample::findings(),
            skipped: vec![skipped],
            broken: vec![broken],
            files_audited: 4,
            ..Report::default()
        };
        insta::assert_snapshot!(drawn(&report));
    }

    #[test]
    fn a_clean_audit_is_one_line() {
        let report = Report { files_audited: 12, ..Report::default() };
        insta::assert_snapshot!(drawn(&report));
    }

    #[test]
    fn without_the_text_the_place_is_named() {
        let report = Report { findings: vec![sample::timeout()], files_audited: 1, ..Report::default() };
        insta::assert_snapshot!(write(&report, &|_| None, Style::default()));
    }

    #[test]
    fn hostile_words_do_nothing() {
        let report = Report { findings: vec![sample::hostile()], files_audited: 1, ..Report::default() };
        let out = drawn(&report);
        assert!(
            !out.contains(|c: char| c.is_control() && c != '\n')
                && !out.contains("##[")
                && !out.contains('\u{202e}')
        );
        insta::assert_snapshot!(out);
    }

    #[test]
    fn colour_is_the_callers_choice() {
        let report = Report { findings: vec![sample::timeout()], files_audited: 1, ..Report::default() };
        assert!(!drawn(&report).contains('\u{1b}'));
        assert!(write(&report, &sample::texts, Style { colour: true, width: None }).contains('\u{1b}'));
    }
}
