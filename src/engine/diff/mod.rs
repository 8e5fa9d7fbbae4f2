//! What changed between two texts of one file: git's hunks, read from a patch or computed here.
//!
//! Lines are what git calls lines: only `\n` ends one, and it belongs to the line. What the change
//! means for findings is `difference`'s business.

mod align;
mod apply;
mod between;
mod patch;

pub use align::{Alignment, Change};
pub use apply::{Mismatch, reverse_apply};
pub use between::between;
pub use patch::{PatchError, parse_patch};

/// A stretch of changed lines with the unchanged ones around it. Line numbers start at 1; an empty
/// side starts at the line before it, as in git's own headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    pub old_start: u32,
    pub old_lines: u32,
    pub new_start: u32,
    pub new_lines: u32,
    pub lines: Vec<HunkLine>,
}

/// One line of a hunk. Its text ends in `\n`, except for a last line of a file that has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HunkLine {
    pub kind: LineKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    Context,
    Added,
    Removed,
}

impl LineKind {
    fn is_old(self) -> bool {
        self != LineKind::Added
    }

    fn is_new(self) -> bool {
        self != LineKind::Removed
    }
}

impl Hunk {
    /// The first line of the hunk on the old side, or the line it is in front of if it has none there.
    fn old_first(&self) -> u32 {
        self.old_start + u32::from(self.old_lines == 0)
    }

    /// The same for the new side.
    fn new_first(&self) -> u32 {
        self.new_start + u32::from(self.new_lines == 0)
    }

    /// Whether the hunk shows this line of the new text, so that a review may comment on it.
    fn contains(&self, line: u32) -> bool {
        (self.new_first()..self.new_first() + self.new_lines).contains(&line)
    }

    /// The lines of the new text that the hunk shows, each with its number.
    fn new_side(&self) -> impl Iterator<Item = (u32, &HunkLine)> {
        (self.new_first()..).zip(self.lines.iter().filter(|line| line.kind.is_new()))
    }
}

/// Whether the change added this line of the new text.
pub fn is_added(hunks: &[Hunk], line: u32) -> bool {
    hunks
        .iter()
        .filter(|hunk| hunk.contains(line))
        .flat_map(Hunk::new_side)
        .any(|(number, shown)| number == line && shown.kind == LineKind::Added)
}

/// Whether some hunk shows this line of the new text: only there GitHub accepts a comment.
pub fn contains(hunks: &[Hunk], line: u32) -> bool {
    hunks.iter().any(|hunk| hunk.contains(line))
}

/// Whether one hunk shows both lines of the new text: only then a comment may span them.
pub fn same_hunk(hunks: &[Hunk], a: u32, b: u32) -> bool {
    hunks.iter().any(|hunk| hunk.contains(a) && hunk.contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "@@ -1,3 +1,4 @@\n one\n+two\n three\n four\n@@ -20,2 +21,1 @@ def f():\n-x\n y";

    fn lines_where(holds: impl Fn(&[Hunk], u32) -> bool) -> Vec<u32> {
        let hunks = parse_patch(PATCH).unwrap();
        (1..40).filter(|line| holds(&hunks, *line)).collect()
    }

    #[test]
    fn added_lines_are_those_with_a_plus() {
        assert_eq!(lines_where(is_added), [2]);
    }

    #[test]
    fn a_comment_may_stand_on_every_line_that_a_hunk_shows_on_the_right() {
        assert_eq!(lines_where(contains), [1, 2, 3, 4, 21]);
    }

    #[test]
    fn a_comment_may_span_lines_of_one_hunk_only() {
        let hunks = parse_patch(PATCH).unwrap();
        assert!(same_hunk(&hunks, 1, 4));
        assert!(!same_hunk(&hunks, 4, 21));
        assert!(!same_hunk(&hunks, 4, 5));
    }

    #[test]
    fn a_deleted_file_has_no_line_to_comment_on() {
        let hunks = parse_patch("@@ -1,2 +0,0 @@\n-a\n-b").unwrap();
        assert!((0..5).all(|line| !contains(&hunks, line) && !is_added(&hunks, line)));
    }
}
