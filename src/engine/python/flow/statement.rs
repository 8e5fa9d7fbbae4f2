//! Statements to points: what runs in which order, and which way control goes.

use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::build::{Builder, Label, Task};
use super::frame::{Frame, Leaving, Thrown};
use super::graph::{Edge, Step};

impl Builder<'_> {
    pub(super) fn block(&mut self, node: NodeId) {
        let start = self.tasks.len();
        self.tasks.extend(self.module.tree().named_children(node).map(Task::Statement));
        self.tasks[start..].reverse();
    }

    pub(super) fn statement(&mut self, node: NodeId) {
        let done = Task::Emit(node, Step::Done);
        match self.kind(node) {
            Kind::IfStatement => self.if_statement(node),
            Kind::WhileStatement => self.while_statement(node),
            Kind::ForStatement => self.for_statement(node),
            Kind::TryStatement => self.try_statement(node),
            Kind::WithStatement => self.with_statement(node),
            Kind::MatchStatement => self.match_statement(node),
            Kind::FunctionDefinition => self.function_definition(node),
            Kind::ClassDefinition => self.class_definition(node),
            Kind::DecoratedDefinition => self.decorated_definition(node),
            Kind::ReturnStatement => {
                self.tasks.push(Task::Leave(Leaving::Return));
                self.plan_children(node, Some(done));
            }
            Kind::BreakStatement => self.plan([done, Task::Leave(Leaving::Break)]),
            Kind::ContinueStatement => self.plan([done, Task::Leave(Leaving::Continue)]),
            Kind::RaiseStatement => {
                self.tasks.push(Task::Throw(node));
                self.plan_children(node, Some(done));
            }
            Kind::AssertStatement => self.assert_statement(node),
            Kind::DeleteStatement => {
                let targets = self.tree().first_named(node);
                self.plan(targets.map(Task::Delete).into_iter().chain([done]));
            }
            Kind::ImportStatement | Kind::ImportFromStatement => {
                self.plan([Task::Risk(node, Step::Done), Task::Bind(node)]);
            }
            Kind::TypeAliasStatement => {
                let name = self.child(node, Field::Left);
                self.plan(name.map(Task::Bind).into_iter().chain([done]));
            }
            Kind::ExpressionStatement | Kind::PrintStatement | Kind::ExecStatement | Kind::Error => {
                self.plan_children(node, Some(done));
            }
            _ => self.tasks.push(done),
        }
    }

    fn if_statement(&mut self, node: NodeId) {
        self.emit(node, Step::Begin);
        let tree = self.tree();
        let after = self.label();
        let mut tasks = Vec::new();
        let clauses = std::iter::once(node).chain(tree.children_by_field(node, Field::Alternative));
        for clause in clauses {
            let body = tree.child(clause, Field::Consequence).or(tree.child(clause, Field::Body));
            if clause != node {
                tasks.push(Task::Emit(clause, Step::Begin));
            }
            match tree.child(clause, Field::Condition) {
                Some(test) => {
                    let (yes, no) = (self.label(), self.label());
                    tasks.extend([Task::Condition { test, yes, no }, Task::Place(yes)]);
                    tasks.extend(body.map(Task::Block));
                    tasks.extend([Task::Goto(after), Task::Place(no)]);
                }
                None => tasks.extend(body.map(Task::Block)),
            }
        }
        tasks.push(Task::Place(after));
        self.plan(tasks);
    }

    fn while_statement(&mut self, node: NodeId) {
        let begin = self.emit(node, Step::Begin);
        let (again, body, no, after) = (self.label(), self.label(), self.label(), self.label());
        let condition = self.child(node, Field::Condition);
        let test = condition.map(|test| Task::Condition { test, yes: body, no });
        let mut tasks = vec![Task::Head(node, again)];
        tasks.extend(test);
        tasks.extend([Task::Place(body), Task::Open(Frame::of_loop(begin, again, after))]);
        tasks.extend(self.child(node, Field::Body).map(Task::Block));
        tasks.extend([Task::CloseLoop, Task::Goto(again), Task::Place(no)]);
        self.plan_else(node, tasks, after);
    }

    fn for_statement(&mut self, node: NodeId) {
        let begin = self.emit(node, Step::Begin);
        let (again, body, no, after) = (self.label(), self.label(), self.label(), self.label());
        let iterable = self.child(node, Field::Right);
        let mut tasks: Vec<Task> = iterable.map(Task::Value).into_iter().collect();
        if iterable.is_some_and(|iterable| self.has_elements(iterable)) {
            tasks.extend([Task::Emit(node, Step::Next), Task::Goto(body)]);
        }
        let next = match self.module.is_async(node) {
            true => Task::Suspend(node, Step::Next),
            false => Task::Risk(node, Step::Next),
        };
        tasks.extend([Task::Head(node, again), next, Task::Fork(no), Task::Goto(body), Task::Place(body)]);
        tasks.extend(self.child(node, Field::Left).map(Task::Target));
        tasks.push(Task::Open(Frame::of_loop(begin, again, after)));
        tasks.extend(self.child(node, Field::Body).map(Task::Block));
        tasks.extend([Task::CloseLoop, Task::Goto(again), Task::Place(no)]);
        self.plan_else(node, tasks, after);
    }

    /// Ends a loop: its `else` runs where it was not left by `break`.
    fn plan_else(&mut self, node: NodeId, mut tasks: Vec<Task>, after: Label) {
        let otherwise = self.tree().child_of_kind(node, Kind::ElseClause);
        tasks.extend(otherwise.and_then(|clause| self.child(clause, Field::Body)).map(Task::Block));
        tasks.push(Task::Place(after));
        self.plan(tasks);
    }

    /// A display with an element that is no `*splat` gives a loop its first round for sure.
    fn has_elements(&self, iterable: NodeId) -> bool {
        let is_display = matches!(
            self.kind(iterable),
            Kind::List | Kind::Tuple | Kind::Set | Kind::Dictionary | Kind::ExpressionList
        );
        let splat = |node| matches!(self.kind(node), Kind::ListSplat | Kind::DictionarySplat);
        is_display && self.tree().named_children(iterable).any(|element| !splat(element))
    }

    fn assert_statement(&mut self, node: NodeId) {
        let mut parts = self.tree().named_children(node);
        let Some(test) = parts.next() else { return };
        let (yes, no) = (self.label(), self.label());
        let mut tasks = vec![Task::Condition { test, yes, no }, Task::Place(no)];
        tasks.extend(parts.map(Task::Value));
        tasks.extend([Task::Emit(node, Step::Join), Task::Throw(node)]);
        tasks.extend([Task::Place(yes), Task::Emit(node, Step::Done)]);
        self.plan(tasks);
    }

    fn decorated_definition(&mut self, node: NodeId) {
        let decorators =
            self.tree().named_children(node).filter(|child| self.kind(*child) == Kind::Decorator);
        let mut tasks: Vec<Task> =
            decorators.filter_map(|decorator| self.tree().first_named(decorator)).map(Task::Value).collect();
        tasks.extend(self.child(node, Field::Definition).map(Task::Statement));
        tasks.push(Task::Emit(node, Step::Done));
        self.plan(tasks);
    }

    fn function_definition(&mut self, node: NodeId) {
        let mut tasks = self.signature(node);
        tasks.extend(self.child(node, Field::Name).map(Task::Bind));
        tasks.push(Task::Emit(node, Step::Done));
        self.plan(tasks);
    }

    /// What a definition computes when it is made: defaults, and annotations where they are evaluated.
    pub(super) fn signature(&self, node: NodeId) -> Vec<Task> {
        let Some(function) = self.module.function_at(node).map(|id| self.module.function(id)) else {
            return Vec::new();
        };
        let annotated = !self.module.has_lazy_annotations();
        let annotations = function.params.iter().filter_map(|param| param.annotation).chain(function.returns);
        let defaults = function.params.iter().filter_map(|param| param.default).map(Task::Value);
        defaults.chain(annotations.filter(|_| annotated).map(Task::Value)).collect()
    }

    fn class_definition(&mut self, node: NodeId) {
        let mut tasks: Vec<Task> =
            self.child(node, Field::Superclasses).map(Task::Value).into_iter().collect();
        tasks.push(Task::Emit(node, Step::Begin));
        tasks.extend(self.child(node, Field::Body).map(Task::Block));
        tasks.extend(self.child(node, Field::Name).map(Task::Bind));
        self.plan(tasks);
    }

    /// `raise` and a failed `assert`: control goes to whoever handles it.
    pub(super) fn throw(&mut self, node: NodeId) {
        for thrown in self.thrown_by(node) {
            let Some(label) = self.route(super::frame::Leaving::Throw(thrown)) else { continue };
            for (point, _) in self.ends.clone() {
                self.send(label, (point, Edge::Raised));
            }
        }
        self.ends.clear();
    }

    fn thrown_by(&mut self, node: NodeId) -> Vec<Thrown> {
        if self.kind(node) == Kind::AssertStatement {
            return vec![self.named("builtins.AssertionError")];
        }
        let raised = self.tree().named_children(node).next();
        let again = || self.handling.last().cloned().filter(|thrown| !thrown.is_empty());
        match raised {
            None => again().unwrap_or_else(|| vec![Thrown::Error]),
            Some(raised) if self.is_caught_name(raised) => again().unwrap_or_else(|| vec![Thrown::Error]),
            Some(raised) => vec![self.type_thrown(raised)],
        }
    }
}
