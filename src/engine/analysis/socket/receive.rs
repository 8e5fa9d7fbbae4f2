//! Loops of a server that wait for the next message of a peer without limit. A client that reads from a server of
//! its own choice is left alone.

use serde::Deserialize;

use crate::engine::analysis::{Analysis, Parameters, calls, file};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{FunctionId, Kind, Module, NodeId, Resolved};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Methods of connections that a server has accepted.
    accepted: Vec<String>,
    /// Methods of streams that may be a server's or a client's.
    streams: Vec<String>,
    /// Calls whose first argument serves the streams of a server.
    servers: Vec<String>,
    /// Words of a file that watches for idle peers by other means.
    unless: Vec<String>,
}

/// Who bounds the wait.
const BOUNDS: [&str; 4] = ["timeout", "wait_for", "fail_after", "move_on_after"];

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    let names = with.accepted.iter().chain(&with.streams).map(String::as_str);
    Ok(Analysis {
        starts: Starts::calls(names),
        names: &["CALL", "FUNCTION", "OBJECT"],
        run: Box::new(move |module, calls, hits| run(&with, module, calls, hits)),
    })
}

fn run(with: &With, module: &Module, calls: &[NodeId], hits: &mut Vec<Hit>) {
    let text = module.source().text().to_lowercase();
    let is_watched = with.unless.iter().any(|word| text.contains(word.as_str()));
    if module.is_test_file() || file::is_script(module) || is_watched {
        return;
    }
    let handlers = handlers(with, module);
    let mut told: Option<NodeId> = None;
    for call in calls {
        let around = module.enclosing_loop(*call).filter(|_| waits_for_peer(with, module, &handlers, *call));
        // One report for each loop.
        let silent = is_bounded(module, *call) || only_watches(module, *call);
        if let Some(around) = around.filter(|around| told != Some(*around) && !silent) {
            told = Some(around);
            let is_stream = serves(module, &handlers, *call);
            let hit = report(module, *call);
            // Servers of WebSockets ping their peers unless they are told not to: only the silent ones stay.
            hits.push(if is_stream { hit } else { hit.as_summary() });
        }
    }
}

/// The functions of this file that serve the streams of a server.
fn handlers(with: &With, module: &Module) -> Vec<FunctionId> {
    let tree = module.tree();
    let calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    let serving = calls.filter(|call| {
        module.callee(*call).is_some_and(|callee| with.servers.iter().any(|known| known == callee))
    });
    let first = serving.filter_map(|call| calls::arguments(module, call).positional.first().copied());
    first
        .filter_map(|handler| match module.resolve_callable(handler)? {
            Resolved::Function(id) | Resolved::Method(id) => Some(id),
            Resolved::Constructor(_) => None,
        })
        .collect()
}

fn waits_for_peer(with: &With, module: &Module, handlers: &[FunctionId], call: NodeId) -> bool {
    let Some(callee) = module.callee(call) else { return false };
    let is_awaited =
        module.tree().parent(call).is_some_and(|parent| module.tree().kind(parent) == Kind::Await);
    let has = |list: &[String]| list.iter().any(|known| known == callee);
    is_awaited && (has(&with.accepted) || has(&with.streams) && serves(module, handlers, call))
}

fn serves(module: &Module, handlers: &[FunctionId], call: NodeId) -> bool {
    module.enclosing_def(call).is_some_and(|(id, _)| handlers.contains(&id))
}

/// Whether the loop only waits for the peer to go away: what it receives is dropped, or its name says so.
fn only_watches(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let dropped = tree
        .parent(tree.parent(call).unwrap_or(call))
        .is_some_and(|outer| tree.kind(outer) == Kind::ExpressionStatement);
    let name = module.enclosing_def(call).and_then(|(_, def)| def.name);
    dropped || name.is_some_and(|name| module.names().text(name).contains("disconnect"))
}

/// A limit around the call, or given to it.
fn is_bounded(module: &Module, call: NodeId) -> bool {
    let says = |node: NodeId| BOUNDS.iter().any(|word| calls::beginning(module, node).contains(word));
    let given = !calls::arguments(module, call).keywords.is_empty();
    let decorated = module
        .enclosing_def(call)
        .is_some_and(|(_, def)| def.decorators.iter().any(|decorator| says(decorator.node)));
    given || decorated || module.enclosing_with_items(call).any(says)
}

fn report(module: &Module, call: NodeId) -> Hit {
    let name = module.enclosing_def(call).and_then(|(_, def)| def.name);
    let spelled = calls::spelled(module, call);
    let object = spelled.rsplit_once('.').map_or("the peer", |(object, _)| object).to_owned();
    Hit::at(call)
        .with("CALL", spelled)
        .with("FUNCTION", name.map_or("this function", |name| module.names().text(name)))
        .with("OBJECT", object)
}
