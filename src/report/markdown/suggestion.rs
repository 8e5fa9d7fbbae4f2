//! A finding's edits as a suggestion block, which GitHub applies with one click: the block replaces
//! exactly the lines of its comment, so it is offered only where that is sure to be what the edits mean.

use crate::engine::{Edit, Finding};
use crate::report::escape::{hidden, markdown};
use crate::report::{mask, place};

use super::comment::Place;

/// The longest block a reviewer still reads, in lines.
const LONGEST: usize = 50;

/// The block, or `None` where there is no safe edit, it reaches beyond the comment's lines, or its text
/// could not be shown exactly as it would be applied.
pub(super) fn block(finding: &Finding, at: &Place<'_>) -> Option<String> {
    let suggestion = finding.suggestion.as_ref().filter(|suggestion| suggestion.safe)?;
    let lines = place::bytes_of_lines(at.text, at.lines.clone())?;
    let old = &at.text[lines.clone()];
    let new = apply(old, lines.start, &suggestion.edits)?;
    let shown = shows_as_it_is(old) && shows_as_it_is(&new) && new != old;
    let short = new.lines().count() <= LONGEST;
    (shown && short && !mask::is_secret(finding)).then(|| markdown::fence("suggestion", &new))
}

/// The lines after the edits; `None` if an edit lies outside them or overlaps another.
fn apply(old: &str, offset: usize, edits: &[Edit]) -> Option<String> {
    let mut edits: Vec<&Edit> = edits.iter().collect();
    edits.sort_by_key(|edit| (edit.bytes.start, edit.bytes.end));
    let (mut new, mut done) = (String::new(), 0);
    for edit in edits {
        let (start, end) = (
            edit.bytes.start.checked_sub(offset)?,
            edit.bytes.end.checked_sub(offset)?,
        );
        new.push_str(old.get(done..start)?);
        new.push_str(&edit.replacement);
        done = end;
    }
    new.push_str(old.get(done..)?);
    let ends_alike = old.ends_with('\n') == new.ends_with('\n');
    (ends_alike && !new.trim().is_empty()).then_some(new)
}

/// No hidden character, no carriage return, nothing the escaper of code would change.
fn shows_as_it_is(text: &str) -> bool {
    !text.contains(hidden::is_hidden) && !text.contains("<!--")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Suggestion;
    use crate::report::sample;

    fn check(
        text: &str,
        part: &str,
        replacement: &str,
        lines: std::ops::RangeInclusive<u32>,
    ) -> Option<String> {
        let span = sample::span(text, part);
        let edit = Edit {
            bytes: span.bytes.clone(),
            replacement: replacement.to_owned(),
        };
        let finding = Finding {
            suggestion: Some(Suggestion {
                edits: vec![edit],
                safe: true,
            }),
            ..sample::finding(sample::rule("a-rule", "errors"), "a.py", span)
        };
        block(&finding, &Place { text, lines })
    }

    #[test]
    fn the_block_holds_the_comments_lines_after_the_edit() {
        let block = check("def f():\n    g(1)\n    h()\n", "g(1)", "g(2)", 2..=3);
        assert_eq!(block.as_deref(), Some("```suggestion\n    g(2)\n    h()\n```"));
    }

    #[test]
    fn the_fence_is_longer_than_any_within() {
        let block = check("x = \"```\"\n", "x", "y", 1..=1);
        assert_eq!(block.as_deref(), Some("````suggestion\ny = \"```\"\n````"));
    }

    #[test]
    fn an_edit_beyond_the_lines_makes_no_block() {
        assert_eq!(check("a\nb\nc\n", "b\nc", "d", 2..=2), None);
        assert_eq!(check("a\nb\nc\n", "a", "d", 2..=2), None);
        assert_eq!(check("a\nb\nc\n", "b", "d", 2..=9), None);
    }

    #[test]
    fn what_cannot_be_shown_exactly_makes_no_block() {
        assert_eq!(check("a = 1\r\n", "1", "2", 1..=1), None);
        assert_eq!(check("a = 1 # \u{202e}\n", "1", "2", 1..=1), None);
        assert_eq!(check("a = '<!-- x'\n", "a", "b", 1..=1), None);
        assert_eq!(
            check("a\n", "a\n", "", 1..=1),
            None,
            "deleting is no one-click matter"
        );
    }
}
