//! Where a comment may stand. GitHub refuses a whole review for one line outside the diff, so each
//! place is proven against the parsed hunks before anything is sent.

use std::ops::Range;

use crate::engine::Span;
use crate::engine::diff::Hunk;

/// Longer stretches are commented on their first line: a reviewer wants the place, not the page.
const MAX_LINES: u32 = 30;

/// Lines of the new text, both inside one hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Anchor {
    pub start: u32,
    pub end: u32,
}

impl Anchor {
    /// The span's lines as far as one hunk shows them, or nothing where none does.
    pub(super) fn prove(span: &Span, hunks: &[Hunk]) -> Option<Anchor> {
        let (first, last) = (span.start.line, span.last_line());
        let shown =
            hunks.iter().map(shown_lines).find(|lines| lines.contains(&first) || lines.contains(&last))?;
        let start = first.max(shown.start);
        let end = last.min(shown.end - 1);
        let end = if end - start >= MAX_LINES { start } else { end };
        Some(Anchor { start, end })
    }

    /// GitHub wants the start left out where it equals the line.
    pub(super) fn start_line(self) -> Option<u32> {
        (self.start < self.end).then_some(self.start)
    }
}

/// The lines of the new text that a hunk shows.
fn shown_lines(hunk: &Hunk) -> Range<u32> {
    hunk.new_start..hunk.new_start + hunk.new_lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Position, diff};

    const PATCH: &str = "@@ -1,3 +1,4 @@\n a\n+b\n c\n d\n@@ -20,2 +21,3 @@\n x\n y\n+z";

    fn prove(first: u32, last: u32) -> Option<(u32, u32)> {
        let at = |line| Position { line, column: 2 };
        let span = Span { bytes: 0..1, start: at(first), end: at(last) };
        let hunks = diff::parse_patch(PATCH).unwrap();
        Anchor::prove(&span, &hunks).map(|anchor| (anchor.start, anchor.end))
    }

    #[test]
    fn a_line_inside_a_hunk_is_an_anchor_context_included() {
        assert_eq!(prove(1, 1), Some((1, 1)));
        assert_eq!(prove(2, 4), Some((2, 4)));
        assert_eq!(prove(23, 23), Some((23, 23)));
    }

    #[test]
    fn a_span_that_leaves_the_hunk_is_cut_to_it() {
        assert_eq!(prove(3, 9), Some((3, 4)));
        assert_eq!(prove(19, 22), Some((21, 22)));
        assert_eq!(prove(2, 22), Some((2, 4)));
    }

    #[test]
    fn a_line_outside_every_hunk_is_none() {
        assert_eq!(prove(5, 20), None);
        assert_eq!(prove(24, 24), None);
    }
}
