//! A literal that is reported as a secret is shown nowhere: not in excerpts, not in the words of the
//! finding, not in an edit. This is a small reader of Python's string literals, on the safe side: a
//! literal that does not end is masked to the end.

use std::collections::HashMap;
use std::ops::Range;

use crate::engine::Finding;

use super::{Texts, place};

pub(crate) const MASK: &str = "***";

/// Whether the finding is about a secret that stands in the code.
pub(crate) fn is_secret(finding: &Finding) -> bool {
    finding.rule.category == "secrets"
}

/// Where secrets stand in the files of a report: the contents of the string literals on the lines of
/// the findings about secrets, in bytes, by path.
#[derive(Default)]
pub(crate) struct Secrets {
    by_path: HashMap<String, Vec<Range<usize>>>,
}

impl Secrets {
    pub(crate) fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>, texts: &Texts<'_>) -> Secrets {
        let mut secrets = Secrets::default();
        for finding in findings.into_iter().filter(|finding| is_secret(finding)) {
            if let Some(text) = texts(&finding.path) {
                secrets.add(finding, text);
            }
        }
        for ranges in secrets.by_path.values_mut() {
            ranges.sort_by_key(|range| (range.start, range.end));
        }
        secrets
    }

    fn add(&mut self, finding: &Finding, text: &str) {
        let ranges = self.by_path.entry(finding.path.clone()).or_default();
        let places =
            std::iter::once(&finding.span).chain(finding.related.iter().map(|related| &related.span));
        for span in places {
            let lines = place::bytes_of_lines(text, span.start.line..=span.last_line());
            let Some(lines) = lines else { continue };
            ranges.extend(
                literals(&text[lines.clone()])
                    .into_iter()
                    .map(|r| r.start + lines.start..r.end + lines.start),
            );
        }
    }

    /// The bytes to hide in a file, in the order of the text.
    pub(crate) fn within(&self, path: &str) -> &[Range<usize>] {
        self.by_path.get(path).map_or(&[], Vec::as_slice)
    }
}

/// The words of a finding, with literals that the rule's own text does not hold masked in its code.
pub(crate) fn prose(finding: &Finding, words: &str, template: &str) -> String {
    if !is_secret(finding) {
        return words.to_owned();
    }
    let parts = words.split('`').enumerate();
    let masked: Vec<String> = parts
        .map(|(n, part)| {
            if n % 2 == 1 {
                code(part, template)
            } else {
                part.to_owned()
            }
        })
        .collect();
    masked.join("`")
}

/// Code with the contents of its string literals masked, but for those that `known` holds too.
pub(crate) fn code(code: &str, known: &str) -> String {
    let mut masked = String::with_capacity(code.len());
    let mut done = 0;
    for range in literals(code) {
        let content = &code[range.clone()];
        masked.push_str(&code[done..range.start]);
        masked.push_str(if known.contains(content) { content } else { MASK });
        done = range.end;
    }
    masked.push_str(&code[done..]);
    masked
}

/// The contents of the string literals, without their quotes, empty ones left out.
fn literals(code: &str) -> Vec<Range<usize>> {
    let bytes = code.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'#' => at = end_of_line(bytes, at),
            quote @ (b'"' | b'\'') => {
                let width = if bytes[at..].starts_with(&[quote; 3]) {
                    3
                } else {
                    1
                };
                let start = at + width;
                let end = end_of_literal(bytes, start, quote, width);
                if start < end {
                    found.push(start..end);
                }
                at = end + width;
            }
            _ => at += 1,
        }
    }
    found
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    bytes[from..]
        .iter()
        .position(|b| *b == b'\n')
        .map_or(bytes.len(), |n| from + n)
}

/// Where the content ends: at its closing quotes, or at the end of all if there are none.
fn end_of_literal(bytes: &[u8], from: usize, quote: u8, width: usize) -> usize {
    let closing = vec![quote; width];
    let mut at = from.min(bytes.len());
    while at < bytes.len() {
        if bytes[at] == b'\\' {
            at += 2;
        } else if bytes[at..].starts_with(&closing) {
            return at;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn contents_of_literals_are_masked() {
        let check = |input: &str, expect: &str| assert_eq!(code(input, ""), expect);
        check(
            "KEY = os.getenv('A', \"s3cret\")",
            "KEY = os.getenv('***', \"***\")",
        );
        check("x = \"\"\"a\nb\"\"\" + 'c'", "x = \"\"\"***\"\"\" + '***'");
        check(r#"x = "a\"b" + y"#, r#"x = "***" + y"#);
        check("x = \"never ends", "x = \"***");
        check("x = ''  # it's", "x = ''  # it's");
        check("x = \"a\\", "x = \"***");
    }

    #[test]
    fn the_rules_own_literals_stay() {
        let finding = sample::secret();
        let words = "Use `os.environ[\"KEY\"]`, not `\"hunter2\"`.";
        assert_eq!(
            prose(&finding, words, "Use `os.environ[\"KEY\"]`"),
            "Use `os.environ[\"KEY\"]`, not `\"***\"`."
        );
    }
}
