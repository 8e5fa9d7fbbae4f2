//! What we say to people who spoke to us in a comment.

use crate::report::escape::markdown;

/// What can be asked.
pub fn help() -> String {
    "Scrutineer audits the Python this pull request changes. On a line of its own, whoever may write to this \
     repository can ask:\n\n\
     - `/audit rescan` audits the present head once more, in a check run of its own\n\
     - `/audit help` shows this"
        .to_owned()
}

/// A word we do not know, and the one that may have been meant.
pub fn unknown(word: &str, meant: Option<&str>) -> String {
    let word = markdown::code(&format!("/audit {word}"));
    match meant {
        Some(meant) => format!("{word} is not a command of Scrutineer. Did you mean `/audit {meant}`?"),
        None => format!("{word} is not a command of Scrutineer. `/audit help` lists those there are."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strange_word_stays_a_word() {
        let words = unknown("`@octocat<!--", None);
        assert!(!words.contains("<!--"), "{words}");
        assert!(unknown("recsan", Some("rescan")).contains("Did you mean `/audit rescan`?"));
    }
}
