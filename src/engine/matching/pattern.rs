//! A pattern: Python with holes, in Semgrep's syntax, compiled to a small tree of its own.
//! `$X` matches one expression, equal wherever it repeats; `$...X` and `...` any sequence; `"..."` any string;
//! a dotted name matches what resolves to it. What a pattern means against a file is the matcher's.

use std::sync::Arc;

use crate::engine::python::{Constant, Field, Kind};

use super::expression::Expression;
use super::starts::Starts;
use super::{names, placeholder, snippet};

/// The largest pattern, in nodes: matching recurses over the pattern, never over the audited file.
pub(super) const LARGEST: usize = 1_000;

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    pub(super) shape: Shape,
    pub(super) names: Vec<Name>,
    /// Where it can begin.
    pub(super) starts: Starts,
}

/// A metavariable's name without its `$`.
pub(super) type Name = Arc<str>;

/// What the snippet is as a whole.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// One expression or one statement.
    One(Part),
    /// Statements that follow one another in one block.
    Sequence(Vec<Part>),
}

/// One node of a pattern.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// `...`: any number of siblings.
    Dots,
    /// `$...NAME`: any number of siblings, bound together.
    Many(Name),
    /// `$NAME`: any one expression.
    Meta(Name),
    /// `($NAME: type)`: an expression of this type.
    Typed {
        name: Name,
        of: Box<Part>,
    },
    /// `<... P ...>`: P, or P somewhere inside.
    Deep(Box<Part>),
    /// `"..."`: any string constant.
    AnyString,
    /// `"=~/expression/"`: a string constant that the expression is found in.
    StringLike(Expression),
    /// `"$NAME"`: the content of any string constant.
    StringMeta(Name),
    /// An f-string, piece by piece.
    Formatted(Vec<Piece>),
    /// A literal; also matches a name that is bound to nothing else.
    Constant(Constant),
    /// `requests.get`, `requests.$VERB`, `open`: what resolves to this.
    Dotted(Vec<Segment>),
    /// `<object>.name` where the object is itself a pattern.
    Attribute {
        object: Box<Part>,
        name: Segment,
    },
    /// `<object>. ...`: the object, or any chain of calls and attributes on it.
    Chain(Box<Part>),
    Call(Call),
    /// Operands joined by one associative operator: `a and b and ...`.
    Operands {
        operator: String,
        parts: Vec<Part>,
    },
    /// Entries of a set or a dictionary, in any order; `open` allows more.
    Unordered {
        kind: Kind,
        parts: Vec<Part>,
        open: bool,
    },
    Assign(Box<Assign>),
    Function(Box<Function>),
    Class(Box<Class>),
    If(Box<If>),
    Import(Vec<Import>),
    With {
        is_async: bool,
        items: Vec<Part>,
        body: Vec<Part>,
    },
    Except {
        what: Option<Box<Part>>,
        alias: Option<Box<Part>>,
        body: Vec<Part>,
    },
    Parameter(Box<Parameter>),
    Block(Vec<Part>),
    /// A name where it is bound, a keyword or an operator: equal text.
    Text(String),
    /// Any other construct: same kind, children one by one.
    Node {
        kind: Kind,
        children: Vec<Child>,
    },
}

/// A piece of an f-string.
#[derive(Clone, Debug)]
pub(super) enum Piece {
    /// `...`: any text and any holes.
    Dots,
    Text(String),
    Hole(Part),
}

/// A part of a dotted name.
#[derive(Clone, Debug)]
pub(super) enum Segment {
    Is(String),
    Any(Name),
}

/// A call's callee and arguments, keyword arguments in any order.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub function: Box<Part>,
    pub arguments: Vec<Argument>,
}

/// One argument; `keyword` is its name.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub keyword: Option<Segment>,
    pub value: Part,
}

/// `target: annotation = value`.
#[derive(Clone, Debug)]
pub(super) struct Assign {
    pub target: Part,
    pub annotation: Option<Part>,
    pub value: Option<Part>,
}

/// A `def`: what the pattern leaves out may be there.
#[derive(Clone, Debug)]
pub(super) struct Function {
    pub decorators: Vec<Part>,
    pub is_async: bool,
    pub name: Segment,
    pub parameters: Vec<Part>,
    pub returns: Option<Part>,
    pub body: Vec<Part>,
}

#[derive(Clone, Debug)]
pub(super) struct Class {
    pub decorators: Vec<Part>,
    pub name: Segment,
    pub bases: Vec<Argument>,
    pub body: Vec<Part>,
}

/// `if`, and `elif` too.
#[derive(Clone, Debug)]
pub(super) struct If {
    pub condition: Part,
    pub body: Vec<Part>,
    pub otherwise: Option<Otherwise>,
}

#[derive(Clone, Debug)]
pub(super) enum Otherwise {
    Else(Vec<Part>),
    If(Box<If>),
}

/// One imported thing: `module` for `import module`, `name` out of it for `from module import name`.
#[derive(Clone, Debug)]
pub(super) struct Import {
    pub module: Vec<Segment>,
    /// How many dots a relative import begins with.
    pub dots: usize,
    pub name: Option<ImportedName>,
    pub alias: Option<Segment>,
}

#[derive(Clone, Debug)]
pub(super) enum ImportedName {
    One(Segment),
    /// `...`
    Any,
    /// `*`
    Star,
}

/// A parameter; what the pattern leaves out may be there.
#[derive(Clone, Debug)]
pub(super) struct Parameter {
    /// ``, `*` or `**`.
    pub stars: &'static str,
    pub name: Segment,
    pub annotation: Option<Part>,
    pub default: Option<Part>,
}

/// A child of a node pattern with the part it plays.
#[derive(Clone, Debug)]
pub(super) struct Child {
    pub field: Field,
    pub part: Part,
}

/// Why a snippet is no pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    pub mistake: String,
    pub remedy: String,
}

impl PatternError {
    pub(super) fn new(mistake: impl Into<String>, remedy: impl Into<String>) -> PatternError {
        PatternError { mistake: mistake.into(), remedy: remedy.into() }
    }
}

impl Pattern {
    /// Reads a snippet.
    pub fn compile(text: &str) -> Result<Pattern, PatternError> {
        let python = placeholder::replace(text)?;
        let shape = snippet::read(&python)?;
        let mut found = Vec::new();
        shape.parts().iter().for_each(|part| names::collect(part, &mut found));
        Ok(Pattern { starts: Starts::of_shape(&shape), shape, names: found })
    }

    /// The metavariables it binds, without their `$`.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }
}

impl Shape {
    pub(super) fn parts(&self) -> &[Part] {
        match self {
            Shape::One(part) => std::slice::from_ref(part),
            Shape::Sequence(parts) => parts,
        }
    }
}

impl Part {
    /// Whether it stands for any number of siblings.
    pub(super) fn is_open(&self) -> bool {
        matches!(self, Part::Dots | Part::Many(_))
    }

    /// Whether it is a whole statement, not an expression that may stand anywhere.
    pub(super) fn is_statement(&self) -> bool {
        match self {
            Part::Function(_) | Part::Class(_) | Part::If(_) | Part::Import(_) | Part::With { .. } => true,
            Part::Node { kind, .. } => kind.name().ends_with("_statement"),
            _ => false,
        }
    }
}
