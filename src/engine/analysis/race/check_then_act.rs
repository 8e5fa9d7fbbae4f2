//! Shared state that is tested, and changed on the strength of the test after a suspension: meanwhile another task
//! may have passed the same test.

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::analysis::handler::Handler;
use crate::engine::analysis::shared::access::{Access, Use};
use crate::engine::analysis::shared::lifetime::Lifetimes;
use crate::engine::analysis::shared::uses::Uses;
use crate::engine::analysis::{Analysis, Parameters, file};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{FunctionId, Kind, Module, NodeId, Role};

use super::harm::{Harm, Makers, harm};
use super::locked::is_exclusive;
use super::spelling;
use super::window::{Window, window};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    lifetimes: Lifetimes,
    makers: Makers,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::FunctionDefinition], ["async"]),
        names: &["FUNCTION", "STATE", "TEST", "WAIT", "ACT", "HARM"],
        run: Box::new(move |module, definitions, hits| run(&with, module, definitions, hits)),
    })
}

fn run(with: &With, module: &Module, definitions: &[NodeId], hits: &mut Vec<Hit>) {
    if module.is_test_file() || file::is_script(module) {
        return;
    }
    let uses = Uses::of(module);
    let functions = definitions.iter().filter_map(|node| module.function_at(*node));
    for id in functions.filter(|id| module.function(*id).is_async) {
        let mut told = HashSet::new();
        for act in uses.changes(id) {
            let found = visit(with, module, &uses, id, act);
            hits.extend(found.filter(|_| told.insert(act.state)));
        }
    }
}

fn visit(with: &With, module: &Module, uses: &Uses, function: FunctionId, act: &Access) -> Option<Hit> {
    let found = window(module, uses.of_function(function), act)?;
    let harm = harm(module, &found.tested, act, &with.makers)?;
    let is_noted = matches!(act.usage, Use::Change { .. }) && harm == Harm::Twice;
    // A flag that a handler sets tells of a failure, not of work that is done.
    if harm == Harm::SetUp && Handler::around(module, act.at).is_some() {
        return None;
    }
    if is_noted && with.makers.only_look(module, found.suspension) {
        return None;
    }
    let (test, state) = (found.tested.test, act.state);
    if with.lifetimes.is_brief(module, state)
        || is_exclusive(module, uses, function, found.tested.read, act.at)
        || uses.is_one_loop(module, state, function, test)
        || !is_concurrent(with, module, uses, function, act, harm)
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

fn report(module: &Module, function: FunctionId, act: &Access, found: &Window, harm: Harm) -> Hit {
    let test = found.tested.test;
    let change = module.statement_of(act.at);
    Hit::at(test)
        .with("FUNCTION", spelling::function(module, function))
        .with("STATE", module.text(act.place))
        .with("TEST", spelling::code(module, test))
        .with("WAIT", spelling::wait(module, found.suspension))
        .with("ACT", spelling::code(module, change))
        .with("HARM", harm.words())
        .and(found.suspension, "other tasks run here")
        .and(change, "the change that relies on the test")
}
