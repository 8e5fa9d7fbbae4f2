//! A pattern: Python with holes, in Semgrep's syntax, compiled to a small tree of its own.
//! `$X` matches one expression, equal wherever it repeats; `$...X` and `...` any sequence; `"..."` any string;
//! a dotted name matches what resolves to it. What a pattern means against a file is the matcher's.

use std::sync::Arc;

use crate::engine::python::{Constant, Field, Kind};

use super::{placeholder, snippet};

/// The largest pattern, in nodes: matching recurses over the pattern, never over the audited file.
pub(super) const LARGEST: usize = 400;

/// A compiled pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub(super) shape: Shape,
    pub(super) names: Vec<Name>,
}

/// A metavariable's name without its `$`.
pub(super) type Name = Arc<str>;

/// What the snippet is as a whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// One expression or one statement.
    One(Part),
    /// Statements that follow one another in one block.
    Sequence(Vec<Part>),
}

/// One node of a pattern.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    /// `...`: any number of siblings.
    Dots,
    /// `$...NAME`: any number of siblings, bound together.
    Many(Name),
    /// `$NAME`: any one expression.
    Meta(Name),
    /// `"..."`: any string constant.
    AnyString,
    /// A literal; also matches a name that is bound to nothing else.
    Constant(Constant),
    /// `requests.get`, `requests.$VERB`, `open`: what resolves to this.
    Dotted(Vec<Segment>),
    /// `<object>.name` where the object is itself a pattern.
    Attribute {
        object: Box<Part>,
        name: Segment,
    },
    Call(Call),
    /// A name where it is bound, a keyword or an operator: equal text.
    Text(String),
    /// Any other construct: same kind, children one by one.
    Node {
        kind: Kind,
        children: Vec<Child>,
    },
}

/// A part of a dotted name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Segment {
    Is(String),
    Any(Name),
}

/// Positional arguments in order, keyword arguments in any order.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Call {
    pub function: Box<Part>,
    pub positional: Vec<Part>,
    pub keywords: Vec<(Segment, Part)>,
    /// Whether `...` allows further keyword arguments.
    pub open: bool,
}

/// A child of a node pattern with the part it plays.
#[derive(Clone, Debug, PartialEq)]
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
        let mut names = Vec::new();
        shape.parts().iter().for_each(|part| part.collect_names(&mut names));
        Ok(Pattern { shape, names })
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

    fn collect_names(&self, names: &mut Vec<Name>) {
        match self {
            Part::Meta(name) | Part::Many(name) => add(names, name),
            Part::Dotted(segments) => segments.iter().for_each(|segment| segment.collect_names(names)),
            Part::Attribute { object, name } => {
                object.collect_names(names);
                name.collect_names(names);
            }
            Part::Call(call) => call.collect_names(names),
            Part::Node { children, .. } => children.iter().for_each(|child| child.part.collect_names(names)),
            Part::Dots | Part::AnyString | Part::Constant(_) | Part::Text(_) => {}
        }
    }
}

impl Call {
    fn collect_names(&self, names: &mut Vec<Name>) {
        self.function.collect_names(names);
        self.positional.iter().for_each(|part| part.collect_names(names));
        for (key, value) in &self.keywords {
            key.collect_names(names);
            value.collect_names(names);
        }
    }
}

impl Segment {
    fn collect_names(&self, names: &mut Vec<Name>) {
        if let Segment::Any(name) = self {
            add(names, name);
        }
    }
}

fn add(names: &mut Vec<Name>, name: &Name) {
    if name.as_ref() != "_" && !names.contains(name) {
        names.push(Arc::clone(name));
    }
}
