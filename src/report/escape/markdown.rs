//! Foreign words in GitHub's Markdown: no mention, reference, link, image, markup, HTML or comment
//! comes out of them. GitHub resolves mentions, references and addresses after Markdown, so that a
//! backslash does not stop them; a zero-width space (`&#8203;`) does.
//!
//! `<!--` never comes out of any function here: our own markers are HTML comments, and what is
//! echoed must not be able to forge one.

use super::hidden;

const BREAK: &str = "&#8203;";

/// One line of plain words. Line breaks become spaces.
pub fn text(words: &str) -> String {
    guard_line_start(within_line(words.trim()))
}

/// Plain words that follow others on the same line; blanks around them are kept.
pub fn within_line(words: &str) -> String {
    let words = hidden::reveal(words);
    let mut out = String::with_capacity(words.len() + 16);
    let mut before = [' '; 2];
    let mut rest = words.chars().peekable();
    while let Some(c) = rest.next() {
        push(&mut out, c, before, rest.peek().copied());
        before = [before[1], c];
    }
    out
}

/// Appends one character, knowing the two before it and the one behind it.
fn push(out: &mut String, c: char, before: [char; 2], next: Option<char>) {
    let next = next.unwrap_or(' ');
    match c {
        '\n' | '\t' => out.push(' '),
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '|' | '$' => out.extend(['\\', c]),
        '#' => out.push_str("\\#"),
        c => out.push(c),
    }
    let joins = match c {
        '@' => true,
        '#' => next.is_alphanumeric(),
        ':' => next == '/',
        '-' => is_word(&before, "gh") && next.is_ascii_digit(),
        'w' | 'W' => is_word(&before, "ww") && next == '.',
        _ => false,
    };
    if joins {
        out.push_str(BREAK);
    }
}

fn is_word(chars: &[char; 2], word: &str) -> bool {
    chars.iter().map(char::to_ascii_lowercase).eq(word.chars())
}

/// Finished Markdown that starts a line: what would open a list, underline a heading or be a workflow
/// command is escaped.
pub fn guard_line_start(line: String) -> String {
    if line.starts_with(['-', '+', '=', ':']) {
        return format!("\\{line}");
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && line[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    line
}

/// Words as code within a line. The fence is longer than any run of backticks inside.
pub fn code(words: &str) -> String {
    let words = inert_code(&hidden::reveal(words)).replace(['\n', '\t'], " ");
    let fence = "`".repeat(longest_run(&words, '`') + 1);
    let blank = words.trim().is_empty();
    let pad = if words.starts_with(['`', ' ']) || words.ends_with(['`', ' ']) || blank {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{words}{pad}{fence}")
}

/// A block of code. The fence is longer than any run of backticks inside.
pub fn fence(language: &str, words: &str) -> String {
    let words = inert_code(&hidden::reveal(words));
    let fence = "`".repeat(longest_run(&words, '`').max(2) + 1);
    format!("{fence}{language}\n{}\n{fence}", words.trim_end_matches('\n'))
}

/// Code shows its characters as they are, so an HTML comment is pulled apart visibly.
fn inert_code(words: &str) -> String {
    words.replace("<!--", "<! --")
}

fn longest_run(words: &str, of: char) -> usize {
    let (mut longest, mut run) = (0, 0);
    for c in words.chars() {
        run = if c == of { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// Finished Markdown of one line, fit for a table: bars inside code are escaped as GitHub reads them.
pub fn cell(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut backslashes = 0;
    for c in markdown.replace('\n', " ").chars() {
        if c == '|' && backslashes % 2 == 0 {
            out.push('\\');
        }
        backslashes = if c == '\\' { backslashes + 1 } else { 0 };
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::escape::hostile;

    #[test]
    fn plain_words_stay_as_they_are() {
        for words in [
            "app/api/backup.py",
            "a plain sentence, with commas: fine.",
            "naïve 漢字 🎉",
            "x = 1",
        ] {
            assert_eq!(text(words), words);
        }
    }

    #[test]
    fn nothing_is_notified_linked_or_rendered() {
        let check = |input: &str, expect: &str| assert_eq!(text(input), expect);
        check("@octocat", "@&#8203;octocat");
        check("see #12 and GH-7", "see \\#&#8203;12 and GH-&#8203;7");
        check("https://evil.example", "https:&#8203;//evil.example");
        check("www.evil.example", "www&#8203;.evil.example");
        check("[click](x) ![i](y)", "\\[click\\](x) !\\[i\\](y)");
        check("<!-- marker --><img>", "&lt;!-- marker --&gt;&lt;img&gt;");
        check("# title\n- item", "\\# title - item");
        check("- item", "\\- item");
        check("1. item", "1\\. item");
        check("::error::x", "\\::error::x");
        check("a | b", "a \\| b");
        check("$x$ `y` *z* __w__", "\\$x\\$ \\`y\\` \\*z\\* \\_\\_w\\_\\_");
        check("\u{202e}", "\\\\u{202e}");
    }

    #[test]
    fn code_is_fenced_longer_than_its_content() {
        assert_eq!(code("x"), "`x`");
        assert_eq!(code("a ` b"), "``a ` b``");
        assert_eq!(code("``"), "``` `` ```");
        assert_eq!(code("<!-- x"), "`<! -- x`");
        assert_eq!(code(""), "`  `");
        assert_eq!(fence("python", "```\nx\n"), "````python\n```\nx\n````");
    }

    #[test]
    fn a_bar_in_a_cell_is_escaped_once() {
        assert_eq!(cell("`a|b` c\\|d \\\\|"), "`a\\|b` c\\|d \\\\\\|");
    }

    /// The backtick-delimited parts of a line as GitHub reads it: code, not prose.
    fn code_span_is_whole(markdown: &str) -> bool {
        let opening = markdown.bytes().take_while(|b| *b == b'`').count();
        let inner = &markdown[opening..markdown.len() - opening];
        longest_run(inner, '`') < opening && !inner.contains('\n')
    }

    proptest! {
        #![proptest_config(hostile::config())]

        #[test]
        fn text_is_inert(words in hostile::text()) {
            let out = text(&words);
            prop_assert!(!out.contains("<!--") && !out.contains(['<', '>', '\n']), "{out}");
            prop_assert!(!out.contains(char::is_control) && !out.contains(hidden::is_hidden));
            for (at, _) in out.match_indices('@') {
                prop_assert!(out[at + 1..].starts_with(BREAK), "{out}");
            }
            prop_assert!(!out.contains("://") && !out.to_lowercase().contains("www."), "{out}");
            prop_assert!(!out.trim_start().starts_with(['#', '-', '+', '=', '>', '|']) && !out.starts_with("::"));
        }

        #[test]
        fn code_stays_code(words in hostile::text()) {
            let out = code(&words);
            prop_assert!(!out.contains("<!--") && code_span_is_whole(&out), "{out}");
            prop_assert!(!out.contains(hidden::is_hidden));
        }

        #[test]
        fn a_fence_ends_where_we_end_it(words in hostile::text()) {
            let out = fence("python", &words);
            let marker: String = out.chars().take_while(|c| *c == '`').collect();
            let inside = &out[marker.len()..out.len() - marker.len()];
            prop_assert!(!inside.contains(&marker) && !out.contains("<!--"), "{out}");
        }
    }
}
