//! Compares two texts as `git diff` does by default: Myers' algorithm, hunks slid along
//! indentation, three lines of context.

use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput};

use super::{Hunk, HunkLine, LineKind};

const CONTEXT: u32 = 3;

/// The hunks that lead from `base` to `head`.
pub fn between(base: &str, head: &str) -> Vec<Hunk> {
    let input = InternedInput::new(base, head);
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let texts =
        Texts { base: base.split_inclusive('\n').collect(), head: head.split_inclusive('\n').collect() };
    let changes: Vec<Edit> = diff.hunks().map(|h| Edit { old: h.before, new: h.after }).collect();
    let near = |a: &Edit, b: &Edit| b.old.start - a.old.end <= 2 * CONTEXT;
    changes.chunk_by(near).filter_map(|group| texts.hunk(group)).collect()
}

/// Lines of the base that were replaced by lines of the head, both counted from 0.
struct Edit {
    old: Range<u32>,
    new: Range<u32>,
}

struct Texts<'a> {
    base: Vec<&'a str>,
    head: Vec<&'a str>,
}

impl Texts<'_> {
    /// One hunk around changes that are so near to each other that their context meets.
    fn hunk(&self, group: &[Edit]) -> Option<Hunk> {
        let (first, last) = (group.first()?, group.last()?);
        let before = first.old.start.min(CONTEXT);
        let after = (self.base.len() as u32 - last.old.end).min(CONTEXT);
        let old = first.old.start - before..last.old.end + after;
        let new = first.new.start - before..last.new.end + after;
        Some(Hunk {
            old_start: old.start + u32::from(!old.is_empty()),
            old_lines: old.len() as u32,
            new_start: new.start + u32::from(!new.is_empty()),
            new_lines: new.len() as u32,
            lines: self.lines(group, old),
        })
    }

    fn lines(&self, group: &[Edit], shown: Range<u32>) -> Vec<HunkLine> {
        let mut lines = Vec::new();
        let mut at = shown.start;
        for edit in group {
            push(&mut lines, LineKind::Context, &self.base, at..edit.old.start);
            push(&mut lines, LineKind::Removed, &self.base, edit.old.clone());
            push(&mut lines, LineKind::Added, &self.head, edit.new.clone());
            at = edit.old.end;
        }
        push(&mut lines, LineKind::Context, &self.base, at..shown.end);
        lines
    }
}

fn push(lines: &mut Vec<HunkLine>, kind: LineKind, text: &[&str], range: Range<u32>) {
    let texts = text.get(range.start as usize..range.end as usize).unwrap_or_default();
    lines.extend(texts.iter().map(|text| HunkLine { kind, text: (*text).to_owned() }));
}

#[cfg(test)]
mod tests {
    use super::super::parse_patch;
    use super::*;

    fn check(base: &str, head: &str, patch: &str) {
        assert_eq!(between(base, head), parse_patch(patch).unwrap(), "{base:?} {head:?}");
    }

    #[test]
    fn equal_texts_have_no_hunk() {
        check("", "", "");
        check("a\nb", "a\nb", "");
    }

    #[test]
    fn a_change_shows_three_lines_around_it() {
        check(
            "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
            "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
            "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8",
        );
    }

    #[test]
    fn changes_whose_context_meets_share_a_hunk() {
        let base = "a\n1\n2\n3\n4\n5\n6\nb\n";
        check(base, "A\n1\n2\n3\n4\n5\n6\nB\n", "@@ -1,8 +1,8 @@\n-a\n+A\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n+B");
        let base = "a\n1\n2\n3\n4\n5\n6\n7\nb\n";
        check(
            base,
            "A\n1\n2\n3\n4\n5\n6\n7\nB\n",
            "@@ -1,4 +1,4 @@\n-a\n+A\n 1\n 2\n 3\n@@ -6,4 +6,4 @@\n 5\n 6\n 7\n-b\n+B",
        );
    }

    #[test]
    fn a_side_without_lines_starts_at_zero() {
        check("", "a\n", "@@ -0,0 +1 @@\n+a");
        check("a\n", "", "@@ -1 +0,0 @@\n-a");
    }

    #[test]
    fn a_lost_newline_is_a_change() {
        check("a\n", "a", "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file");
    }

    #[test]
    fn an_inserted_function_is_shown_whole() {
        check(
            "def a():\n    return 1\n\n\ndef c():\n    return 1\n",
            "def a():\n    return 1\n\n\ndef b():\n    return 1\n\n\ndef c():\n    return 1\n",
            "@@ -2,5 +2,9 @@ def a():\n     return 1\n \n \n+def b():\n+    return 1\n+\n+\n def c():\n     return 1",
        );
    }
}
