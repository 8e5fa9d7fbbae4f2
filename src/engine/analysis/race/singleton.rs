//! What is made when it is first asked for and kept for all: two who ask at once both make one, unless a lock is held
//! from the test to the assignment.

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::analysis::shared::access::{Access, Use};
use crate::engine::analysis::shared::lifetime::Lifetimes;
use crate::engine::analysis::shared::rivals::Crew;
use crate::engine::analysis::shared::state::Owner;
use crate::engine::analysis::shared::threads::starts_threads;
use crate::engine::analysis::{Analysis, Parameters, calls, file};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::check::{Check, Tested};
use super::harm::{Makers, made_by};
use super::locked::is_exclusive;
use super::spelling;
use super::window::{guards, window};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    lifetimes: Lifetimes,
    makers: Makers,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::FunctionDefinition], []),
        names: &["FUNCTION", "STATE", "TEST", "WHO", "WHEN", "LOCK"],
        run: Box::new(move |module, definitions, hits| run(&with, module, definitions, hits)),
    })
}

fn run(with: &With, module: &Module, definitions: &[NodeId], hits: &mut Vec<Hit>) {
    if module.is_test_file() || file::is_script(module) {
        return;
    }
    let crew = Crew::of(module);
    for id in definitions.iter().filter_map(|node| module.function_at(*node)) {
        let mut told = HashSet::new();
        for act in crew.uses.changes(id) {
            let Use::Rebind(Some(value)) = act.usage else { continue };
            if !is_made(module, value) || with.lifetimes.is_brief(module, act.state) {
                continue;
            }
            let found = match module.function(id).is_async {
                true => on_loop(with, module, &crew, id, act, value),
                false => in_threads(module, &crew, id, act, value),
            };
            hits.extend(found.filter(|_| told.insert(act.state)));
        }
    }
}

/// Whether the value is made anew, and is no lock: how those are made is another rule's.
fn is_made(module: &Module, value: NodeId) -> bool {
    let is_lock = |call: NodeId| {
        let callee = module.tree().child(call, Field::Function).map_or("", |callee| module.text(callee));
        ["Lock", "Semaphore", "Condition", "Event"].iter().any(|word| callee.ends_with(word))
    };
    made_by(module, value).is_some_and(|call| !is_lock(call))
}

fn on_loop(
    with: &With,
    module: &Module,
    crew: &Crew,
    function: FunctionId,
    act: &Access,
    value: NodeId,
) -> Option<Hit> {
    let found = window(module, crew.uses.of_function(function), act)?;
    let name = module.names().text(act.state.name);
    let is_held = with.makers.are_held_by(name) && !with.makers.reads(module, value);
    let matters = with.makers.make(module, value) || is_held;
    let silent = found.tested.check != Check::Empty
        || !matters
        || is_exclusive(module, &crew.uses, function, found.tested.read, act.at)
        || crew.uses.is_one_loop(module, act.state, function, found.tested.test)
        || !is_asked_often(with, module, function, act);
    if silent {
        return None;
    }
    let hit = report(module, function, act, &found.tested)
        .with("WHO", "Two tasks")
        .with("WHEN", format!("while the first waits at `{}`", spelling::wait(module, found.suspension)))
        .with("LOCK", "an `asyncio.Lock`")
        .and(found.suspension, "other tasks run here");
    Some(hit)
}

/// Whether others than the owner ask for it, at the same time.
fn is_asked_often(with: &With, module: &Module, function: FunctionId, act: &Access) -> bool {
    let is_shared = with.lifetimes.is_shared(module, act.state);
    act.state.owner == Owner::Module || is_shared && !with.lifetimes.is_lifecycle(module, function)
}

/// `__new__`, a class method or a function with `global`, tested without a lock.
fn in_threads(
    module: &Module,
    crew: &Crew,
    function: FunctionId,
    act: &Access,
    value: NodeId,
) -> Option<Hit> {
    let tested = guards(module, act.at).into_iter().find(|guard| guard.state == act.state)?;
    let silent = tested.check != Check::Empty
        || !act.is_for_all(module, function)
        || is_exclusive(module, &crew.uses, function, tested.read, act.at);
    if silent {
        return None;
    }
    let threaded = crew.threads.crowd(module, function, act);
    let hit = report(module, function, act, &tested)
        .with("WHO", "Two threads")
        .with("WHEN", "before the first has assigned")
        .with("LOCK", "a `threading.Lock`");
    let hit = match threaded {
        Some(why) => hit.and(why.by, "this runs it in threads"),
        None => hit,
    };
    let is_object = made_by(module, value).is_some_and(|call| constructs(module, call));
    let is_own = matches!(act.state.owner, Owner::Class(_));
    let sure = is_object && threaded.is_some() || is_own && starts_threads(module);
    Some(if sure { hit } else { hit.as_summary() })
}

/// Whether a call makes an object, by the capital of its name: what a function gives may be equal each time.
fn constructs(module: &Module, call: NodeId) -> bool {
    let callee = module.tree().child(call, Field::Function).map_or("", |callee| module.text(callee));
    calls::last(callee).trim_start_matches('_').starts_with(char::is_uppercase)
}

fn report(module: &Module, function: FunctionId, act: &Access, tested: &Tested) -> Hit {
    let change = module.statement_of(act.at);
    Hit::at(tested.test)
        .with("FUNCTION", spelling::function(module, function))
        .with("STATE", module.text(act.place))
        .with("TEST", spelling::code(module, tested.test))
        .and(change, "the assignment that relies on the test")
}
