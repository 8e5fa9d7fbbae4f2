//! Expressions to points, in the order in which Python computes them; conditions to branches.

use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::build::{Builder, Label, Task};
use super::graph::{Edge, Step};

impl Builder<'_> {
    pub(super) fn value(&mut self, node: NodeId) {
        match self.kind(node) {
            Kind::Identifier => drop(self.emit(node, Step::Read)),
            Kind::BooleanOperator => self.boolean_value(node),
            Kind::ConditionalExpression => self.conditional_value(node),
            Kind::NamedExpression => {
                let value = self.child(node, Field::Value).map(Task::Value);
                let name = self.child(node, Field::Name).map(Task::Bind);
                self.plan(value.into_iter().chain(name).chain([Task::Emit(node, Step::Value)]));
            }
            Kind::Lambda => {
                let mut tasks = self.signature(node);
                tasks.push(Task::Emit(node, Step::Value));
                self.plan(tasks);
            }
            Kind::ListComprehension
            | Kind::SetComprehension
            | Kind::DictionaryComprehension
            | Kind::GeneratorExpression => self.comprehension(node),
            Kind::Assignment => self.assignment(node),
            Kind::AugmentedAssignment => self.augmented_assignment(node),
            Kind::Attribute => self.plan_parts(node, [Field::Object, Field::Object]),
            Kind::KeywordArgument => self.plan_parts(node, [Field::Value, Field::Value]),
            Kind::Call => self.plan_parts(node, [Field::Function, Field::Arguments]),
            Kind::String | Kind::ConcatenatedString => self.string(node),
            _ => self.plan_children(node, Some(Task::Finish(node))),
        }
    }

    fn plan_parts(&mut self, node: NodeId, [first, second]: [Field; 2]) {
        let second = self.child(node, second).filter(|_| first != second);
        let parts = self.child(node, first).into_iter().chain(second).map(Task::Value);
        let tasks: Vec<Task> = parts.chain([Task::Finish(node)]).collect();
        self.plan(tasks);
    }

    /// Only what an f-string interpolates is computed.
    fn string(&mut self, node: NodeId) {
        let computed = |kind| matches!(kind, Kind::Interpolation | Kind::String | Kind::ConcatenatedString);
        let parts = self.tree().named_children(node).filter(|part| computed(self.kind(*part)));
        let tasks: Vec<Task> = parts.map(Task::Value).chain([Task::Finish(node)]).collect();
        self.plan(tasks);
    }

    pub(super) fn finish(&mut self, node: NodeId) {
        match self.kind(node) {
            Kind::Call => self.call(node),
            Kind::Await => self.await_value(node),
            Kind::Yield => drop(self.suspend(node, Step::Value)),
            Kind::Attribute | Kind::Subscript | Kind::BinaryOperator | Kind::UnaryOperator => {
                self.risk(node, Step::Value);
            }
            Kind::ComparisonOperator if self.may_raise_comparing(node) => drop(self.risk(node, Step::Value)),
            kind if is_silent(kind) && !self.decides(node) => {}
            _ => drop(self.emit(node, Step::Value)),
        }
    }

    /// Whether only the node itself can tell on which branch it stands.
    fn decides(&self, node: NodeId) -> bool {
        let parent = self.tree().parent(node).map(|parent| self.kind(parent));
        matches!(
            parent,
            Some(
                Kind::ConditionalExpression
                    | Kind::BooleanOperator
                    | Kind::NotOperator
                    | Kind::Lambda
                    | Kind::ListComprehension
                    | Kind::SetComprehension
                    | Kind::GeneratorExpression
                    | Kind::Pair
            )
        )
    }

    /// Identity never raises, and equality hardly.
    fn may_raise_comparing(&self, node: NodeId) -> bool {
        let operators =
            self.tree().children(node).filter(|child| self.tree().field(*child) == Field::Operators);
        let quiet =
            |operator: NodeId| matches!(self.module.text(operator), "is" | "is not" | "not" | "==" | "!=");
        !operators.into_iter().all(quiet)
    }

    fn call(&mut self, node: NodeId) {
        // Nobody writes a handler for the making of an exception.
        if self.tree().parent(node).is_some_and(|parent| self.kind(parent) == Kind::RaiseStatement) {
            self.emit(node, Step::Value);
            return;
        }
        let Some(thrown) = self.module.never_returns(node) else {
            self.risk(node, Step::Value);
            return;
        };
        let id = self.emit(node, Step::Value);
        self.ends.clear();
        thrown.into_iter().for_each(|thrown| self.may_throw(id, thrown, Edge::Raised));
    }

    fn await_value(&mut self, node: NodeId) {
        self.suspend(node, Step::Value);
        let awaited = self.tree().first_named(node);
        if awaited.is_some_and(|awaited| self.module.awaiting_never_returns(awaited)) {
            self.ends.clear();
        }
    }

    fn boolean_value(&mut self, node: NodeId) {
        let (Some(left), Some(right)) = (self.child(node, Field::Left), self.child(node, Field::Right))
        else {
            return self.plan_children(node, Some(Task::Finish(node)));
        };
        let (further, end) = (self.label(), self.label());
        let (yes, no) = if self.is_and(node) { (further, end) } else { (end, further) };
        self.plan([
            Task::Condition { test: left, yes, no },
            Task::Place(further),
            Task::Value(right),
            Task::Goto(end),
            Task::Place(end),
            Task::Emit(node, Step::Value),
        ]);
    }

    fn is_and(&self, node: NodeId) -> bool {
        self.child(node, Field::Operator).is_some_and(|operator| self.module.text(operator) == "and")
    }

    fn conditional_value(&mut self, node: NodeId) {
        let parts: Vec<NodeId> = self.tree().named_children(node).collect();
        let [then, test, otherwise] = parts[..] else {
            return self.plan_children(node, Some(Task::Finish(node)));
        };
        let (yes, no, end) = (self.label(), self.label(), self.label());
        self.plan([
            Task::Condition { test, yes, no },
            Task::Place(yes),
            Task::Value(then),
            Task::Goto(end),
            Task::Place(no),
            Task::Value(otherwise),
            Task::Goto(end),
            Task::Place(end),
            Task::Emit(node, Step::Value),
        ]);
    }

    /// Takes `and`, `or`, `not` and brackets apart down to what is really tested.
    pub(super) fn condition(&mut self, test: NodeId, yes: Label, no: Label) {
        let (left, right) = (self.child(test, Field::Left), self.child(test, Field::Right));
        match (self.kind(test), left, right) {
            (Kind::BooleanOperator, Some(left), Some(right)) => {
                let further = self.label();
                let first = match self.is_and(test) {
                    true => Task::Condition { test: left, yes: further, no },
                    false => Task::Condition { test: left, yes, no: further },
                };
                self.plan([first, Task::Place(further), Task::Condition { test: right, yes, no }]);
            }
            (Kind::NotOperator, _, _) => match self.child(test, Field::Argument) {
                Some(inner) => self.condition_task(inner, no, yes),
                None => self.plan([Task::Goto(no)]),
            },
            (Kind::ParenthesizedExpression, _, _) => match self.tree().first_named(test) {
                Some(inner) => self.condition_task(inner, yes, no),
                None => self.plan([Task::Goto(no)]),
            },
            (Kind::True, _, _) => self.plan([Task::Goto(yes)]),
            (Kind::False | Kind::None, _, _) => self.plan([Task::Goto(no)]),
            (Kind::Integer, _, _) => {
                let label = if self.module.text(test) == "0" { no } else { yes };
                self.plan([Task::Goto(label)]);
            }
            _ => self.plan([Task::Value(test), Task::Emit(test, Step::Test), Task::Decide { test, yes, no }]),
        }
    }

    fn condition_task(&mut self, test: NodeId, yes: Label, no: Label) {
        self.tasks.push(Task::Condition { test, yes, no });
    }

    pub(super) fn decide(&mut self, test: NodeId, yes: Label, no: Label) {
        let from = std::mem::take(&mut self.ends);
        for (holds, label) in [(true, yes), (false, no)] {
            self.ends.clone_from(&from);
            self.emit(test, Step::Holds(holds));
            self.goto(label);
        }
    }
}

/// Expressions that nothing happens in; they stand where their surroundings do.
fn is_silent(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Integer
            | Kind::Float
            | Kind::True
            | Kind::False
            | Kind::None
            | Kind::Ellipsis
            | Kind::String
            | Kind::ConcatenatedString
            | Kind::ArgumentList
            | Kind::KeywordArgument
            | Kind::ExpressionList
            | Kind::ListSplat
            | Kind::DictionarySplat
            | Kind::Interpolation
            | Kind::TypeConversion
            | Kind::FormatSpecifier
            | Kind::FormatExpression
            | Kind::Type
            | Kind::Slice
            | Kind::DottedName
            | Kind::Other
            | Kind::Error
    )
}
