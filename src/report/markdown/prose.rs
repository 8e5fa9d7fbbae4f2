//! The texts of rules and findings as Markdown. They know backticks for code, fenced blocks, lists and
//! paragraphs; everything else in them is plain words, since a pull request's own names are among them.

use crate::report::escape::markdown;

/// Safe Markdown of one or more blocks.
pub fn prose(words: &str) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let mut lines = words.lines().peekable();
    while let Some(line) = lines.next() {
        let trimmed = line.trim();
        if let Some(language) = trimmed.strip_prefix("```") {
            let body: Vec<&str> = lines
                .by_ref()
                .take_while(|line| !line.trim().starts_with("```"))
                .collect();
            blocks.push(markdown::fence(plain_language(language), &body.join("\n")));
        } else if !trimmed.is_empty() {
            let mut paragraph = vec![trimmed];
            while let Some(next) = lines.next_if(|next| continues(next)) {
                paragraph.push(next.trim());
            }
            blocks.push(line_of(&paragraph.join(" ")));
        }
    }
    join(&blocks)
}

/// The same on one line, for tables and lists.
pub(super) fn sentence(words: &str) -> String {
    inline(words)
}

fn continues(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && !line.starts_with("```") && !line.starts_with("- ")
}

/// Items of one list stand close together, other blocks apart.
fn join(blocks: &[String]) -> String {
    let mut out = String::new();
    for (n, block) in blocks.iter().enumerate() {
        let close = n > 0 && block.starts_with("- ") && blocks[n - 1].starts_with("- ");
        match (n, close) {
            (0, _) => {}
            (_, true) => out.push('\n'),
            (_, false) => out.push_str("\n\n"),
        }
        out.push_str(block);
    }
    out
}

fn line_of(words: &str) -> String {
    match words.strip_prefix("- ") {
        Some(item) => format!("- {}", inline(item)),
        None => inline(words),
    }
}

/// Words with code between backticks. A run of backticks that nothing closes is a word like others.
fn inline(words: &str) -> String {
    let mut out = String::new();
    let mut rest = words;
    while let Some(open) = rest.find('`') {
        let run = rest[open..].bytes().take_while(|b| *b == b'`').count();
        let inner = &rest[open + run..];
        match closing(inner, run) {
            Some(close) => {
                out.push_str(&markdown::within_line(&rest[..open]));
                out.push_str(&markdown::code(inner[..close].trim()));
                rest = &inner[close + run..];
            }
            None => {
                out.push_str(&markdown::within_line(&rest[..open + run]));
                rest = inner;
            }
        }
    }
    out.push_str(&markdown::within_line(rest));
    markdown::guard_line_start(out.trim().to_owned())
}

/// Where a run of exactly `run` backticks begins.
fn closing(words: &str, run: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = words[at..].find('`') {
        let start = at + found;
        let length = words[start..].bytes().take_while(|b| *b == b'`').count();
        if length == run {
            return Some(start);
        }
        at = start + length;
    }
    None
}

/// The language of a fence, if it is a plain word.
fn plain_language(word: &str) -> &str {
    let word = word.trim();
    if word.bytes().all(|b| b.is_ascii_alphanumeric()) {
        word
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::escape::hostile;

    #[test]
    fn code_lists_and_fences_survive() {
        let check = |input: &str, expect: &str| assert_eq!(prose(input), expect);
        check("Call `a.b()` now.", "Call `a.b()` now.");
        check("two\nlines\n\nnext", "two lines\n\nnext");
        check("Do:\n- `a`\n- b_c", "Do:\n\n- `a`\n- b\\_c");
        check(
            "So:\n```python\nx = `1`\n```\nDone.",
            "So:\n\n```python\nx = `1`\n```\n\nDone.",
        );
        check("``a ` b`` and `c", "``a ` b`` and \\`c");
        check("`a` `b` (`c`)", "`a` `b` (`c`)");
        check("`a``b`", "```a``b```");
    }

    #[test]
    fn everything_else_is_plain_words() {
        let check = |input: &str, expect: &str| assert_eq!(prose(input), expect);
        check("# @octocat <b>", "\\# @&#8203;octocat &lt;b&gt;");
        check("[x](https://y)", "\\[x\\](https:&#8203;//y)");
    }

    /// Removes code spans as GitHub's parser finds them, so that what is left is what it reads as prose.
    fn without_code(markdown: &str) -> String {
        let mut out = String::new();
        let mut rest = markdown;
        while let Some(c) = rest.chars().next() {
            let run = rest.bytes().take_while(|b| *b == b'`').count();
            let skip = match c {
                '\\' => 2,
                '`' => run + closing(&rest[run..], run).expect("every code span is closed") + run,
                c => c.len_utf8(),
            };
            out.push_str(if c == '`' { "" } else { &rest[..skip] });
            rest = &rest[skip..];
        }
        out
    }

    proptest! {
        #![proptest_config(hostile::config())]

        #[test]
        fn a_line_of_hostile_words_is_inert(words in hostile::text()) {
            let out = sentence(&words);
            prop_assert!(!out.contains("<!--") && !out.contains('\n'), "{out}");
            let words = without_code(&out);
            prop_assert!(!words.contains(['<', '>']) && !words.contains("://"), "{out}");
            for (at, _) in words.match_indices('@') {
                prop_assert!(words[at + 1..].starts_with("&#8203;"), "{out}");
            }
        }

        #[test]
        fn blocks_of_hostile_words_hold_no_comment(words in hostile::text()) {
            prop_assert!(!prose(&words).contains("<!--"));
        }
    }
}
