//! Makes a pattern parseable Python: what only patterns know (`...`, `$X`, `<... ...>`, `($X: T)`) becomes
//! identifiers and calls that no program uses. Strings stay as they are, but for the holes of f-strings.

use super::pattern::{LARGEST, Name, PatternError};

const DOTS: &str = "__dots__";
const META: &str = "__meta_";
const MANY: &str = "__many_";
/// The callee that stands for `<... P ...>`.
pub(super) const DEEP: &str = "__deep__";
/// The callee that stands for `($X: T)`.
pub(super) const TYPED: &str = "__typed__";

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

/// The name of a metavariable as rules write it: `$X` is `X`.
pub(super) fn name_of(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let fits = name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    (fits && !name.is_empty()).then_some(name)
}

/// Rewrites the holes of a pattern.
pub(super) fn replace(text: &str) -> Result<String, PatternError> {
    if text.len() > LARGEST * 64 {
        return Err(PatternError::new("it is too large", "split it into several patterns"));
    }
    let mut writer =
        Writer { python: String::with_capacity(text.len() + 32), open: Vec::new(), typed: Vec::new() };
    writer.write(&dedent(text))?;
    Ok(writer.python)
}

/// The text without the indentation that all of its lines share.
fn dedent(text: &str) -> String {
    let lines = || text.lines().filter(|line| !line.trim().is_empty());
    let shared = lines().map(|line| line.len() - line.trim_start_matches(' ').len()).min().unwrap_or(0);
    let cut = |line: &str| line.get(shared..).unwrap_or_default().trim_end().to_owned();
    text.lines().map(cut).collect::<Vec<_>>().join("\n")
}

struct Writer {
    python: String,
    /// For each open brace of the pattern whether it is a dictionary's; other brackets are `None`.
    open: Vec<Option<bool>>,
    /// The bracket depths at which a typed metavariable ends.
    typed: Vec<usize>,
}

impl Writer {
    fn write(&mut self, text: &str) -> Result<(), PatternError> {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let length = match first {
                '"' | '\'' => self.string(rest)?,
                '#' => rest.find('\n').unwrap_or(rest.len()),
                '<' if rest.starts_with("<...") => self.put(&format!("{DEEP}("), 4),
                '.' if rest.starts_with("...>") && !rest.starts_with("...>=") => self.put(")", 4),
                '.' if rest.starts_with("...") => self.dots(rest),
                '$' => self.metavariable(rest)?,
                '(' => self.parenthesis(rest),
                '[' => self.bracket('[', None),
                '{' => self.bracket('{', Some(is_dictionary(rest))),
                ')' | ']' | '}' => self.close(first),
                ':' if self.typed.last() == Some(&self.open.len()) => self.put(",", 1),
                other => self.put(&rest[..other.len_utf8()], other.len_utf8()),
            };
            rest = &rest[length..];
        }
        Ok(())
    }

    fn put(&mut self, written: &str, length: usize) -> usize {
        self.python.push_str(written);
        length
    }

    /// In a dictionary, dots must look like an entry.
    fn dots(&mut self, rest: &str) -> usize {
        let imports = self.python.trim_end().ends_with("from") && rest[3..].starts_with([' ', '.']);
        let relative = imports && !rest[3..].trim_start().starts_with("import");
        match self.open.last() {
            _ if relative => self.put("...", 3),
            Some(Some(true)) if self.begins_entry() => self.put(&format!("**{DOTS}"), 3),
            _ => self.put(DOTS, 3),
        }
    }

    fn begins_entry(&self) -> bool {
        self.python.trim_end().ends_with(['{', ','])
    }

    fn metavariable(&mut self, text: &str) -> Result<usize, PatternError> {
        let (prefix, skip) = if text.starts_with("$...") { (MANY, 4) } else { (META, 1) };
        let name = &text[skip..];
        let end = name.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
        let name = &name[..end.unwrap_or(name.len())];
        if name.is_empty() {
            let remedy = "write metavariables in capitals: `$X`, `$FUNC`, `$...ARGS`";
            return Err(PatternError::new("a `$` begins no metavariable", remedy));
        }
        let entry = prefix == MANY && self.open.last() == Some(&Some(true)) && self.begins_entry();
        let stars = if entry { "**" } else { "" };
        Ok(self.put(&format!("{stars}{prefix}{name}"), skip + name.len()))
    }

    /// `($X: T)` is a typed metavariable, unless the bracket belongs to a call or a definition.
    fn parenthesis(&mut self, rest: &str) -> usize {
        let is_callee = |c: char| c.is_alphanumeric() || matches!(c, '_' | ')' | ']');
        let last = self.python.trim_end_matches(' ');
        let word = last.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        let called = last.ends_with(is_callee) && !is_keyword(word);
        if !called && begins_typed(&rest[1..]) {
            self.python.push_str(TYPED);
            self.typed.push(self.open.len() + 1);
        }
        self.bracket('(', None)
    }

    fn bracket(&mut self, bracket: char, braces: Option<bool>) -> usize {
        self.open.push(braces);
        self.python.push(bracket);
        1
    }

    fn close(&mut self, bracket: char) -> usize {
        if self.typed.last() == Some(&self.open.len()) {
            self.typed.pop();
        }
        self.open.pop();
        self.python.push(bracket);
        1
    }

    /// A string literal as it is; in an f-string, what stands in braces is pattern again.
    fn string(&mut self, text: &str) -> Result<usize, PatternError> {
        let written = self.python.as_bytes();
        let prefix = written.iter().rev().take_while(|b| b.is_ascii_alphabetic()).take(3).copied();
        let formatted = prefix.map(|b| b.to_ascii_lowercase()).any(|b| b == b'f') && !self.after_word();
        let end = string_end(text);
        let literal = &text[..end];
        if !formatted {
            return Ok(self.put(literal, end));
        }
        let mut rest = literal;
        while let Some(at) = rest.find('{') {
            self.python.push_str(&rest[..=at]);
            let inside = &rest[at + 1..];
            if let Some(escaped) = inside.strip_prefix('{') {
                self.python.push('{');
                rest = escaped;
                continue;
            }
            let close = inside.find('}').unwrap_or(inside.len());
            let mut hole = Writer { python: String::new(), open: Vec::new(), typed: Vec::new() };
            hole.write(&inside[..close])?;
            self.python.push_str(&hole.python);
            rest = &inside[close..];
        }
        Ok(self.put(rest, end))
    }

    /// Whether the letters before a quote are a longer word, not a string's prefix.
    fn after_word(&self) -> bool {
        let letters = self.python.chars().rev().take_while(|c| c.is_alphanumeric() || *c == '_').count();
        letters > 2
    }
}

fn is_keyword(word: &str) -> bool {
    const BEFORE_EXPRESSIONS: [&str; 15] = [
        "and", "or", "not", "in", "is", "if", "elif", "else", "while", "return", "yield", "await", "raise",
        "assert", "lambda",
    ];
    BEFORE_EXPRESSIONS.contains(&word)
}

/// `$NAME :` and not `:=`.
fn begins_typed(text: &str) -> bool {
    let Some(name) = text.trim_start().strip_prefix('$') else { return false };
    let end = name
        .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .unwrap_or(name.len());
    let behind = name[end..].trim_start();
    end > 0 && behind.starts_with(':') && !behind.starts_with(":=")
}

/// Whether the braces that open here hold `key: value` entries.
fn is_dictionary(text: &str) -> bool {
    let mut depth = 0_usize;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let mut length = first.len_utf8();
        match first {
            '"' | '\'' => length = string_end(rest),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ':' if depth == 1 && !rest.starts_with(":=") => return true,
            '*' if depth == 1 && rest.starts_with("**") => return true,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        rest = &rest[length..];
    }
    false
}

/// Where the string literal that begins here ends.
fn string_end(text: &str) -> usize {
    let quote = if text.starts_with("\"\"\"") || text.starts_with("'''") { &text[..3] } else { &text[..1] };
    let mut at = quote.len();
    while at < text.len() && !text[at..].starts_with(quote) {
        let step = if text[at..].starts_with('\\') { 2 } else { 1 };
        at += text[at..].chars().take(step).map(char::len_utf8).sum::<usize>();
    }
    (at + quote.len()).min(text.len())
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
        check("$X. ... .get()", "__meta_X. __dots__ .get()");
    }

    #[test]
    fn deep_and_typed_holes_become_calls() {
        check("if <... $X ...>:\n  ...", "if __deep__( __meta_X ):\n  __dots__");
        check("($X: a.T).f(($Y : int))", "__typed__(__meta_X, a.T).f(__typed__(__meta_Y , int))");
        check("def f($X: int): ...", "def f(__meta_X: int): __dots__");
        check("return ($X: int)", "return __typed__(__meta_X, int)");
    }

    #[test]
    fn dots_of_a_dictionary_look_like_an_entry() {
        check("{..., 'a': $X, ...}", "{**__dots__, 'a': __meta_X, **__dots__}");
        check("{..., 1}", "{__dots__, 1}");
        check("{'a': ...}", "{'a': __dots__}");
    }

    #[test]
    fn strings_keep_their_dots_and_dollars() {
        check(r#"f("...", '$X \' ...')"#, r#"f("...", '$X \' ...')"#);
        check(r#"f"...{$X}...""#, r#"f"...{__meta_X}...""#);
        check(r#"f("{$X}")"#, r#"f("{$X}")"#);
    }

    #[test]
    fn shared_indentation_is_taken_away() {
        check("    a\n    b\n", "a\nb");
    }

    #[test]
    fn a_lower_case_metavariable_is_refused() {
        check("f($x)", "a `$` begins no metavariable");
    }
}
