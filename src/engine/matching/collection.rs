//! What has no fixed order or length: operands of associative operators, entries of sets and dictionaries, pieces of
//! f-strings, and what lies deep inside an expression.

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::binding::Bound;
use super::matcher::{Matcher, Then, bare};
use super::pattern::{Part, Piece};
use super::snippet::{associative, operands_of};

impl<'m> Matcher<'m> {
    /// `<... P ...>`: P here, or at any expression below that is not another statement's.
    pub(super) fn deep(&mut self, inner: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        tree.subtree(node)
            .filter(|below| is_expression_at(self.module, *below))
            .any(|below| self.steps > 0 && self.root(inner, below, then))
    }

    /// A chain of one operator. `and` and `or` keep their order unless the rule says otherwise; the others may be
    /// anywhere in the chain.
    pub(super) fn operands(
        &mut self,
        operator: &str,
        parts: &[Part],
        node: NodeId,
        then: Then<'_, 'm>,
    ) -> bool {
        let module = self.module;
        let (tree, text) = (module.tree(), module.source().text());
        if associative(tree, text, node) != Some(operator) {
            return false;
        }
        let mut given = Vec::new();
        if self.settings.ac_matching {
            operands_of(tree, text, node, operator, &mut given);
        } else {
            given.extend([Field::Left, Field::Right].into_iter().filter_map(|field| tree.child(node, field)));
        }
        let is_boolean = matches!(operator, "and" | "or");
        let free = self.settings.ac_matching && (!is_boolean || self.settings.commutative_boolop);
        match free {
            true => self.subset(parts, &given, true, then),
            false => self.operands_in_order(parts, &given, then),
        }
    }

    /// As in a list, but a metavariable may stand for several operands together.
    fn operands_in_order(&mut self, parts: &[Part], given: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some((part, later)) = parts.split_first() else { return given.is_empty() && then(self) };
        match part {
            Part::Dots => (0..=given.len())
                .any(|length| self.step() && self.operands_in_order(later, &given[length..], then)),
            Part::Meta(name) => (1..=given.len()).any(|length| {
                let (taken, rest) = given.split_at(length);
                let bound = if let [one] = taken { Bound::Node(*one) } else { Bound::Nodes(taken.to_vec()) };
                self.step()
                    && self.bind(name, bound, &mut |matcher| matcher.operands_in_order(later, rest, then))
            }),
            part => match given.split_first() {
                Some((node, rest)) => {
                    self.part(part, *node, &mut |matcher| matcher.operands_in_order(later, rest, then))
                }
                None => false,
            },
        }
    }

    /// Each part has a node of its own, wherever it stands; with `less` some nodes may be left.
    pub(super) fn subset(
        &mut self,
        parts: &[Part],
        given: &[NodeId],
        less: bool,
        then: Then<'_, 'm>,
    ) -> bool {
        let Some((part, later)) = parts.split_first() else {
            return (less || given.is_empty()) && then(self);
        };
        if part.is_open() {
            return self.subset(later, given, true, then);
        }
        given.iter().any(|node| {
            let rest: Vec<NodeId> = given.iter().copied().filter(|other| other != node).collect();
            self.step() && self.part(part, *node, &mut |matcher| matcher.subset(later, &rest, less, then))
        })
    }

    pub(super) fn unordered(
        &mut self,
        kind: Kind,
        parts: &[Part],
        open: bool,
        node: NodeId,
        then: Then<'_, 'm>,
    ) -> bool {
        let tree = self.module.tree();
        let given = tree.kind(node);
        let comprehended = matches!(given, Kind::DictionaryComprehension | Kind::SetComprehension);
        if parts.is_empty() && open && (comprehended || matches!(given, Kind::Dictionary | Kind::Set)) {
            return then(self);
        }
        if given != kind {
            return false;
        }
        let entries: Vec<NodeId> = tree.named_children(node).collect();
        self.subset(parts, &entries, open, then)
    }

    /// An f-string matches f-strings only. `"..."` in it stands for any text and any holes.
    pub(super) fn formatted(&mut self, pieces: &[Piece], node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        let start = tree.child_of_kind(node, Kind::StringStart).map(|start| self.module.text(start));
        if !start.is_some_and(|start| start.contains(['f', 'F'])) {
            return false;
        }
        let is_piece =
            |child: &NodeId| matches!(tree.kind(*child), Kind::StringContent | Kind::Interpolation);
        let given: Vec<NodeId> = tree.named_children(node).filter(is_piece).collect();
        self.pieces(pieces, &given, then)
    }

    fn pieces(&mut self, pieces: &[Piece], given: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some((piece, later)) = pieces.split_first() else { return given.is_empty() && then(self) };
        if let Piece::Dots = piece {
            return (0..=given.len()).any(|length| self.step() && self.pieces(later, &given[length..], then));
        }
        let Some((node, rest)) = given.split_first() else { return false };
        let module = self.module;
        let inner = module.tree().child(*node, Field::Expression);
        match (piece, inner) {
            (Piece::Text(text), None) => module.text(*node) == text && self.pieces(later, rest, then),
            (Piece::Hole(part), Some(inner)) => {
                self.part(part, bare(module, inner), &mut |matcher| matcher.pieces(later, rest, then))
            }
            _ => false,
        }
    }
}

/// What stands around an expression and is not one itself.
pub(super) fn is_wrapper(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ParenthesizedExpression | Kind::ExpressionStatement | Kind::Type | Kind::AsPatternTarget
    )
}

/// Whether an expression stands here: names of attributes, keywords, parameters, definitions and imports are none.
pub(super) fn is_expression_at(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    is_expression(tree.kind(node)) && !(tree.kind(node) == Kind::Identifier && is_label(module, node))
}

fn is_label(module: &Module, identifier: NodeId) -> bool {
    let tree = module.tree();
    let Some(parent) = tree.parent(identifier) else { return false };
    let field = tree.field(identifier);
    match tree.kind(parent) {
        Kind::Attribute => field == Field::Attribute,
        Kind::KeywordArgument
        | Kind::FunctionDefinition
        | Kind::ClassDefinition
        | Kind::DefaultParameter
        | Kind::TypedDefaultParameter => field == Field::Name,
        Kind::TypedParameter
        | Kind::Parameters
        | Kind::LambdaParameters
        | Kind::ListSplatPattern
        | Kind::DictionarySplatPattern
        | Kind::DottedName
        | Kind::AliasedImport
        | Kind::GlobalStatement
        | Kind::NonlocalStatement
        | Kind::KeywordPattern => true,
        _ => false,
    }
}

/// Whether the node is a decorator or the name of one. What it is called with are expressions like others.
pub(super) fn is_decorator(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let mut current = node;
    while let Some(parent) = tree.parent(current) {
        match (tree.kind(parent), tree.field(current)) {
            (Kind::Decorator, _) => return true,
            (Kind::Call, Field::Function) | (Kind::Attribute, Field::Object) => current = parent,
            _ => return false,
        }
    }
    false
}

/// Whether a node of this kind can be what an expression pattern matches.
fn is_expression(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Assignment
            | Kind::Attribute
            | Kind::AugmentedAssignment
            | Kind::Await
            | Kind::BinaryOperator
            | Kind::BooleanOperator
            | Kind::Call
            | Kind::ComparisonOperator
            | Kind::ConcatenatedString
            | Kind::ConditionalExpression
            | Kind::Dictionary
            | Kind::DictionaryComprehension
            | Kind::Ellipsis
            | Kind::ExpressionList
            | Kind::False
            | Kind::Float
            | Kind::GeneratorExpression
            | Kind::Identifier
            | Kind::Integer
            | Kind::Lambda
            | Kind::List
            | Kind::ListComprehension
            | Kind::NamedExpression
            | Kind::None
            | Kind::NotOperator
            | Kind::Pair
            | Kind::Set
            | Kind::SetComprehension
            | Kind::Slice
            | Kind::String
            | Kind::Subscript
            | Kind::True
            | Kind::Tuple
            | Kind::UnaryOperator
            | Kind::Yield
    )
}
