//! `metavariable-comparison`: a small part of Python over the values of metavariables. Where a value is not known or
//! two do not compare, the comparison is false.

use crate::engine::python::Constant;

use super::comparison_reader;
use super::expression::Expression;
use super::literal;
use super::pattern::PatternError;
use super::value::{arithmetic, compare, number, text_of};

/// A compiled comparison.
#[derive(Clone, Debug)]
pub struct Comparison {
    term: Term,
    number: Option<Number>,
}

/// How the text of one metavariable is read as a number.
#[derive(Clone, Debug)]
pub struct Number {
    /// The metavariable, without its `$`.
    pub name: String,
    pub base: u32,
    /// Whether quotes around the digits are taken away.
    pub strip: bool,
}

/// What a comparison is made of.
#[derive(Clone, Debug)]
pub(super) enum Term {
    Meta(String),
    Value(Constant),
    List(Vec<Term>),
    Not(Box<Term>),
    Minus(Box<Term>),
    And(Vec<Term>),
    Or(Vec<Term>),
    Compare(Box<Term>, Vec<(String, Term)>),
    Arithmetic(String, Box<Term>, Box<Term>),
    Call(Function, Vec<Term>),
    /// `re.match` and `re.search` on what the term gives.
    Matches(Expression, Box<Term>),
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Function {
    Int,
    Float,
    Str,
    Bool,
    Len,
    Abs,
}

/// What a metavariable stands for: its constant, and its text.
type Value<'v> = &'v dyn Fn(&str) -> Option<Constant>;
type Text<'v> = &'v dyn Fn(&str) -> Option<String>;

impl Comparison {
    pub fn compile(text: &str, number: Option<Number>) -> Result<Comparison, PatternError> {
        let term = comparison_reader::read(text)?;
        Ok(Comparison { term, number })
    }

    /// The metavariables it speaks of.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        self.term.collect_names(&mut names);
        names
    }

    pub(super) fn holds(&self, value: Value<'_>, text: Text<'_>) -> bool {
        let read = |name: &str| match &self.number {
            Some(number) if number.name == name => number.read(&text(name)?),
            _ => value(name).or_else(|| text(name).map(Constant::Str)),
        };
        self.term.value(&read).is_some_and(|value| value.is_truthy())
    }
}

impl Number {
    fn read(&self, text: &str) -> Option<Constant> {
        let text = text.trim();
        let text = if self.strip {
            text.trim_matches(|c: char| matches!(c, '"' | '\'') || c.is_whitespace())
        } else {
            text
        };
        let digits: String = text.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
        let prefix = match self.base {
            16 => "0x",
            8 => "0o",
            2 => "0b",
            _ => "",
        };
        let digits = digits.strip_prefix(prefix).unwrap_or(&digits);
        i64::from_str_radix(digits, self.base).ok().map(Constant::Int)
    }
}

impl Term {
    fn collect_names(&self, names: &mut Vec<String>) {
        match self {
            Term::Meta(name) => names.push(name.clone()),
            Term::Value(_) => {}
            Term::List(terms) | Term::And(terms) | Term::Or(terms) | Term::Call(_, terms) => {
                terms.iter().for_each(|term| term.collect_names(names));
            }
            Term::Not(term) | Term::Minus(term) | Term::Matches(_, term) => term.collect_names(names),
            Term::Compare(first, rest) => {
                first.collect_names(names);
                rest.iter().for_each(|(_, term)| term.collect_names(names));
            }
            Term::Arithmetic(_, left, right) => {
                left.collect_names(names);
                right.collect_names(names);
            }
        }
    }

    fn value(&self, read: Value<'_>) -> Option<Constant> {
        match self {
            Term::Meta(name) => read(name),
            Term::Value(value) => Some(value.clone()),
            Term::List(terms) => {
                terms.iter().map(|term| term.value(read)).collect::<Option<_>>().map(Constant::List)
            }
            Term::Not(term) => Some(Constant::Bool(!term.value(read)?.is_truthy())),
            Term::Minus(term) => arithmetic("-", &Constant::Int(0), &term.value(read)?),
            Term::And(terms) => {
                let truth = |term: &Term| term.value(read).map(|value| value.is_truthy());
                terms.iter().map(truth).try_fold(true, |all, truth| Some(all && truth?)).map(Constant::Bool)
            }
            Term::Or(terms) => {
                let truth = |term: &Term| term.value(read).is_some_and(|value| value.is_truthy());
                Some(Constant::Bool(terms.iter().any(truth)))
            }
            Term::Compare(first, rest) => {
                let mut left = first.value(read)?;
                for (operator, term) in rest {
                    let right = term.value(read)?;
                    if !compare(operator, &left, &right)? {
                        return Some(Constant::Bool(false));
                    }
                    left = right;
                }
                Some(Constant::Bool(true))
            }
            Term::Arithmetic(operator, left, right) => {
                arithmetic(operator, &left.value(read)?, &right.value(read)?)
            }
            Term::Call(function, terms) => function.apply(&terms.first()?.value(read)?),
            Term::Matches(expression, term) => {
                Some(Constant::Bool(expression.is_match(&text_of(&term.value(read)?)?)))
            }
        }
    }
}

impl Function {
    fn apply(self, value: &Constant) -> Option<Constant> {
        match self {
            Function::Int => match value {
                Constant::Str(text) => literal::value(text.trim()).as_ref().and_then(number),
                other => number(other),
            }
            .map(|number| Constant::Int(number as i64)),
            Function::Float => match value {
                Constant::Str(text) => text.trim().parse().ok().map(Constant::Float),
                other => number(other).map(Constant::Float),
            },
            Function::Str => text_of(value).map(Constant::Str),
            Function::Bool => Some(Constant::Bool(value.is_truthy())),
            Function::Len => match value {
                Constant::Str(text) => i64::try_from(text.chars().count()).ok().map(Constant::Int),
                Constant::List(items) | Constant::Tuple(items) => {
                    i64::try_from(items.len()).ok().map(Constant::Int)
                }
                _ => None,
            },
            Function::Abs => match value {
                Constant::Int(number) => number.checked_abs().map(Constant::Int),
                other => number(other).map(|number| Constant::Float(number.abs())),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the comparison holds where `$X` stands for this code.
    fn check(comparison: &str, x: &str, expect: bool) {
        let compiled = Comparison::compile(comparison, None).unwrap();
        let holds = compiled.holds(&|_| literal::value(x), &|_| Some(x.to_owned()));
        assert_eq!(holds, expect, "{comparison} with {x}");
    }

    #[test]
    fn numbers_compare() {
        check("$X > 1024", "2048", true);
        check("$X > 1024", "0x10", false);
        check("0 < $X <= 10 and $X != 5", "10", true);
        check("$X * 2 + 1 == 7", "3", true);
        check("$X ** 2 > 8 or $X % 2 == 1", "2", false);
        check("-$X < 0", "1.5", true);
        check("int($X) // 2 == 3", "'7'", true);
    }

    #[test]
    fn texts_compare() {
        check("$X == 'md5'", "\"md5\"", true);
        check("$X in ['a', 'b']", "'b'", true);
        check("$X not in ['a', 'b']", "'b'", false);
        check("'d5' in $X", "'md5'", true);
        check("re.match('^m', $X)", "'md5'", true);
        check("not re.search('5$', str($X))", "'md5'", false);
        check("len($X) > 3", "'abcd'", true);
        check("str($X) == 'name'", "name", true);
    }

    #[test]
    fn what_does_not_compare_is_false() {
        check("$X > 3", "name", false);
        check("$X / 0 == 1", "1", false);
        check("$X < 'a'", "1", false);
        check("$X ** 99999999 > 1", "9", false);
    }

    #[test]
    fn what_is_no_comparison_is_refused() {
        for text in ["$X >", "today() < $X", "x + 1", "re.match($X, 'a')", "", "lambda: 1"] {
            assert!(Comparison::compile(text, None).is_err(), "{text}");
        }
        assert!(Comparison::compile(&"(".repeat(100_000), None).is_err());
    }

    #[test]
    fn a_base_reads_digits_and_strip_takes_quotes_away() {
        let number = |base| Some(Number { name: "X".to_owned(), base, strip: true });
        let check = |base, text: &str, expect: bool| {
            let compiled = Comparison::compile("$X > 63", number(base)).unwrap();
            assert_eq!(compiled.holds(&|_| None, &|_| Some(text.to_owned())), expect, "{text}");
        };
        check(8, "0o100", true);
        check(10, "'63'", false);
        check(16, "\"0x40\"", true);
    }
}
