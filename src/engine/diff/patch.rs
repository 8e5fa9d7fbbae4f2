//! Reads the `patch` field that GitHub gives for a changed file: hunks without a file header.

use super::{Hunk, HunkLine, LineKind};

/// Why a text is not a patch. The caller then fetches both texts and compares them itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    #[error("line {0} of the patch stands before any hunk header")]
    NoHeader(usize),
    #[error("line {0} of the patch is not a hunk header")]
    BadHeader(usize),
    #[error("line {0} of the patch starts with none of ' ', '+', '-', '\\'")]
    BadLine(usize),
    #[error("the hunk before line {0} of the patch has not as many lines as its header says")]
    Count(usize),
}

/// Reads a patch. An empty one, as for a renamed file, has no hunks.
pub fn parse_patch(patch: &str) -> Result<Vec<Hunk>, PatchError> {
    let mut hunks: Vec<Open> = Vec::new();
    let text = patch.strip_suffix('\n').unwrap_or(patch);
    let lines = text.split('\n').enumerate().filter(|_| !text.is_empty());
    let mut number = 0;
    for (index, line) in lines {
        number = index + 1;
        match hunks.last_mut() {
            Some(open) if line.starts_with('\\') => open.no_newline(number)?,
            Some(open) if open.wants_more() => open.push(line, number)?,
            last => {
                ensure_complete(last, number, line)?;
                hunks.push(Open::new(header(line).ok_or(PatchError::BadHeader(number))?));
            }
        }
    }
    if hunks.last().is_some_and(Open::wants_more) {
        return Err(PatchError::Count(number + 1));
    }
    Ok(hunks.into_iter().map(|open| open.hunk).collect())
}

fn ensure_complete(last: Option<&mut Open>, number: usize, line: &str) -> Result<(), PatchError> {
    if line.starts_with("@@") {
        return Ok(());
    }
    Err(match last {
        None => PatchError::NoHeader(number),
        Some(_) => PatchError::Count(number),
    })
}

/// A hunk that is being read, and how many of its announced lines are still to come.
struct Open {
    hunk: Hunk,
    old_left: u32,
    new_left: u32,
}

impl Open {
    fn new(hunk: Hunk) -> Open {
        Open { old_left: hunk.old_lines, new_left: hunk.new_lines, hunk }
    }

    fn wants_more(&self) -> bool {
        self.old_left > 0 || self.new_left > 0
    }

    fn push(&mut self, line: &str, number: usize) -> Result<(), PatchError> {
        let kind = kind(line).ok_or(PatchError::BadLine(number))?;
        let counted = take(&mut self.old_left, kind.is_old()) && take(&mut self.new_left, kind.is_new());
        if !counted {
            return Err(PatchError::Count(number));
        }
        let text = format!("{}\n", line.get(1..).unwrap_or_default());
        self.hunk.lines.push(HunkLine { kind, text });
        Ok(())
    }

    /// `\ No newline at end of file` speaks of the line before it.
    fn no_newline(&mut self, number: usize) -> Result<(), PatchError> {
        let line = self.hunk.lines.last_mut().ok_or(PatchError::BadLine(number))?;
        line.text.pop();
        Ok(())
    }
}

fn take(left: &mut u32, wanted: bool) -> bool {
    match left.checked_sub(u32::from(wanted)) {
        Some(rest) => {
            *left = rest;
            true
        }
        None => false,
    }
}

/// A line that lost its single space on the way is an empty line of context, as GNU patch reads it.
fn kind(line: &str) -> Option<LineKind> {
    match line.as_bytes().first() {
        None | Some(b' ') => Some(LineKind::Context),
        Some(b'+') => Some(LineKind::Added),
        Some(b'-') => Some(LineKind::Removed),
        Some(_) => None,
    }
}

/// `@@ -old,count +new,count @@ anything`; a count of one may be left out.
fn header(line: &str) -> Option<Hunk> {
    let rest = line.strip_prefix("@@ -")?;
    let (ranges, _) = rest.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let (old_start, old_lines) = range(old)?;
    let (new_start, new_lines) = range(new)?;
    Some(Hunk { old_start, old_lines, new_start, new_lines, lines: Vec::new() })
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (start, count) = text.split_once(',').unwrap_or((text, "1"));
    let (start, count) = (number(start)?, number(count)?);
    // A side that has lines starts at line 1 or later, and no text of ours is that long.
    let sound = (count == 0 || start > 0) && start.checked_add(count)? < u32::MAX;
    sound.then_some((start, count))
}

fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(patch: &str, expect: &[(&str, &[&str])]) {
        let hunks = parse_patch(patch).unwrap();
        let shown: Vec<(String, Vec<String>)> = hunks.iter().map(show).collect();
        let expect: Vec<(String, Vec<String>)> = expect
            .iter()
            .map(|(head, lines)| ((*head).to_owned(), lines.iter().map(|l| (*l).to_owned()).collect()))
            .collect();
        assert_eq!(shown, expect, "{patch:?}");
    }

    fn show(hunk: &Hunk) -> (String, Vec<String>) {
        let head = format!("-{},{} +{},{}", hunk.old_start, hunk.old_lines, hunk.new_start, hunk.new_lines);
        let sign = |kind| match kind {
            LineKind::Context => ' ',
            LineKind::Added => '+',
            LineKind::Removed => '-',
        };
        (head, hunk.lines.iter().map(|l| format!("{}{}", sign(l.kind), l.text)).collect())
    }

    #[test]
    fn an_empty_patch_changes_nothing() {
        check("", &[]);
    }

    #[test]
    fn hunks_follow_each_other_and_the_last_line_needs_no_newline() {
        check(
            "@@ -1,2 +1,2 @@ class A:\n a\n-b\n+c\n@@ -9 +9,2 @@\n x\n+y",
            &[("-1,2 +1,2", &[" a\n", "-b\n", "+c\n"]), ("-9,1 +9,2", &[" x\n", "+y\n"])],
        );
    }

    #[test]
    fn a_missing_newline_is_of_the_line_before_the_remark() {
        check(
            "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file",
            &[("-1,1 +1,1", &["-a", "+b"])],
        );
        check("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a", &[("-1,1 +1,1", &["-a", "+a\n"])]);
    }

    #[test]
    fn only_a_line_feed_ends_a_line() {
        check(
            "@@ -1,3 +1,3 @@\n a\r\n-b\rc\n+b\u{c}c\u{2028}\n d\u{85}",
            &[("-1,3 +1,3", &[" a\r\n", "-b\rc\n", "+b\u{c}c\u{2028}\n", " d\u{85}\n"])],
        );
    }

    #[test]
    fn lines_that_look_like_headers_are_counted_as_lines() {
        check(
            "@@ -1,2 +1,2 @@\n---- a\n+@@ -1 +1 @@\n @@ x",
            &[("-1,2 +1,2", &["---- a\n", "+@@ -1 +1 @@\n", " @@ x\n"])],
        );
    }

    #[test]
    fn an_empty_line_of_context_may_have_lost_its_space() {
        check("@@ -1,2 +1,3 @@\n+a\n\n b", &[("-1,2 +1,3", &["+a\n", " \n", " b\n"])]);
    }

    #[test]
    fn added_and_deleted_files_have_one_empty_side() {
        check("@@ -0,0 +1 @@\n+a", &[("-0,0 +1,1", &["+a\n"])]);
        check("@@ -1 +0,0 @@\n-a", &[("-1,1 +0,0", &["-a\n"])]);
    }

    fn refuse(patch: &str, expect: PatchError) {
        assert_eq!(parse_patch(patch), Err(expect), "{patch:?}");
    }

    #[test]
    fn what_is_not_a_patch_is_refused_with_its_line() {
        refuse("Binary files differ", PatchError::NoHeader(1));
        refuse("@@ nonsense @@\n a", PatchError::BadHeader(1));
        refuse("@@ -1,x +1 @@\n a", PatchError::BadHeader(1));
        refuse("@@ -+1 +1 @@\n a", PatchError::BadHeader(1));
        refuse("@@ -0 +1 @@\n a", PatchError::BadHeader(1));
        refuse("@@ -4294967295,9 +1 @@\n a", PatchError::BadHeader(1));
        refuse("@@ -1 +1 @@\n?a", PatchError::BadLine(2));
        refuse("@@ -1 +1 @@\n\\ No newline", PatchError::BadLine(2));
    }

    #[test]
    fn a_patch_that_was_cut_is_refused() {
        refuse("@@ -1,3 +1,3 @@\n a\n-b", PatchError::Count(4));
        refuse("@@ -1 +1 @@\n a\n b", PatchError::Count(3));
        refuse("@@ -1 +0,0 @@\n+a", PatchError::Count(2));
    }
}
