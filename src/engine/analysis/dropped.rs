//! Calls whose result must be kept, and is not: the call is a statement of its own, or its result goes to a
//! local name that nobody reads before the function ends. What becomes of a result that is passed on, stored
//! or returned is another's concern.

use serde::Deserialize;

use crate::engine::finding::Severity;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, Field, FunctionId, Kind, Module, NodeId};

use super::identifiers::Identifiers;
use super::memo::Memo;
use super::{Analysis, Parameters, calls};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// The calls, by qualified name.
    calls: Vec<String>,
    /// Calls that gather what was dropped: a function that has one is silent.
    unless: Vec<String>,
    /// Methods that drop what the callback they are given returns.
    droppers: Vec<String>,
}

/// Words in the names of functions that return only when the loop has done its work.
const RUNNERS: [&str; 6] = ["run", "serve", "wait", "join", "main", "loop"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls(with.calls.iter().map(String::as_str)),
        names: &["CALL", "WORK"],
        run: Box::new(move |module, calls, hits| {
            let audit = Audit {
                with: &with,
                module,
                identifiers: Identifiers::default(),
                gathers: Memo::default(),
                waits: Memo::default(),
            };
            hits.extend(calls.iter().filter_map(|call| audit.visit(*call)));
        }),
    })
}

/// One file's audit, with what holds for whole functions.
struct Audit<'a> {
    with: &'a With,
    module: &'a Module,
    identifiers: Identifiers,
    gathers: Memo<Option<FunctionId>, bool>,
    waits: Memo<FunctionId, Option<NodeId>>,
}

impl Audit<'_> {
    fn visit(&self, call: NodeId) -> Option<Hit> {
        let (with, module) = (self.with, self.module);
        let callee = module.callee(call)?;
        let makes = with.calls.iter().any(|name| name == callee) && !may_be_kept(module, call, callee);
        if !makes || self.is_gathered(call) {
            return None;
        }
        let hit = Hit::at(call).with("CALL", calls::spelled(module, call)).with("WORK", work(module, call));
        match sink(with, module, call) {
            Sink::Statement => Some(hit),
            Sink::Callback => Some(hit.with_severity(Severity::Medium)),
            Sink::Name(identifier) => {
                let reads = self.reads(identifier)?;
                let dropped = reads.iter().all(|read| only_adds_callback(module, *read));
                let soon = || module.enclosing_loop(call).is_some() || self.ends_at_once(call);
                let hit = if reads.is_empty() { hit } else { hit.with_severity(Severity::Medium) };
                (dropped && soon()).then_some(hit)
            }
            Sink::Kept => None,
        }
    }

    /// Where a local name is read; `None` unless assignments alone bind it, and are known.
    fn reads(&self, identifier: NodeId) -> Option<Vec<NodeId>> {
        let mut bindings = self.module.bindings_of(identifier);
        let plain = bindings.all(|binding| binding.kind == BindingKind::Assignment);
        self.identifiers.reads(self.module, identifier).filter(|_| plain)
    }

    /// Whether the same function, or the module for code outside functions, gathers what is running.
    fn is_gathered(&self, call: NodeId) -> bool {
        let (module, tree) = (self.module, self.module.tree());
        let function = module.enclosing_function(call);
        self.gathers.get(function, || {
            let around = function.map_or(NodeId::ROOT, |id| module.function(id).node);
            let mut calls = tree.subtree(around).filter(|node| tree.kind(*node) == Kind::Call);
            calls.any(|other| {
                module.callee(other).is_some_and(|callee| self.with.unless.iter().any(|name| name == callee))
            })
        })
    }

    /// Whether the function is over soon after: nothing behind the call waits while the local name still holds
    /// the result.
    fn ends_at_once(&self, call: NodeId) -> bool {
        let Some(id) = self.module.enclosing_function(call) else { return false };
        let last = self.waits.get(id, || last_wait(self.module, id));
        last.is_none_or(|last| last < self.module.tree().after(call))
    }
}

/// `ensure_future(task)` gives a task back as it is; whoever made it may keep it.
fn may_be_kept(module: &Module, call: NodeId, callee: &str) -> bool {
    let first = calls::arguments(module, call).positional.first().copied();
    let is_name = first.is_some_and(|node| {
        matches!(module.tree().kind(node), Kind::Identifier | Kind::Attribute | Kind::Subscript)
    });
    calls::last(callee) == "ensure_future" && is_name
}

/// Where the value of a call goes.
enum Sink {
    /// Nowhere: it is an expression statement.
    Statement,
    /// To `add_done_callback`, which sees its end but does not keep it.
    Callback,
    /// To a single plain name.
    Name(NodeId),
    Kept,
}

/// Follows the value out of parentheses, conditions and displays that are statements of their own.
fn sink(with: &With, module: &Module, call: NodeId) -> Sink {
    let tree = module.tree();
    if let Some(outer) = done_callback(module, call) {
        let dropped = matches!(sink(with, module, outer), Sink::Statement);
        return if dropped { Sink::Callback } else { Sink::Kept };
    }
    let mut value = call;
    while let Some(parent) = tree.parent(value) {
        let field = tree.field(value);
        value = match tree.kind(parent) {
            Kind::ExpressionStatement => return Sink::Statement,
            Kind::Assignment if value == call => return assigned(module, parent),
            Kind::ParenthesizedExpression | Kind::ConditionalExpression | Kind::Tuple | Kind::List => parent,
            Kind::BooleanOperator if field == Field::Right => parent,
            Kind::Lambda if field == Field::Body && calls::is_callback_of(module, parent, &with.droppers) => {
                return Sink::Statement;
            }
            Kind::ListComprehension | Kind::SetComprehension if field == Field::Body => parent,
            _ => return Sink::Kept,
        };
    }
    Sink::Kept
}

/// The call `task.add_done_callback(...)` around the task, or around the call that makes it.
fn done_callback(module: &Module, task: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let attribute = tree.parent(task).filter(|node| tree.kind(*node) == Kind::Attribute)?;
    let outer = tree.parent(attribute).filter(|node| tree.kind(*node) == Kind::Call)?;
    let name = tree.child(attribute, Field::Attribute)?;
    (module.text(name) == "add_done_callback").then_some(outer)
}

fn assigned(module: &Module, assignment: NodeId) -> Sink {
    let tree = module.tree();
    let statement = tree.parent(assignment).map(|node| tree.kind(node));
    match tree.child(assignment, Field::Left) {
        Some(left) if tree.kind(left) == Kind::Identifier && statement == Some(Kind::ExpressionStatement) => {
            Sink::Name(left)
        }
        _ => Sink::Kept,
    }
}

/// `task.add_done_callback(...)` as a statement of its own: a task does not live by its callbacks.
fn only_adds_callback(module: &Module, read: NodeId) -> bool {
    let tree = module.tree();
    let statement = done_callback(module, read).and_then(|call| tree.parent(call));
    statement.is_some_and(|node| tree.kind(node) == Kind::ExpressionStatement)
}

/// The last place of a function, nested ones left out, where it waits for something.
fn last_wait(module: &Module, id: FunctionId) -> Option<NodeId> {
    let tree = module.tree();
    let function = module.function(id);
    let waits = |node: NodeId| match tree.kind(node) {
        Kind::Await | Kind::Yield => true,
        Kind::ForStatement | Kind::WithStatement => module.is_async(node),
        Kind::Call => !function.is_async && runs_loop(module, node),
        _ => false,
    };
    let in_function = |node: &NodeId| module.enclosing_function(*node) == Some(id);
    tree.subtree(function.node).filter(|node| waits(*node)).filter(in_function).last()
}

/// Whether a call in a plain function may be the one in which the loop runs.
fn runs_loop(module: &Module, call: NodeId) -> bool {
    let method = calls::method(module, call);
    RUNNERS.iter().any(|word| method.contains(word))
}

/// What the task does, in words for the message.
fn work(module: &Module, call: NodeId) -> String {
    let arguments = calls::arguments(module, call);
    let tree = module.tree();
    match arguments.positional.first().copied().or(arguments.keyword(module, "coro")) {
        Some(work) if tree.kind(work) == Kind::Call => calls::spelled(module, work),
        Some(work) => calls::short(module, work),
        None => "its coroutine".to_owned(),
    }
}
