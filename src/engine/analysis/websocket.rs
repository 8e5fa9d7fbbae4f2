//! WebSocket handlers that put their socket somewhere and do not take it out when the peer goes.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::handler::Handler;
use super::{Analysis, Parameters, calls, each};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// The types of sockets.
    sockets: Vec<String>,
    /// Methods that keep what they are given.
    registers: Vec<String>,
    /// Words of calls that take it out again.
    removals: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::FunctionDefinition], ["WebSocket"]),
        names: &["SOCKET", "PLACE", "FUNCTION"],
        run: each(move |module, definition, hits| hits.extend(visit(&with, module, definition))),
    })
}

fn visit(with: &With, module: &Module, definition: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let function = module.function(module.function_at(definition)?);
    let socket = function.params.iter().find(|param| {
        let kind = param.annotation.and_then(|annotation| module.annotated_type(annotation));
        kind.is_some_and(|kind| with.sockets.iter().any(|known| known == kind))
    })?;
    let text = module.text(socket.node);
    let body = function.body.filter(|_| function.is_async)?;
    let receives = tree.subtree(body).any(|node| {
        let method = calls::method(module, node);
        method.starts_with("receive") || method.starts_with("iter_")
    });
    let (place, name) = tree.subtree(body).find_map(|node| registration(with, module, node, text))?;
    let swept = is_swept(with, module);
    let is_removed = swept || tree.subtree(body).any(|node| cleans_up(with, module, node));
    let in_with = module.enclosing_with_items(place).next().is_some();
    if !receives || is_removed || in_with {
        return None;
    }
    let own = function.name.map_or("", |name| module.names().text(name));
    Some(Hit::at(place).with("SOCKET", text).with("PLACE", name).with("FUNCTION", own))
}

/// `manager.connect(socket)`, `peers.add(socket)`, `peers[key] = socket`, `create_task(feed(socket))`.
fn registration(with: &With, module: &Module, node: NodeId, socket: &str) -> Option<(NodeId, String)> {
    let tree = module.tree();
    let holds = |value: NodeId| tree.kind(value) == Kind::Identifier && module.text(value) == socket;
    match tree.kind(node) {
        Kind::Call => {
            let is_register = with.registers.iter().any(|name| name == calls::method(module, node));
            let receiver = calls::receiver(module, node).filter(|object| module.text(*object) != socket)?;
            let given = calls::arguments(module, node).positional.into_iter().any(holds);
            (is_register && given).then(|| (node, module.text(receiver).to_owned()))
        }
        Kind::Assignment => {
            let left = tree.child(node, Field::Left).filter(|left| tree.kind(*left) == Kind::Subscript)?;
            let stored = tree.child(node, Field::Right).is_some_and(holds);
            stored.then(|| {
                (node, tree.child(left, Field::Value).map_or("", |table| module.text(table)).to_owned())
            })
        }
        _ => None,
    }
}

/// A `finally`, or a handler that a disconnect reaches, that takes something out.
fn cleans_up(with: &With, module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let is_reached = match tree.kind(node) {
        Kind::FinallyClause => true,
        Kind::ExceptClause => Handler::read(module, node).is_some(),
        // A loop that ends by itself when the peer goes, and goes on to the removal.
        Kind::ForStatement => {
            return module.is_async(node)
                && tree
                    .between(tree.after(node), tree.after(NodeId::ROOT))
                    .any(|behind| removes(with, module, behind));
        }
        _ => false,
    };
    is_reached && tree.subtree(node).any(|inside| removes(with, module, inside))
}

fn removes(with: &With, module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::DeleteStatement => true,
        Kind::Call => {
            let method = calls::method(module, node);
            with.removals.iter().any(|word| method.contains(word.as_str()))
        }
        _ => false,
    }
}

/// Somewhere in the file dead peers are dropped when a message to them fails, or the collection holds them weakly.
fn is_swept(with: &With, module: &Module) -> bool {
    let tree = module.tree();
    module.mentions("WeakSet")
        || tree.nodes().filter(|node| tree.kind(*node) == Kind::ExceptClause).any(|clause| {
            module.enclosing_loop(clause).is_some()
                && tree.subtree(clause).any(|node| {
                    removes(with, module, node) || matches!(calls::method(module, node), "append" | "add")
                })
        })
}
