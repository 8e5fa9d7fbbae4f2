//! From a rewritten snippet's syntax tree to a pattern: strings, which may be holes or have holes.

use crate::engine::python::{Field, Kind, NodeId};

use super::expression::Expression;
use super::pattern::{Part, PatternError, Piece};
use super::placeholder;
use super::snippet::{Made, Snippet};

impl Snippet<'_> {
    pub(super) fn string(&self, node: NodeId) -> Made<Part> {
        let literal = self.text(node);
        let opening = self.tree.child_of_kind(node, Kind::StringStart).map_or("", |start| self.text(start));
        if opening.contains(['f', 'F']) {
            return self.formatted(node).map(Part::Formatted);
        }
        let (from, to) = (opening.len(), literal.len().saturating_sub(closing(opening)));
        let inner = literal.get(from..to).unwrap_or_default();
        if inner == "..." {
            return Ok(Part::AnyString);
        }
        if let Some(name) = placeholder::name_of(inner) {
            return Ok(Part::StringMeta(name.into()));
        }
        if let Some(expression) = inner.strip_prefix("=~/").and_then(|rest| rest.rsplit_once('/')) {
            return string_like(expression.0, expression.1).map(Part::StringLike);
        }
        self.constant(node)
    }

    /// A literal's value by the very reading of the audited files.
    fn constant(&self, node: NodeId) -> Made<Part> {
        match super::literal::value(self.text(node)) {
            Some(value) => Ok(Part::Constant(value)),
            None => self.node(node),
        }
    }

    pub(super) fn concatenated(&self, node: NodeId) -> Made<Part> {
        self.constant(node)
    }

    fn formatted(&self, node: NodeId) -> Made<Vec<Piece>> {
        let mut pieces = Vec::new();
        for child in self.tree.named_children(node) {
            match self.tree.kind(child) {
                Kind::StringContent if self.text(child) == "..." => pieces.push(Piece::Dots),
                Kind::StringContent => pieces.push(Piece::Text(self.text(child).to_owned())),
                Kind::Interpolation => {
                    let inner = self.tree.child(child, Field::Expression).unwrap_or(child);
                    pieces.push(Piece::Hole(self.part(inner)?));
                }
                _ => {}
            }
        }
        Ok(pieces)
    }
}

fn string_like(expression: &str, flags: &str) -> Made<Expression> {
    let expression = if flags.contains('i') { format!("(?i){expression}") } else { expression.to_owned() };
    Expression::new(&expression).map_err(|why| {
        PatternError::new(
            format!("its regular expression is refused ({why})"),
            "simplify the expression in `\"=~/.../\"`",
        )
    })
}

/// How many bytes close a string that opens like this.
fn closing(opening: &str) -> usize {
    opening.bytes().filter(|b| matches!(b, b'"' | b'\'')).count()
}
