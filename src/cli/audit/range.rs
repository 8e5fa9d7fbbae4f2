//! `--diff`: which two states of the repository are compared.

use std::str::FromStr;

/// What the argument names; an empty side of `..` is `HEAD`, as in git.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Range {
    /// `A..B`: the two trees as they are.
    Trees { base: String, head: String },
    /// `A...B`: from where B left A, as a pull request counts it.
    SinceMergeBase { base: String, head: String },
    /// `A`: against the files on disk.
    WorkingTree { base: String },
}

impl FromStr for Range {
    type Err = String;

    fn from_str(text: &str) -> Result<Range, String> {
        let range = match (text.split_once("..."), text.split_once("..")) {
            (Some((base, head)), _) => Range::SinceMergeBase { base: revision(base), head: revision(head) },
            (None, Some((base, head))) => Range::Trees { base: revision(base), head: revision(head) },
            (None, None) => Range::WorkingTree { base: text.to_owned() },
        };
        let odd = text.is_empty() || text.matches("..").count() > 1;
        if odd {
            Err("write A..B, A...B or A, each of them a revision that git knows".to_owned())
        } else {
            Ok(range)
        }
    }
}

fn revision(text: &str) -> String {
    if text.is_empty() { "HEAD".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Result<(&str, &str, &str), ()>) {
        let told = text.parse::<Range>().map(|range| match range {
            Range::Trees { base, head } => (base, "..", head),
            Range::SinceMergeBase { base, head } => (base, "...", head),
            Range::WorkingTree { base } => (base, "", String::new()),
        });
        let expect = expect.map(|(base, dots, head)| (base.to_owned(), dots, head.to_owned()));
        assert_eq!(told.map_err(|_| ()), expect, "{text}");
    }

    #[test]
    fn two_dots_compare_trees_and_three_start_at_the_merge_base() {
        check("main..feature", Ok(("main", "..", "feature")));
        check("origin/main...HEAD", Ok(("origin/main", "...", "HEAD")));
        check("v1.0..v1.1", Ok(("v1.0", "..", "v1.1")));
    }

    #[test]
    fn one_revision_is_compared_with_the_files_on_disk() {
        check("HEAD~1", Ok(("HEAD~1", "", "")));
    }

    #[test]
    fn an_empty_side_is_head() {
        check("main...", Ok(("main", "...", "HEAD")));
        check("..feature", Ok(("HEAD", "..", "feature")));
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for text in ["", "a..b..c", "a...b..c", "a.....b"] {
            check(text, Err(()));
        }
    }
}
