//! Statements one behind another: `...` between them skips any number and, where the rule allows, reaches into
//! nested blocks.

use crate::engine::python::{Field, Kind, NodeId};

use super::binding::Bound;
use super::collection::is_expression_at;
use super::matcher::{Matcher, Then};
use super::pattern::Part;

/// The most statements that one `...` looks at.
const FARTHEST: usize = 4_000;

impl<'m> Matcher<'m> {
    /// A pattern of several statements, beginning at the statement `first`; more may follow.
    pub(super) fn run(&mut self, parts: &[Part], first: NodeId, then: Then<'_, 'm>) -> bool {
        match parts.split_first() {
            // Most places end at the first statement: only then are those behind it looked up.
            Some((part, later)) if !part.is_open() => self.statement(part, first, &mut |matcher| {
                matcher.reaching(first, &mut |matcher| {
                    let behind: Vec<NodeId> = matcher.from(first).skip(1).collect();
                    matcher.statements(later, &behind, true, then)
                })
            }),
            _ => {
                let run: Vec<NodeId> = self.from(first).collect();
                self.statements(parts, &run, true, then)
            }
        }
    }

    /// The statement and those behind it in its block.
    fn from(&self, first: NodeId) -> impl Iterator<Item = NodeId> + use<'m> {
        let tree = self.module.tree();
        let siblings = tree.parent(first).map(|block| tree.named_children(block)).into_iter().flatten();
        siblings.skip_while(move |sibling| *sibling != first)
    }

    pub(super) fn block(&mut self, parts: &[Part], block: NodeId, then: Then<'_, 'm>) -> bool {
        let statements: Vec<NodeId> = self.module.tree().named_children(block).collect();
        self.statements(parts, &statements, false, then)
    }

    /// The body of a definition, branch or loop.
    pub(super) fn body(&mut self, parts: &[Part], owner: NodeId, then: Then<'_, 'm>) -> bool {
        let block = self.module.tree().child_of_kind(owner, Kind::Block);
        block.is_some_and(|block| self.block(parts, block, then))
    }

    /// The parts match the statements from the first on. `...` first skips in this block; only where that leads
    /// nowhere, it looks into nested ones.
    fn statements(&mut self, parts: &[Part], nodes: &[NodeId], less: bool, then: Then<'_, 'm>) -> bool {
        let Some((part, later)) = parts.split_first() else {
            return (less || nodes.is_empty()) && then(self);
        };
        match part {
            Part::Dots if later.is_empty() => self.rest(nodes, then),
            Part::Dots => self.skipping(parts, nodes, then),
            Part::Many(_) => self.listed(parts, nodes, less, then),
            part => {
                let Some((node, rest)) = nodes.split_first() else { return false };
                self.statement(part, *node, &mut |matcher| {
                    matcher.reaching(*node, &mut |matcher| matcher.statements(later, rest, less, then))
                })
            }
        }
    }

    /// `...` at the end takes all that is left.
    fn rest(&mut self, nodes: &[NodeId], then: Then<'_, 'm>) -> bool {
        match nodes.last() {
            Some(last) => self.reaching(*last, then),
            None => then(self),
        }
    }

    fn skipping(&mut self, parts: &[Part], nodes: &[NodeId], then: Then<'_, 'm>) -> bool {
        let mut reached = false;
        let found = self.listed(parts, nodes, true, &mut |matcher| {
            reached = true;
            then(matcher)
        });
        if found || reached || !self.settings.go_deeper_stmt {
            return found;
        }
        let flat = self.flattened(nodes);
        self.steps = self.steps.saturating_sub(u32::try_from(flat.len() / 64).unwrap_or(u32::MAX));
        flat.len() > nodes.len() && self.listed(parts, &flat, true, then)
    }

    /// The statements with all that lie in their blocks, in the order of the text.
    fn flattened(&self, nodes: &[NodeId]) -> Vec<NodeId> {
        let tree = self.module.tree();
        let mut flat = Vec::new();
        for node in nodes {
            flat.push(*node);
            let inner = tree.descendants(*node).filter(|below| {
                let block = tree.parent(*below).is_some_and(|parent| tree.kind(parent) == Kind::Block);
                block && tree.is_named(*below) && !tree.is_extra(*below)
            });
            flat.extend(inner.take(FARTHEST.saturating_sub(flat.len())));
            if flat.len() >= FARTHEST {
                break;
            }
        }
        flat
    }

    /// Statements in a list that no `...` makes any longer.
    fn listed(&mut self, parts: &[Part], nodes: &[NodeId], less: bool, then: Then<'_, 'm>) -> bool {
        let Some((part, later)) = parts.split_first() else {
            return (less || nodes.is_empty()) && then(self);
        };
        match part {
            Part::Dots if later.is_empty() => self.rest(nodes, then),
            Part::Dots => (0..=nodes.len())
                .any(|skipped| self.step() && self.listed(later, &nodes[skipped..], less, then)),
            Part::Many(name) => (0..=nodes.len()).rev().any(|length| {
                let (taken, rest) = nodes.split_at(length);
                let bound = Bound::Nodes(taken.to_vec());
                self.step() && self.bind(name, bound, &mut |matcher| matcher.listed(later, rest, false, then))
            }),
            part => {
                let Some((node, rest)) = nodes.split_first() else { return false };
                self.statement(part, *node, &mut |matcher| {
                    matcher.reaching(*node, &mut |matcher| matcher.listed(later, rest, less, then))
                })
            }
        }
    }

    /// Remembers how far the match reaches.
    fn reaching(&mut self, node: NodeId, then: Then<'_, 'm>) -> bool {
        let before = self.reach;
        self.reach = before.max(self.module.tree().range(node).end);
        let found = then(self);
        if !found {
            self.reach = before;
        }
        found
    }

    /// One statement. A pattern that is an expression is also found inside the statement's own expression.
    pub(super) fn statement(&mut self, part: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        match (part, tree.kind(node)) {
            (Part::Dots, _) => then(self),
            (Part::Meta(name), _) => self.bind(name, Bound::Node(node), then),
            (Part::Deep(inner), _) => self.in_header(inner, node, then),
            (part, _) if part.is_statement() => self.part(part, definition(self.module, node), then),
            (part, Kind::ExpressionStatement | Kind::ReturnStatement) => self.in_expression(part, node, then),
            _ => false,
        }
    }

    fn in_expression(&mut self, part: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        let Some(expression) = tree.first_named(node) else { return false };
        if !self.settings.implicit_deep_exprstmt {
            return self.root(part, expression, then);
        }
        let inside = |below: &NodeId| {
            may_be(part, tree.kind(*below))
                && is_expression_at(self.module, *below)
                && !in_lambda(self.module, *below, expression)
        };
        let places: Vec<NodeId> = tree.subtree(expression).filter(inside).take(FARTHEST).collect();
        places.into_iter().any(|place| self.steps > 0 && self.root(part, place, then))
    }

    /// Every expression of a statement, those of its blocks left out.
    fn in_header(&mut self, part: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        let block = tree.children(node).find(|child| tree.kind(*child) == Kind::Block);
        let end = block.unwrap_or(tree.after(node));
        let places: Vec<NodeId> = tree
            .between(node, end)
            .filter(|below| is_expression_at(self.module, *below))
            .take(FARTHEST)
            .collect();
        places.into_iter().any(|place| self.steps > 0 && self.root(part, place, then))
    }
}

/// Whether a node of this kind can be what the part matches, as far as the kind tells: most places are ruled out by it.
fn may_be(part: &Part, kind: Kind) -> bool {
    match part {
        Part::Assign(_) => matches!(kind, Kind::Assignment | Kind::NamedExpression),
        Part::Call(_) => kind == Kind::Call,
        Part::Attribute { .. } => kind == Kind::Attribute,
        Part::Dotted(_) => matches!(kind, Kind::Identifier | Kind::Attribute),
        _ => true,
    }
}

fn in_lambda(module: &crate::engine::python::Module, node: NodeId, outermost: NodeId) -> bool {
    let tree = module.tree();
    let around = tree.ancestors(node).take_while(|outer| *outer >= outermost);
    around.into_iter().any(|outer| tree.kind(outer) == Kind::Lambda)
}

/// The definition under its decorators.
pub(super) fn definition(module: &crate::engine::python::Module, node: NodeId) -> NodeId {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::DecoratedDefinition => tree.child(node, Field::Definition).unwrap_or(node),
        _ => node,
    }
}
