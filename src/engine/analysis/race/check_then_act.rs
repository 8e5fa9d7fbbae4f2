//! Shared state that is tested, and changed on the strength of the test after a suspension: meanwhile another task
//! may have passed the same test. What threads do to each other is `between_threads`'s.

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::analysis::handler::{Handler, is_caught};
use crate::engine::analysis::shared::access::{Access, Use};
use crate::engine::analysis::shared::lifetime::Lifetimes;
use crate::engine::analysis::shared::rivals::Crew;
use crate::engine::analysis::shared::uses::Uses;
use crate::engine::analysis::{Analysis, Parameters, file};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{FunctionId, Kind, Module, NodeId, Role};

use super::between_threads;
use super::check::Tested;
use super::harm::{Harm, Makers, harm};
use super::locked::is_exclusive;
use super::spelling;
use super::window::{Window, window};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct With {
    pub lifetimes: Lifetimes,
    pub makers: Makers,
}

/// Words one of which a text holds where tasks or threads run.
const WORDS: [&str; 9] =
    ["async", "hread", "executor", "servicer", "Servicer", "flask", "django", "fastapi", "Flask"];

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::FunctionDefinition], WORDS),
        names: &["FUNCTION", "STATE", "TEST", "GAP", "ACT", "WHO", "HARM", "RUNS", "FIRST", "LOCK"],
        run: Box::new(move |module, definitions, hits| run(&with, module, definitions, hits)),
    })
}

fn run(with: &With, module: &Module, definitions: &[NodeId], hits: &mut Vec<Hit>) {
    if module.is_test_file() || file::is_in_script_folder(module) {
        return;
    }
    let crew = Crew::of(module);
    let is_script = file::is_script(module);
    for id in definitions.iter().filter_map(|node| module.function_at(*node)) {
        let mut told = HashSet::new();
        for act in crew.uses.changes(id) {
            let found = match module.function(id).is_async {
                true if is_script && !crew.is_crowded(module, id, act) => None,
                true => visit(with, module, &crew, id, act),
                false => between_threads::visit(with, module, &crew, id, act),
            };
            hits.extend(found.filter(|_| told.insert(act.state)));
        }
    }
}

fn visit(with: &With, module: &Module, crew: &Crew, function: FunctionId, act: &Access) -> Option<Hit> {
    let uses = &crew.uses;
    let found = window(module, uses.of_function(function), act)?;
    let harm = harm(module, &found.tested, act, &with.makers)?;
    let is_noted = matches!(act.usage, Use::Change { .. }) && harm == Harm::Twice;
    // A flag that a handler sets tells of a failure, not of work that is done.
    if harm == Harm::SetUp && Handler::around(module, act.at).is_some() {
        return None;
    }
    if harm == Harm::Gone && is_expected(module, act) {
        return None;
    }
    if is_noted && with.makers.only_look(module, found.suspension)
        || harm == Harm::SetUp && with.makers.only_get(module, found.tested.read, act.at)
    {
        return None;
    }
    let (test, state) = (found.tested.test, act.state);
    let is_crowded = crew.is_crowded(module, function, act);
    if !is_crowded && with.lifetimes.is_brief(module, state)
        || is_exclusive(module, uses, function, found.tested.read, act.at)
        || uses.is_one_loop(module, state, function, test)
        || !is_crowded && !is_concurrent(with, module, uses, function, act, harm)
    {
        return None;
    }
    Some(report(module, function, act, &found, harm))
}

/// Whether two tasks may be in the function with the same state.
fn is_concurrent(
    with: &With,
    module: &Module,
    uses: &Uses,
    function: FunctionId,
    act: &Access,
    harm: Harm,
) -> bool {
    let serves = |id: FunctionId| {
        let is_route = |role: &Role| matches!(role, Role::Route(_) | Role::WebSocket(_) | Role::Dependency);
        module.roles_of_function(id).iter().any(is_route)
    };
    let called_at_work = || {
        let callers = uses.calls_of(module, function).iter().filter_map(|call| module.enclosing_def(*call));
        let mut others = callers.filter(|(id, _)| *id != function);
        others.any(|(id, _)| !with.lifetimes.is_lifecycle(module, id))
    };
    let is_shared = with.lifetimes.is_shared(module, act.state);
    let is_lifecycle = with.lifetimes.is_lifecycle(module, function);
    match (harm, act.usage) {
        (Harm::SetUp, _) => is_shared && !is_lifecycle && (serves(function) || called_at_work()),
        (Harm::Limit | Harm::Gone, Use::Augment | Use::Change { first: None, .. }) => {
            is_shared && !is_lifecycle
        }
        _ => !is_lifecycle,
    }
}

/// Whether what is gone already is caught.
pub(super) fn is_expected(module: &Module, act: &Access) -> bool {
    let errors =
        ["KeyError", "IndexError", "LookupError", "ValueError"].map(|name| format!("builtins.{name}"));
    is_caught(module, act.at, &errors.each_ref().map(String::as_str))
}

fn report(module: &Module, function: FunctionId, act: &Access, found: &Window, harm: Harm) -> Hit {
    let name = spelling::function(module, function);
    let who = format!(
        "While it waits, other tasks run; one that calls `{name}` passes the same test, because nothing has changed yet"
    );
    let state = module.text(act.place);
    let first = format!(
        "Change `{state}` before the first `await` (reserve, wait, and take it back if the wait fails), or test again \
         after the `await`"
    );
    began(module, function, act, &found.tested)
        .with("GAP", format!("then waits at `{}`", spelling::wait(module, found.suspension)))
        .with("WHO", who)
        .with("HARM", harm.words("tasks"))
        .with("RUNS", "requests")
        .with("FIRST", first)
        .with("LOCK", "asyncio.Lock")
        .and(found.suspension, "other tasks run here")
        .and(module.statement_of(act.at), "the change that relies on the test")
}

/// A report at the test.
pub(super) fn began(module: &Module, function: FunctionId, act: &Access, tested: &Tested) -> Hit {
    Hit::at(tested.test)
        .with("FUNCTION", spelling::function(module, function))
        .with("STATE", module.text(act.place))
        .with("TEST", spelling::code(module, tested.test))
        .with("ACT", spelling::code(module, module.statement_of(act.at)))
}
