//! A file's bytes become text with lines. Only `\n` ends a line, as in git and on GitHub: a lone carriage
//! return or a form feed shifts no line number. Which files are read, and from where, is the caller's.

use std::ops::Range;

use encoding_rs::Encoding;

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
}

impl Source {
    /// Decodes `bytes` as Python would: a byte order mark, else the encoding cookie of the first two lines,
    /// else UTF-8.
    pub fn decode(path: &str, bytes: &[u8], limits: &Limits) -> Result<Source, Skipped> {
        let skipped = |reason| Skipped {
            path: path.to_owned(),
            reason,
        };
        let text = decode_text(bytes, limits).map_err(skipped)?;
        let source = Source::new(path, text);
        if source.line_count() > limits.lines {
            let lines = source.line_count();
            return Err(skipped(SkipReason::TooManyLines {
                lines,
                limit: limits.lines,
            }));
        }
        Ok(source)
    }

    fn new(path: &str, text: String) -> Source {
        let after_newlines = text
            .bytes()
            .enumerate()
            .filter(|(_, b)| *b == b'\n')
            .map(|(i, _)| i as u32 + 1);
        let starts = std::iter::once(0).chain(after_newlines).collect();
        Source {
            path: path.to_owned(),
            text,
            starts,
        }
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
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.text.len(), |next| *next as usize);
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
        let column = self.text[start..byte].chars().count() as u32 + 1;
        Position { line, column }
    }

    /// The span of a byte range, cut to the text.
    pub fn span(&self, bytes: Range<usize>) -> Span {
        let start = self.floor_boundary(bytes.start);
        let end = self.floor_boundary(bytes.end.max(start));
        Span {
            start: self.position(start),
            end: self.position(end),
            bytes: start..end,
        }
    }

    fn floor_boundary(&self, byte: usize) -> usize {
        let mut byte = byte.min(self.text.len());
        while !self.text.is_char_boundary(byte) {
            byte -= 1;
        }
        byte
    }
}

fn decode_text(bytes: &[u8], limits: &Limits) -> Result<String, SkipReason> {
    if bytes.len() > limits.file_bytes {
        return Err(SkipReason::TooLarge {
            bytes: bytes.len(),
            limit: limits.file_bytes,
        });
    }
    if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Err(SkipReason::LfsPointer);
    }
    if bytes.contains(&0) {
        return Err(SkipReason::NotText);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return decode_utf8(rest);
    }
    match cookie(bytes) {
        None => decode_utf8(bytes),
        Some(label) => decode_declared(bytes, &label),
    }
}

fn decode_utf8(bytes: &[u8]) -> Result<String, SkipReason> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()]
            .iter()
            .filter(|b| **b == b'\n')
            .count()
            + 1;
        SkipReason::Encoding(format!(
            "line {line} is not valid UTF-8, and no encoding is declared"
        ))
    })?;
    Ok(text.to_owned())
}

fn decode_declared(bytes: &[u8], label: &str) -> Result<String, SkipReason> {
    let Some(encoding) = encoding_of(label) else {
        return Err(SkipReason::Encoding(format!(
            "the declared encoding {label:?} is not known"
        )));
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text =
        text.ok_or_else(|| SkipReason::Encoding(format!("the text is not valid {label}, as it declares")))?;
    Ok(text.into_owned())
}

/// Python's name of an encoding to its decoder. Encodings that no Python source can have are refused.
fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let normal = label.to_ascii_lowercase().replace('_', "-");
    let known = match normal.as_str() {
        name if name == "utf-8" || name.starts_with("utf-8-") => "utf-8",
        "latin-1" | "iso-latin-1" | "l1" | "iso8859-1" => "latin1",
        name if name.starts_with("latin-1-") || name.starts_with("iso-8859-1-") => "latin1",
        name => name,
    };
    let encoding = Encoding::for_label_no_replacement(known.as_bytes())?;
    encoding.is_ascii_compatible().then_some(encoding)
}

/// The encoding that a PEP 263 comment in the first two lines declares.
fn cookie(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split(|b| *b == b'\n');
    let first = lines.next()?;
    if let Some(label) = cookie_in(first) {
        return Some(label);
    }
    let blank = |line: &[u8]| {
        let text = line.trim_ascii_start();
        text.is_empty() || text.starts_with(b"#")
    };
    if blank(first) {
        cookie_in(lines.next()?)
    } else {
        None
    }
}

fn cookie_in(line: &[u8]) -> Option<String> {
    let comment = line.trim_ascii_start();
    if !comment.starts_with(b"#") {
        return None;
    }
    let comment = String::from_utf8_lossy(comment);
    comment.match_indices("coding").find_map(|(at, word)| {
        let rest = &comment[at + word.len()..];
        let value = rest.strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
        let end = value
            .find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)))
            .unwrap_or(value.len());
        (end > 0).then(|| value[..end].to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> Result<Source, String> {
        Source::decode("a.py", bytes, &Limits::default()).map_err(|skipped| skipped.reason.to_string())
    }

    #[test]
    fn text_is_decoded_as_python_would() {
        let cases: [(&[u8], &str); 11] = [
            (b"", ""),
            (b"x = 1\n", "x = 1\n"),
            (b"\xef\xbb\xbfx", "x"),
            ("é".as_bytes(), "é"),
            (
                b"# -*- coding: latin-1 -*-\n'\xe9'",
                "# -*- coding: latin-1 -*-\n'é'",
            ),
            (
                b"#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n'\xcf'",
                "#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n'П'",
            ),
            (b"# coding=UTF_8\n'\xc3\xa9'", "# coding=UTF_8\n'é'"),
            (b"# coding: utf-8-unix\n'\xc3\xa9'", "# coding: utf-8-unix\n'é'"),
            (b"# coding: iso-8859-15\n'\xa4'", "# coding: iso-8859-15\n'€'"),
            (b"x = 1\n# coding: nonsense\n", "x = 1\n# coding: nonsense\n"),
            (b"\n\n# coding: nonsense\n", "\n\n# coding: nonsense\n"),
        ];
        for (bytes, expect) in cases {
            match decode(bytes) {
                Ok(source) => assert_eq!(source.text(), expect),
                Err(error) => assert_eq!(error, expect),
            }
        }
    }

    #[test]
    fn what_is_no_readable_text_is_skipped_with_the_reason() {
        let cases: [(&[u8], &str); 6] = [
            (b"a\0b", "not text: it contains a NUL byte"),
            (
                b"x\n\xff",
                "unreadable encoding: line 2 is not valid UTF-8, and no encoding is declared",
            ),
            (
                b"# coding: klingon\n",
                "unreadable encoding: the declared encoding \"klingon\" is not known",
            ),
            (
                b"# coding: utf-16\n",
                "unreadable encoding: the declared encoding \"utf-16\" is not known",
            ),
            (
                b"# coding: euc-jp\n\xff",
                "unreadable encoding: the text is not valid euc-jp, as it declares",
            ),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
                "a Git LFS pointer: its content is not in the repository",
            ),
        ];
        for (bytes, expect) in cases {
            assert_eq!(decode(bytes).unwrap_err(), expect);
        }
    }

    #[test]
    fn ceilings_are_inclusive() {
        let limits = Limits {
            file_bytes: 4,
            lines: 2,
            ..Limits::default()
        };
        let reason = |bytes: &[u8]| {
            Source::decode("a.py", bytes, &limits)
                .err()
                .map(|skipped| skipped.reason)
        };
        assert_eq!(reason(b"a\nb\n"), None);
        assert_eq!(
            reason(b"12345"),
            Some(SkipReason::TooLarge { bytes: 5, limit: 4 })
        );
        assert_eq!(
            reason(b"\n\n\n"),
            Some(SkipReason::TooManyLines { lines: 3, limit: 2 })
        );
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
}
