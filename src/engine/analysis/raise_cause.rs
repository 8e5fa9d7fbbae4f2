//! Exceptions raised while another is handled, without saying which of the two was first: no `from`.

use serde::Deserialize;

use crate::engine::finding::{Edit, Suggestion};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::handler::Handler;
use super::{Analysis, Parameters, calls, each};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Exceptions that steer the program: whoever catches them does not ask for a cause.
    control_flow: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::RaiseStatement], ["except"]),
        names: &["RAISED", "CAUGHT", "FROM"],
        run: each(move |module, raise, hits| hits.extend(visit(&with, module, raise))),
    })
}

fn visit(with: &With, module: &Module, raise: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let raised = tree.first_named(raise).filter(|_| tree.child(raise, Field::Cause).is_none())?;
    let handler = Handler::around(module, raise)?;
    let class = new_exception(module, raised)?;
    let name = module.qualified_name(class).unwrap_or_else(|| module.text(class));
    if with.control_flow.iter().any(|known| known == name) {
        return None;
    }
    let cause = handler.name.map_or("error", |name| module.text(name));
    let mut hit = Hit::at(raise)
        .with("RAISED", calls::short(module, class))
        .with("CAUGHT", handler.header(module))
        .with("FROM", format!("from {cause}"))
        .and(handler.clause, "the exception handled here is the cause");
    hit.suggestion = suggestion(module, &handler, raise);
    Some(hit)
}

/// The class of an exception that is made on the spot: a call of it, or its bare name.
fn new_exception(module: &Module, raised: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let (class, is_call) = match tree.kind(raised) {
        Kind::Call => (tree.child(raised, Field::Function)?, true),
        Kind::Identifier | Kind::Attribute => (raised, false),
        _ => return None,
    };
    let name = calls::last(module.text(class));
    let is_class = match module.qualified_name(class) {
        Some(path) => module.local_function(path).is_none() && starts_upper(calls::last(path)),
        None => is_call && starts_upper(name),
    };
    (is_class && starts_upper(name)).then_some(class)
}

fn starts_upper(name: &str) -> bool {
    name.trim_start_matches(['_', '~']).starts_with(|first: char| first.is_ascii_uppercase())
}

/// ` from error` behind the raise: nothing else changes, and the name is the clause's own, still bound.
fn suggestion(module: &Module, handler: &Handler, raise: NodeId) -> Option<Suggestion> {
    let name = module.text(handler.name?);
    let is_rebound = module
        .bindings(module.scope_of(raise), name)
        .any(|binding| module.tree().contains(handler.body, binding.node));
    let end = module.tree().range(raise).end;
    let edit = Edit { bytes: end..end, replacement: format!(" from {name}") };
    let behind = module.source().text()[end..].split('\n').next().unwrap_or_default().trim();
    // What else stands there was passed over as a mistake.
    let is_whole = behind.is_empty() || behind.starts_with(['#', ';']);
    (is_whole && !is_rebound).then(|| Suggestion { edits: vec![edit], safe: true })
}
