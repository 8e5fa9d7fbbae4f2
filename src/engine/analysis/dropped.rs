//! Calls whose result must be kept, and is not: the call is a statement of its own, or its result goes to a
//! local name that nobody reads before the function ends. What becomes of a result that is passed on, stored
//! or returned is another's concern.

use serde::Deserialize;

use crate::engine::finding::Severity;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, Field, Kind, Module, NodeId, ScopeId, ScopeKind};

use super::{Analysis, Parameters, calls, each};

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
        run: each(move |module, call, hits| hits.extend(visit(&with, module, call))),
    })
}

fn visit(with: &With, module: &Module, call: NodeId) -> Option<Hit> {
    let callee = module.callee(call)?;
    let makes = with.calls.iter().any(|name| name == callee) && !may_be_kept(module, call, callee);
    if !makes || is_gathered(with, module, call) {
        return None;
    }
    let hit = Hit::at(call).with("CALL", calls::spelled(module, call)).with("WORK", work(module, call));
    match sink(with, module, call) {
        Sink::Statement => Some(hit),
        Sink::Callback => Some(hit.with_severity(Severity::Medium)),
        Sink::Name(identifier) => {
            let soon = || module.enclosing_loop(call).is_some() || ends_at_once(module, call);
            let reads = reads(module, identifier)?;
            let dropped = reads.iter().all(|read| only_adds_callback(module, *read)) && soon();
            let hit = if reads.is_empty() { hit } else { hit.with_severity(Severity::Medium) };
            dropped.then_some(hit)
        }
        Sink::Kept => None,
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

/// Where a local name is read in its function and the closures in it; `None` unless it is bound here only.
fn reads(module: &Module, identifier: NodeId) -> Option<Vec<NodeId>> {
    let scopes = module.scopes();
    let name = module.names().get(module.text(identifier))?;
    let scope = module.scope_of(identifier);
    let is_local = matches!(scopes.get(scope).kind, ScopeKind::Function(_));
    let bound = scopes.bound_in(scope, name);
    let is_bound = |node: NodeId| bound.binary_search_by_key(&node, |id| scopes.binding(*id).node).is_ok();
    let mut bindings = module.bindings(scope, module.text(identifier));
    let plain = bindings.all(|binding| binding.kind == BindingKind::Assignment);
    let sure = is_local && plain && is_bound(identifier);
    let same = module.identifiers_in(scopes.get(scope).node).filter(|(_, other)| *other == name);
    sure.then(|| same.map(|(node, _)| node).filter(|node| !is_bound(*node)).collect())
}

/// `task.add_done_callback(...)` as a statement of its own: a task does not live by its callbacks.
fn only_adds_callback(module: &Module, read: NodeId) -> bool {
    let tree = module.tree();
    let statement = done_callback(module, read).and_then(|call| tree.parent(call));
    statement.is_some_and(|node| tree.kind(node) == Kind::ExpressionStatement)
}

/// Whether the function is over soon after: nothing behind the call waits while the local name still holds the
/// result.
fn ends_at_once(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let Some(id) = module.enclosing_function(call) else {
        return false;
    };
    let function = module.function(id);
    let after = tree.after(call);
    let waits = |node: NodeId| match tree.kind(node) {
        Kind::Await | Kind::Yield => true,
        Kind::ForStatement | Kind::WithStatement => module.is_async(node),
        Kind::Call => !function.is_async && runs_loop(module, node),
        _ => false,
    };
    let behind = tree.subtree(function.node).filter(|node| *node >= after);
    let in_function = |node: &NodeId| module.enclosing_function(*node) == Some(id);
    !behind.filter(in_function).any(waits)
}

/// Whether a call in a plain function may be the one in which the loop runs.
fn runs_loop(module: &Module, call: NodeId) -> bool {
    let method = calls::method(module, call);
    RUNNERS.iter().any(|word| method.contains(word))
}

/// Whether the same function, or the module for code outside functions, gathers what is running.
fn is_gathered(with: &With, module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let scope = module.enclosing_function(call).map_or(ScopeId::MODULE, |id| module.function(id).scope);
    let around = module.scopes().get(scope).node;
    let mut calls = tree.subtree(around).filter(|node| tree.kind(*node) == Kind::Call);
    calls
        .any(|other| module.callee(other).is_some_and(|callee| with.unless.iter().any(|name| name == callee)))
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
