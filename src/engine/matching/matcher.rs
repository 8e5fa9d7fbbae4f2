//! Matches one pattern at one node. It recurses over the pattern, which is small, never over the file; `...` tries
//! its ways in order under a budget of steps, so that hostile code costs a miss, not time.

use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::binding::{Bindings, Bound};
use super::pattern::{Child, Part, Pattern, Segment, Shape};
use super::snippet::carries_meaning;

/// How many comparisons one start may cost.
const STEPS: u32 = 20_000;

/// What to do once a part has matched; returns whether all is well and the search can end.
pub(super) type Then<'t, 'm> = &'t mut dyn FnMut(&mut Matcher<'m>) -> bool;

/// The state of one attempt.
pub(super) struct Matcher<'m> {
    pub(super) module: &'m Module,
    pub(super) bindings: Bindings,
    /// The node that `focus-metavariable` chose.
    pub(super) focus: Option<NodeId>,
    steps: u32,
}

impl<'m> Matcher<'m> {
    pub(super) fn new(module: &'m Module) -> Matcher<'m> {
        Matcher { module, bindings: Bindings::default(), focus: None, steps: STEPS }
    }

    /// The pattern as a whole, beginning at `node`.
    pub(super) fn pattern(&mut self, pattern: &Pattern, node: NodeId, then: Then<'_, 'm>) -> bool {
        match &pattern.shape {
            Shape::One(part) => self.part(part, node, then),
            Shape::Sequence(parts) => self.statements(parts, node, then),
        }
    }

    /// The pattern encloses `inner` from `outer`: one node that holds it, or a run of statements around it.
    pub(super) fn encloses(
        &mut self,
        pattern: &Pattern,
        outer: NodeId,
        inner: NodeId,
        then: Then<'_, 'm>,
    ) -> bool {
        match &pattern.shape {
            Shape::One(part) => self.part(part, outer, then),
            Shape::Sequence(parts) => self.surrounding(parts, outer, inner, then),
        }
    }

    /// Whether the pattern matches here, leaving no binding behind.
    pub(super) fn holds(&mut self, pattern: &Pattern, node: NodeId) -> bool {
        self.without_trace(|matcher| matcher.pattern(pattern, node, &mut |_| true))
    }

    /// Runs a search and forgets what it bound.
    pub(super) fn without_trace(&mut self, search: impl FnOnce(&mut Self) -> bool) -> bool {
        let before = self.bindings.mark();
        let found = search(self);
        self.bindings.undo(before);
        found
    }

    fn statements(&mut self, parts: &[Part], first: NodeId, then: Then<'_, 'm>) -> bool {
        let run = self.following(first);
        self.prefix(parts, &run, then)
    }

    /// The statement and those behind it in its block.
    fn following(&self, first: NodeId) -> Vec<NodeId> {
        let tree = self.module.tree();
        let parent = tree.parent(first).filter(|parent| tree.kind(*parent) == Kind::ExpressionStatement);
        let first = parent.unwrap_or(first);
        let siblings = tree.parent(first).map(|block| tree.named_children(block)).into_iter().flatten();
        siblings.skip_while(|sibling| *sibling != first).collect()
    }

    /// Statements of the block `outer` match in order, and `inner` lies between the first and the last of them.
    fn surrounding(&mut self, parts: &[Part], outer: NodeId, inner: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        if !matches!(tree.kind(outer), Kind::Block | Kind::Module) {
            return false;
        }
        let statements: Vec<NodeId> = tree.named_children(outer).collect();
        let Some(at) = statements.iter().position(|statement| tree.contains(*statement, inner)) else {
            return false;
        };
        (0..=at).rev().any(|start| {
            (at + 1..=statements.len()).rev().any(|end| self.sequence(parts, &statements[start..end], then))
        })
    }

    fn prefix(&mut self, parts: &[Part], nodes: &[NodeId], then: Then<'_, 'm>) -> bool {
        (1..=nodes.len()).rev().any(|end| self.sequence(parts, &nodes[..end], then))
    }

    /// All of `parts` match all of `nodes`, in order.
    pub(super) fn sequence(&mut self, parts: &[Part], nodes: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some((part, later)) = parts.split_first() else { return nodes.is_empty() && then(self) };
        if part.is_open() {
            return (0..=nodes.len()).any(|length| {
                let (taken, rest) = nodes.split_at(length);
                self.many(part, taken, &mut |matcher| matcher.sequence(later, rest, then))
            });
        }
        let Some((node, rest)) = nodes.split_first() else { return false };
        self.part(part, *node, &mut |matcher| matcher.sequence(later, rest, then))
    }

    fn many(&mut self, part: &Part, nodes: &[NodeId], then: Then<'_, 'm>) -> bool {
        match part {
            Part::Many(name) => self.bind(name, Bound::Nodes(nodes.to_vec()), then),
            _ => self.step() && then(self),
        }
    }

    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    fn bind(&mut self, name: &str, bound: Bound, then: Then<'_, 'm>) -> bool {
        if name == "_" {
            return then(self);
        }
        if let Some(earlier) = self.bindings.get(name) {
            return earlier.equals(&bound, self.module) && then(self);
        }
        let before = self.bindings.mark();
        self.bindings.push(name, bound);
        let found = then(self);
        if !found {
            self.bindings.undo(before);
        }
        found
    }

    pub(super) fn part(&mut self, part: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        if !self.step() {
            return false;
        }
        let node = bare(self.module, node);
        match part {
            Part::Dots => then(self),
            Part::Many(name) => self.bind(name, Bound::Nodes(vec![node]), then),
            Part::Meta(name) => self.bind(name, Bound::Node(node), then),
            Part::AnyString => matches!(self.module.constant(node), Some(Constant::Str(_))) && then(self),
            Part::Constant(constant) => self.module.constant(node).as_ref() == Some(constant) && then(self),
            Part::Text(text) => self.module.text(node) == text && then(self),
            Part::Dotted(segments) => self.dotted(segments, node, then),
            Part::Attribute { object, name } => self.attribute(object, name, node, then),
            Part::Call(call) => self.call(call, node, then),
            Part::Node { kind, children } => self.node(*kind, children, node, then),
        }
    }

    /// The node resolves to this dotted name. What does not resolve is no evidence, save `self` and `cls`.
    fn dotted(&mut self, segments: &[Segment], node: NodeId, then: Then<'_, 'm>) -> bool {
        if !matches!(self.module.tree().kind(node), Kind::Identifier | Kind::Attribute) {
            return false;
        }
        let Some(name) = dotted_name(self.module, node) else { return false };
        let given: Vec<&str> = name.split('.').collect();
        let given = match (given.as_slice(), segments.first()) {
            (["builtins", rest @ ..], Some(Segment::Is(first))) if first != "builtins" => rest,
            (all, _) => all,
        };
        given.len() == segments.len() && self.segments(segments, given, then)
    }

    fn segments(&mut self, segments: &[Segment], given: &[&str], then: Then<'_, 'm>) -> bool {
        let (Some((segment, later)), Some((name, rest))) = (segments.split_first(), given.split_first())
        else {
            return then(self);
        };
        self.segment(segment, name, &mut |matcher| matcher.segments(later, rest, then))
    }

    pub(super) fn segment(&mut self, segment: &Segment, given: &str, then: Then<'_, 'm>) -> bool {
        match segment {
            Segment::Is(name) => name == given && then(self),
            Segment::Any(name) => self.bind(name, Bound::Text(given.to_owned()), then),
        }
    }

    fn attribute(&mut self, object: &Part, name: &Segment, node: NodeId, then: Then<'_, 'm>) -> bool {
        let module = self.module;
        let tree = module.tree();
        if tree.kind(node) != Kind::Attribute {
            return false;
        }
        let (Some(of), Some(attribute)) =
            (tree.child(node, Field::Object), tree.child(node, Field::Attribute))
        else {
            return false;
        };
        self.segment(name, module.text(attribute), &mut |matcher| matcher.part(object, of, then))
    }

    fn node(&mut self, kind: Kind, children: &[Child], node: NodeId, then: Then<'_, 'm>) -> bool {
        let module = self.module;
        let tree = module.tree();
        if tree.kind(node) != kind {
            return false;
        }
        if let ([Child { part: Part::Text(text), .. }], None) = (children, tree.children(node).next()) {
            return module.text(node) == text && then(self);
        }
        let nodes: Vec<NodeId> =
            tree.children(node).filter(|child| self.is_wanted(*child, children)).collect();
        let parts: Vec<&Part> = children.iter().map(|child| &child.part).collect();
        self.parts(&parts, &nodes, then)
    }

    /// Whether a child of the code counts: what a pattern may leave out (a return type, `async`, an `else`) counts
    /// only where the pattern has it too.
    fn is_wanted(&self, node: NodeId, children: &[Child]) -> bool {
        let tree = self.module.tree();
        let text = self.module.text(node);
        if !carries_meaning(tree, node, text) {
            return false;
        }
        let field = tree.field(node);
        let omittable = matches!(
            field,
            Field::ReturnType
                | Field::Type
                | Field::TypeParameters
                | Field::Alternative
                | Field::Superclasses
        );
        if omittable {
            return children.iter().any(|child| child.field == field);
        }
        let marker = tree.kind(node) == Kind::Token && matches!(text, "async" | "->");
        !marker || children.iter().any(|child| child.part == Part::Text(text.to_owned()))
    }

    fn parts(&mut self, parts: &[&Part], nodes: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some((part, later)) = parts.split_first() else { return nodes.is_empty() && then(self) };
        if part.is_open() {
            return (0..=nodes.len()).any(|length| {
                let (taken, rest) = nodes.split_at(length);
                self.many(part, taken, &mut |matcher| matcher.parts(later, rest, then))
            });
        }
        let Some((node, rest)) = nodes.split_first() else { return false };
        self.part(part, *node, &mut |matcher| matcher.parts(later, rest, then))
    }
}

/// The node without parentheses and, for a statement that is one expression, the expression.
pub(super) fn bare(module: &Module, node: NodeId) -> NodeId {
    let tree = module.tree();
    let mut node = node;
    while matches!(tree.kind(node), Kind::ParenthesizedExpression | Kind::ExpressionStatement) {
        let mut children = tree.named_children(node);
        let (Some(child), None) = (children.next(), children.next()) else { break };
        node = child;
    }
    node
}

/// The qualified name, or the text of a chain that begins at `self` or `cls`.
fn dotted_name(module: &Module, node: NodeId) -> Option<String> {
    if let Some(name) = module.qualified_name(node) {
        return Some(name.to_string());
    }
    let text: String = module.text(node).split_whitespace().collect();
    (text.starts_with("self.") || text.starts_with("cls.")).then_some(text)
}
