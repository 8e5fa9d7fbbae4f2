//! Where a coroutine really lets others in. An `await` suspends only if what is awaited can: a coroutine function of
//! this file without a suspension of its own runs through like a plain call.

use super::super::Module;
use super::super::function::FunctionId;
use super::super::kind::Kind;
use super::super::tree::NodeId;
use super::Flow;
use super::graph::{PointId, Step};

/// In a file with more classes than this, any method may be overridden.
const CLASSES: usize = 256;

impl Module {
    /// Whether an expression or statement may suspend the function it stands in: the `await` of something that can
    /// suspend, `async for`, `async with`, an asynchronous comprehension, a `yield`. A compound statement is asked
    /// for all that is in it; functions defined in it have their own time.
    pub fn suspends(&self, node: NodeId) -> bool {
        self.suspensions_in(node).next().is_some()
    }

    /// The innermost nodes in `node` that may suspend, in the order of the text.
    pub fn suspensions_in(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        self.own_nodes(node).filter(|node| self.is_suspension(*node))
    }

    /// Whether the coroutine function can suspend at all, callees of this file included.
    pub fn can_suspend(&self, function: FunctionId) -> bool {
        if let Some(known) = self.learned.flows.known(Some(function)).suspends.get() {
            return *known;
        }
        self.settle(function);
        self.learned.flows.known(Some(function)).suspends.get().copied().unwrap_or(true)
    }

    /// A node on some path from `a` to `b` that may suspend, neither `a` nor `b` being passed again on the way.
    pub fn suspension_between(&self, a: NodeId, b: NodeId) -> Option<NodeId> {
        self.same_flow(a, b)?.suspension_between(a, b)
    }

    /// The node and what is computed below it in the same function.
    fn own_nodes(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let tree = self.tree();
        let end = tree.after(node);
        let mut next = node;
        std::iter::from_fn(move || {
            while next < end
                && next != node
                && matches!(tree.kind(next), Kind::FunctionDefinition | Kind::Lambda)
            {
                next = tree.after(next);
            }
            let current = next;
            next = NodeId(next.0 + 1);
            (current < end && tree.steps.take()).then_some(current)
        })
    }

    /// Whether the very node may suspend, what is below it left aside.
    fn is_suspension(&self, node: NodeId) -> bool {
        match self.tree().kind(node) {
            Kind::Await => self.await_suspends(node),
            Kind::ForStatement | Kind::ForInClause => self.is_async(node),
            Kind::WithStatement => self.is_async(node) && self.with_suspends(node),
            Kind::Yield => true,
            _ => false,
        }
    }

    fn with_suspends(&self, statement: NodeId) -> bool {
        self.with_items(statement).any(|item| self.enter_suspends(item) || self.exit_suspends(item))
    }

    fn enter_suspends(&self, item: NodeId) -> bool {
        let manager = self.with_parts(item).0;
        !manager
            .and_then(|manager| self.callee(manager))
            .is_some_and(|path| is_immediate(path) || is_group(path))
    }

    /// Letting go of a lock lets nobody in.
    fn exit_suspends(&self, item: NodeId) -> bool {
        let Some(manager) = self.with_parts(item).0 else { return true };
        !self.is_lock(manager) && !self.callee(manager).is_some_and(is_immediate)
    }

    fn await_suspends(&self, node: NodeId) -> bool {
        match self.awaited_function(node) {
            Some(function) => self.can_suspend(function),
            None => true,
        }
    }

    /// The coroutine function of this file that an `await` runs, where that is sure.
    fn awaited_function(&self, node: NodeId) -> Option<FunctionId> {
        let tree = self.tree();
        let mut awaited = tree.first_named(node)?;
        while tree.kind(awaited) == Kind::ParenthesizedExpression {
            awaited = tree.first_named(awaited)?;
        }
        let id = self.local_function(self.callee(awaited)?)?;
        let function = self.function(id);
        let plain = function.is_async && !function.is_generator && function.decorators.is_empty();
        (plain && !self.may_be_overridden(id)).then_some(id)
    }

    /// Whether a subclass is meant to have its own version, or one of this file does.
    fn may_be_overridden(&self, id: FunctionId) -> bool {
        let function = self.function(id);
        let (Some(class), Some(name)) = (function.class, function.name) else { return false };
        if self.found.classes.len() > CLASSES {
            return true;
        }
        let path = self.class_path(class);
        let overridden = self.classes().any(|(_, other)| {
            let inherits = other.bases.iter().any(|base| self.qualified_name(*base) == Some(path));
            inherits && !self.scopes().bound_in(other.scope, name).is_empty()
        });
        overridden || self.is_hollow(function.body)
    }

    /// A body of nothing but a text, `pass`, `...` or `raise`.
    fn is_hollow(&self, body: Option<NodeId>) -> bool {
        let tree = self.tree();
        let statements = body.into_iter().flat_map(|body| tree.named_children(body));
        statements.into_iter().all(|statement| match tree.kind(statement) {
            Kind::PassStatement | Kind::RaiseStatement => true,
            Kind::ExpressionStatement => tree.first_named(statement).is_some_and(|value| {
                matches!(tree.kind(value), Kind::String | Kind::ConcatenatedString | Kind::Ellipsis)
            }),
            _ => false,
        })
    }

    /// Finds out for a function and those it awaits, depth first. One that awaits itself in the end is taken to
    /// suspend.
    fn settle(&self, function: FunctionId) {
        let mut open = vec![(function, self.awaits_of(function))];
        let mut under_way = std::collections::HashSet::from([function]);
        while let Some((current, awaits)) = open.last_mut() {
            let cell = &self.learned.flows.known(Some(*current)).suspends;
            let Some(next) = awaits.pop().filter(|_| cell.get().is_none()) else {
                let _ = cell.set(false);
                under_way.remove(current);
                open.pop();
                continue;
            };
            let Some(callee) = next else {
                let _ = cell.set(true);
                continue;
            };
            let known = self.learned.flows.known(Some(callee)).suspends.get().copied();
            let cycle = under_way.contains(&callee);
            match known {
                Some(false) => {}
                Some(true) => drop(cell.set(true)),
                None if cycle => drop(cell.set(true)),
                None => {
                    awaits.push(Some(callee));
                    under_way.insert(callee);
                    open.push((callee, self.awaits_of(callee)));
                }
            }
        }
    }

    /// What a function waits for: `None` for anything that suspends in its own right.
    fn awaits_of(&self, function: FunctionId) -> Vec<Option<FunctionId>> {
        let Some(body) = self.function(function).body else { return vec![None] };
        let waits = self.own_nodes(body).filter(|node| match self.tree().kind(*node) {
            Kind::Await => true,
            _ => self.is_suspension(*node),
        });
        let mut found: Vec<_> = waits.map(|node| self.awaited_function(node)).collect();
        found.sort();
        found.dedup();
        // The plain suspensions last, so that they are looked at first.
        found.reverse();
        found
    }
}

impl Flow<'_> {
    /// See [`Module::suspension_between`].
    pub fn suspension_between(self, a: NodeId, b: NodeId) -> Option<NodeId> {
        let (from, to) = (self.places(a), self.places(b));
        let stop = [&from[..], &to[..]].concat();
        let (after, before) = (self.after(&from, &stop), self.before(&to, &stop));
        let goal = to.iter().any(|point| after[point.index()]);
        self.module.spend(self.graph().len() / 4);
        let mut points = self.graph().points().filter(|(id, _)| after[id.index()] && before[id.index()]);
        points
            .find(|(id, _)| goal && !stop.contains(id) && self.suspends_at(*id))
            .map(|(_, point)| point.node)
    }

    /// Whether the function may be suspended at this very point.
    pub fn suspends_at(self, id: PointId) -> bool {
        let module = self.module;
        let point = self.graph().point(id);
        let is_async_with = |item| {
            let clause = module.tree().parent(item).and_then(|clause| module.tree().parent(clause));
            clause.is_some_and(|statement| module.is_async(statement))
        };
        match (point.step, module.tree().kind(point.node)) {
            (Step::Value, Kind::Await | Kind::Yield) => module.is_suspension(point.node),
            (Step::Next, _) => module.is_async(point.node),
            (Step::Enter, _) => is_async_with(point.node) && module.enter_suspends(point.node),
            (Step::Leave, _) => is_async_with(point.node) && module.exit_suspends(point.node),
            _ => false,
        }
    }
}

/// Asynchronous managers that neither wait to enter nor to leave.
fn is_immediate(path: &str) -> bool {
    matches!(
        path,
        "asyncio.timeout" | "asyncio.timeout_at" | "async_timeout.timeout" | "contextlib.nullcontext"
    )
}

/// They wait for their tasks when they are left, not when they are entered.
fn is_group(path: &str) -> bool {
    matches!(path, "asyncio.TaskGroup" | "anyio.create_task_group" | "trio.open_nursery")
}
