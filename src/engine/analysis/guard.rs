//! What a function tests: every expression that stands in a condition, a comparison, an `assert` or a `match`, by its
//! text and first place. Any test counts as a guard: a missed finding is forgiven, a wrong one is not.

use std::collections::HashMap;
use std::rc::Rc;

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::memo::Memo;
use super::{calls, ownership};

/// The longest expression that is remembered, in bytes: a chain of attributes must not cost its square.
const LONGEST: usize = 160;

/// Tested expressions of one function, each with the places of its tests in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Tests(HashMap<String, Vec<NodeId>>);

/// The tests of each function of a file, or of the module's own code.
pub(super) type Guards = Memo<NodeId, Rc<Tests>>;

impl Tests {
    /// Whether the expression with this text is tested before the node, or in the same statement.
    pub(super) fn before(&self, text: &str, node: NodeId) -> bool {
        self.0.get(text).and_then(|tests| tests.iter().min()).is_some_and(|test| *test <= node)
    }

    /// Whether it is tested between two places, the second included.
    pub(super) fn between(&self, text: &str, first: NodeId, last: NodeId) -> bool {
        self.0.get(text).is_some_and(|tests| tests.iter().any(|test| (first..=last).contains(test)))
    }

    /// Whether it is tested anywhere in the function.
    pub(super) fn anywhere(&self, text: &str) -> bool {
        self.0.contains_key(text)
    }

    fn of(module: &Module, around: NodeId) -> Tests {
        let tree = module.tree();
        let mut regions: Vec<Region> = tree.subtree(around).flat_map(|node| tested(module, node)).collect();
        regions.sort_by_key(|region| region.node);
        let mut tests = Tests::default();
        let mut next = NodeId::ROOT;
        for region in regions {
            let end = tree.after(region.node);
            let nodes = tree.between(region.node.max(next), end.max(next));
            nodes.for_each(|node| tests.add(module, node, region.holds_from));
            next = next.max(end);
        }
        tests
    }

    fn add(&mut self, module: &Module, node: NodeId, holds_from: NodeId) {
        let tree = module.tree();
        let range = tree.range(node);
        let names =
            matches!(tree.kind(node), Kind::Identifier | Kind::Attribute | Kind::Subscript | Kind::Call);
        if names && range.len() <= LONGEST {
            self.0.entry(module.text(node).to_owned()).or_default().push(holds_from);
        }
    }
}

/// A tested expression, and from where on in the text it guards: `a / b if b else 0` tests behind what it guards.
struct Region {
    node: NodeId,
    holds_from: NodeId,
}

/// The tests of the function around a node.
pub(super) fn tests(module: &Module, guards: &Guards, node: NodeId) -> Rc<Tests> {
    let around = module.enclosing_def(node).map_or(NodeId::ROOT, |(_, def)| def.node);
    guards.get(around, || Rc::new(Tests::of(module, around)))
}

/// Whether a test that speaks of the text certainly holds at the node, or certainly does not.
pub(super) fn is_settled(module: &Module, text: &str, node: NodeId) -> bool {
    let tree = module.tree();
    let mentions = |test: NodeId| tree.subtree(test).take(LONGEST).any(|part| module.text(part) == text);
    module.conditions_at(node).into_iter().any(|(test, _)| mentions(test))
}

/// The value of a local name went through a call of its own before: `check(value)`, `self.assertIsNotNone(value)`.
pub(super) fn is_checked_by_call(module: &Module, name: NodeId, before: NodeId) -> bool {
    let tree = module.tree();
    ownership::uses(module, name).into_iter().filter(|used| *used < before).any(|used| {
        let call = ownership::argument_of(module, used);
        call.is_some_and(|call| {
            tree.parent(call).is_some_and(|parent| tree.kind(parent) == Kind::ExpressionStatement)
                && !calls::spelled(module, call).contains("log")
        })
    })
}

/// The parts of a node that are looked at as true or false, or compared.
fn tested(module: &Module, node: NodeId) -> Vec<Region> {
    let tree = module.tree();
    let here =
        |parts: Vec<NodeId>| parts.into_iter().map(|part| Region { node: part, holds_from: part }).collect();
    match tree.kind(node) {
        Kind::IfStatement | Kind::ElifClause | Kind::WhileStatement => {
            here(calls::condition(module, node).into_iter().collect())
        }
        Kind::ConditionalExpression => {
            let condition = calls::condition(module, node);
            condition.map(|condition| Region { node: condition, holds_from: node }).into_iter().collect()
        }
        Kind::IfClause => vec![Region { node, holds_from: tree.parent(node).unwrap_or(node) }],
        Kind::BooleanOperator => here(tree.child(node, Field::Left).into_iter().collect()),
        Kind::AssertStatement | Kind::ComparisonOperator | Kind::NotOperator => here(vec![node]),
        Kind::MatchStatement => here(tree.children_by_field(node, Field::Subject).collect()),
        Kind::Call => match module.callee(node) {
            Some(
                "builtins.isinstance"
                | "builtins.bool"
                | "builtins.any"
                | "builtins.all"
                | "builtins.hasattr",
            ) => here(vec![node]),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
