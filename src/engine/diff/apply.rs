//! Applies hunks backwards: from the text after a change to the text before it.

use super::{Hunk, LineKind};

/// The hunks do not belong to the text. `line` is where it shows, on the new side.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the patch does not fit the text at line {line}")]
pub struct Mismatch {
    pub line: u32,
}

/// The text before the change. Every line of context and every added line must equal `head` byte
/// for byte, and all line numbers must agree; otherwise the caller compares two fetched texts.
pub fn reverse_apply(head: &str, hunks: &[Hunk]) -> Result<String, Mismatch> {
    let mut walk = Walk { rest: head, head_line: 1, base_line: 1, base: String::with_capacity(head.len()) };
    for hunk in hunks {
        walk.copy_up_to(hunk)?;
        walk.undo(hunk)?;
    }
    walk.finish()
}

/// Where we are in both texts: `head_line` is the next line to read, `base_line` the next to write.
struct Walk<'a> {
    rest: &'a str,
    head_line: u32,
    base_line: u32,
    base: String,
}

impl Walk<'_> {
    /// Copies the lines between the hunks; they are the same on both sides.
    fn copy_up_to(&mut self, hunk: &Hunk) -> Result<(), Mismatch> {
        while self.head_line < hunk.new_first() {
            let line = self.read()?;
            self.write(line)?;
        }
        let agrees = self.head_line == hunk.new_first() && self.base_line == hunk.old_first();
        agrees.then_some(()).ok_or(self.mismatch())
    }

    fn undo(&mut self, hunk: &Hunk) -> Result<(), Mismatch> {
        for line in &hunk.lines {
            if line.kind.is_new() && self.read()? != line.text {
                return Err(Mismatch { line: self.head_line - 1 });
            }
            if line.kind != LineKind::Added {
                self.write(&line.text)?;
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<String, Mismatch> {
        if !self.rest.is_empty() {
            self.ensure_at_line_start()?;
            self.base.push_str(self.rest);
        }
        Ok(self.base)
    }

    fn mismatch(&self) -> Mismatch {
        Mismatch { line: self.head_line }
    }

    /// Only the last line of a text may lack its newline.
    fn ensure_at_line_start(&self) -> Result<(), Mismatch> {
        let at_start = self.base.is_empty() || self.base.ends_with('\n');
        at_start.then_some(()).ok_or(self.mismatch())
    }

    fn write(&mut self, line: &str) -> Result<(), Mismatch> {
        self.ensure_at_line_start()?;
        self.base.push_str(line);
        self.base_line += 1;
        Ok(())
    }
}

impl<'a> Walk<'a> {
    fn read(&mut self) -> Result<&'a str, Mismatch> {
        let line = self.rest.split_inclusive('\n').next().ok_or(self.mismatch())?;
        self.rest = &self.rest[line.len()..];
        self.head_line += 1;
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{between, parse_patch};
    use super::*;

    fn check(head: &str, patch: &str, expect: Result<&str, u32>) {
        let result = reverse_apply(head, &parse_patch(patch).unwrap());
        let expect = expect.map(str::to_owned).map_err(|line| Mismatch { line });
        assert_eq!(result, expect, "{head:?} {patch:?}");
    }

    #[test]
    fn a_patch_is_undone() {
        check("a\nc\nd\n", "@@ -1,2 +1,3 @@\n a\n-b\n+c\n+d", Ok("a\nb\n"));
        check("1\n2\n3\n4\n5\nx\n", "@@ -3,2 +3,4 @@\n 3\n 4\n+5\n+x", Ok("1\n2\n3\n4\n"));
    }

    #[test]
    fn no_hunk_leaves_the_text() {
        check("a\r\nb", "", Ok("a\r\nb"));
    }

    #[test]
    fn an_added_file_was_empty_and_a_deleted_one_comes_back() {
        check("a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b", Ok(""));
        check("", "@@ -1,2 +0,0 @@\n-a\n-b", Ok("a\nb\n"));
    }

    #[test]
    fn the_missing_newline_is_restored() {
        check("a\n", "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a", Ok("a"));
        check("a", "@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file", Ok("a\n"));
    }

    #[test]
    fn every_shown_line_must_equal_the_head_byte_for_byte() {
        check("a\nB\n", "@@ -1 +1,2 @@\n a\n+b", Err(2));
        check("a\r\nb\n", "@@ -1 +1,2 @@\n a\n+b", Err(1));
        check("a\nb", "@@ -1 +1,2 @@\n a\n+b", Err(2));
        check("a\n", "@@ -1 +1,2 @@\n a\n+b", Err(2));
    }

    #[test]
    fn line_numbers_must_agree_on_both_sides() {
        check("a\nb\n", "@@ -5 +1,2 @@\n a\n+b", Err(1));
        check("a\nb\n", "@@ -9 +9,2 @@\n a\n+b", Err(3));
        check("a\nb\nc\n", "@@ -1 +1,2 @@\n a\n+b\n@@ -1 +1,2 @@\n a\n+b", Err(3));
    }

    #[test]
    fn a_line_without_newline_can_only_be_the_last() {
        check("a\nb\n", "@@ -1,2 +1,2 @@\n-x\n\\ No newline at end of file\n+a\n b", Err(3));
        check("a\nb\n", "@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+a", Err(2));
    }

    proptest::proptest! {
        #[test]
        fn the_base_comes_back(base in "([ab\r\u{c}é]{0,2}\n?){0,12}", head in "([ab\r\u{c}é]{0,2}\n?){0,12}") {
            let hunks = between(&base, &head);
            proptest::prop_assert_eq!(reverse_apply(&head, &hunks), Ok(base));
        }

        #[test]
        fn long_texts_with_far_changes_come_back(lines in proptest::collection::vec(0..400u32, 0..120), edits in proptest::collection::vec((0..120usize, 0..3u8), 0..8)) {
            let (base, head) = edited(&lines, &edits);
            let hunks = between(&base, &head);
            proptest::prop_assert_eq!(reverse_apply(&head, &hunks), Ok(base));
        }
    }

    fn edited(lines: &[u32], edits: &[(usize, u8)]) -> (String, String) {
        let base: Vec<String> =
            lines.iter().map(|n| format!("{}l{n}\n", " ".repeat((n % 5) as usize))).collect();
        let mut head = base.clone();
        for (at, what) in edits {
            let at = at % (head.len() + 1);
            match what {
                0 => head.insert(at, "new\n".to_owned()),
                1 if at < head.len() => drop(head.remove(at)),
                _ if at < head.len() => head[at] = "other\n".to_owned(),
                _ => {}
            }
        }
        (base.concat(), head.concat())
    }
}
