//! Records that are marked as being worked on, stored so, and moved on only when nothing raises. [`mark`] knows how a
//! record is marked.

mod mark;

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::flow::Released;
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::{Analysis, Parameters, calls, each, handler};
use mark::Mark;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Values that say that somebody is at work.
    transitional: Vec<String>,
    /// Methods that store the record.
    stores: Vec<String>,
    /// Words of objects whose methods store at once.
    stored_by: Vec<String>,
    /// Words of functions, contexts and hooks that move a record on when its work failed.
    rescues: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::Assignment, Kind::Call], ["status", "state"]),
        names: &["FIELD", "VALUE", "WORK"],
        run: each(move |module, node, hits| hits.extend(visit(&with, module, node))),
    })
}

fn visit(with: &With, module: &Module, node: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let mark = Mark::read(with, module, node).filter(|mark| mark.is_transitional(with, module))?;
    let id = module.enclosing_function(node)?;
    let end = tree.after(module.function(id).node);
    let own = |node: &NodeId| module.enclosing_function(*node) == Some(id);
    let behind = || tree.between(tree.after(node), end).filter(own);
    let is_store = |node: &NodeId| with.stores.iter().any(|name| name == calls::method(module, *node));
    let stored = if mark.is_stored { node } else { behind().find(is_store)? };
    let is_next = |node: &NodeId| {
        let other = Mark::read(with, module, *node);
        *node > stored && other.is_some_and(|other| other.field == mark.field)
    };
    let moved = behind().find(is_next)?;
    let work =
        tree.between(tree.after(stored), moved).filter(own).find(|node| is_work(with, module, *node))?;
    let moves = |node: NodeId| moves_on(with, module, node, &mark);
    // Whoever moves it on in a handler has chosen which failures to expect.
    let is_expected =
        tree.subtree(module.function(id).node).any(|node| moves(node) && handler::in_clean_up(module, node));
    if !is_lost(module, stored, &moves) || is_expected || is_rescued(with, module, id, node) {
        return None;
    }
    let mut hit = Hit::at(node)
        .with("FIELD", &mark.field)
        .with("VALUE", module.text(mark.value))
        .with("WORK", calls::spelled(module, work));
    if stored != node {
        hit = hit.and(stored, "stored as being worked on");
    }
    hit.tier = (!mark.is_record).then_some(Tier::Summary);
    Some(hit.and(work, "raises, and nothing below runs").and(moved, "only success moves it on"))
}

/// Some exception leads past what moves the record on, out of the function or through a handler that returns.
fn is_lost(module: &Module, stored: NodeId, moves: &dyn Fn(NodeId) -> bool) -> bool {
    match module.is_released(stored, moves) {
        Released::NotOnException(_) => true,
        Released::NotOnReturn(way) => handler::in_clean_up(module, way),
        _ => false,
    }
}

fn is_work(with: &With, module: &Module, node: NodeId) -> bool {
    let name = calls::method(module, node);
    let quiet = with.stores.iter().any(|store| store == name)
        || matches!(name, "refresh" | "now" | "utcnow" | "time" | "len" | "str" | "int" | "add");
    module.tree().kind(node) == Kind::Call && !name.is_empty() && !quiet && !is_log(module, node)
}

fn is_log(module: &Module, call: NodeId) -> bool {
    calls::spelled(module, call).contains("log")
}

/// The record is marked anew, or a call does so by its name.
fn moves_on(with: &With, module: &Module, node: NodeId, mark: &Mark) -> bool {
    let field = calls::last(&mark.field);
    match module.tree().kind(node) {
        Kind::Attribute if module.tree().field(node) == Field::Left => {
            calls::last(module.text(node)) == field
        }
        Kind::Call if !is_log(module, node) => {
            let name = calls::method(module, node);
            with.rescues_by(&calls::spelled(module, node))
                || name.contains(field)
                || Mark::read(with, module, node).is_some_and(|other| other.field == mark.field)
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
