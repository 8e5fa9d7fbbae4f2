//! Calls: the callee, positional arguments in order, keyword arguments wherever they stand.

use crate::engine::python::{Field, Kind, NodeId};

use super::binding::Bound;
use super::matcher::{Matcher, Then, bare};
use super::pattern::{Argument, Call, Part, Segment};

impl<'m> Matcher<'m> {
    pub(super) fn call(&mut self, call: &Call, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        if tree.kind(node) != Kind::Call {
            return false;
        }
        let Some(function) = tree.child(node, Field::Function) else { return false };
        let Some(list) = tree.child(node, Field::Arguments) else { return false };
        let given: Vec<NodeId> = match tree.kind(list) {
            Kind::GeneratorExpression => vec![list],
            _ => tree.named_children(list).collect(),
        };
        self.part(&call.function, function, &mut |matcher| matcher.arguments(&call.arguments, &given, then))
    }

    /// In our own rules, one `...` allows further keyword arguments wherever it stands.
    fn arguments(&mut self, wanted: &[Argument], given: &[NodeId], then: Then<'_, 'm>) -> bool {
        let has_dots = wanted.iter().any(|argument| argument.value.is_open());
        if self.settings.written_names || !has_dots {
            return self.in_order(wanted, given, false, then);
        }
        let (keywords, positional): (Vec<Argument>, Vec<Argument>) =
            wanted.iter().cloned().partition(|argument| argument.keyword.is_some());
        let (named, unnamed): (Vec<NodeId>, Vec<NodeId>) =
            given.iter().partition(|node| self.is_keyword(**node));
        self.in_order(&keywords, &named, true, &mut |matcher| {
            matcher.in_order(&positional, &unnamed, false, then)
        })
    }

    /// Positional arguments one by one; a keyword argument takes its counterpart out of what is left.
    pub(super) fn in_order(
        &mut self,
        wanted: &[Argument],
        given: &[NodeId],
        less: bool,
        then: Then<'_, 'm>,
    ) -> bool {
        let Some((argument, later)) = wanted.split_first() else {
            return (less || given.is_empty()) && then(self);
        };
        if let Some(key) = &argument.keyword {
            return self.keyword((key, &argument.value), later, (given, less), then);
        }
        match &argument.value {
            Part::Dots if later.is_empty() => then(self),
            Part::Dots => (0..=given.len())
                .any(|length| self.step() && self.in_order(later, &given[length..], less, then)),
            Part::Many(name) => (0..=given.len()).any(|length| {
                let (taken, rest) = given.split_at(length);
                let bound = Bound::Nodes(taken.to_vec());
                self.step()
                    && self.bind(name, bound, &mut |matcher| matcher.in_order(later, rest, less, then))
            }),
            value => match given.split_first() {
                Some((node, rest)) if !self.is_keyword(*node) => {
                    self.part(value, *node, &mut |matcher| matcher.in_order(later, rest, less, then))
                }
                _ => false,
            },
        }
    }

    fn keyword(
        &mut self,
        (key, value): (&Segment, &Part),
        later: &[Argument],
        (given, less): (&[NodeId], bool),
        then: Then<'_, 'm>,
    ) -> bool {
        let tree = self.module.tree();
        given.iter().any(|argument| {
            let parts = tree.child(*argument, Field::Name).zip(tree.child(*argument, Field::Value));
            let Some((name, of)) = parts.filter(|_| self.is_keyword(*argument)) else { return false };
            let rest: Vec<NodeId> = given.iter().copied().filter(|other| other != argument).collect();
            self.named(key, name, &mut |matcher| {
                matcher.part(value, of, &mut |matcher| matcher.in_order(later, &rest, less, then))
            })
        })
    }

    fn is_keyword(&self, node: NodeId) -> bool {
        self.module.tree().kind(node) == Kind::KeywordArgument
    }

    /// `<object>. ...`: the object, or what a chain of calls and attributes begins with.
    pub(super) fn chain(&mut self, object: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        let mut link = Some(node);
        while let Some(current) = link {
            if !self.step() {
                return false;
            }
            if self.part(object, current, then) {
                return true;
            }
            let callee = match tree.kind(current) {
                Kind::Call => tree.child(current, Field::Function).map(|callee| bare(self.module, callee)),
                _ => Some(current),
            };
            let attribute = callee.filter(|callee| tree.kind(*callee) == Kind::Attribute);
            link = attribute.and_then(|it| tree.child(it, Field::Object)).map(|it| bare(self.module, it));
        }
        false
    }
}
