//! `metavariable-comparison`: a small part of Python over the values of metavariables. Where a value is not known or
//! two do not compare, the comparison is false.

use crate::engine::limits::Limits;
use crate::engine::python::{Constant, Field, Kind, NodeId, Tree, parse};

use super::expression::Expression;
use super::literal;
use super::pattern::PatternError;
use super::placeholder::{self, Placeholder};
use super::value::{arithmetic, compare, number, text_of};

/// Levels of a comparison.
const DEEPEST: usize = 64;

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

#[derive(Clone, Debug)]
enum Term {
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
enum Function {
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
        let python = placeholder::replace(text)?;
        let limits = Limits { nodes: 1_000, depth: DEEPEST, ..Limits::default() };
        let tree = parse(&python, &limits).map_err(|_| refused("it is too large"))?;
        let statement = tree.first_named(NodeId::ROOT).filter(|_| !tree.has_error(NodeId::ROOT));
        let node = statement.ok_or_else(|| refused("it is no comparison"))?;
        let term = Reader { tree: &tree, text: &python }.term(node)?;
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

fn refused(why: &str) -> PatternError {
    PatternError::new(
        why,
        "compare with `<`, `==`, `in`, `and`, `or`, `not`, arithmetic, `int()`, `float()`, `str()`, `len()`, `re.match()`",
    )
}

struct Reader<'t> {
    tree: &'t Tree,
    text: &'t str,
}

impl Reader<'_> {
    fn text(&self, node: NodeId) -> &str {
        &self.text[self.tree.range(node)]
    }

    fn field(&self, node: NodeId, field: Field) -> Result<Box<Term>, PatternError> {
        let child = self.tree.child(node, field).ok_or_else(|| refused("a part of it is missing"))?;
        self.term(child).map(Box::new)
    }

    fn terms(&self, node: NodeId) -> Result<Vec<Term>, PatternError> {
        self.tree.named_children(node).map(|child| self.term(child)).collect()
    }

    fn term(&self, node: NodeId) -> Result<Term, PatternError> {
        match self.tree.kind(node) {
            Kind::ExpressionStatement | Kind::ParenthesizedExpression => {
                self.terms(node)?.pop().ok_or_else(|| refused("a part of it is missing"))
            }
            Kind::Identifier => match placeholder::read(self.text(node)) {
                Some(Placeholder::Meta(name)) => Ok(Term::Meta(name.to_string())),
                _ => Err(refused(&format!("it does not know `{}`", self.text(node)))),
            },
            Kind::List | Kind::Tuple | Kind::Set => self.terms(node).map(Term::List),
            Kind::NotOperator => Ok(Term::Not(self.field(node, Field::Argument)?)),
            Kind::UnaryOperator if self.text(node).starts_with('-') => {
                Ok(Term::Minus(self.field(node, Field::Argument)?))
            }
            Kind::BooleanOperator => self.boolean(node),
            Kind::ComparisonOperator => self.comparison(node),
            Kind::BinaryOperator => {
                let operator = self.tree.child(node, Field::Operator).map(|it| self.text(it).to_owned());
                let operator = operator.unwrap_or_default();
                Ok(Term::Arithmetic(
                    operator,
                    self.field(node, Field::Left)?,
                    self.field(node, Field::Right)?,
                ))
            }
            Kind::Call => self.call(node),
            _ => literal::value(self.text(node))
                .map(Term::Value)
                .ok_or_else(|| refused(&format!("it cannot use `{}`", self.text(node)))),
        }
    }

    fn boolean(&self, node: NodeId) -> Result<Term, PatternError> {
        let sides = vec![*self.field(node, Field::Left)?, *self.field(node, Field::Right)?];
        let is_and = self.tree.child(node, Field::Operator).is_some_and(|it| self.text(it) == "and");
        Ok(if is_and { Term::And(sides) } else { Term::Or(sides) })
    }

    fn comparison(&self, node: NodeId) -> Result<Term, PatternError> {
        let mut first = None;
        let mut rest = Vec::new();
        let mut operator = String::new();
        for child in self.tree.children(node) {
            match (self.tree.kind(child), &first) {
                (Kind::Token, _) => {
                    operator = self.text(child).split_whitespace().collect::<Vec<_>>().join(" ");
                }
                (_, None) => first = Some(self.term(child)?),
                (_, Some(_)) => rest.push((std::mem::take(&mut operator), self.term(child)?)),
            }
        }
        first
            .map(|first| Term::Compare(Box::new(first), rest))
            .ok_or_else(|| refused("a part of it is missing"))
    }

    fn call(&self, node: NodeId) -> Result<Term, PatternError> {
        let (Some(callee), Some(list)) =
            (self.tree.child(node, Field::Function), self.tree.child(node, Field::Arguments))
        else {
            return Err(refused("a part of it is missing"));
        };
        let mut arguments = self.terms(list)?;
        let function = match self.text(callee) {
            "int" => Function::Int,
            "float" => Function::Float,
            "str" => Function::Str,
            "bool" => Function::Bool,
            "len" => Function::Len,
            "abs" => Function::Abs,
            "re.match" | "re.search" | "re.fullmatch" => return self.matches(self.text(callee), arguments),
            other => return Err(refused(&format!("it cannot call `{other}`"))),
        };
        match arguments.len() {
            1 => Ok(Term::Call(function, vec![arguments.remove(0)])),
            _ => Err(refused(&format!("`{}` takes one value", self.text(callee)))),
        }
    }

    fn matches(&self, function: &str, mut arguments: Vec<Term>) -> Result<Term, PatternError> {
        let (Some(subject), Some(Term::Value(Constant::Str(regex)))) = (arguments.pop(), arguments.pop())
        else {
            return Err(refused("an expression in it is no plain string"));
        };
        let made = match function {
            "re.search" => Expression::new(&regex),
            "re.fullmatch" => Expression::anchored(&format!("(?:{regex})\\z")),
            _ => Expression::anchored(&regex),
        };
        let expression =
            made.map_err(|why| refused(&format!("its regular expression is refused ({why})")))?;
        Ok(Term::Matches(expression, Box::new(subject)))
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
