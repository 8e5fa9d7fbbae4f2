//! The lines of a file that a finding quotes, made safe for a terminal: hidden characters shown,
//! secrets masked, endless lines cut. Offsets into the file are carried over to the excerpt.

use std::ops::Range;

use crate::engine::Span;

use super::escape::hidden;
use super::mask;

/// The most characters of one line that are quoted.
const LONGEST_LINE: usize = 2_000;

/// Consecutive lines of a file. Lines that nothing points at are left empty.
pub(crate) struct Excerpt {
    pub(crate) text: String,
    pub(crate) first_line: u32,
    /// (byte in the file, byte in `text`), ascending.
    places: Vec<(usize, usize)>,
    line_length: usize,
}

impl Excerpt {
    /// Quotes the lines of `spans` out of `file`; `secret` are the bytes to mask.
    pub(crate) fn of(file: &str, spans: &[&Span], secret: &[Range<usize>]) -> Excerpt {
        let first_line = spans.iter().map(|span| span.start.line).min().unwrap_or(1);
        let last_line = spans.iter().map(|span| span.last_line()).max().unwrap_or(1);
        let mut excerpt = Excerpt {
            text: String::new(),
            first_line,
            places: Vec::new(),
            line_length: 0,
        };
        let mut at = 0;
        for (number, line) in (1u32..).zip(file.split_inclusive('\n')) {
            if number > last_line {
                break;
            }
            if number >= first_line {
                let wanted = spans
                    .iter()
                    .any(|span| (span.start.line..=span.last_line()).contains(&number));
                excerpt.line(at, if wanted { line } else { "\n" }, secret);
            }
            at += line.len();
        }
        excerpt.places.push((at, excerpt.text.len()));
        excerpt
    }

    fn line(&mut self, at: usize, line: &str, secret: &[Range<usize>]) {
        self.line_length = 0;
        let body = line.trim_end_matches('\n').trim_end_matches('\r');
        for (offset, c) in body.char_indices() {
            self.character(at + offset, c, secret);
        }
        self.places.push((at + body.len(), self.text.len()));
        self.text.push('\n');
    }

    fn character(&mut self, at: usize, c: char, secret: &[Range<usize>]) {
        self.line_length += 1;
        self.places.push((at, self.text.len()));
        let hidden_by = secret.iter().find(|range| range.contains(&at));
        match hidden_by {
            _ if self.line_length > LONGEST_LINE => {}
            Some(range) if range.start == at => self.text.push_str(mask::MASK),
            Some(_) => {}
            None if c == '[' && self.text.ends_with("##") => self.text.push_str(" ["),
            None => hidden::push(&mut self.text, c),
        }
    }

    /// Where these bytes of the file are in `text`; at least one character wide where there is one.
    pub(crate) fn locate(&self, bytes: &Range<usize>) -> Range<usize> {
        let start = self.place(bytes.start);
        start..self.place(bytes.end).max(start)
    }

    fn place(&self, byte: usize) -> usize {
        let next = self.places.partition_point(|(file, _)| *file < byte);
        self.places.get(next).map_or(self.text.len(), |(_, here)| *here)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn quote(file: &str, part: &str, secret: &[Range<usize>]) -> (String, String) {
        let span = sample::span(file, part);
        let excerpt = Excerpt::of(file, &[&span], secret);
        let located = excerpt.text[excerpt.locate(&span.bytes)].to_owned();
        (excerpt.text, located)
    }

    #[test]
    fn offsets_follow_what_is_shown_differently() {
        let (text, located) = quote("a\n\u{1b}b = c\r\nd\n", "b = c", &[]);
        assert_eq!((text.as_str(), located.as_str()), ("\\u{1b}b = c\n", "b = c"));
        let (text, located) = quote("é\u{202e} = f(x)", "f(x)", &[]);
        assert_eq!((text.as_str(), located.as_str()), ("é\\u{202e} = f(x)\n", "f(x)"));
    }

    #[test]
    fn a_masked_stretch_is_still_pointed_at() {
        let (text, located) = quote("k = \"hunter2\" + x", "\"hunter2\"", &vec![5..12; 1]);
        assert_eq!(
            (text.as_str(), located.as_str()),
            ("k = \"***\" + x\n", "\"***\"")
        );
    }

    #[test]
    fn lines_between_two_places_are_left_empty() {
        let file = "a()\nsecret = 1\nb()\n";
        let (a, b) = (sample::span(file, "a()"), sample::span(file, "b()"));
        assert_eq!(Excerpt::of(file, &[&a, &b], &[]).text, "a()\n\nb()\n");
    }

    #[test]
    fn an_endless_line_is_cut() {
        let file = format!("{}f(x)", "y".repeat(5_000));
        let (text, located) = quote(&file, "f(x)", &[]);
        assert_eq!((text.len(), located.as_str()), (LONGEST_LINE + 1, ""));
    }
}
