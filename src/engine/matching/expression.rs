//! Regular expressions of rules: linear ones where the syntax allows, a bounded backtracking engine for look-around
//! and back-references. Both are bounded in size, so that no expression can take the process down.

use std::ops::Range;

use regex::{Regex, RegexBuilder};

/// The largest compiled expression, in bytes.
const SIZE: usize = 1 << 20;
/// Steps back that one search may take.
const BACKTRACKS: usize = 100_000;
/// The longest expression, in bytes.
const LONGEST: usize = 4_096;

/// A compiled expression.
#[derive(Clone, Debug)]
pub struct Expression {
    engine: Engine,
}

#[derive(Clone, Debug)]
enum Engine {
    Linear(Regex),
    Backtracking(fancy_regex::Regex),
}

/// One match: its place and what its groups caught, by number and, where they have one, by name.
pub(super) struct Caught {
    pub(super) bytes: Range<usize>,
    pub(super) groups: Vec<(String, Range<usize>)>,
}

impl Expression {
    /// Anchored at the beginning of the text, as `metavariable-regex` is.
    pub fn anchored(text: &str) -> Result<Expression, String> {
        // The flags of an expression stand in front of it, so the group must not.
        match text.strip_prefix("(?").and_then(|rest| rest.split_once(')')) {
            Some((flags, rest)) if flags.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                Expression::new(&format!("(?{flags})\\A(?:{rest})"))
            }
            _ => Expression::new(&format!("\\A(?:{text})")),
        }
    }

    /// Found anywhere, `^` and `$` at every line, as `pattern-regex` is.
    pub fn multiline(text: &str) -> Result<Expression, String> {
        Expression::new(&format!("(?m){text}"))
    }

    /// As written.
    pub fn new(text: &str) -> Result<Expression, String> {
        if text.len() > LONGEST {
            return Err(format!("it is longer than {LONGEST} bytes"));
        }
        let text = python_spelling(text);
        match RegexBuilder::new(&text).size_limit(SIZE).dfa_size_limit(SIZE).build() {
            Ok(regex) => Ok(Expression { engine: Engine::Linear(regex) }),
            Err(error @ regex::Error::CompiledTooBig(_)) => Err(first_line(&error.to_string())),
            Err(_) => backtracking(&text),
        }
    }

    /// Whether it is found. A search that gives up on its bounds found nothing.
    pub(super) fn is_match(&self, text: &str) -> bool {
        match &self.engine {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Backtracking(regex) => regex.is_match(text).unwrap_or(false),
        }
    }

    /// Every match, at most `limit`.
    pub(super) fn find_all(&self, text: &str, limit: usize) -> Vec<Caught> {
        match &self.engine {
            Engine::Linear(regex) => {
                let names: Vec<Option<&str>> = regex.capture_names().collect();
                let found = regex.captures_iter(text).take(limit);
                found
                    .filter_map(|groups| caught(&names, |index| groups.get(index).map(|it| it.range())))
                    .collect()
            }
            Engine::Backtracking(regex) => {
                let names: Vec<Option<&str>> = regex.capture_names().collect();
                let found = regex.captures_iter(text).map_while(Result::ok).take(limit);
                found
                    .filter_map(|groups| caught(&names, |index| groups.get(index).map(|it| it.range())))
                    .collect()
            }
        }
    }

    /// The names of its groups as metavariables: `1`, `2`, and those it gives itself.
    pub(super) fn groups(&self) -> Vec<String> {
        let names: Vec<Option<String>> = match &self.engine {
            Engine::Linear(regex) => regex.capture_names().map(|name| name.map(str::to_owned)).collect(),
            Engine::Backtracking(regex) => {
                regex.capture_names().map(|name| name.map(str::to_owned)).collect()
            }
        };
        let numbered = (1..names.len()).map(|index| index.to_string());
        numbered.chain(names.iter().flatten().cloned()).collect()
    }

    /// `text` with at most `count` matches (0: all) replaced, `\1` and `\g<name>` put in as Python's `re.sub` does.
    pub(super) fn replace(&self, text: &str, replacement: &str, count: usize) -> String {
        let replacement = rust_replacement(replacement);
        match &self.engine {
            Engine::Linear(regex) => regex.replacen(text, count, replacement.as_str()).into_owned(),
            Engine::Backtracking(regex) => {
                let replaced = regex.try_replacen(text, count, replacement.as_str());
                replaced.map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned)
            }
        }
    }
}

fn caught(names: &[Option<&str>], range: impl Fn(usize) -> Option<Range<usize>>) -> Option<Caught> {
    let mut groups = Vec::new();
    for (index, name) in names.iter().enumerate().skip(1) {
        let Some(place) = range(index) else { continue };
        groups.push((index.to_string(), place.clone()));
        groups.extend(name.map(|name| (name.to_owned(), place)));
    }
    Some(Caught { bytes: range(0)?, groups })
}

fn backtracking(text: &str) -> Result<Expression, String> {
    let built = fancy_regex::RegexBuilder::new(text)
        .backtrack_limit(BACKTRACKS)
        .delegate_size_limit(SIZE)
        .delegate_dfa_size_limit(SIZE)
        .build();
    match built {
        Ok(regex) => Ok(Expression { engine: Engine::Backtracking(regex) }),
        Err(error) => Err(first_line(&error.to_string())),
    }
}

fn first_line(text: &str) -> String {
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it is no expression");
    last.trim().trim_start_matches("error: ").to_owned()
}

/// What Python and PCRE write otherwise than we do: `\Z` is the end, `\/` a slash.
fn python_spelling(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, if character == '\\' { characters.next() } else { None }) {
            ('\\', Some('Z')) => spelled.push_str("\\z"),
            ('\\', Some(plain @ ('/' | '"' | '\'' | '@' | '%' | ',' | ';' | '=' | '!' | '`' | ' '))) => {
                spelled.push(plain)
            }
            ('\\', Some(other)) => spelled.extend(['\\', other]),
            (character, _) => spelled.push(character),
        }
    }
    spelled
}

/// `\1` and `\g<name>` as `${1}` and `${name}`; a dollar sign stays one.
fn rust_replacement(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let behind = &rest[first.len_utf8()..];
        let digits = behind.len() - behind.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        if first == '\\' && digits > 0 {
            written.push_str(&format!("${{{}}}", &behind[..digits]));
            rest = &behind[digits..];
        } else if let Some((name, after)) =
            behind.strip_prefix("g<").and_then(|it| it.split_once('>')).filter(|_| first == '\\')
        {
            written.push_str(&format!("${{{name}}}"));
            rest = after;
        } else {
            written.push_str(match first {
                '$' => "$$",
                _ => &rest[..first.len_utf8()],
            });
            rest = behind;
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(made: Result<Expression, String>, text: &str, expect: bool) {
        assert_eq!(made.unwrap().is_match(text), expect, "{text}");
    }

    #[test]
    fn anchored_expressions_begin_where_the_text_begins() {
        check(Expression::anchored("get_"), "get_x", true);
        check(Expression::anchored("get_"), "forget_x", false);
        check(Expression::anchored("(?i)GET|post"), "Post", true);
        check(Expression::anchored(".*x"), "ax", true);
    }

    #[test]
    fn look_around_and_back_references_work() {
        check(Expression::anchored("(?!get)"), "getter", false);
        check(Expression::anchored("(?!get)"), "setter", true);
        check(Expression::new(r"(.)\1"), "abba", true);
        check(Expression::new(r"(?<=a)b\Z"), "ab", true);
    }

    #[test]
    fn catastrophic_expressions_end_without_a_match() {
        check(Expression::new(r"(?=(a+)+$)b"), &"a".repeat(5_000), false);
        check(Expression::new(r"((a|aa)+)\1+$"), &format!("{}b", "a".repeat(60)), false);
        assert!(Expression::new("(a{900}){900}").is_err());
        assert!(Expression::new(&"(".repeat(5_000)).is_err());
        assert!(Expression::new("(").is_err());
    }

    #[test]
    fn replacements_are_written_as_in_python() {
        let expression = Expression::new(r"(\w+)=(?P<v>\w+)").unwrap();
        assert_eq!(expression.replace("a=b, c=d", r"\2=\1$", 1), "b=a$, c=d");
        assert_eq!(expression.replace("a=b, c=d", r"\g<v>", 0), "b, d");
    }

    #[test]
    fn groups_are_caught_by_number_and_name() {
        let expression = Expression::multiline(r"^(?P<KEY>\w+)=(\w+)$").unwrap();
        assert_eq!(expression.groups(), ["1", "2", "KEY"]);
        let found = expression.find_all("a=b\nc=d\n", 10);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].groups[1].1, 4..5);
    }
}
