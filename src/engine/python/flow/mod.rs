//! How control flows through a function: the order in which things are computed, branches, exceptions,
//! cancellation, `finally` and `with` on every way out. [`Flow`] answers what happens before, between and after;
//! what that means for a program is the rules'.
//!
//! Each function's graph is built when it is first asked for and kept. The module's own statements are a graph, too,
//! with the bodies of its classes in it.

mod aftermath;
mod assign;
mod build;
mod catch;
mod changes;
mod conditions;
mod dominance;
mod escape;
mod exception;
mod expression;
mod frame;
mod frontier;
mod graph;
mod guards;
mod handlers;
mod held;
mod lock;
mod mention;
mod never;
mod parts;
mod paths;
mod reaching;
mod release;
mod statement;
mod suspension;
mod unbound;
mod versions;

use std::sync::OnceLock;

use super::Module;
use super::binding::BindingId;
use super::function::FunctionId;
use super::tree::NodeId;

pub use conditions::Certainty;
pub use dominance::Dominators;
pub use escape::{Escape, Way};
pub use graph::{Edge, Graph, Point, PointId, Step};
pub use held::Held;
pub use lock::{Lock, LockFamily, LockKind, LockRoot};
pub use reaching::Reaching;
pub use release::Released;

/// What is known of one function's flow, each part since it was first asked for.
#[derive(Debug, Default)]
struct Known {
    graph: OnceLock<Graph>,
    dominators: OnceLock<Dominators>,
    locks: OnceLock<held::Locks>,
    versions: OnceLock<Option<versions::Versions>>,
    raises: OnceLock<bool>,
    suspends: OnceLock<bool>,
}

/// The flows of a module: the module's own and one per function.
#[derive(Debug)]
pub(super) struct Flows {
    module: Known,
    functions: Vec<Known>,
    /// All bindings of identifiers, in the order of the text.
    bindings: OnceLock<Vec<BindingId>>,
}

impl Flows {
    pub(super) fn new(functions: usize) -> Flows {
        let functions = (0..functions).map(|_| Known::default()).collect();
        Flows { module: Known::default(), functions, bindings: OnceLock::new() }
    }

    fn known(&self, function: Option<FunctionId>) -> &Known {
        function.map_or(&self.module, |id| &self.functions[id.0 as usize])
    }

    fn raises(&self, function: FunctionId) -> &OnceLock<bool> {
        &self.functions[function.0 as usize].raises
    }
}

/// The flow of one function, or of the module's own statements.
#[derive(Clone, Copy)]
pub struct Flow<'m> {
    module: &'m Module,
    known: &'m Known,
    function: Option<FunctionId>,
}

impl Module {
    /// The flow of a function's body.
    pub fn flow(&self, function: FunctionId) -> Flow<'_> {
        Flow { module: self, known: self.learned.flows.known(Some(function)), function: Some(function) }
    }

    /// The flow of the module's own statements, class bodies included.
    pub fn module_flow(&self) -> Flow<'_> {
        Flow { module: self, known: self.learned.flows.known(None), function: None }
    }

    /// The flow in which a node is computed: that of the innermost `def` or `lambda`, else the module's.
    pub fn flow_of(&self, node: NodeId) -> Flow<'_> {
        match self.enclosing_function(node) {
            Some(function) => self.flow(function),
            None => self.module_flow(),
        }
    }

    /// Whether some path leads from `a` to `b`. Not so where they stand in different functions.
    pub fn reaches(&self, a: NodeId, b: NodeId) -> bool {
        self.same_flow(a, b).is_some_and(|flow| flow.reaches(a, b))
    }

    /// Whether every path to `b` passes `a` first. Not so where they stand in different functions.
    pub fn dominates(&self, a: NodeId, b: NodeId) -> bool {
        self.same_flow(a, b).is_some_and(|flow| flow.dominates(a, b))
    }

    /// Whether no path leads to the node.
    pub fn is_unreachable(&self, node: NodeId) -> bool {
        let flow = self.flow_of(node);
        let points = flow.points_of(node);
        let reached = |point: &PointId| flow.graph().is_reached(flow.start(*point));
        !points.is_empty() && !points.iter().any(reached)
    }

    fn same_flow(&self, a: NodeId, b: NodeId) -> Option<Flow<'_>> {
        let (of_a, of_b) = (self.flow_of(a), self.flow_of(b));
        (of_a.function == of_b.function).then_some(of_a)
    }
}

impl<'m> Flow<'m> {
    pub fn graph(self) -> &'m Graph {
        self.known.graph.get_or_init(|| build::build(self.module, self.function))
    }

    pub fn dominators(self) -> &'m Dominators {
        self.known.dominators.get_or_init(|| Dominators::new(self.graph()))
    }

    /// The points that stand for a node: where a simple statement has had its effect, where a compound one begins,
    /// where an expression has been computed. Several where a `finally` runs on several ways. A node in which
    /// nothing happens stands where what is around it does.
    pub fn points_of(self, node: NodeId) -> &'m [PointId] {
        let tree = self.module.tree();
        let around = std::iter::once(node).chain(tree.ancestors(node));
        around.map(|node| self.graph().at(node)).find(|points| !points.is_empty()).unwrap_or_default()
    }

    /// The points of a node that paths lead to. A statement that never ends (`sys.exit()`) stands where it begins.
    pub(super) fn places(self, node: NodeId) -> Vec<PointId> {
        let reached = |point: &PointId| self.graph().is_reached(*point);
        let points = self.points_of(node).iter().copied();
        let mut places: Vec<PointId> =
            points.map(|point| if reached(&point) { point } else { self.start(point) }).collect();
        places.retain(reached);
        places
    }

    /// A simple statement stands where it has had its effect; this is where it began.
    pub(super) fn start(self, point: PointId) -> PointId {
        let graph = self.graph();
        let Step::Done = graph.point(point).step else { return point };
        let statement = graph.point(point).node;
        let inside = |id: &PointId| self.module.tree().contains(statement, graph.point(*id).node);
        let before = (0..point.0).rev().map(PointId);
        before.take_while(inside).take_while(|_| self.module.tree().steps.take()).last().unwrap_or(point)
    }

    /// Whether some path leads from `a` to `b`.
    pub fn reaches(self, a: NodeId, b: NodeId) -> bool {
        let goals = self.places(b);
        let after = self.after(&self.places(a), &[]);
        goals.iter().any(|goal| after[goal.index()])
    }

    /// Whether every path from the beginning to `b` passes `a`.
    pub fn dominates(self, a: NodeId, b: NodeId) -> bool {
        let above = self.places(a);
        let below = self.places(b);
        let dominated = |point: &PointId| above.iter().any(|a| self.dominators().dominates(*a, *point));
        !below.is_empty() && below.iter().all(dominated)
    }
}
