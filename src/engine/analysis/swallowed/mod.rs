//! Handlers of broad types that leave no trace of the failure: they pass, continue or answer with success. [`outcome`]
//! knows what a handler does instead of telling anybody, [`work`] what failed and whether that matters.

mod outcome;
mod work;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Kind, Module, NodeId};

use super::handler::{Breadth, Handler, has_reason, own_nodes};
use super::{Analysis, Parameters, calls, each, file};
use outcome::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Words of calls and functions that clean up what was given up: nothing is lost by their failing.
    clean_up: Vec<String>,
    /// Words of calls that count and trace.
    telemetry: Vec<String>,
    /// Prefixes of functions that ask whether something works.
    probes: Vec<String>,
    /// Words of calls that change what others rely on: what only looks something up is for the summary.
    effects: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::ExceptClause], ["except"]),
        names: &["CLAUSE", "WORK", "THEN"],
        run: each(move |module, clause, hits| hits.extend(visit(&with, module, clause))),
    })
}

fn visit(with: &With, module: &Module, clause: NodeId) -> Option<Hit> {
    let handler =
        Handler::read(module, clause).filter(|handler| handler.breadth(module) > Breadth::Narrow)?;
    let (statement, guarded) = handler.guarded(module)?;
    let outcome = Outcome::of(module, &handler, statement)?;
    let matters = outcome == Outcome::Denies || with.changes_outside(module, guarded);
    if !work::is_done(module, guarded)
        || with.is_best_effort(module, statement, guarded)
        || !outcome.is_claim() && work::falls_back(module, statement, guarded)
        || outcome == Outcome::Returns && !matters
    {
        return None;
    }
    let work = first_call(module, guarded)
        .map_or("the guarded code".to_owned(), |call| format!("`{}`", calls::spelled(module, call)));
    let hit = Hit::at(clause)
        .with("CLAUSE", handler.header(module))
        .with("WORK", work)
        .with("THEN", outcome.words());
    let is_minor = has_reason(module, clause) || file::is_script(module) || !matters;
    Some(if is_minor { hit.as_summary() } else { hit })
}

fn first_call(module: &Module, guarded: NodeId) -> Option<NodeId> {
    own_nodes(module, guarded).find(|node| module.tree().kind(*node) == Kind::Call)
}
