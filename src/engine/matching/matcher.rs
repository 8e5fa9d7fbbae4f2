//! Matches one pattern at one node. It recurses over the pattern, which is small, never over the file; `...` tries
//! its ways in order under a budget of steps, so that hostile code costs a miss, not time.
//!
//! Every way to match is told to a continuation; where that answers false, the next way is tried.

use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::binding::{Bindings, Bound};
use super::pattern::{Child, Name, Part};
use super::settings::Settings;
use super::snippet::carries_meaning;

/// How many comparisons one start may cost.
const STEPS: u32 = 20_000;

/// What to do once a part has matched; returns whether all is well and the search can end.
pub(super) type Then<'t, 'm> = &'t mut dyn FnMut(&mut Matcher<'m>) -> bool;

/// The state of one attempt.
pub(super) struct Matcher<'m> {
    pub(super) module: &'m Module,
    pub(super) settings: &'m Settings,
    pub(super) bindings: Bindings,
    /// Where the last statement matched so far ends.
    pub(super) reach: usize,
    pub(super) steps: u32,
}

impl<'m> Matcher<'m> {
    pub(super) fn new(module: &'m Module, settings: &'m Settings) -> Matcher<'m> {
        Matcher { module, settings, bindings: Bindings::default(), reach: 0, steps: STEPS }
    }

    /// The steps taken so far.
    pub(super) fn spent(&self) -> u32 {
        STEPS - self.steps
    }

    pub(super) fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    pub(super) fn bind(&mut self, name: &Name, bound: Bound, then: Then<'_, 'm>) -> bool {
        if name.as_ref() == "_" {
            return then(self);
        }
        if let Some(earlier) = self.bindings.get(name) {
            let cost = earlier.size(self.module).saturating_add(bound.size(self.module));
            let equal = cost < self.steps && earlier.equals(&bound, self.module);
            self.steps = self.steps.saturating_sub(cost);
            return equal && then(self);
        }
        let before = self.bindings.mark();
        self.bindings.push(name, bound);
        let found = then(self);
        if !found {
            self.bindings.undo(before);
        }
        found
    }

    /// The pattern's part as a whole, at the place where a search begins.
    pub(super) fn root(&mut self, part: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        self.step() && self.shape(part, bare(self.module, node), then)
    }

    pub(super) fn part(&mut self, part: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        if !self.step() {
            return false;
        }
        let node = bare(self.module, node);
        if self.shape(part, node, then) {
            return true;
        }
        match self.propagated(part, node) {
            Some(value) => self.part(part, value, then),
            None => false,
        }
    }

    /// With symbolic propagation, what a name stands for, unless the pattern takes names as they are.
    fn propagated(&self, part: &Part, node: NodeId) -> Option<NodeId> {
        let wanted =
            self.settings.symbolic_propagation && !matches!(part, Part::Meta(_) | Part::Dots | Part::Many(_));
        let module = self.module;
        if !wanted || module.tree().kind(node) != Kind::Identifier {
            return None;
        }
        let mut bindings = module.bindings_of(node);
        let value = bindings.next()?.value?;
        bindings.next().is_none().then_some(value)
    }

    fn shape(&mut self, part: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        match part {
            Part::Dots => then(self),
            Part::Many(name) => self.bind(name, Bound::Nodes(vec![node]), then),
            Part::Meta(name) => self.bind(name, Bound::Node(node), then),
            Part::Typed { name, of } => self.typed(name, of, node, then),
            Part::Deep(inner) => self.deep(inner, node, then),
            Part::AnyString => self.string(node).is_some() && then(self),
            Part::StringLike(expression) => {
                self.string(node).is_some_and(|text| expression.is_match(&text)) && then(self)
            }
            Part::StringMeta(name) => match self.string(node) {
                Some(text) => self.bind(name, Bound::Text { text, at: Some(node) }, then),
                None => false,
            },
            Part::Formatted(pieces) => self.formatted(pieces, node, then),
            Part::Constant(constant) => self.constant(node).as_ref() == Some(constant) && then(self),
            Part::Text(text) => same_text(self.module.text(node), text) && then(self),
            Part::Dotted(segments) => self.dotted(segments, node, then),
            Part::Attribute { object, name } => self.attribute(object, name, node, then),
            Part::Chain(object) => self.chain(object, node, then),
            Part::Call(call) => self.call(call, node, then),
            Part::Operands { operator, parts } => self.operands(operator, parts, node, then),
            Part::Unordered { kind, parts, open } => self.unordered(*kind, parts, *open, node, then),
            Part::Assign(assign) => self.assign(assign, node, then),
            Part::Function(function) => self.function(function, node, then),
            Part::Class(class) => self.class(class, node, then),
            Part::If(branch) => self.branch(branch, node, then),
            Part::Import(imports) => self.imports(imports, node, then),
            Part::With { is_async, items, body } => self.with(*is_async, (items, body), node, then),
            Part::Except { what, alias, body } => self.except([what, alias], body, node, then),
            Part::Parameter(parameter) => self.parameter(parameter, node, then),
            Part::Block(parts) => self.block(parts, node, then),
            Part::Node { kind, children } => self.node(*kind, children, node, then),
        }
    }

    /// The value of an expression; without constant propagation of literals only.
    fn constant(&self, node: NodeId) -> Option<Constant> {
        let is_name = matches!(self.module.tree().kind(node), Kind::Identifier | Kind::Attribute);
        (!is_name || self.settings.constant_propagation).then(|| self.module.constant(node)).flatten()
    }

    fn string(&self, node: NodeId) -> Option<String> {
        match self.constant(node)? {
            Constant::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The parts match the nodes from the first to the last, `...` any number of them; with `less` some may follow.
    pub(super) fn sequence(
        &mut self,
        parts: &[Part],
        nodes: &[NodeId],
        less: bool,
        then: Then<'_, 'm>,
    ) -> bool {
        let Some((part, later)) = parts.split_first() else {
            return (less || nodes.is_empty()) && then(self);
        };
        match part {
            Part::Dots | Part::Many(_) => (0..=nodes.len()).any(|length| {
                let (taken, rest) = nodes.split_at(length);
                self.many(part, taken, &mut |matcher| matcher.sequence(later, rest, less, then))
            }),
            part => match nodes.split_first() {
                Some((node, rest)) => {
                    self.part(part, *node, &mut |matcher| matcher.sequence(later, rest, less, then))
                }
                None => false,
            },
        }
    }

    pub(super) fn many(&mut self, part: &Part, nodes: &[NodeId], then: Then<'_, 'm>) -> bool {
        match part {
            Part::Many(name) => self.step() && self.bind(name, Bound::Nodes(nodes.to_vec()), then),
            _ => self.step() && then(self),
        }
    }

    fn node(&mut self, kind: Kind, children: &[Child], node: NodeId, then: Then<'_, 'm>) -> bool {
        let module = self.module;
        let tree = module.tree();
        let given = tree.kind(node);
        if same_kind(given) != same_kind(kind) {
            return comprehended(kind, given, children) && then(self);
        }
        if let ([Child { part: Part::Text(text), .. }], None) = (children, tree.children(node).next()) {
            return module.text(node) == text && then(self);
        }
        if self.longer_arithmetic(kind, children, node, then) {
            return true;
        }
        let nodes: Vec<NodeId> =
            tree.children(node).filter(|child| self.is_wanted(*child, children)).collect();
        let parts: Vec<&Part> = children.iter().map(|child| &child.part).collect();
        self.children(&parts, &nodes, then) || self.swapped(kind, &parts, &nodes, then)
    }

    /// `a + ...` also matches `a + b + c`, which is grouped from the left.
    fn longer_arithmetic(
        &mut self,
        kind: Kind,
        children: &[Child],
        node: NodeId,
        then: Then<'_, 'm>,
    ) -> bool {
        let ends_open = children.last().is_some_and(|child| matches!(child.part, Part::Dots));
        if kind != Kind::BinaryOperator || !ends_open {
            return false;
        }
        let left = self.module.tree().child(node, Field::Left);
        left.is_some_and(|left| self.step() && self.node(kind, children, bare(self.module, left), then))
    }

    /// With symmetric comparison, `a == b` also matches `b == a`.
    fn swapped(&mut self, kind: Kind, parts: &[&Part], nodes: &[NodeId], then: Then<'_, 'm>) -> bool {
        if !self.settings.symmetric_eq || kind != Kind::ComparisonOperator {
            return false;
        }
        match *nodes {
            [left, operator, right] if matches!(self.module.text(operator), "==" | "!=") => {
                self.children(parts, &[right, operator, left], then)
            }
            _ => false,
        }
    }

    /// Whether a child of the code counts: what a pattern may leave out (a type, `async`, an `else`, a `from`) counts
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
            Field::ReturnType | Field::Type | Field::TypeParameters | Field::Alternative | Field::Cause
        ) || text == "from"
            && tree.parent(node).is_some_and(|parent| tree.kind(parent) == Kind::RaiseStatement);
        if omittable {
            let field = if text == "from" { Field::Cause } else { field };
            return children.iter().any(|child| child.field == field);
        }
        let marker = tree.kind(node) == Kind::Token && matches!(text, "async" | "->");
        !marker || children.iter().any(|child| matches!(&child.part, Part::Text(given) if given == text))
    }

    fn children(&mut self, parts: &[&Part], nodes: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some((part, later)) = parts.split_first() else { return nodes.is_empty() && then(self) };
        if part.is_open() {
            return (0..=nodes.len()).any(|length| {
                let (taken, rest) = nodes.split_at(length);
                self.many(part, taken, &mut |matcher| matcher.children(later, rest, then))
            });
        }
        let Some((node, rest)) = nodes.split_first() else { return false };
        self.part(part, *node, &mut |matcher| matcher.children(later, rest, then))
    }
}

/// The node without parentheses and wrappers and, for a statement that is one expression, the expression.
pub(super) fn bare(module: &Module, node: NodeId) -> NodeId {
    let tree = module.tree();
    let mut node = node;
    while matches!(
        tree.kind(node),
        Kind::ParenthesizedExpression | Kind::ExpressionStatement | Kind::Type | Kind::AsPatternTarget
    ) {
        let mut children = tree.named_children(node);
        let (Some(child), None) = (children.next(), children.next()) else { break };
        node = child;
    }
    node
}

/// Kinds that Python itself does not tell apart: displays with and without brackets.
fn same_kind(kind: Kind) -> Kind {
    match kind {
        Kind::ExpressionList | Kind::PatternList | Kind::TuplePattern => Kind::Tuple,
        Kind::ListPattern => Kind::List,
        other => other,
    }
}

/// `[...]` also matches a list comprehension.
fn comprehended(kind: Kind, given: Kind, children: &[Child]) -> bool {
    let only_dots = matches!(children, [Child { part: Part::Dots, .. }]);
    only_dots && kind == Kind::List && given == Kind::ListComprehension
}

/// Operators of several words may stand apart: `is   not`.
fn same_text(given: &str, wanted: &str) -> bool {
    given == wanted
        || given.contains(char::is_whitespace) && given.split_whitespace().eq(wanted.split_whitespace())
}
