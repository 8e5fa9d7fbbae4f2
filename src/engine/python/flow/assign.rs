//! Assignments, comprehensions and bindings to points.

use super::super::binding::{BindingId, BindingKind};
use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::build::{Builder, Label, Task};
use super::graph::Step;

impl Builder<'_> {
    /// `a = b = value`: the value, then the targets from left to right.
    pub(super) fn assignment(&mut self, node: NodeId) {
        let mut targets = Vec::new();
        let mut value = None;
        let mut current = Some(node);
        while let Some(assignment) = current.filter(|node| self.kind(*node) == Kind::Assignment) {
            targets.extend(self.child(assignment, Field::Left));
            value = self.child(assignment, Field::Right);
            current = value;
        }
        let annotation = self.child(node, Field::Type).filter(|_| self.evaluates_annotations(node));
        let mut tasks: Vec<Task> = value.map(Task::Value).into_iter().collect();
        if value.is_some() {
            tasks.extend(targets.into_iter().map(Task::Target));
        }
        tasks.extend(annotation.map(Task::Value));
        self.plan(tasks);
    }

    /// The annotations of a function's own variables are never evaluated.
    fn evaluates_annotations(&self, node: NodeId) -> bool {
        !self.module.has_lazy_annotations() && self.module.enclosing_function(node).is_none()
    }

    pub(super) fn augmented_assignment(&mut self, node: NodeId) {
        let left = self.child(node, Field::Left);
        let mut tasks: Vec<Task> = left.map(Task::Value).into_iter().collect();
        tasks.extend(self.child(node, Field::Right).map(Task::Value));
        tasks.push(Task::Risk(node, Step::Value));
        tasks.extend(left.map(|left| match self.kind(left) {
            Kind::Identifier => Task::Bind(left),
            _ => Task::Emit(left, Step::Store),
        }));
        self.plan(tasks);
    }

    pub(super) fn target(&mut self, node: NodeId) {
        match self.kind(node) {
            Kind::Identifier => self.bind(node),
            Kind::Attribute => {
                let object = self.child(node, Field::Object).map(Task::Value);
                self.plan(object.into_iter().chain([Task::Risk(node, Step::Store)]));
            }
            Kind::Subscript => self.plan_children(node, Some(Task::Risk(node, Step::Store))),
            Kind::AsPatternTarget
            | Kind::ParenthesizedExpression
            | Kind::ListSplat
            | Kind::ListSplatPattern => {
                self.tasks.extend(self.tree().first_named(node).map(Task::Target));
            }
            Kind::PatternList
            | Kind::TuplePattern
            | Kind::ListPattern
            | Kind::Tuple
            | Kind::List
            | Kind::ExpressionList => {
                self.risk(node, Step::Value);
                let start = self.tasks.len();
                self.tasks.extend(self.module.tree().named_children(node).map(Task::Target));
                self.tasks[start..].reverse();
            }
            _ => self.tasks.push(Task::Value(node)),
        }
    }

    pub(super) fn delete(&mut self, node: NodeId) {
        match self.kind(node) {
            Kind::Identifier => {
                self.emit(node, Step::Read);
                self.bind(node);
            }
            Kind::Attribute | Kind::Subscript => self.target(node),
            _ => {
                let start = self.tasks.len();
                self.tasks.extend(self.module.tree().named_children(node).map(Task::Delete));
                self.tasks[start..].reverse();
            }
        }
    }

    /// The binding that this identifier makes, if it makes one.
    pub(super) fn bind(&mut self, node: NodeId) {
        for binding in self.module.bindings_made_in(node) {
            self.emit(node, Step::Bind(*binding));
        }
    }

    pub(super) fn bind_below(&mut self, node: NodeId) {
        for binding in self.module.bindings_made_in(node) {
            let node = self.module.scopes().binding(*binding).node;
            self.emit(node, Step::Bind(*binding));
        }
    }

    pub(super) fn unbind(&mut self, binding: BindingId) {
        let node = self.module.scopes().binding(binding).node;
        self.emit(node, Step::Unbind(binding));
    }

    /// Whether the expression is the name that the handler around it gave to what it caught.
    pub(super) fn is_caught_name(&self, node: NodeId) -> bool {
        let mut bindings = self.module.bindings_of(node).peekable();
        self.kind(node) == Kind::Identifier
            && bindings.peek().is_some()
            && bindings.all(|binding| binding.kind == BindingKind::Except)
    }

    /// Loops within an expression. A generator expression is taken to run where it stands.
    pub(super) fn comprehension(&mut self, node: NodeId) {
        let done = self.label();
        let mut tasks = Vec::new();
        let mut again = done;
        let clause = |child: &NodeId| matches!(self.kind(*child), Kind::ForInClause | Kind::IfClause);
        let clauses: Vec<NodeId> = self.tree().named_children(node).filter(clause).collect();
        for clause in clauses {
            let test = self.tree().first_named(clause);
            match (self.kind(clause), test) {
                (Kind::IfClause, Some(test)) => {
                    let yes = self.label();
                    tasks.extend([Task::Condition { test, yes, no: again }, Task::Place(yes)]);
                }
                (Kind::IfClause, None) => {}
                _ => again = self.for_clause(clause, again, &mut tasks),
            }
        }
        tasks.extend(self.child(node, Field::Body).map(Task::Value));
        tasks.extend([Task::Goto(again), Task::Place(done), Task::Emit(node, Step::Value)]);
        self.plan(tasks);
    }

    /// Plans `for target in iterable`; answers where the next round begins.
    fn for_clause(&mut self, clause: NodeId, out: Label, tasks: &mut Vec<Task>) -> Label {
        let again = self.label();
        let next = match self.module.is_async(clause) {
            true => Task::Suspend(clause, Step::Next),
            false => Task::Risk(clause, Step::Next),
        };
        tasks.extend(self.child(clause, Field::Right).map(Task::Value));
        tasks.extend([Task::Emit(clause, Step::Begin), Task::Head(clause, again), next, Task::Fork(out)]);
        tasks.extend(self.child(clause, Field::Left).map(Task::Target));
        again
    }
}
