//! Builds the graph of a function. Its text is taken apart into small tasks on a stack, much as an assembler lays
//! down code with labels, so that no nesting of the input becomes nesting of ours.

use super::super::Module;
use super::super::binding::BindingId;
use super::super::function::FunctionId;
use super::super::kind::{Field, Kind};
use super::super::tree::{NodeId, Tree};
use super::frame::{Frame, Leaving, Thrown};
use super::graph::{Edge, Graph, Link, Point, PointId, Step};

/// A place to go to that may not be built yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Label(pub(super) u32);

/// A loose end: the next point built is linked to it.
pub(super) type End = (PointId, Edge);

#[derive(Default)]
pub(super) struct Place {
    pub(super) pending: Vec<End>,
    /// Loops know their head before they jump to it.
    pub(super) built: Option<PointId>,
}

/// What is left to build.
#[derive(Clone, Debug)]
pub(super) enum Task {
    Statement(NodeId),
    /// The statements of a block.
    Block(NodeId),
    /// Computes an expression.
    Value(NodeId),
    /// The expression's operands are computed: now itself.
    Finish(NodeId),
    /// Computes a condition and goes where it says.
    Condition {
        test: NodeId,
        yes: Label,
        no: Label,
    },
    /// The condition is computed: control goes one way or the other.
    Decide {
        test: NodeId,
        yes: Label,
        no: Label,
    },
    /// Assigns to a target.
    Target(NodeId),
    Delete(NodeId),
    /// Binds whatever is bound by the identifiers of this node.
    Bind(NodeId),
    Unbind(BindingId),
    Emit(NodeId, Step),
    /// A point that may raise.
    Risk(NodeId, Step),
    /// A point that may raise and where the task may be cancelled.
    Suspend(NodeId, Step),
    Goto(Label),
    /// Control may go on or go to the label.
    Fork(Label),
    Place(Label),
    /// Like `Place`, for a label that is jumped back to.
    Head(NodeId, Label),
    Leave(Leaving),
    /// Raises what a `raise` or a failed `assert` says.
    Throw(NodeId),
    Open(Frame),
    CloseLoop,
    CloseTry {
        node: NodeId,
        after: Label,
    },
    CloseFinally(NodeId),
    CloseWith {
        item: NodeId,
        statement: NodeId,
    },
    /// Within a handler, a bare `raise` throws these.
    Handling(Vec<Thrown>),
    Handled,
    /// The case from this one on.
    Cases {
        clauses: Vec<NodeId>,
        from: usize,
        after: Label,
    },
}

pub(super) struct Builder<'m> {
    pub(super) module: &'m Module,
    pub(super) points: Vec<Point>,
    pub(super) links: Vec<Link>,
    /// Where control stands. Empty: what follows cannot be reached.
    pub(super) ends: Vec<End>,
    pub(super) places: Vec<Place>,
    pub(super) frames: Vec<Frame>,
    pub(super) handling: Vec<Vec<Thrown>>,
    /// The exception types that `raise` statements name, by `Thrown::Named`.
    pub(super) named: Vec<Box<str>>,
    pub(super) tasks: Vec<Task>,
    /// How many nodes of `finally` blocks may still be copied.
    pub(super) copies: usize,
    pub(super) exact: bool,
    pub(super) is_async: bool,
    pub(super) returns: Label,
    pub(super) escapes: Label,
}

/// The graph of a function, or of the module's own statements.
pub(super) fn build(module: &Module, function: Option<FunctionId>) -> Graph {
    let root = function.map_or(NodeId::ROOT, |id| module.function(id).node);
    let mut builder = Builder::new(module, root);
    builder.emit(root, Step::Entry);
    let Some(id) = function else {
        builder.plan([Task::Block(root), Task::Leave(Leaving::Return)]);
        return builder.run(root);
    };
    let function = module.function(id);
    builder.is_async = function.is_async;
    for param in &function.params {
        builder.bind(param.node);
    }
    if let Some(body) = function.body {
        let is_block = module.tree().kind(body) == Kind::Block;
        let body = if is_block { Task::Block(body) } else { Task::Value(body) };
        builder.plan([body, Task::Leave(Leaving::Return)]);
    }
    builder.run(root)
}

impl<'m> Builder<'m> {
    fn new(module: &'m Module, root: NodeId) -> Builder<'m> {
        let size = (module.tree().after(root).0 - root.0) as usize;
        Builder {
            module,
            points: Vec::new(),
            links: Vec::new(),
            ends: Vec::new(),
            places: vec![Place::default(), Place::default()],
            frames: Vec::new(),
            handling: Vec::new(),
            named: Vec::new(),
            tasks: Vec::new(),
            copies: 4 * size + 2_000,
            exact: true,
            is_async: false,
            returns: Label(0),
            escapes: Label(1),
        }
    }

    fn run(mut self, root: NodeId) -> Graph {
        while let Some(task) = self.tasks.pop() {
            self.step(task);
        }
        self.place(self.returns);
        let exit = self.emit(root, Step::Exit);
        self.ends.clear();
        self.place(self.escapes);
        let escape = self.emit(root, Step::Escape);
        let graph = Graph::new(self.points, &self.links, exit, escape);
        if self.exact { graph } else { graph.coarse() }
    }

    fn step(&mut self, task: Task) {
        match task {
            Task::Statement(node) => self.statement(node),
            Task::Block(node) => self.block(node),
            Task::Value(node) => self.value(node),
            Task::Finish(node) => self.finish(node),
            Task::Condition { test, yes, no } => self.condition(test, yes, no),
            Task::Decide { test, yes, no } => self.decide(test, yes, no),
            Task::Target(node) => self.target(node),
            Task::Delete(node) => self.delete(node),
            Task::Bind(node) => self.bind_below(node),
            Task::Unbind(id) => self.unbind(id),
            Task::Emit(node, step) => drop(self.emit(node, step)),
            Task::Risk(node, step) => drop(self.risk(node, step)),
            Task::Suspend(node, step) => drop(self.suspend(node, step)),
            Task::Goto(label) => self.goto(label),
            Task::Fork(label) => self.ends.clone().into_iter().for_each(|end| self.send(label, end)),
            Task::Place(label) => self.place(label),
            Task::Head(node, label) => self.head(node, label),
            Task::Leave(leaving) => self.leave(leaving),
            Task::Throw(node) => self.throw(node),
            Task::Open(frame) => self.open(frame),
            Task::CloseLoop => drop(self.frames.pop()),
            Task::CloseTry { node, after } => self.close_try(node, after),
            Task::CloseFinally(node) => self.close_finally(node),
            Task::CloseWith { item, statement } => self.close_with(item, statement),
            Task::Handling(thrown) => self.handling.push(thrown),
            Task::Handled => drop(self.handling.pop()),
            Task::Cases { clauses, from, after } => self.cases(clauses, from, after),
        }
    }

    pub(super) fn tree(&self) -> &'m Tree {
        self.module.tree()
    }

    pub(super) fn kind(&self, node: NodeId) -> Kind {
        self.tree().kind(node)
    }

    pub(super) fn child(&self, node: NodeId, field: Field) -> Option<NodeId> {
        self.tree().child(node, field)
    }

    /// Plans tasks so that the first one runs next.
    pub(super) fn plan(&mut self, tasks: impl IntoIterator<Item = Task, IntoIter: DoubleEndedIterator>) {
        self.tasks.extend(tasks.into_iter().rev());
    }

    /// The values of the node's named children, left to right, then `last`.
    pub(super) fn plan_children(&mut self, node: NodeId, last: Option<Task>) {
        self.tasks.extend(last);
        let start = self.tasks.len();
        self.tasks.extend(self.module.tree().named_children(node).map(Task::Value));
        self.tasks[start..].reverse();
    }

    /// Builds a point; control comes to it from where it stood.
    pub(super) fn emit(&mut self, node: NodeId, step: Step) -> PointId {
        let id = PointId(self.points.len() as u32);
        self.points.push(Point { node, step });
        self.links.extend(self.ends.drain(..).map(|(from, edge)| Link { from, to: id, edge }));
        self.ends.push((id, Edge::Normal));
        id
    }

    /// Builds a point where an exception may arise.
    pub(super) fn risk(&mut self, node: NodeId, step: Step) -> PointId {
        let id = self.emit(node, step);
        self.may_throw(id, Thrown::Error, Edge::Raised);
        id
    }

    /// Builds a point where the task may be cancelled, too.
    pub(super) fn suspend(&mut self, node: NodeId, step: Step) -> PointId {
        let id = self.risk(node, step);
        self.may_throw(id, Thrown::Cancel, Edge::Cancelled);
        id
    }

    pub(super) fn label(&mut self) -> Label {
        self.places.push(Place::default());
        Label(self.places.len() as u32 - 1)
    }

    pub(super) fn send(&mut self, label: Label, end: End) {
        let place = &mut self.places[label.0 as usize];
        match place.built {
            Some(to) => self.links.push(Link { from: end.0, to, edge: end.1 }),
            None => place.pending.push(end),
        }
    }

    pub(super) fn goto(&mut self, label: Label) {
        for end in std::mem::take(&mut self.ends) {
            self.send(label, end);
        }
    }

    /// Control from everywhere that jumped to the label goes on here.
    pub(super) fn place(&mut self, label: Label) {
        let pending = std::mem::take(&mut self.places[label.0 as usize].pending);
        self.ends.extend(pending);
        if self.ends.len() > 1 {
            let node = self.points[self.ends[0].0.index()].node;
            self.emit(node, Step::Join);
        }
    }

    fn head(&mut self, node: NodeId, label: Label) {
        self.place(label);
        let head = self.emit(node, Step::Join);
        self.places[label.0 as usize].built = Some(head);
    }
}
