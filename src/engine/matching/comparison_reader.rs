//! Reads a `metavariable-comparison` with the parser of Python itself, and refuses what it cannot mean.

use crate::engine::limits::Limits;
use crate::engine::python::{Constant, Field, Kind, NodeId, Tree, parse};

use super::comparison::{Function, Term};
use super::expression::Expression;
use super::literal;
use super::pattern::PatternError;
use super::placeholder::{self, Placeholder};

/// Levels of a comparison.
const DEEPEST: usize = 64;

pub(super) fn read(text: &str) -> Result<Term, PatternError> {
    let python = placeholder::replace(text)?;
    let limits = Limits { nodes: 1_000, depth: DEEPEST, ..Limits::default() };
    let tree = parse(&python, &limits).map_err(|_| refused("it is too large"))?;
    let statement = tree.first_named(NodeId::ROOT).filter(|_| !tree.has_error(NodeId::ROOT));
    let node = statement.ok_or_else(|| refused("it is no comparison"))?;
    Reader { tree: &tree, text: &python }.term(node)
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
