//! Locks made on first use by looking and then making: two that look at the same time make two locks, and then nobody
//! keeps anybody out. Threads can look at the same time; tasks of one event loop only if one is suspended between its
//! look and its assignment.

use serde::Deserialize;

use crate::engine::analysis::handler::Handler;
use crate::engine::analysis::race::check::{Check, Tested, tested};
use crate::engine::analysis::shared::state::State;
use crate::engine::analysis::{Analysis, Parameters, each};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Kind, Module, NodeId, ScopeKind};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Constructors of locks that threads share.
    threads: Vec<String>,
    /// Constructors of locks that tasks of one event loop share.
    tasks: Vec<String>,
    /// Methods that run before anybody else has the object.
    alone: Vec<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    let names = with.threads.iter().chain(&with.tasks);
    Ok(Analysis {
        starts: Starts::calls(names.map(String::as_str)),
        names: &["LOCK", "MADE", "WHO"],
        run: each(move |module, call, hits| hits.extend(visit(&with, module, call))),
    })
}

fn visit(with: &With, module: &Module, call: NodeId) -> Option<Hit> {
    let callee = module.callee(call)?;
    let of_threads = with.threads.iter().any(|known| known == callee);
    let of_tasks = with.tasks.iter().any(|known| known == callee);
    if !(of_threads || of_tasks) || is_alone(with, module, call) {
        return None;
    }
    let (assignment, target) = kept(module, call)?;
    let test = look(module, target, assignment)?;
    if is_guarded(module, assignment) || is_guarded(module, test) {
        return None;
    }
    let wait = module.suspension_between(test, assignment);
    let on_loop = of_tasks || module.in_async(call);
    if on_loop && wait.is_none() {
        return None;
    }
    let hit = Hit::at(assignment)
        .with("LOCK", module.text(target))
        .with("MADE", callee)
        .with("WHO", if of_threads { "threads" } else { "tasks" })
        .and(test, "the look");
    Some(match wait {
        Some(wait) => hit.and(wait, "others come in here"),
        None => hit,
    })
}

/// The assignment that gives the new lock to others, and its target: the one it is made in, one that it is chained to,
/// or one that gets it from a variable.
fn kept(module: &Module, call: NodeId) -> Option<(NodeId, NodeId)> {
    let tree = module.tree();
    let is_or = |node: &NodeId| tree.kind(*node) == Kind::BooleanOperator;
    let value = tree.parent(call).filter(is_or).unwrap_or(call);
    let chain = tree.ancestors(value).take_while(|node| tree.kind(*node) == Kind::Assignment);
    let targets: Vec<_> = chain.filter_map(|node| Some((node, tree.child(node, Field::Left)?))).collect();
    let shared = targets.iter().find(|(_, target)| is_shared(module, *target)).copied();
    shared.or_else(|| handed_on(module, *targets.first()?))
}

/// `X = variable` behind `variable = Lock()`.
fn handed_on(module: &Module, (made, variable): (NodeId, NodeId)) -> Option<(NodeId, NodeId)> {
    let tree = module.tree();
    let (_, function) = module.enclosing_def(made)?;
    let name = tree.kind(variable) == Kind::Identifier;
    let after =
        tree.subtree(function.body?).filter(|node| *node > made && tree.kind(*node) == Kind::Assignment);
    let mut gives = after.filter_map(|node| {
        let value = tree.child(node, Field::Right)?;
        let target = tree.child(node, Field::Left)?;
        let same = name && module.text(value) == module.text(variable);
        (same && is_shared(module, target)).then_some((node, target))
    });
    gives.next()
}

/// A global, an attribute, or an element of one: what others see, too.
fn is_shared(module: &Module, target: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(target) {
        Kind::Identifier => is_global(module, target),
        Kind::Attribute => {
            let object = tree.child(target, Field::Object);
            object.is_some_and(|object| module.class_of(object).is_some() || is_global(module, object))
        }
        Kind::Subscript => tree
            .child(target, Field::Value)
            .is_some_and(|value| tree.kind(value) != Kind::Subscript && is_shared(module, value)),
        _ => false,
    }
}

/// Whether a function means a name of the module.
fn is_global(module: &Module, identifier: NodeId) -> bool {
    let in_function = module.enclosing_function(identifier).is_some();
    let bound = module.bindings_of(identifier).next();
    let is_module = bound.is_some_and(|binding| module.scopes().get(binding.scope).kind == ScopeKind::Module);
    module.tree().kind(identifier) == Kind::Identifier && in_function && is_module
}

fn is_alone(with: &With, module: &Module, call: NodeId) -> bool {
    let Some((_, function)) = module.enclosing_def(call) else { return true };
    let name = function.name.map_or("", |name| module.names().text(name));
    with.alone.iter().any(|alone| alone == name)
}

/// Under another lock, or in the block of something that may be one.
fn is_guarded(module: &Module, node: NodeId) -> bool {
    !module.locks_at(node).is_empty() || module.enclosing_with_items(node).next().is_some()
}

/// What says that the lock is not there yet: a test, the left side of `or`, a caught look-up.
fn look(module: &Module, target: NodeId, assignment: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let value = tree.child(assignment, Field::Right)?;
    let left = tree.child(value, Field::Left).filter(|_| tree.kind(value) == Kind::BooleanOperator);
    let same = |node: NodeId| module.text(node) == module.text(target);
    if let Some(left) = left {
        return same(left).then_some(left);
    }
    test(module, target, assignment).or_else(|| caught(module, target, assignment))
}

fn test(module: &Module, target: NodeId, assignment: NodeId) -> Option<NodeId> {
    let place = module.tree().child(target, Field::Value);
    let state = State::named_by(module, place.unwrap_or(target))?;
    let key = module.tree().child(target, Field::Subscript).map(|key| module.text(key));
    let is_absent = |tested: &Tested| match tested.check {
        Check::Empty => place.is_none(),
        Check::Lacks(other) => key == Some(module.text(other)),
        _ => false,
    };
    let tests = module.guards_at(assignment).into_iter();
    let mut tests = tests.filter_map(|(test, outcome)| tested(module, test, outcome));
    tests.find(|tested| tested.state == state && is_absent(tested)).map(|tested| tested.read)
}

/// The look-up whose failure is caught around the assignment.
fn caught(module: &Module, target: NodeId, assignment: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let handler = Handler::around(module, assignment)?;
    let misses = ["builtins.KeyError", "builtins.AttributeError", "builtins.LookupError"];
    let is_miss = |class: &NodeId| module.qualified_name(*class).is_some_and(|path| misses.contains(&path));
    let statement = tree.parent(handler.clause).filter(|_| handler.types.iter().any(is_miss))?;
    let body = tree.child(statement, Field::Body)?;
    tree.subtree(body).find(|node| module.text(*node) == module.text(target))
}
