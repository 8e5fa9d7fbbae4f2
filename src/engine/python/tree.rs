//! The syntax tree as a flat list in the order of the text. A node's descendants stand right behind it, so
//! that every walk is a loop over indices and no depth of nesting can exhaust the stack. What nodes mean is
//! the model's.

use std::ops::Range;

use super::kind::{Field, Kind};
use super::steps::Steps;

/// A node of one [`Tree`]. Nodes order as the text does; a parent comes before its children.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

impl NodeId {
    pub const ROOT: NodeId = NodeId(0);

    pub fn index(self) -> usize {
        self.0 as usize
    }
}

pub(super) const NAMED: u8 = 1;
pub(super) const MISSING: u8 = 2;
pub(super) const HAS_ERROR: u8 = 4;

#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) field: Field,
    pub(super) flags: u8,
    pub(super) parent: u32,
    /// The index just behind the last descendant.
    pub(super) end: u32,
    pub(super) start_byte: u32,
    pub(super) end_byte: u32,
}

/// A parsed file. Built by `parse`; holds at least the root.
#[derive(Debug)]
pub struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) steps: Steps,
}

impl Tree {
    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: the root is always there.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(id).kind
    }

    /// The part the node plays in its parent.
    pub fn field(&self, id: NodeId) -> Field {
        self.node(id).field
    }

    /// Whether the node is more than a keyword, operator or bracket.
    pub fn is_named(&self, id: NodeId) -> bool {
        self.node(id).flags & NAMED != 0
    }

    /// Whether the parser made the node up to go on after a mistake.
    pub fn is_missing(&self, id: NodeId) -> bool {
        self.node(id).flags & MISSING != 0
    }

    /// Whether a syntax error lies in the node or below it.
    pub fn has_error(&self, id: NodeId) -> bool {
        self.node(id).flags & HAS_ERROR != 0
    }

    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id != NodeId::ROOT).then(|| NodeId(self.node(id).parent))
    }

    /// Byte offsets in the source's text.
    pub fn range(&self, id: NodeId) -> Range<usize> {
        let node = self.node(id);
        node.start_byte as usize..node.end_byte as usize
    }

    /// Every node, in the order of the text.
    pub fn nodes(&self) -> Walk<'_> {
        self.walk(0..self.nodes.len() as u32)
    }

    /// The node and everything below it, in the order of the text.
    pub fn subtree(&self, id: NodeId) -> Walk<'_> {
        self.walk(id.0..self.node(id).end)
    }

    /// Everything below the node, in the order of the text.
    pub fn descendants(&self, id: NodeId) -> Walk<'_> {
        self.walk(id.0 + 1..self.node(id).end)
    }

    /// The nodes from `first` to just before `end`, in the order of the text.
    pub fn between(&self, first: NodeId, end: NodeId) -> Walk<'_> {
        self.walk(first.0..end.0)
    }

    fn walk(&self, nodes: Range<u32>) -> Walk<'_> {
        Walk { steps: &self.steps, nodes }
    }

    /// The first node behind `id`'s subtree: where a walk goes on that leaves it out.
    pub fn after(&self, id: NodeId) -> NodeId {
        NodeId(self.node(id).end)
    }

    /// Whether `inner` is `outer` or lies below it.
    pub fn contains(&self, outer: NodeId, inner: NodeId) -> bool {
        outer <= inner && inner.0 < self.node(outer).end
    }

    /// The children, tokens and comments included.
    pub fn children(&self, id: NodeId) -> Children<'_> {
        Children { tree: self, next: id.0 + 1, end: self.node(id).end }
    }

    /// The children that carry meaning: no tokens, no comments, no line continuations.
    pub fn named_children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.children(id).filter(|child| self.is_named(*child) && !self.is_extra(*child))
    }

    /// The first child that carries meaning.
    pub fn first_named(&self, id: NodeId) -> Option<NodeId> {
        self.named_children(id).next()
    }

    /// The first child that plays this part.
    pub fn child(&self, id: NodeId, field: Field) -> Option<NodeId> {
        self.children(id).find(|child| self.field(*child) == field)
    }

    /// All children that play this part, tokens left out.
    pub fn children_by_field(&self, id: NodeId, field: Field) -> impl Iterator<Item = NodeId> + '_ {
        self.children(id).filter(move |child| self.field(*child) == field && self.is_named(*child))
    }

    /// The first child of this kind.
    pub fn child_of_kind(&self, id: NodeId, kind: Kind) -> Option<NodeId> {
        self.children(id).find(|child| self.kind(*child) == kind)
    }

    /// From the parent up to the root.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let above = std::iter::successors(self.parent(id), |node| self.parent(*node));
        above.take_while(|_| self.steps.take())
    }

    /// Comments and line continuations: they may stand anywhere and mean nothing to the program.
    pub fn is_extra(&self, id: NodeId) -> bool {
        matches!(self.kind(id), Kind::Comment | Kind::LineContinuation)
    }

    /// The smallest node that spans these bytes.
    pub fn smallest_at(&self, bytes: Range<usize>) -> NodeId {
        let spans = |id: &NodeId| {
            let range = self.range(*id);
            range.start <= bytes.start && bytes.end <= range.end
        };
        let mut node = NodeId::ROOT;
        while let Some(child) = self.children(node).find(spans) {
            node = child;
        }
        node
    }
}

/// Nodes as they stand in the list.
#[derive(Clone, Debug)]
pub struct Walk<'t> {
    steps: &'t Steps,
    nodes: Range<u32>,
}

impl Iterator for Walk<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.steps.take() { self.nodes.next().map(NodeId) } else { None }
    }
}

impl DoubleEndedIterator for Walk<'_> {
    fn next_back(&mut self) -> Option<NodeId> {
        if self.steps.take() { self.nodes.next_back().map(NodeId) } else { None }
    }
}

/// The children of a node, by leaps over their subtrees.
#[derive(Clone, Debug)]
pub struct Children<'t> {
    tree: &'t Tree,
    next: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.next >= self.end || !self.tree.steps.take() {
            return None;
        }
        let child = NodeId(self.next);
        self.next = self.tree.node(child).end;
        Some(child)
    }
}
