//! Loops of a server that wait for what a client sends, for as long as the client likes.

use std::collections::{BTreeSet, HashSet};

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Function, Kind, Module, NodeId};

use super::{Analysis, Parameters, calls, timeout};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// The types of what a server reads from.
    sources: Vec<Source>,
    /// Words of a file that drops dead peers by itself.
    pings: Vec<String>,
    /// Words of a file that reads from a server of its own, or ends idle peers by another task.
    unless: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    types: Vec<String>,
    /// Methods that wait for the client.
    methods: Vec<String>,
    /// A second parameter's type, by which the function is a server's callback.
    beside: Option<String>,
}

/// Functions that are given the callback of a server, whose parameters need no types.
const SERVERS: [&str; 2] = ["start_server", "start_unix_server"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    let types = with.sources.iter().flat_map(|source| &source.types).map(|name| calls::last(name));
    let words = types.chain(SERVERS);
    Ok(Analysis {
        starts: Starts::kinds([Kind::Await, Kind::ForStatement], words.collect::<Vec<_>>()),
        names: &["CALL", "SOURCE", "FUNCTION"],
        run: Box::new(move |module, nodes, hits| {
            let text = module.source().text();
            let says = |words: &[String]| words.iter().any(|word| text.contains(word.as_str()));
            if says(&with.unless) {
                return;
            }
            let is_pinged = says(&with.pings);
            let mut said = BTreeSet::new();
            let callbacks = callbacks(module);
            let found = nodes.iter().filter_map(|node| {
                let hit = visit(&with, module, &callbacks, *node)?;
                // One limit around the loop answers them all.
                said.insert(module.enclosing_def(*node).map(|(_, def)| def.node)).then_some(hit)
            });
            hits.extend(found.map(|hit| if is_pinged { hit.as_summary() } else { hit }));
        }),
    })
}

fn visit(with: &With, module: &Module, callbacks: &HashSet<&str>, waiting: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let waited = match tree.kind(waiting) {
        Kind::ForStatement if module.is_async(waiting) => tree.child(waiting, Field::Right)?,
        Kind::ForStatement => return None,
        _ => tree.first_named(waiting)?,
    };
    let call = Some(waited).filter(|call| tree.kind(*call) == Kind::Call)?;
    let object = calls::receiver(module, call)?;
    let (_, function) = module.enclosing_def(waiting)?;
    let source = with
        .sources
        .iter()
        .find(|source| source.methods.iter().any(|known| known == calls::method(module, call)))?;
    let is_client = source.is_parameter(module, function, callbacks, module.text(object));
    let repeats = tree.kind(waiting) == Kind::ForStatement || module.enclosing_loop(waiting).is_some();
    if !is_client || !repeats || timeout::is_bounded_around(module, call) {
        return None;
    }
    let name = function.name.map_or("", |name| module.names().text(name));
    let mut hit = Hit::at(call)
        .with("CALL", calls::spelled(module, call))
        .with("SOURCE", module.text(object))
        .with("FUNCTION", name);
    hit.tier = is_watched(module, function).then_some(Tier::Summary);
    Some(hit)
}

impl Source {
    fn is_parameter(
        &self,
        module: &Module,
        function: &Function,
        callbacks: &HashSet<&str>,
        name: &str,
    ) -> bool {
        let kind = |node: Option<NodeId>| node.and_then(|annotation| module.annotated_type(annotation));
        let Some(param) = function.params.iter().find(|param| module.text(param.node) == name) else {
            return false;
        };
        let Some(annotation) = param.annotation else {
            let own = function.name.map_or("", |name| module.names().text(name));
            return self.beside.is_some() && callbacks.contains(own);
        };
        let is_it = kind(Some(annotation)).is_some_and(|kind| self.types.iter().any(|known| known == kind));
        let beside = self
            .beside
            .as_deref()
            .is_none_or(|other| function.params.iter().any(|param| kind(param.annotation) == Some(other)));
        is_it && beside
    }
}

/// The names of callbacks: `handle` for `asyncio.start_server(self.handle, ...)`.
fn callbacks(module: &Module) -> HashSet<&str> {
    let tree = module.tree();
    let calls = tree.nodes().filter(|node| SERVERS.contains(&calls::method(module, *node)));
    let first = calls.filter_map(|call| calls::arguments(module, call).positional.first().copied());
    first.map(|callback| calls::last(module.text(callback))).collect()
}

/// Another task of the function may end the idle peer.
fn is_watched(module: &Module, function: &Function) -> bool {
    let text = module.text(function.node);
    ["create_task", "start_soon", "wait(", "gather("].iter().any(|word| text.contains(word))
}
