//! WebSockets that a handler keeps somewhere and does not take out again when the peer goes away.

use serde::Deserialize;

use crate::engine::analysis::handler::own_nodes;
use crate::engine::analysis::shared::access::{Method, Use};
use crate::engine::analysis::shared::uses::Uses;
use crate::engine::analysis::{Analysis, Parameters, calls};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId, Resolved};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// The types of accepted WebSockets.
    sockets: Vec<String>,
    /// Beginnings of methods that take something out or let go of it.
    removers: Vec<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::FunctionDefinition], ["WebSocket"]),
        names: &["SOCKET", "FUNCTION", "KEPT"],
        run: Box::new(move |module, definitions, hits| run(&with, module, definitions, hits)),
    })
}

fn run(with: &With, module: &Module, definitions: &[NodeId], hits: &mut Vec<Hit>) {
    if module.is_test_file() || cleans_up(with, module) {
        return;
    }
    let uses = Uses::of(module);
    for id in definitions.iter().filter_map(|node| module.function_at(*node)) {
        hits.extend(visit(with, module, &uses, id));
    }
}

/// Whether any handler, `finally` or `with` of this file takes something out: a broadcast that drops dead peers is as
/// good as the socket's own `finally`.
fn cleans_up(with: &With, module: &Module) -> bool {
    let tree = module.tree();
    let clauses =
        tree.nodes().filter(|node| matches!(tree.kind(*node), Kind::ExceptClause | Kind::FinallyClause));
    let in_clauses =
        clauses.into_iter().any(|clause| own_nodes(module, clause).any(|node| removes(with, module, node)));
    in_clauses
        || module.source().text().contains("WeakSet")
        || module.source().text().contains("contextmanager")
}

fn removes(with: &With, module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::DeleteStatement => true,
        Kind::Call => {
            let callee = tree.child(node, Field::Function).map_or("", |callee| module.text(callee));
            let name = calls::last(callee).trim_start_matches('_');
            with.removers.iter().any(|word| name.starts_with(word.as_str()))
        }
        _ => false,
    }
}

fn visit(with: &With, module: &Module, uses: &Uses, function: FunctionId) -> Option<Hit> {
    let socket = socket(with, module, function)?;
    let body = module.function(function).body?;
    let kept = own_nodes(module, body)
        .find(|node| module.tree().kind(*node) == Kind::Call && hands_over(module, uses, socket, *node));
    let kept = kept.or_else(|| stored(module, uses, function, socket))?;
    let waits = own_nodes(module, body).find(|node| {
        *node > kept && module.tree().kind(*node) == Kind::Await && module.enclosing_loop(*node).is_some()
    })?;
    if module.enclosing_with_items(waits).next().is_some() {
        return None;
    }
    let name = module.function(function).name.map_or("this function", |name| module.names().text(name));
    let statement = module.statement_of(kept);
    let text = calls::beginning(module, statement).lines().next().unwrap_or_default();
    let hit = Hit::at(statement)
        .with("SOCKET", module.text(socket))
        .with("FUNCTION", name)
        .with("KEPT", text)
        .and(waits, "a peer that goes away ends the loop here");
    Some(hit)
}

/// The parameter that is the accepted socket.
fn socket(with: &With, module: &Module, function: FunctionId) -> Option<NodeId> {
    let params = module.function(function).params.iter();
    let is_socket = |annotation: NodeId| {
        module.annotated_type(annotation).is_some_and(|path| with.sockets.iter().any(|known| known == path))
    };
    params.filter(|param| param.annotation.is_some_and(is_socket)).map(|param| param.node).next()
}

/// `manager.connect(websocket)`, a method of this file that keeps its argument.
fn hands_over(module: &Module, uses: &Uses, socket: NodeId, call: NodeId) -> bool {
    let given = calls::arguments(module, call).positional;
    let Some(position) = given.iter().position(|node| module.text(*node) == module.text(socket)) else {
        return false;
    };
    let Some(Resolved::Method(id)) = module.resolve_call(call) else { return false };
    let param = module.function(id).params.get(position + 1);
    param.is_some_and(|param| stored(module, uses, id, param.node).is_some())
}

/// Where a function puts the value of this parameter into shared state.
fn stored(module: &Module, uses: &Uses, function: FunctionId, param: NodeId) -> Option<NodeId> {
    let same = |node: NodeId| {
        module.tree().subtree(node).any(|part| {
            module.tree().kind(part) == Kind::Identifier && module.text(part) == module.text(param)
        })
    };
    let mut changes = uses.changes(function);
    let act = changes.find(|act| match act.usage {
        Use::SetItem { key, value } => same(key) || value.is_some_and(same),
        Use::Change { method: Method::Add | Method::AddOnce, first: Some(first), .. } => same(first),
        _ => false,
    })?;
    Some(act.at)
}
