//! What metavariables stand for during one attempt.

use crate::engine::python::{Module, NodeId};

use super::tokens;

/// What a metavariable stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    Node(NodeId),
    Nodes(Vec<NodeId>),
    /// A part of a resolved name, which may stand nowhere in the text.
    Text(String),
}

impl Bound {
    /// Whether both are the same code: equal tokens, whatever the layout.
    pub(super) fn equals(&self, other: &Bound, module: &Module) -> bool {
        self.tokens(module) == other.tokens(module)
    }

    fn tokens(&self, module: &Module) -> Vec<String> {
        match self {
            Bound::Node(node) => tokens::of(module, *node),
            Bound::Nodes(nodes) => nodes.iter().flat_map(|node| tokens::of(module, *node)).collect(),
            Bound::Text(text) => vec![text.clone()],
        }
    }

    /// As in the text.
    pub(super) fn text(&self, module: &Module) -> String {
        match self {
            Bound::Node(node) => module.text(*node).to_owned(),
            Bound::Nodes(nodes) => nodes.iter().map(|node| module.text(*node)).collect::<Vec<_>>().join(", "),
            Bound::Text(text) => text.clone(),
        }
    }

    pub(super) fn node(&self) -> Option<NodeId> {
        match self {
            Bound::Node(node) => Some(*node),
            Bound::Nodes(nodes) => nodes.first().copied(),
            Bound::Text(_) => None,
        }
    }
}

/// The bindings made so far, latest last, so that a failed way is undone by cutting the list.
#[derive(Clone, Debug, Default)]
pub(super) struct Bindings(Vec<(String, Bound)>);

impl Bindings {
    pub(super) fn get(&self, name: &str) -> Option<&Bound> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, bound)| bound)
    }

    pub(super) fn push(&mut self, name: &str, bound: Bound) {
        self.0.push((name.to_owned(), bound));
    }

    pub(super) fn mark(&self) -> usize {
        self.0.len()
    }

    pub(super) fn undo(&mut self, mark: usize) {
        self.0.truncate(mark);
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Bound)> {
        self.0.iter().map(|(name, bound)| (name.as_str(), bound))
    }
}
