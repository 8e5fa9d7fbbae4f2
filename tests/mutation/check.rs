//! What holds for the audit of any bytes whatever.

use std::collections::HashSet;

use scrutineer::engine::difference::{FilePair, difference};
use scrutineer::engine::{Edit, Engine, FileAudit, Finding, Limits, Options, SkipReason, Source, Span, diff};

/// A seed as the text before a change, and its audit.
pub(crate) struct Base {
    text: String,
    audit: FileAudit,
}

pub(crate) struct Checker {
    engine: Engine,
    options: Options,
}

/// Where all texts are said to stand.
const PATH: &str = "app/service.py";

impl Checker {
    pub(crate) fn new(engine: Engine) -> Checker {
        Checker { engine, options: Options { optional: true, ..Options::default() } }
    }

    pub(crate) fn audit(&self, bytes: &[u8]) -> FileAudit {
        self.engine.audit(PATH, bytes, &self.options)
    }

    pub(crate) fn base(&self, text: &str) -> Base {
        Base { text: text.to_owned(), audit: self.audit(text.as_bytes()) }
    }

    /// Checks everything of a text; the error says what does not hold. Gives the number of findings.
    pub(crate) fn check(&self, bytes: &[u8], base: &Base) -> Result<usize, String> {
        let audit = self.audit(bytes);
        if audit != self.audit(bytes) {
            return Err("the same bytes gave another answer".to_owned());
        }
        match &audit.skipped {
            Some(skipped) if matches!(skipped.reason, SkipReason::Internal(_)) => {
                return Err(skipped.to_string());
            }
            Some(_) => return Ok(0),
            None => {}
        }
        let source =
            Source::decode(PATH, bytes, &Limits::default()).map_err(|skipped| skipped.to_string())?;
        let lines = source.line_count().max(1) as u32;
        let inside = |(first, last): &(u32, u32)| 1 <= *first && first <= last && *last <= lines + 1;
        if !audit.broken.iter().chain(&audit.blind).all(inside) {
            return Err(format!("broken lines outside of the text: {:?} {:?}", audit.broken, audit.blind));
        }
        in_order(&audit.findings)?;
        audit.findings.iter().try_for_each(|finding| self.check_finding(finding, &source, &audit))?;
        self.check_difference(&source, &audit, base)?;
        Ok(audit.findings.len())
    }

    fn check_finding(&self, finding: &Finding, source: &Source, audit: &FileAudit) -> Result<(), String> {
        let told = |what: &str| format!("{} at line {}: {what}", finding.rule.id, finding.span.start.line);
        let spans = std::iter::once(&finding.span).chain(finding.related.iter().map(|related| &related.span));
        for span in spans {
            check_span(span, source).map_err(|what| told(&what))?;
        }
        match &finding.suggestion {
            Some(suggestion) => {
                let edited = edited(source.text(), &suggestion.edits).map_err(|what| told(&what))?;
                let whole = audit.broken.is_empty();
                if suggestion.safe && whole && !self.parses(&edited) {
                    return Err(told(&format!("the file does not parse once it is remedied:\n{edited}")));
                }
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The text is no file yet: a mark keeps its encoding cookie from being believed. A remedy may make a line longer
    /// than an operator's ceiling; it may not break the file.
    fn parses(&self, text: &str) -> bool {
        let audit = self.audit(format!("\u{feff}{text}").as_bytes());
        audit.skipped.is_some_and(|skipped| !matches!(skipped.reason, SkipReason::Internal(_)))
            || audit.broken.is_empty()
    }

    /// What a change is said to introduce is found in its head.
    fn check_difference(&self, source: &Source, audit: &FileAudit, base: &Base) -> Result<(), String> {
        let hunks = diff::between(&base.text, source.text());
        let pair = FilePair { head: audit.clone(), base: Some(base.audit.clone()), hunks, old_path: None };
        let difference = difference(&[pair]);
        match difference.introduced.iter().find(|finding| !audit.findings.contains(finding)) {
            Some(finding) => Err(format!("{} is introduced, and yet not found", finding.rule.id)),
            None => Ok(()),
        }
    }
}

fn in_order(findings: &[Finding]) -> Result<(), String> {
    let place = |finding: &Finding| (finding.span.bytes.start, finding.span.bytes.end);
    if !findings.is_sorted_by_key(place) {
        return Err("the findings are not in the order of the text".to_owned());
    }
    let mut seen = HashSet::new();
    match findings.iter().find(|finding| !seen.insert(&finding.fingerprint)) {
        Some(finding) => Err(format!("{} has another finding's fingerprint", finding.rule.id)),
        None => Ok(()),
    }
}

/// The span lies in the text, between characters, and its lines are those that git counts.
fn check_span(span: &Span, source: &Source) -> Result<(), String> {
    let text = source.text();
    let Some(inner) = text.get(span.bytes.clone()) else {
        return Err(format!("bytes {:?} are no part of the text", span.bytes));
    };
    let line =
        |until: usize| text.as_bytes()[..until].iter().filter(|byte| **byte == b'\n').count() as u32 + 1;
    let (first, last) = (line(span.bytes.start), line(span.bytes.end));
    if (span.start.line, span.end.line) != (first, last) {
        return Err(format!(
            "lines {} to {} are told, git counts {first} to {last}",
            span.start.line, span.end.line
        ));
    }
    let column = text[..span.bytes.start].rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
    match span.start.column == column {
        true if inner.is_empty() && !text.is_empty() => Err("it points at nothing".to_owned()),
        true => Ok(()),
        false => Err(format!("column {} is told, it is {column}", span.start.column)),
    }
}

/// The text after the edits, which lie in it and apart from each other.
fn edited(text: &str, edits: &[Edit]) -> Result<String, String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.bytes.start);
    let (mut out, mut at) = (String::new(), 0);
    for edit in edits {
        let kept = text.get(at..edit.bytes.start).ok_or("its edits overlap or lie outside of the text")?;
        text.get(edit.bytes.clone()).ok_or("an edit cuts a character or lies outside of the text")?;
        out.push_str(kept);
        out.push_str(&edit.replacement);
        at = edit.bytes.end;
    }
    Ok(out + &text[at..])
}
