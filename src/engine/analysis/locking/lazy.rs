//! Locks made on first use by looking and then making: two that look at the same time make two locks, and then nobody
//! keeps anybody out. Threads can look at the same time; tasks of one event loop only if one is suspended between its
//! look and its assignment.

use serde::Deserialize;

use crate::engine::analysis::{Analysis, Parameters, calls, each};
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
    let tree = module.tree();
    let callee = module.callee(call)?;
    let of_threads = with.threads.iter().any(|known| known == callee);
    let of_tasks = with.tasks.iter().any(|known| known == callee);
    let assignment = tree.parent(call).filter(|node| tree.kind(*node) == Kind::Assignment)?;
    let target = tree.child(assignment, Field::Left).filter(|target| is_shared(module, *target))?;
    if !(of_threads || of_tasks) || is_alone(with, module, call) || is_guarded(module, assignment) {
        return None;
    }
    let test = look(module, target, assignment)?;
    if is_guarded(module, test) {
        return None;
    }
    let wait = module.suspension_between(test, assignment);
    if of_tasks && wait.is_none() {
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

/// The test that says that the lock is not there yet.
fn look(module: &Module, target: NodeId, assignment: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let written = module.text(target);
    let place = tree.child(target, Field::Value).map(|value| module.text(value));
    let name = tree.child(target, Field::Attribute).map(|name| module.text(name));
    let says = |test: &NodeId| {
        let text = calls::beginning(module, *test);
        let is_absent = |what: &str| {
            text == format!("{what} is None")
                || text == format!("{what} is not None")
                || text == what
                || text == format!("not {what}")
        };
        let by_key = || {
            place.is_some_and(|place| {
                text.ends_with(&format!("in {place}")) || text.contains(&format!("{place}.get("))
            })
        };
        let by_name = || name.is_some_and(|name| text.contains("hasattr(") && text.contains(name));
        is_absent(written) || by_key() || by_name()
    };
    let tests = module.conditions_at(assignment);
    tests.into_iter().map(|(test, _)| test).find(says)
}
