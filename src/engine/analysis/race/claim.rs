//! Tasks that take waiting rows out of a table and work through them, where nothing keeps a second worker from taking
//! the same rows.

use serde::Deserialize;

use crate::engine::analysis::{Analysis, Parameters, calls, each};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Kind, Module, NodeId, Role};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Words of a selection that say that its rows wait for somebody.
    waiting: Vec<String>,
    /// Methods that select rows.
    selects: Vec<String>,
    /// Words of a task that claims its rows, or runs alone.
    claims: Vec<String>,
    /// Words of a task's name whose work does no harm when it is done twice.
    harmless: Vec<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    let constants: Vec<String> = with.waiting.iter().map(|word| word.to_ascii_uppercase()).collect();
    Ok(Analysis {
        starts: Starts::kinds(
            [Kind::ForStatement],
            with.waiting.iter().chain(&constants).map(String::as_str),
        ),
        names: &["TASK", "ROWS", "WORK"],
        run: each(move |module, each, hits| hits.extend(visit(&with, module, each))),
    })
}

fn visit(with: &With, module: &Module, each: NodeId) -> Option<Hit> {
    let (id, task) = module.enclosing_def(each)?;
    let name = task.name.map_or("", |name| module.names().text(name));
    let is_harmless = with.harmless.iter().any(|word| name.contains(word.as_str()));
    if !module.roles_of_function(id).contains(&Role::Task) || is_harmless || claims(with, module, task.node) {
        return None;
    }
    let selection = selection(with, module, each)?;
    let work = work(module, each)?;
    Some(
        Hit::at(selection)
            .with("TASK", name)
            .with("ROWS", calls::short(module, selection))
            .with("WORK", calls::spelled(module, work))
            .and(work, "done for each of them"),
    )
}

/// The task's decorators count, too: `@single_instance_task`, `once=True`.
fn claims(with: &With, module: &Module, function: NodeId) -> bool {
    let tree = module.tree();
    let decorated = tree.parent(function).filter(|node| tree.kind(*node) == Kind::DecoratedDefinition);
    let text = module.text(decorated.unwrap_or(function));
    // For each loop of the task it is copied and searched for several words.
    module.spend(text.len() / 8);
    let text = text.to_ascii_lowercase();
    with.claims.iter().any(|word| text.contains(word.as_str()))
}

/// What selects the waiting rows that are looped over, where it stands in the loop's header or in the only value of
/// the name that stands there.
fn selection(with: &With, module: &Module, each: NodeId) -> Option<NodeId> {
    let rows = module.tree().child(each, Field::Right)?;
    let selection = match module.tree().kind(rows) {
        Kind::Identifier => {
            let mut values = module.bindings_of(rows).map(|binding| binding.value);
            let value = values.next()??;
            values.next().is_none().then_some(value)?
        }
        _ => rows,
    };
    let selection = executed(module, selection).unwrap_or(selection);
    let text = module.text(selection);
    let waits = with.waiting.iter().any(|word| text.to_ascii_lowercase().contains(word.as_str()));
    let mut nodes = module.tree().subtree(selection);
    let selects = nodes.any(|node| with.selects.iter().any(|method| method == calls::method(module, node)));
    (waits && selects).then_some(selection)
}

/// The query behind `cursor.fetchall()`: the last one that the same cursor executed before.
fn executed(module: &Module, rows: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let fetched = calls::inner(module, rows);
    let fetches = matches!(calls::method(module, fetched), "fetchall" | "fetchmany");
    let cursor = calls::receiver(module, fetched).filter(|_| fetches)?;
    let (_, function) = module.enclosing_def(rows)?;
    let mut before = tree.between(function.node, rows).rev().take(2000);
    before.find(|node| {
        let receiver = calls::receiver(module, *node).map(|receiver| module.text(receiver));
        calls::method(module, *node) == "execute" && receiver == Some(module.text(cursor))
    })
}

/// What is done with a row: a call that is given the row, or of one of its methods other than `save`.
fn work(module: &Module, each: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let row = tree.child(each, Field::Left).filter(|row| tree.kind(*row) == Kind::Identifier)?;
    let row = module.text(row);
    let names_row = |node: NodeId| tree.kind(node) == Kind::Identifier && module.text(node) == row;
    let is_work = |call: &NodeId| {
        let method = calls::method(module, *call);
        let is_note = matches!(method, "save" | "info" | "debug" | "warning" | "append" | "add" | "");
        tree.kind(*call) == Kind::Call && !is_note && tree.subtree(*call).any(names_row)
    };
    tree.subtree(tree.child(each, Field::Body)?).find(is_work)
}
