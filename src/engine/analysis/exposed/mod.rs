//! The text of an exception in what a client gets to read: an HTTP response, an error of the web framework, a message
//! of a WebSocket. Here is what a report says; [`caught`] knows where exceptions arrive, [`text`] what shows their
//! text, [`sink`] who reads it, and [`excuse`] when that is meant.

mod caught;
mod excuse;
mod sink;
mod text;

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Kind, Module, NodeId};

use super::{Analysis, Parameters, calls, each};
use caught::Caught;
use sink::Sink;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Classes whose text speaks of the inside: libraries' and Python's own.
    broad: Vec<String>,
    /// Calls that make a response or an error that the framework answers with. `X*` stands for every name that begins
    /// so.
    responses: Vec<String>,
    /// Methods that send to a client, by the type of their object or by a base of the class they are called in.
    messages: Vec<String>,
    /// Calls that answer with what a generator yields.
    streams: Vec<String>,
    /// Last names of decorators that make a function the answer to exceptions.
    handlers: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    let mut words: Vec<&str> = with.handlers.iter().map(String::as_str).collect();
    words.extend(["except", caught::MIDDLEWARE, caught::REST]);
    let starts = Starts::kinds([Kind::ExceptClause, Kind::FunctionDefinition], words);
    Ok(Analysis {
        starts,
        names: &["DETAIL", "SINK", "CAUGHT"],
        run: each(move |module, node, hits| visit(&with, module, node, hits)),
    })
}

fn visit(with: &With, module: &Module, node: NodeId, hits: &mut Vec<Hit>) {
    let Some(caught) = Caught::at(with, module, node) else { return };
    let mut said: Vec<NodeId> = Vec::new();
    for node in caught.own_nodes(module) {
        let Some(shown) = text::shown(module, &caught, node) else { continue };
        let Some(sink) = sink::of(with, module, shown) else { continue };
        if said.contains(&sink.node) || excuse::is_meant(module, &caught, shown, sink.node) {
            continue;
        }
        said.push(sink.node);
        hits.push(report(module, &caught, shown, &sink));
    }
}

fn report(module: &Module, caught: &Caught, shown: NodeId, sink: &Sink) -> Hit {
    let mut hit = Hit::at(shown)
        .with("DETAIL", calls::beginning(module, shown))
        .with("SINK", &sink.name)
        .with("CAUGHT", &caught.header)
        .and(caught.at, "what arrives here was not made for users");
    if module.statement_of(sink.node) != module.statement_of(shown) {
        hit = hit.and(sink.node, "here it leaves the service");
    }
    hit.tier = excuse::is_minor(module, caught, shown, sink.node).then_some(Tier::Summary);
    hit
}
