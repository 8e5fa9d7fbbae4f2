//! Records that are marked as being worked on, stored so, and moved on only when nothing raises.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::flow::Released;
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::{Analysis, Parameters, calls, each, handler};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Values that say that somebody is at work.
    transitional: Vec<String>,
    /// Methods that store the record.
    stores: Vec<String>,
    /// Words of functions, contexts and hooks that move a record on when its work failed.
    rescues: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::Assignment], ["status", "state"]),
        names: &["FIELD", "VALUE", "WORK"],
        run: each(move |module, assignment, hits| hits.extend(visit(&with, module, assignment))),
    })
}

fn visit(with: &With, module: &Module, assignment: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let field = status_field(module, assignment)?;
    let value = tree.child(assignment, Field::Right).filter(|value| is_transitional(with, module, *value))?;
    let id = module.enclosing_function(assignment)?;
    let end = tree.after(module.function(id).node);
    let own = |node: &NodeId| module.enclosing_function(*node) == Some(id);
    let behind = || tree.between(tree.after(assignment), end).filter(own);
    let stored = behind().find(|node| with.stores.iter().any(|name| name == calls::method(module, *node)))?;
    let text = module.text(field);
    let moved = behind().find(|node| {
        *node > stored
            && tree.kind(*node) == Kind::Assignment
            && status_field(module, *node).is_some_and(|other| module.text(other) == text)
    })?;
    let work =
        tree.between(tree.after(stored), moved).filter(own).find(|node| is_work(with, module, *node))?;
    let moves = |node: NodeId| moves_on(with, module, node, calls::last(text));
    let is_lost = matches!(module.is_released(stored, &moves), Released::NotOnException(_));
    // Whoever moves it on in a handler has chosen which failures to expect.
    let is_expected =
        tree.subtree(module.function(id).node).any(|node| moves(node) && handler::in_clean_up(module, node));
    if !is_lost || is_expected || is_rescued(with, module, id, assignment) {
        return None;
    }
    Some(
        Hit::at(assignment)
            .with("FIELD", text)
            .with("VALUE", module.text(value))
            .with("WORK", calls::spelled(module, work))
            .and(stored, "stored as being worked on")
            .and(work, "raises, and nothing below runs")
            .and(moved, "only success moves it on"),
    )
}

/// `job.status = ...`: the attribute.
fn status_field(module: &Module, assignment: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let left = tree.child(assignment, Field::Left).filter(|left| tree.kind(*left) == Kind::Attribute)?;
    let name = tree.child(left, Field::Attribute).map_or("", |name| module.text(name));
    (name.ends_with("status") || name.ends_with("state")).then_some(left)
}

fn is_transitional(with: &With, module: &Module, value: NodeId) -> bool {
    let text = module.text(value);
    let word = text.trim_matches(['"', '\'']).trim_end_matches(".value");
    let word = calls::last(word).to_ascii_lowercase();
    with.transitional.contains(&word)
}

fn is_work(with: &With, module: &Module, node: NodeId) -> bool {
    let name = calls::method(module, node);
    let quiet = with.stores.iter().any(|store| store == name)
        || matches!(name, "refresh" | "now" | "utcnow" | "time" | "len" | "str" | "int");
    let is_log = calls::spelled(module, node).contains("log");
    module.tree().kind(node) == Kind::Call && !name.is_empty() && !quiet && !is_log
}

/// The field is set anew, or a call does so by its name.
fn moves_on(with: &With, module: &Module, node: NodeId, field: &str) -> bool {
    match module.tree().kind(node) {
        Kind::Attribute if module.tree().field(node) == Field::Left => {
            calls::last(module.text(node)) == field
        }
        Kind::Call => {
            with.rescues_by(&calls::spelled(module, node)) || calls::method(module, node).contains(field)
        }
        _ => false,
    }
}

impl With {
    fn rescues_by(&self, text: &str) -> bool {
        let text = text.to_ascii_lowercase();
        self.rescues.iter().any(|word| text.contains(word.as_str()))
    }
}

/// A context that owns the record, or a hook of the task.
fn is_rescued(with: &With, module: &Module, id: FunctionId, assignment: NodeId) -> bool {
    let function = module.function(id);
    let in_context =
        module.enclosing_with_items(assignment).any(|item| with.rescues_by(calls::beginning(module, item)));
    let by_decorator = function.decorators.iter().any(|decorator| {
        with.rescues_by(module.text(decorator.node)) || module.text(decorator.node).contains("base=")
    });
    let by_hook = ["on_failure", "task_failure", "on_exception"].iter().any(|hook| module.mentions(hook));
    in_context || by_decorator || by_hook
}
