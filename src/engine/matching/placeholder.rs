//! Makes a pattern parseable Python: `...` and `$X` become identifiers that no program uses, outside of strings.

use super::pattern::{Name, PatternError};

const DOTS: &str = "__dots__";
const META: &str = "__meta_";
const MANY: &str = "__many_";

/// What an identifier of a rewritten pattern stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Placeholder {
    Dots,
    Many(Name),
    Meta(Name),
}

/// Reads an identifier back.
pub(super) fn read(identifier: &str) -> Option<Placeholder> {
    if identifier == DOTS {
        return Some(Placeholder::Dots);
    }
    if let Some(name) = identifier.strip_prefix(MANY) {
        return Some(Placeholder::Many(name.into()));
    }
    identifier.strip_prefix(META).map(|name| Placeholder::Meta(name.into()))
}

/// Rewrites the holes of a pattern as identifiers.
pub(super) fn replace(text: &str) -> Result<String, PatternError> {
    let mut python = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (written, length) = match first {
            '"' | '\'' => string(rest),
            '#' => comment(rest),
            '.' if rest.starts_with("...") => (DOTS.to_owned(), 3),
            '<' if rest.starts_with("<...") => return Err(deep()),
            '$' => metavariable(rest)?,
            other => (other.to_string(), other.len_utf8()),
        };
        python.push_str(&written);
        rest = &rest[length..];
    }
    Ok(python)
}

fn deep() -> PatternError {
    PatternError::new(
        "it holds a deep expression `<... ...>`",
        "that is not supported yet: name the place exactly",
    )
}

fn metavariable(text: &str) -> Result<(String, usize), PatternError> {
    let (prefix, skip) = if text.starts_with("$...") { (MANY, 4) } else { (META, 1) };
    let name = &text[skip..];
    let end = name.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
    let name = &name[..end.unwrap_or(name.len())];
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        let remedy = "write metavariables in capitals: `$X`, `$FUNC`, `$...ARGS`";
        return Err(PatternError::new("a `$` begins no metavariable", remedy));
    }
    Ok((format!("{prefix}{name}"), skip + name.len()))
}

/// A string literal as it is: its dots are not holes.
fn string(text: &str) -> (String, usize) {
    let quote = if text.starts_with("\"\"\"") || text.starts_with("'''") { &text[..3] } else { &text[..1] };
    let mut at = quote.len();
    while at < text.len() && !text[at..].starts_with(quote) {
        let step = if text[at..].starts_with('\\') { 2 } else { 1 };
        at += text[at..].chars().take(step).map(char::len_utf8).sum::<usize>();
    }
    let end = (at + quote.len()).min(text.len());
    (text[..end].to_owned(), end)
}

fn comment(text: &str) -> (String, usize) {
    let end = text.find('\n').unwrap_or(text.len());
    (String::new(), end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, expect: &str) {
        assert_eq!(replace(pattern).unwrap_or_else(|error| error.mistake), expect);
    }

    #[test]
    fn holes_become_identifiers() {
        check("$X.get(..., timeout=$T)", "__meta_X.get(__dots__, timeout=__meta_T)");
        check("f($...ARGS)", "f(__many_ARGS)");
    }

    #[test]
    fn strings_keep_their_dots_and_dollars() {
        check(r#"f("...", '$X \' ...')"#, r#"f("...", '$X \' ...')"#);
    }

    #[test]
    fn a_lower_case_metavariable_is_refused() {
        check("f($x)", "a `$` begins no metavariable");
    }

    #[test]
    fn deep_expressions_are_refused_until_they_work() {
        check("<... $X ...>", "it holds a deep expression `<... ...>`");
    }
}
