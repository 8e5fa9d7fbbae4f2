//! Calls: the callee, positional arguments in order, keyword arguments wherever they stand.

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::matcher::{Matcher, Then};
use super::pattern::{Call, Part, Segment};

impl<'m> Matcher<'m> {
    pub(super) fn call(&mut self, call: &Call, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        if tree.kind(node) != Kind::Call {
            return false;
        }
        let Some(function) = tree.child(node, Field::Function) else { return false };
        let (positional, keywords) = arguments(self.module, node);
        let surplus = keywords.len() > call.keywords.len();
        if surplus && !call.open {
            return false;
        }
        self.part(&call.function, function, &mut |matcher| {
            matcher.keywords(&call.keywords, &keywords, &mut |matcher| {
                matcher.sequence(&call.positional, &positional, then)
            })
        })
    }

    /// Each keyword of the pattern has its argument, wherever it stands.
    fn keywords(&mut self, wanted: &[(Segment, Part)], given: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some(((key, value), later)) = wanted.split_first() else { return then(self) };
        let module = self.module;
        let tree = module.tree();
        (0..given.len()).any(|index| {
            let argument = given[index];
            let parts = tree.child(argument, Field::Name).zip(tree.child(argument, Field::Value));
            let Some((name, of)) = parts else { return false };
            let rest: Vec<NodeId> = given.iter().copied().filter(|other| *other != argument).collect();
            self.segment(key, module.text(name), &mut |matcher| {
                matcher.part(value, of, &mut |matcher| matcher.keywords(later, &rest, then))
            })
        })
    }
}

/// The positional and the keyword arguments of a call.
fn arguments(module: &Module, call: NodeId) -> (Vec<NodeId>, Vec<NodeId>) {
    let tree = module.tree();
    let Some(arguments) = tree.child(call, Field::Arguments) else { return Default::default() };
    if tree.kind(arguments) == Kind::GeneratorExpression {
        return (vec![arguments], Vec::new());
    }
    tree.named_children(arguments).partition(|argument| tree.kind(*argument) != Kind::KeywordArgument)
}
