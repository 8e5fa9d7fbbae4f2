//! From a rewritten snippet's syntax tree to a pattern. The snippet is the rule author's, so its depth is checked
//! before anything recurses over it.

use crate::engine::limits::Limits;
use crate::engine::python::{Constant, Field, Kind, NodeId, Tree, parse};

use super::pattern::{Call, Child, LARGEST, Part, PatternError, Segment, Shape};
use super::placeholder::{self, Placeholder};

/// Reads a snippet whose holes are placeholders.
pub(super) fn read(text: &str) -> Result<Shape, PatternError> {
    let too_large = || PatternError::new("it is too large", "split it into several patterns");
    let tree = parse(text, &Limits::default()).map_err(|_| too_large())?;
    if tree.len() > LARGEST {
        return Err(too_large());
    }
    if tree.has_error(NodeId::ROOT) {
        let remedy =
            "write one expression, one statement or several statements of Python with `$X` and `...`";
        return Err(PatternError::new("it is not Python", remedy));
    }
    let mut parts = Snippet { tree: &tree, text }.statements(NodeId::ROOT);
    match parts.len() {
        0 => Err(PatternError::new("it is empty", "write what to look for")),
        1 => Ok(Shape::One(parts.remove(0))),
        _ => Ok(Shape::Sequence(parts)),
    }
}

struct Snippet<'s> {
    tree: &'s Tree,
    text: &'s str,
}

impl Snippet<'_> {
    fn text(&self, node: NodeId) -> &str {
        &self.text[self.tree.range(node)]
    }

    fn statements(&self, block: NodeId) -> Vec<Part> {
        self.tree.named_children(block).map(|statement| self.part(statement)).collect()
    }

    fn part(&self, node: NodeId) -> Part {
        match self.tree.kind(node) {
            Kind::ExpressionStatement | Kind::ParenthesizedExpression => self.only_child(node),
            Kind::Identifier => self.identifier(node),
            Kind::Attribute => self.attribute(node),
            Kind::Call => self.call(node),
            Kind::String | Kind::ConcatenatedString => self.string(node),
            Kind::Integer => self.integer(node),
            Kind::True => Part::Constant(Constant::Bool(true)),
            Kind::False => Part::Constant(Constant::Bool(false)),
            Kind::None => Part::Constant(Constant::None),
            Kind::Block => Part::Node { kind: Kind::Block, children: self.children(node) },
            Kind::Token | Kind::Float => Part::Text(self.text(node).to_owned()),
            kind => Part::Node { kind, children: self.children(node) },
        }
    }

    fn only_child(&self, node: NodeId) -> Part {
        let mut children = self.tree.named_children(node);
        match (children.next(), children.next()) {
            (Some(child), None) => self.part(child),
            _ => Part::Node { kind: self.tree.kind(node), children: self.children(node) },
        }
    }

    fn identifier(&self, node: NodeId) -> Part {
        let text = self.text(node);
        match placeholder::read(text) {
            Some(Placeholder::Dots) => Part::Dots,
            Some(Placeholder::Many(name)) => Part::Many(name),
            Some(Placeholder::Meta(name)) => Part::Meta(name),
            None if self.is_bound_here(node) => Part::Text(text.to_owned()),
            None => Part::Dotted(vec![Segment::Is(text.to_owned())]),
        }
    }

    /// Whether the name stands where it is given to something, so that there is nothing to resolve.
    fn is_bound_here(&self, node: NodeId) -> bool {
        let parent = self.tree.parent(node).map(|parent| self.tree.kind(parent));
        let names = matches!(self.tree.field(node), Field::Name | Field::Left | Field::Alias);
        let binder = matches!(
            parent,
            Some(
                Kind::Parameters
                    | Kind::LambdaParameters
                    | Kind::AsPatternTarget
                    | Kind::PatternList
                    | Kind::TypedParameter
                    | Kind::DottedName
                    | Kind::GlobalStatement
                    | Kind::NonlocalStatement
                    | Kind::TuplePattern
            )
        );
        names || binder
    }

    /// A chain of plain names is one dotted name; anything else keeps its object as a pattern.
    fn attribute(&self, node: NodeId) -> Part {
        let (Some(object), Some(name)) =
            (self.tree.child(node, Field::Object), self.tree.child(node, Field::Attribute))
        else {
            return Part::Node { kind: Kind::Attribute, children: self.children(node) };
        };
        let name = segment(self.text(name));
        match self.part(object) {
            Part::Dotted(mut segments) => {
                segments.push(name);
                Part::Dotted(segments)
            }
            object => Part::Attribute { object: Box::new(object), name },
        }
    }

    fn call(&self, node: NodeId) -> Part {
        let function =
            self.tree.child(node, Field::Function).map_or(Part::Dots, |function| self.part(function));
        let mut call =
            Call { function: Box::new(function), positional: Vec::new(), keywords: Vec::new(), open: false };
        let Some(arguments) = self.tree.child(node, Field::Arguments) else { return Part::Call(call) };
        if self.tree.kind(arguments) == Kind::GeneratorExpression {
            call.positional.push(self.part(arguments));
            return Part::Call(call);
        }
        for argument in self.tree.named_children(arguments) {
            self.argument(argument, &mut call);
        }
        Part::Call(call)
    }

    fn argument(&self, node: NodeId, call: &mut Call) {
        let keyword = self.tree.child(node, Field::Name).zip(self.tree.child(node, Field::Value));
        match (self.tree.kind(node), keyword) {
            (Kind::KeywordArgument, Some((name, value))) => {
                call.keywords.push((segment(self.text(name)), self.part(value)));
            }
            _ => {
                let part = self.part(node);
                call.open |= part.is_open();
                call.positional.push(part);
            }
        }
    }

    fn string(&self, node: NodeId) -> Part {
        match plain_string(self.text(node)) {
            Some("...") => Part::AnyString,
            Some(text) => Part::Constant(Constant::Str(text.into())),
            None => Part::Node { kind: self.tree.kind(node), children: self.children(node) },
        }
    }

    fn integer(&self, node: NodeId) -> Part {
        let text = self.text(node);
        text.parse()
            .map_or_else(|_| Part::Text(text.to_owned()), |number| Part::Constant(Constant::Int(number)))
    }

    fn children(&self, node: NodeId) -> Vec<Child> {
        let children =
            self.tree.children(node).filter(|child| carries_meaning(self.tree, *child, self.text(*child)));
        let mut children: Vec<Child> =
            children.map(|child| Child { field: self.tree.field(child), part: self.part(child) }).collect();
        if is_unordered(self.tree.kind(node)) {
            surround(&mut children);
        }
        if children.is_empty() && self.tree.first_named(node).is_none() && is_leaf(self.tree, node) {
            children.push(Child { field: Field::None, part: Part::Text(self.text(node).to_owned()) });
        }
        children
    }
}

fn is_leaf(tree: &Tree, node: NodeId) -> bool {
    tree.children(node).next().is_none()
}

/// `with`-items and base classes: the pattern names some, the code may have more.
fn is_unordered(kind: Kind) -> bool {
    matches!(kind, Kind::WithClause)
}

fn surround(children: &mut Vec<Child>) {
    let dots = || Child { field: Field::None, part: Part::Dots };
    children.insert(0, dots());
    children.push(dots());
}

fn segment(text: &str) -> Segment {
    match placeholder::read(text) {
        Some(Placeholder::Meta(name) | Placeholder::Many(name)) => Segment::Any(name),
        _ => Segment::Is(text.to_owned()),
    }
}

/// The content of a string literal without prefix, escapes or interpolation.
fn plain_string(text: &str) -> Option<&str> {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let marks = if text.starts_with([quote].repeat(3).iter().collect::<String>().as_str()) && text.len() >= 6
    {
        3
    } else {
        1
    };
    let inner = text.get(marks..text.len().checked_sub(marks)?)?;
    (!inner.contains('\\') && !inner.contains(quote)).then_some(inner)
}

/// Brackets, commas and colons say nothing that kinds and fields do not say; comments say nothing.
pub(super) fn carries_meaning(tree: &Tree, node: NodeId, text: &str) -> bool {
    let punctuation =
        tree.kind(node) == Kind::Token && matches!(text, "(" | ")" | "[" | "]" | "{" | "}" | "," | ":" | ";");
    !punctuation && !tree.is_extra(node)
}
