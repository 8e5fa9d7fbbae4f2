//! Foreign words on a terminal or in a log: nothing moves the cursor, recolours or reorders the text.

use super::hidden;

/// Several lines. Line breaks stay, control and bidirectional characters are shown.
///
/// `##[` is pulled apart: the runner of GitHub Actions obeys it anywhere in a line of a log.
pub fn text(words: &str) -> String {
    hidden::reveal(words).replace('\t', "    ").replace("##[", "## [")
}

/// One line: line breaks are shown as `\n`.
pub fn line(words: &str) -> String {
    text(words).replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::escape::hostile;

    #[test]
    fn escape_sequences_are_shown() {
        let check = |input: &str, expect: &str| assert_eq!(line(input), expect);
        check("app/main.py", "app/main.py");
        check("\u{1b}]0;title\u{7}", "\\u{1b}]0;title\\u{7}");
        check("two\nlines", "two\\nlines");
        check("###[group]", "### [group]");
    }

    proptest! {
        #![proptest_config(hostile::config())]

        #[test]
        fn no_control_character_reaches_the_terminal(words in hostile::text()) {
            prop_assert!(!text(&words).contains(hidden::is_hidden));
            prop_assert!(!text(&words).contains("##["));
            prop_assert!(!line(&words).contains(char::is_control));
        }
    }
}
