//! A file's bytes become text with lines. Only `\n` ends a line, as in git and on GitHub: a lone carriage
//! return or a form feed shifts no line number. Which files are read, and from where, is the caller's.

use std::ops::Range;

use super::decode::decode_text;
use super::limits::Limits;
use super::skip::{SkipReason, Skipped};
use super::{Position, Span};

/// A decoded file. Byte offsets are offsets into [`Source::text`], which is UTF-8 without a byte order mark.
#[derive(Clone, Debug)]
pub struct Source {
    path: String,
    text: String,
    /// Byte offset at which each line starts; the first is 0.
    starts: Vec<u32>,
    /// How many characters begin before every [`STRIDE`]th byte: a line may be as long as the file, and be pointed
    /// at as often as it has words.
    characters: Vec<u32>,
}

/// So many bytes are counted at most to learn a column.
const STRIDE: usize = 1 << 10;

impl Source {
    /// Decodes `bytes` as Python would: a byte order mark, else the encoding cookie of the first two lines,
    /// else UTF-8.
    pub fn decode(path: &str, bytes: &[u8], limits: &Limits) -> Result<Source, Skipped> {
        let skipped = |reason| Skipped { path: path.to_owned(), reason };
        let text = decode_text(bytes, limits).map_err(skipped)?;
        let source = Source::new(path, text);
        if source.line_count() > limits.lines {
            let lines = source.line_count();
            return Err(skipped(SkipReason::TooManyLines { lines, limit: limits.lines }));
        }
        Ok(source)
    }

    fn new(path: &str, text: String) -> Source {
        let after_newlines = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i as u32 + 1);
        let starts = std::iter::once(0).chain(after_newlines).collect();
        let strides = text.as_bytes().chunks(STRIDE).map(begun);
        let characters = strides.scan(0, |sum, count| Some(std::mem::replace(sum, *sum + count))).collect();
        Source { path: path.to_owned(), text, starts, characters }
    }

    /// Relative to the repository's root, `/` between segments.
    pub fn path(&self) -> &str {
        &self.path
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// How many lines git counts: a final newline ends the last line, it does not begin another.
    pub fn line_count(&self) -> usize {
        let open_last_line = !self.text.is_empty() && !self.text.ends_with('\n');
        self.starts.len() - 1 + usize::from(open_last_line)
    }

    /// Line `n`, counted from 1, without its `\n` (and without the `\r` of a CRLF). Empty where there is none.
    pub fn line(&self, n: u32) -> &str {
        let Some(bytes) = self.line_bytes(n) else {
            return "";
        };
        let line = self.text.get(bytes).unwrap_or_default();
        let line = line.strip_suffix('\n').unwrap_or(line);
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// The bytes of line `n`, its line ending included.
    pub fn line_bytes(&self, n: u32) -> Option<Range<usize>> {
        let index = (n as usize).checked_sub(1)?;
        let start = *self.starts.get(index)? as usize;
        let end = self.starts.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        Some(start..end)
    }

    /// The line that holds this byte, counted from 1.
    pub fn line_of(&self, byte: usize) -> u32 {
        self.starts.partition_point(|start| *start as usize <= byte) as u32
    }

    /// Where a byte stands. A byte inside a character counts as the character's own place.
    pub fn position(&self, byte: usize) -> Position {
        let byte = self.floor_boundary(byte);
        let line = self.line_of(byte);
        let start = self.starts[line as usize - 1] as usize;
        let column = self.characters_before(byte) - self.characters_before(start) + 1;
        Position { line, column }
    }

    fn characters_before(&self, byte: usize) -> u32 {
        let stride = (byte / STRIDE).min(self.characters.len().saturating_sub(1));
        let counted = self.characters.get(stride).copied().unwrap_or_default();
        counted + begun(&self.text.as_bytes()[stride * STRIDE..byte])
    }

    /// The span of a byte range, cut to the text.
    pub fn span(&self, bytes: Range<usize>) -> Span {
        let start = self.floor_boundary(bytes.start);
        let end = self.floor_boundary(bytes.end.max(start));
        Span { start: self.position(start), end: self.position(end), bytes: start..end }
    }

    fn floor_boundary(&self, byte: usize) -> usize {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    }
}

/// How many characters begin in these bytes of UTF-8.
fn begun(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|byte| (**byte as i8) >= -0x40).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> Result<Source, String> {
        Source::decode("a.py", bytes, &Limits::default()).map_err(|skipped| skipped.reason.to_string())
    }

    #[test]
    fn ceilings_are_inclusive() {
        let limits = Limits { file_bytes: 4, lines: 2, ..Limits::default() };
        let reason =
            |bytes: &[u8]| Source::decode("a.py", bytes, &limits).err().map(|skipped| skipped.reason);
        assert_eq!(reason(b"a\nb\n"), None);
        assert_eq!(reason(b"12345"), Some(SkipReason::TooLarge { bytes: 5, limit: 4 }));
        assert_eq!(reason(b"\n\n\n"), Some(SkipReason::TooManyLines { lines: 3, limit: 2 }));
    }

    #[test]
    fn only_a_newline_ends_a_line() {
        let source = decode(b"a\r\nb\rc\x0cd\ne").unwrap();
        assert_eq!(source.line_count(), 3);
        assert_eq!(
            [source.line(1), source.line(2), source.line(3), source.line(4)],
            ["a", "b\rc\x0cd", "e", ""]
        );
        assert_eq!(source.position(6), Position { line: 2, column: 4 });
        assert_eq!(source.line(0), "");
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let source = decode("ß = '😀'; x\ny".as_bytes()).unwrap();
        let at = source.text().find('x').unwrap();
        assert_eq!(source.position(at), Position { line: 1, column: 10 });
        let span = source.span(at..at + 2);
        assert_eq!((span.end, span.last_line()), (Position { line: 2, column: 1 }, 1));
        assert_eq!(source.span(0..usize::MAX).end, Position { line: 2, column: 2 });
    }

    #[test]
    fn columns_of_long_lines_are_counted_from_the_nearest_stride() {
        let text = format!("é = 1\n{}", "ß€😀x".repeat(STRIDE));
        let source = decode(text.as_bytes()).unwrap();
        let line = text.find('\n').unwrap() + 1;
        for (nth, (byte, _)) in text[line..].char_indices().enumerate().step_by(97) {
            assert_eq!(source.position(line + byte), Position { line: 2, column: nth as u32 + 1 });
        }
        assert_eq!(source.position(text.len()), Position { line: 2, column: 4 * STRIDE as u32 + 1 });
        assert_eq!(decode(b"").unwrap().position(0), Position { line: 1, column: 1 });
    }
}
