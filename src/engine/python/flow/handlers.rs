//! `try`, `with` and `match` to points: who catches what, what runs on every way out, which case is taken.

use super::super::binding::BindingKind;
use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::build::{Builder, Label, Task};
use super::catch::Catches;
use super::frame::{Frame, Leaving, Role, Thrown};
use super::graph::{Edge, PointId, Step};

/// An `except` clause on its way into the graph.
struct Handler {
    node: NodeId,
    entry: Label,
    /// What may come to it.
    caught: Vec<Thrown>,
}

impl Builder<'_> {
    pub(super) fn try_statement(&mut self, node: NodeId) {
        let begin = self.emit(node, Step::Begin);
        let after = self.label();
        let body = self.child(node, Field::Body).map(Task::Block);
        let finally = self.tree().child_of_kind(node, Kind::FinallyClause);
        let mut tasks = Vec::new();
        tasks.extend(finally.map(|_| Task::Open(Frame::new(Role::Finally, begin))));
        tasks.push(Task::Open(Frame::new(Role::Try, begin)));
        tasks.extend(body);
        tasks.extend([Task::CloseTry { node, after }, Task::Place(after)]);
        tasks.extend(finally.map(Task::CloseFinally));
        self.plan(tasks);
    }

    /// The body is built: what it throws goes to the handlers, what they let through to the frames outside.
    pub(super) fn close_try(&mut self, node: NodeId, after: Label) {
        let Some(frame) = self.frames.pop() else { return };
        let tree = self.tree();
        let nodes = tree.named_children(node).filter(|child| tree.kind(*child) == Kind::ExceptClause);
        let mut handlers: Vec<Handler> =
            nodes.map(|node| Handler { node, entry: self.label(), caught: Vec::new() }).collect();
        let normal = std::mem::take(&mut self.ends);
        let error = self.dispatch(node, &frame, &mut handlers);
        let anywhere: Vec<PointId> = match error {
            Some(error) => vec![error],
            None => std::iter::once(frame.begin).chain(normal.iter().map(|(point, _)| *point)).collect(),
        };
        self.reach_all(&anywhere, &mut handlers);
        self.ends = normal;
        let mut tasks = Vec::new();
        let otherwise = tree.child_of_kind(node, Kind::ElseClause);
        tasks.extend(otherwise.and_then(|clause| self.child(clause, Field::Body)).map(Task::Block));
        tasks.push(Task::Goto(after));
        for handler in handlers {
            tasks.push(Task::Place(handler.entry));
            self.plan_handler(handler.node, handler.caught, &mut tasks);
            tasks.push(Task::Goto(after));
        }
        self.plan(tasks);
    }

    /// Links each thing thrown in the body to the handlers that may catch it. Answers where ordinary errors meet.
    fn dispatch(&mut self, node: NodeId, frame: &Frame, handlers: &mut [Handler]) -> Option<PointId> {
        let mut error = None;
        for (leaving, label) in &frame.ways {
            let Leaving::Throw(thrown) = *leaving else { continue };
            self.place(*label);
            let point = self.emit(node, Step::Join);
            self.ends.clear();
            if thrown == Thrown::Error {
                error = Some(point);
            }
            let mut open = true;
            for handler in handlers.iter_mut() {
                let catches = self.catches(handler.node, thrown);
                if open && catches != Catches::No {
                    handler.caught.push(thrown);
                    self.send(handler.entry, (point, Edge::Raised));
                }
                open &= catches != Catches::Surely;
            }
            if open {
                self.may_throw(point, thrown, Edge::Raised);
            }
        }
        error
    }

    /// A handler that nothing known leads to was still written for something.
    fn reach_all(&mut self, anywhere: &[PointId], handlers: &mut [Handler]) {
        for handler in handlers.iter_mut().filter(|handler| handler.caught.is_empty()) {
            handler.caught.push(self.meant(handler.node));
            for point in anywhere {
                self.send(handler.entry, (*point, Edge::Raised));
            }
        }
    }

    fn plan_handler(&mut self, handler: NodeId, caught: Vec<Thrown>, tasks: &mut Vec<Task>) {
        let tree = self.tree();
        let values = tree.children_by_field(handler, Field::Value);
        let made = self.module.bindings_made_in(handler).first().copied();
        let block = tree.child_of_kind(handler, Kind::Block);
        let bound = made.filter(|id| {
            let binding = self.module.scopes().binding(*id);
            let in_header = block.is_none_or(|block| binding.node < block);
            in_header && binding.kind == BindingKind::Except
        });
        tasks.push(Task::Emit(handler, Step::Begin));
        for value in values {
            let plain = tree.kind(value) != Kind::AsPattern;
            let value = if plain { Some(value) } else { tree.first_named(value) };
            tasks.extend(value.map(Task::Value));
        }
        tasks.extend(bound.map(|id| Task::Bind(self.module.scopes().binding(id).node)));
        tasks.push(Task::Handling(caught));
        tasks.extend(block.map(Task::Block));
        tasks.push(Task::Handled);
        tasks.extend(bound.map(Task::Unbind));
    }

    /// Builds the `finally` once per way into it, so that no path goes in one way and out another.
    pub(super) fn close_finally(&mut self, clause: NodeId) {
        let Some(frame) = self.frames.pop() else { return };
        let Some(block) = self.tree().child_of_kind(clause, Kind::Block) else { return };
        let start = [Task::Emit(clause, Step::Begin), Task::Block(block)];
        if !frame.ways.iter().all(|_| self.may_copy(block)) {
            return self.merge_finally(&frame, start);
        }
        let normal = self.label();
        let falls_through = !self.ends.is_empty() || frame.ways.is_empty();
        let mut tasks = vec![Task::Goto(normal)];
        for (leaving, label) in frame.ways {
            tasks.push(Task::Place(label));
            tasks.extend(start.clone());
            tasks.push(Task::Leave(leaving));
        }
        if falls_through {
            tasks.push(Task::Place(normal));
            tasks.extend(start);
        }
        self.plan(tasks);
    }

    fn merge_finally(&mut self, frame: &Frame, start: [Task; 2]) {
        self.exact = false;
        let mut tasks: Vec<Task> = frame.ways.iter().map(|(_, label)| Task::Place(*label)).collect();
        tasks.extend(start);
        for (leaving, _) in &frame.ways {
            tasks.extend(self.route(*leaving).map(Task::Fork));
        }
        self.plan(tasks);
    }

    pub(super) fn with_statement(&mut self, node: NodeId) {
        let begin = self.emit(node, Step::Begin);
        let is_async = self.module.is_async(node);
        let items: Vec<NodeId> = self.module.with_items(node).collect();
        let mut tasks = Vec::new();
        for item in &items {
            let (value, target) = self.module.with_parts(*item);
            tasks.extend(value.map(Task::Value));
            tasks.push(match is_async {
                true => Task::Suspend(*item, Step::Enter),
                false => Task::Risk(*item, Step::Enter),
            });
            tasks.push(Task::Open(Frame::new(Role::With, begin)));
            tasks.extend(target.map(Task::Target));
        }
        tasks.extend(self.child(node, Field::Body).map(Task::Block));
        tasks.extend(items.iter().rev().map(|item| Task::CloseWith { item: *item, statement: node }));
        self.plan(tasks);
    }

    /// The manager's exit runs on each way out of the block; what it swallows goes on behind the statement.
    pub(super) fn close_with(&mut self, item: NodeId, statement: NodeId) {
        let Some(frame) = self.frames.pop() else { return };
        let normal = std::mem::take(&mut self.ends);
        let swallowed = self.label();
        for (leaving, label) in frame.ways {
            self.place(label);
            self.exit(item, statement);
            let swallows = match leaving {
                Leaving::Throw(thrown) => self.swallows(item, statement, thrown, normal.is_empty()),
                Leaving::Return | Leaving::Break | Leaving::Continue => Catches::No,
            };
            if swallows != Catches::No {
                self.ends.clone().into_iter().for_each(|end| self.send(swallowed, end));
            }
            match swallows {
                Catches::Surely => self.ends.clear(),
                Catches::Perhaps | Catches::No => self.leave(leaving),
            }
        }
        self.ends = normal;
        if !self.ends.is_empty() {
            self.exit(item, statement);
        }
        self.place(swallowed);
    }

    fn exit(&mut self, item: NodeId, statement: NodeId) {
        match self.module.is_async(statement) {
            true => self.suspend(item, Step::Leave),
            false => self.risk(item, Step::Leave),
        };
    }

    pub(super) fn match_statement(&mut self, node: NodeId) {
        let tree = self.tree();
        let after = self.label();
        let clauses: Vec<NodeId> = match self.child(node, Field::Body) {
            Some(body) => tree.children_by_field(body, Field::Alternative).collect(),
            None => Vec::new(),
        };
        let mut tasks: Vec<Task> = tree.children_by_field(node, Field::Subject).map(Task::Value).collect();
        tasks.push(Task::Emit(node, Step::Begin));
        tasks.extend([Task::Cases { clauses, from: 0, after }, Task::Place(after)]);
        self.plan(tasks);
    }

    pub(super) fn cases(&mut self, clauses: Vec<NodeId>, from: usize, after: Label) {
        let Some(clause) = clauses.get(from).copied() else { return };
        let tree = self.tree();
        let (yes, no) = (self.label(), self.label());
        let patterns: Vec<NodeId> =
            tree.named_children(clause).filter(|child| tree.kind(*child) == Kind::CasePattern).collect();
        let mut tasks = vec![Task::Emit(clause, Step::Begin)];
        match self.matches_all(&patterns) {
            true => tasks.push(Task::Goto(yes)),
            false => tasks.extend([Task::Emit(clause, Step::Test), Task::Decide { test: clause, yes, no }]),
        }
        tasks.push(Task::Place(yes));
        tasks.extend(patterns.into_iter().map(Task::Bind));
        let guard = self.child(clause, Field::Guard).and_then(|guard| tree.first_named(guard));
        if let Some(test) = guard {
            let passed = self.label();
            tasks.extend([Task::Condition { test, yes: passed, no }, Task::Place(passed)]);
        }
        tasks.extend(self.child(clause, Field::Consequence).map(Task::Block));
        tasks.extend([Task::Goto(after), Task::Place(no)]);
        tasks.push(Task::Cases { clauses, from: from + 1, after });
        self.plan(tasks);
    }

    /// `_` and a plain name match whatever comes.
    fn matches_all(&self, patterns: &[NodeId]) -> bool {
        let [pattern] = patterns else { return false };
        let name = self.tree().first_named(*pattern);
        let is_name = name.is_none_or(|name| {
            self.kind(name) == Kind::DottedName && self.tree().named_children(name).count() == 1
        });
        let text = self.module.text(*pattern);
        is_name
            && text.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !text.starts_with(char::is_numeric)
    }
}
