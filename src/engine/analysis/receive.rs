//! Loops of a server that wait for what a client sends, for as long as the client likes.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Function, Kind, Module, NodeId};

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

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    let words = with.sources.iter().flat_map(|source| &source.types).map(|name| calls::last(name));
    Ok(Analysis {
        starts: Starts::kinds([Kind::Await], words.collect::<Vec<_>>()),
        names: &["CALL", "SOURCE", "FUNCTION"],
        run: Box::new(move |module, nodes, hits| {
            let text = module.source().text();
            let says = |words: &[String]| words.iter().any(|word| text.contains(word.as_str()));
            if says(&with.unless) {
                return;
            }
            let is_pinged = says(&with.pings);
            let mut said = BTreeSet::new();
            let found = nodes.iter().filter_map(|node| {
                let hit = visit(&with, module, *node)?;
                // One limit around the loop answers them all.
                said.insert(module.enclosing_def(*node).map(|(_, def)| def.node)).then_some(hit)
            });
            hits.extend(found.map(|hit| if is_pinged { hit.as_summary() } else { hit }));
        }),
    })
}

fn visit(with: &With, module: &Module, waiting: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let call = tree.first_named(waiting).filter(|call| tree.kind(*call) == Kind::Call)?;
    let object = calls::receiver(module, call)?;
    let (_, function) = module.enclosing_def(waiting)?;
    let source = with
        .sources
        .iter()
        .find(|source| source.methods.iter().any(|known| known == calls::method(module, call)))?;
    let is_client = source.is_parameter(module, function, module.text(object));
    let repeats = module.enclosing_loop(waiting).is_some();
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
    fn is_parameter(&self, module: &Module, function: &Function, name: &str) -> bool {
        let kind = |node: Option<NodeId>| node.and_then(|annotation| module.annotated_type(annotation));
        let is_it = function.params.iter().any(|param| {
            module.text(param.node) == name
                && kind(param.annotation).is_some_and(|kind| self.types.iter().any(|known| known == kind))
        });
        let beside = self
            .beside
            .as_deref()
            .is_none_or(|other| function.params.iter().any(|param| kind(param.annotation) == Some(other)));
        is_it && beside
    }
}

/// Another task of the function may end the idle peer.
fn is_watched(module: &Module, function: &Function) -> bool {
    let text = module.text(function.node);
    ["create_task", "start_soon", "wait(", "gather("].iter().any(|word| text.contains(word))
}
