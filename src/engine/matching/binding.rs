//! What metavariables stand for during one attempt.

use std::ops::Range;
use std::sync::Arc;

use crate::engine::python::{Module, NodeId};

use super::pattern::Name;
use super::tokens;

/// What a metavariable stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Node(NodeId),
    Nodes(Vec<NodeId>),
    /// A part of a resolved name or of a string, with the node it belongs to where it has one.
    Text {
        text: String,
        at: Option<NodeId>,
    },
}

impl Bound {
    pub(super) fn text_of(text: &str) -> Bound {
        Bound::Text { text: text.to_owned(), at: None }
    }

    /// Whether both are the same code: equal tokens, whatever the layout.
    pub(super) fn equals(&self, other: &Bound, module: &Module) -> bool {
        self == other || self.tokens(module) == other.tokens(module)
    }

    /// How much code it is, for what a comparison costs.
    pub(super) fn size(&self, module: &Module) -> u32 {
        let tree = module.tree();
        let size = |node: &NodeId| tree.after(*node).index() - node.index();
        let nodes = match self {
            Bound::Node(node) => size(node),
            Bound::Nodes(nodes) => nodes.iter().map(size).sum(),
            Bound::Text { .. } => 1,
        };
        u32::try_from(nodes / 8).unwrap_or(u32::MAX)
    }

    fn tokens(&self, module: &Module) -> Vec<String> {
        match self {
            Bound::Node(node) => tokens::of(module, *node),
            Bound::Nodes(nodes) => nodes.iter().flat_map(|node| tokens::of(module, *node)).collect(),
            Bound::Text { text, .. } => vec![text.clone()],
        }
    }

    /// As in the text.
    pub(super) fn text(&self, module: &Module) -> String {
        match self {
            Bound::Text { text, .. } => text.clone(),
            Bound::Node(_) | Bound::Nodes(_) => {
                let bytes = self.bytes(module).unwrap_or_default();
                module.source().text().get(bytes).unwrap_or_default().to_owned()
            }
        }
    }

    pub(super) fn node(&self) -> Option<NodeId> {
        match self {
            Bound::Node(node) => Some(*node),
            Bound::Nodes(nodes) => nodes.first().copied(),
            Bound::Text { at, .. } => *at,
        }
    }

    /// Where it stands, if it stands anywhere.
    pub(super) fn bytes(&self, module: &Module) -> Option<Range<usize>> {
        let tree = module.tree();
        match self {
            Bound::Node(node) => Some(tree.range(*node)),
            Bound::Nodes(nodes) => {
                let (first, last) = (nodes.first()?, nodes.last()?);
                Some(tree.range(*first).start..tree.range(*last).end)
            }
            Bound::Text { at, .. } => at.map(|node| tree.range(node)),
        }
    }
}

/// The bindings made so far, latest last, so that a failed way is undone by cutting the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bindings(Vec<(Name, Bound)>);

impl Bindings {
    pub(super) fn get(&self, name: &str) -> Option<&Bound> {
        self.0.iter().find(|(known, _)| known.as_ref() == name).map(|(_, bound)| bound)
    }

    pub(super) fn push(&mut self, name: &Name, bound: Bound) {
        self.0.push((Arc::clone(name), bound));
    }

    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    pub(super) fn undo(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Name, &Bound)> {
        self.0.iter().map(|(name, bound)| (name, bound))
    }

    /// Whether what both bind is equal.
    pub(super) fn agree(&self, other: &Bindings, module: &Module) -> bool {
        self.iter().all(|(name, bound)| other.get(name).is_none_or(|theirs| theirs.equals(bound, module)))
    }

    /// With what the other binds besides, by name.
    pub(super) fn joined(&self, other: &Bindings) -> Bindings {
        let mut joined = self.clone();
        for (name, bound) in other.iter() {
            if joined.get(name).is_none() {
                joined.push(name, bound.clone());
            }
        }
        joined.0.sort_by(|left, right| left.0.cmp(&right.0));
        joined
    }
}
