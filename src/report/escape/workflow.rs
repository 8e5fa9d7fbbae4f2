//! Foreign words in the workflow commands of GitHub Actions (`::error file=…::message`) and in the
//! plain lines of the same log, which must never be read as commands.

use super::{hidden, terminal};

/// The message of a command. Line breaks survive as `%0A`.
pub fn data(words: &str) -> String {
    hidden::reveal(words)
        .replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property of a command.
pub fn property(words: &str) -> String {
    data(words).replace(':', "%3A").replace(',', "%2C")
}

/// A line that is no command: it neither begins with `::`, behind blanks or not, nor holds `##[`.
pub fn line(words: &str) -> String {
    let words = terminal::line(words);
    match words.trim_start().strip_prefix("::") {
        Some(rest) => format!(": :{rest}"),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::escape::hostile;

    #[test]
    fn a_value_cannot_end_the_property_or_the_line() {
        assert_eq!(property("a,line=1::x"), "a%2Cline=1%3A%3Ax");
        assert_eq!(data("100%\n::error::x"), "100%25%0A::error::x");
        assert_eq!(line("  ::add-mask::x"), ": :add-mask::x");
        assert_eq!(line("a :: b"), "a :: b");
    }

    proptest! {
        #![proptest_config(hostile::config())]

        #[test]
        fn words_cannot_become_a_command(words in hostile::text()) {
            let (data, property, line) = (data(&words), property(&words), line(&words));
            prop_assert!(!data.contains(char::is_control) || data.contains('\t'));
            prop_assert!(!data.contains(['\n', '\r']));
            prop_assert!(!property.contains([':', ',', '\n', '\r']));
            prop_assert!(!line.trim_start().starts_with("::") && !line.contains("##[") && !line.contains(['\n', '\r']));
        }
    }
}
