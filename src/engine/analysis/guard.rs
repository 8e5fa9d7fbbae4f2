//! What a function tests: every expression that stands in a condition, a comparison, an `assert` or a `match`, by its
//! text and first place. Any test counts as a guard: a missed finding is forgiven, a wrong one is not.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::calls;
use super::memo::Memo;

/// The longest expression that is remembered, in bytes: a chain of attributes must not cost its square.
const LONGEST: usize = 160;

/// Tested expressions of one function, with the first test of each.
#[derive(Debug, Default)]
pub(super) struct Tests(HashMap<String, NodeId>);

/// The tests of each function of a file, or of the module's own code.
pub(super) type Guards = Memo<NodeId, Rc<Tests>>;

impl Tests {
    /// Whether the expression with this text is tested before the node, or in the same statement.
    pub(super) fn before(&self, text: &str, node: NodeId) -> bool {
        self.0.get(text).is_some_and(|test| *test <= node)
    }

    /// Whether it is tested anywhere in the function.
    pub(super) fn anywhere(&self, text: &str) -> bool {
        self.0.contains_key(text)
    }

    fn of(module: &Module, around: NodeId) -> Tests {
        let tree = module.tree();
        let mut regions: Vec<Range<NodeId>> = tree
            .subtree(around)
            .flat_map(|node| tested(module, node))
            .map(|node| node..tree.after(node))
            .collect();
        regions.sort_by_key(|region| region.start);
        let mut tests = Tests::default();
        let mut next = NodeId::ROOT;
        for region in regions {
            tree.between(region.start.max(next), region.end.max(next))
                .for_each(|node| tests.add(module, node));
            next = next.max(region.end);
        }
        tests
    }

    fn add(&mut self, module: &Module, node: NodeId) {
        let tree = module.tree();
        let range = tree.range(node);
        let names =
            matches!(tree.kind(node), Kind::Identifier | Kind::Attribute | Kind::Subscript | Kind::Call);
        if names && range.len() <= LONGEST {
            self.0.entry(module.text(node).to_owned()).or_insert(node);
        }
    }
}

/// The tests of the function around a node.
pub(super) fn tests(module: &Module, guards: &Guards, node: NodeId) -> Rc<Tests> {
    let around = module.enclosing_def(node).map_or(NodeId::ROOT, |(_, def)| def.node);
    guards.get(around, || Rc::new(Tests::of(module, around)))
}

/// The parts of a node that are looked at as true or false, or compared.
fn tested(module: &Module, node: NodeId) -> Vec<NodeId> {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::IfStatement | Kind::ElifClause | Kind::WhileStatement | Kind::ConditionalExpression => {
            calls::condition(module, node).into_iter().collect()
        }
        Kind::BooleanOperator => tree.child(node, Field::Left).into_iter().collect(),
        Kind::AssertStatement | Kind::IfClause | Kind::ComparisonOperator | Kind::NotOperator => vec![node],
        Kind::MatchStatement => tree.children_by_field(node, Field::Subject).collect(),
        Kind::Call => match module.callee(node) {
            Some(
                "builtins.isinstance"
                | "builtins.bool"
                | "builtins.any"
                | "builtins.all"
                | "builtins.hasattr",
            ) => {
                vec![node]
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
