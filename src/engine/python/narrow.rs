//! What a test around an expression says of its type: `isinstance(x, T)` and `x is None`, in conditions, behind
//! early exits and asserts, as long as the name is not bound again in between.

use std::collections::HashMap;

use super::kind::{Field, Kind};
use super::tree::NodeId;
use super::{Module, text_of};

/// How many tests of one name are looked at for one use: the nearest ones before it.
const TESTS: usize = 16;
/// How many bindings a name may have to be narrowed at all.
const BINDINGS: usize = 32;
/// How far a test may lie below its statement.
const CLIMB: usize = 24;

/// A test of one name or attribute.
#[derive(Clone, Copy, Debug)]
struct Test {
    node: NodeId,
    /// The second argument of `isinstance`; `None` for a comparison with `None`.
    class: Option<NodeId>,
    /// `is not None` says the opposite.
    negated: bool,
}

/// The tests of a file by the text of what they test.
#[derive(Debug, Default)]
pub(super) struct Tests(HashMap<Box<str>, Vec<Test>>);

/// What tests say of an expression at its place.
#[derive(Debug, Default)]
pub(super) struct Narrowed {
    /// The class argument of an `isinstance` that certainly holds, the nearest one.
    pub(super) is: Option<NodeId>,
    /// Those of `isinstance` that certainly do not hold.
    pub(super) is_not: Vec<NodeId>,
    /// It is certainly `None`.
    pub(super) is_none: bool,
}

impl Module {
    /// What the tests around an identifier or attribute say of it.
    pub(super) fn narrowed(&self, expression: NodeId) -> Narrowed {
        let mut narrowed = Narrowed::default();
        let tests = self.learned.tests.get_or_init(|| self.find_tests());
        let Some(tests) = tests.0.get(self.text(expression)) else { return narrowed };
        let before = tests.partition_point(|test| test.node < expression);
        // `a if isinstance(x, T) else b` and comprehensions test behind the use.
        let last = (before + 2).min(tests.len());
        for test in &tests[last.saturating_sub(TESTS)..last] {
            if let Some(holds) = self.outcome(test.node, expression)
                && !self.changes_between(test.node, expression)
            {
                narrowed.learn(*test, holds != test.negated);
            }
        }
        narrowed
    }

    fn find_tests(&self) -> Tests {
        let mut tests = Tests::default();
        for node in self.tree().nodes() {
            let found = match self.tree().kind(node) {
                Kind::Call => self.instance_test(node),
                Kind::ComparisonOperator => self.none_test(node),
                _ => None,
            };
            if let Some((subject, test)) = found {
                tests.0.entry(self.text(subject).into()).or_default().push(test);
            }
        }
        tests
    }

    fn instance_test(&self, call: NodeId) -> Option<(NodeId, Test)> {
        let tree = self.tree();
        let callee = tree.child(call, Field::Function)?;
        if self.qualified_name(callee) != Some("builtins.isinstance") {
            return None;
        }
        let mut arguments = tree.named_children(tree.child(call, Field::Arguments)?);
        let (subject, class) = (arguments.next()?, arguments.next()?);
        Some((subject, Test { node: call, class: Some(class), negated: false }))
    }

    fn none_test(&self, comparison: NodeId) -> Option<(NodeId, Test)> {
        let tree = self.tree();
        let mut operands = tree.named_children(comparison);
        let (subject, none) = (operands.next()?, operands.next()?);
        if tree.kind(none) != Kind::None || operands.next().is_some() {
            return None;
        }
        let between = tree.range(subject).end..tree.range(none).start;
        let operator: Vec<&str> = self.source().text().get(between)?.split_whitespace().collect();
        let negated = match operator.as_slice() {
            ["is"] | ["=="] => false,
            ["is", "not"] | ["!="] => true,
            _ => return None,
        };
        Some((subject, Test { node: comparison, class: None, negated }))
    }

    /// Whether the test's value is known where `at` is evaluated.
    fn outcome(&self, test: NodeId, at: NodeId) -> Option<bool> {
        if self.enclosing_function(test) != self.enclosing_function(at) || self.tree().contains(test, at) {
            return None;
        }
        let tree = self.tree();
        let (mut node, mut truth) = (test, Truth::TEST);
        for _ in 0..CLIMB {
            let parent = tree.parent(node)?;
            let inside = tree.contains(parent, at);
            match tree.kind(parent) {
                Kind::ParenthesizedExpression => {}
                Kind::NotOperator => truth = Truth { if_true: truth.if_false, if_false: truth.if_true },
                Kind::BooleanOperator => {
                    let or =
                        tree.child(parent, Field::Operator).is_some_and(|token| self.text(token) == "or");
                    if inside && tree.field(node) == Field::Left {
                        return if or { truth.if_false } else { truth.if_true };
                    }
                    match or {
                        true => truth.if_true = None,
                        false => truth.if_false = None,
                    }
                }
                Kind::ConditionalExpression => return self.in_conditional(parent, node, at, truth),
                Kind::IfClause => {
                    let comprehension = tree.parent(parent)?;
                    return truth.if_true.filter(|_| tree.contains(comprehension, at) && !inside);
                }
                Kind::IfStatement | Kind::ElifClause | Kind::WhileStatement => {
                    return self.in_branches(parent, at, truth);
                }
                Kind::AssertStatement => return truth.if_true.filter(|_| self.follows(parent, at)),
                _ => return None,
            }
            node = parent;
        }
        None
    }

    fn in_conditional(&self, whole: NodeId, condition: NodeId, at: NodeId, truth: Truth) -> Option<bool> {
        let tree = self.tree();
        let mut parts = tree.named_children(whole);
        let (then, tested, otherwise) = (parts.next()?, parts.next()?, parts.next()?);
        match tested == condition {
            true if tree.contains(then, at) => truth.if_true,
            true if tree.contains(otherwise, at) => truth.if_false,
            _ => None,
        }
    }

    fn in_branches(&self, statement: NodeId, at: NodeId, truth: Truth) -> Option<bool> {
        let tree = self.tree();
        let body =
            [Field::Consequence, Field::Body].into_iter().find_map(|part| tree.child(statement, part))?;
        if tree.contains(body, at) {
            return truth.if_true;
        }
        let whole = match tree.kind(statement) {
            Kind::IfStatement => statement,
            Kind::ElifClause => tree.parent(statement)?,
            _ => return None,
        };
        if tree.contains(whole, at) {
            return truth.if_false.filter(|_| at > body);
        }
        let alone = whole == statement && tree.child(whole, Field::Alternative).is_none();
        truth.if_false.filter(|_| alone && self.leaves(body) && self.follows(whole, at))
    }

    /// Whether `at` stands behind the statement in the same block.
    fn follows(&self, statement: NodeId, at: NodeId) -> bool {
        let tree = self.tree();
        at >= tree.after(statement) && tree.parent(statement).is_some_and(|block| tree.contains(block, at))
    }

    /// Whether a block ends by leaving: nothing behind it runs on.
    fn leaves(&self, block: NodeId) -> bool {
        let last = self.tree().named_children(block).last().map(|statement| self.tree().kind(statement));
        matches!(
            last,
            Some(
                Kind::ReturnStatement | Kind::RaiseStatement | Kind::ContinueStatement | Kind::BreakStatement
            )
        )
    }

    /// Whether the tested name may have got another value between the test and the use.
    fn changes_between(&self, test: NodeId, at: NodeId) -> bool {
        let tree = self.tree();
        if tree.kind(at) == Kind::Attribute {
            return self.attribute_changes(test, at);
        }
        let bindings: Vec<NodeId> =
            self.bindings_of(at).take(BINDINGS + 1).map(|binding| binding.node).collect();
        if bindings.len() > BINDINGS {
            return true;
        }
        let in_loop = |binding: NodeId| {
            let loops = tree.ancestors(at).take_while(|node| !tree.contains(*node, test));
            loops
                .filter(|node| matches!(tree.kind(*node), Kind::ForStatement | Kind::WhileStatement))
                .any(|node| tree.contains(node, binding))
        };
        bindings.into_iter().any(|binding| test < binding && binding < at || in_loop(binding))
    }

    /// Whether a statement between the two assigns to an attribute of this text; a long way is no evidence.
    fn attribute_changes(&self, test: NodeId, at: NodeId) -> bool {
        let tree = self.tree();
        let written = self.text(at);
        let far = at.index().saturating_sub(test.index()) > 2_000;
        far || tree.between(test, at).any(|node| {
            matches!(tree.kind(node), Kind::Assignment | Kind::AugmentedAssignment)
                && tree
                    .child(node, Field::Left)
                    .is_some_and(|left| text_of(tree, self.source().text(), left) == written)
        })
    }
}

/// What a test is where the expression around it is true, and where it is false.
#[derive(Clone, Copy)]
struct Truth {
    if_true: Option<bool>,
    if_false: Option<bool>,
}

impl Truth {
    const TEST: Truth = Truth { if_true: Some(true), if_false: Some(false) };
}

impl Narrowed {
    fn learn(&mut self, test: Test, holds: bool) {
        match (test.class, holds) {
            (Some(class), true) => self.is = Some(class),
            (Some(class), false) => self.is_not.push(class),
            (None, true) => self.is_none = true,
            (None, false) => {}
        }
    }
}
