//! Places in a text, from bytes: lines end with `\n` only, columns count Unicode scalar values from 1.

use std::ops::{Range, RangeInclusive};

use crate::engine::Position;

/// The position of a byte; `None` outside the text or inside a character.
pub(crate) fn position(text: &str, byte: usize) -> Option<Position> {
    let before = text.get(..byte)?;
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = before.bytes().filter(|b| *b == b'\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    Some(Position {
        line: u32::try_from(line).ok()?,
        column: u32::try_from(column).ok()?,
    })
}

/// The bytes of whole lines, the last line's `\n` included; `None` where the text has no such lines.
pub(crate) fn bytes_of_lines(text: &str, lines: RangeInclusive<u32>) -> Option<Range<usize>> {
    let mut starts = 0..0;
    let mut found = false;
    let mut at = 0;
    for (number, line) in (1u32..).zip(text.split_inclusive('\n')) {
        if number == *lines.start() {
            (starts.start, found) = (at, true);
        }
        at += line.len();
        if number == *lines.end() {
            starts.end = at;
            return found.then_some(starts);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let check = |byte, expect: Option<(u32, u32)>| {
            assert_eq!(position("é = 1\r\nb\n", byte).map(|p| (p.line, p.column)), expect);
        };
        check(0, Some((1, 1)));
        check(1, None);
        check(2, Some((1, 2)));
        check(8, Some((2, 1)));
        check(10, Some((3, 1)));
        check(11, None);
    }

    #[test]
    fn lines_have_bytes() {
        assert_eq!(bytes_of_lines("a\nb\nc", 2..=3), Some(2..5));
        assert_eq!(bytes_of_lines("a\nb\n", 1..=1), Some(0..2));
        assert_eq!(bytes_of_lines("a\n", 2..=2), None);
    }
}
