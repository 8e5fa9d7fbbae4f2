//! WebSocket handlers that put their socket somewhere and do not take it out when the peer goes.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Function, Kind, Module, NodeId};

use super::handler::Handler;
use super::{Analysis, Parameters, calls, each};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// The types of sockets that say by an exception that the peer has gone.
    sockets: Vec<String>,
    /// The types of sockets whose loop just ends then.
    ending: Vec<String>,
    /// Modules whose servers call a function with a socket, without a type.
    servers: Vec<String>,
    /// Methods that keep what they are given.
    registers: Vec<String>,
    /// Words of calls that take it out again.
    removals: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    let servers = with.servers.iter().map(String::as_str);
    Ok(Analysis {
        starts: Starts::kinds([Kind::FunctionDefinition], ["WebSocket"].into_iter().chain(servers)),
        names: &["SOCKET", "DOES", "UNDOES", "LEFT", "FUNCTION"],
        run: each(move |module, definition, hits| hits.extend(visit(&with, module, definition))),
    })
}

fn visit(with: &With, module: &Module, definition: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let function = module.function(module.function_at(definition)?);
    let body = function.body.filter(|_| function.is_async)?;
    let (text, ends) = socket(with, module, function, body)?;
    let receives = tree.subtree(body).any(|node| is_receiving(module, node, text));
    let kept = tree.subtree(body).find_map(|node| registration(with, module, node, text))?;
    let is_removed = is_swept(with, module)
        || tree
            .subtree(body)
            .any(|node| cleans_up(with, module, node) || ends && removes(with, module, node))
        || kept.is_task && is_waited_for(module, body);
    let in_with = module.enclosing_with_items(kept.place).next().is_some();
    if !receives || is_removed || in_with {
        return None;
    }
    let own = function.name.map_or("", |name| module.names().text(name));
    let (does, undoes, left) = kept.words(text);
    let hit = Hit::at(kept.place).with("SOCKET", text).with("FUNCTION", own);
    Some(hit.with("DOES", does).with("UNDOES", undoes).with("LEFT", left))
}

/// The name of the function's socket, and whether its loop ends by itself when the peer goes.
fn socket<'m>(with: &With, module: &'m Module, function: &Function, body: NodeId) -> Option<(&'m str, bool)> {
    let tree = module.tree();
    let is = |kinds: &[String], kind: Option<&str>| {
        kind.is_some_and(|kind| kinds.iter().any(|known| known == kind))
    };
    let typed = function.params.iter().find(|param| {
        is(&with.sockets, param.annotation.and_then(|annotation| module.annotated_type(annotation)))
    });
    if let Some(param) = typed {
        return Some((module.text(param.node), false));
    }
    let made = tree.subtree(body).find(|node| {
        tree.kind(*node) == Kind::Assignment
            && tree.child(*node, Field::Right).is_some_and(|value| is(&with.ending, module.type_of(value)))
    });
    if let Some(left) = made.and_then(|made| tree.child(made, Field::Left)) {
        return Some((module.text(left), true));
    }
    let served = with.servers.iter().any(|server| calls::is_imported(module, server));
    let first = function.params.iter().find(|param| module.text(param.node) != "self").filter(|_| served)?;
    matches!(module.text(first.node), "websocket" | "ws" | "socket" | "connection")
        .then_some((module.text(first.node), true))
}

/// `await socket.receive_text()`, `await socket.recv()`, `async for message in socket`
fn is_receiving(module: &Module, node: NodeId, socket: &str) -> bool {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::Call => {
            let method = calls::method(module, node);
            ["receive", "iter_", "recv"].iter().any(|start| method.starts_with(start))
        }
        Kind::ForStatement => {
            module.is_async(node)
                && tree.child(node, Field::Right).is_some_and(|right| module.text(right) == socket)
        }
        _ => false,
    }
}

/// Where a socket is kept beyond its function.
struct Kept {
    place: NodeId,
    /// The collection or manager, or the function that the task runs.
    name: String,
    is_task: bool,
}

impl Kept {
    /// What the function does, what would undo it, and what is left.
    fn words(&self, socket: &str) -> (String, &'static str, String) {
        let name = &self.name;
        match self.is_task {
            true => (
                format!("starts a task of `{name}` with `{socket}`"),
                "cancels it",
                format!("the task of `{name}` still running"),
            ),
            false => (
                format!("puts `{socket}` into `{name}`"),
                "takes it out",
                format!("the socket still in `{name}`"),
            ),
        }
    }
}

/// `manager.connect(socket)`, `peers.add(socket)`, `peers[key] = socket`, `create_task(feed(socket))`.
fn registration(with: &With, module: &Module, node: NodeId, socket: &str) -> Option<Kept> {
    let tree = module.tree();
    let holds = |value: &NodeId| tree.kind(*value) == Kind::Identifier && module.text(*value) == socket;
    let kept = |name: &str, is_task| Some(Kept { place: node, name: name.to_owned(), is_task });
    match tree.kind(node) {
        Kind::Call => {
            let given = calls::arguments(module, node).positional;
            if matches!(calls::method(module, node), "create_task" | "ensure_future") {
                let run = *given.first().filter(|run| tree.kind(**run) == Kind::Call)?;
                let holds = calls::arguments(module, run).positional.iter().any(holds);
                return holds.then(|| kept(&calls::spelled(module, run), true)).flatten();
            }
            let is_register = with.registers.iter().any(|name| name == calls::method(module, node));
            let receiver = calls::receiver(module, node).filter(|object| module.text(*object) != socket)?;
            (is_register && given.iter().any(holds))
                .then(|| kept(&calls::short(module, receiver), false))
                .flatten()
        }
        Kind::Assignment => {
            let left = tree.child(node, Field::Left).filter(|left| tree.kind(*left) == Kind::Subscript)?;
            tree.child(node, Field::Right).filter(|right| holds(right))?;
            kept(module.text(tree.child(left, Field::Value)?), false)
        }
        _ => None,
    }
}

/// The function waits for its tasks: the peer's going ends the one that receives, and what follows the others.
fn is_waited_for(module: &Module, body: NodeId) -> bool {
    let tree = module.tree();
    let waits =
        |node: NodeId| matches!(calls::method(module, node), "wait" | "gather" | "wait_for" | "as_completed");
    tree.subtree(body).any(|node| tree.kind(node) == Kind::Call && waits(node))
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
