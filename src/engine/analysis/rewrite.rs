//! Files that a program reads back and rewrites in place, where a crash between the two leaves half a file.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Constant, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::{Analysis, Parameters, each};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Words of paths and functions that stand for what the program needs at its next start.
    states: Vec<String>,
    /// Words of paths that may be lost.
    expendable: Vec<String>,
    /// Words of functions that put the file in place by renaming.
    replaces: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls(["open", "write_text", "write_bytes"]),
        names: &["CALL", "FILE"],
        run: each(move |module, call, hits| hits.extend(visit(&with, module, call))),
    })
}

fn visit(with: &With, module: &Module, call: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let path = rewritten(module, call)?;
    let text = module.text(path);
    let (_, def) = module.enclosing_def(call)?;
    let name = def.name.map_or("", |name| module.names().text(name));
    let says = |words: &[String], text: &str| {
        let text = text.to_ascii_lowercase();
        words.iter().any(|word| text.contains(word.as_str()))
    };
    let is_state = says(&with.states, text) || says(&with.states, name);
    let is_expendable = says(&with.expendable, text) || says(&with.expendable, name);
    let function = module.text(def.node);
    // Written where it did not exist: nothing is there to be lost.
    let is_new = function.contains("exists(");
    if !is_state || is_expendable || is_new || says(&with.replaces, function) {
        return None;
    }
    let read = tree.nodes().find(|node| {
        tree.kind(*node) == Kind::Call
            && read_back(module, *node).is_some_and(|other| module.text(other) == text)
    })?;
    Some(
        Hit::at(call)
            .with("CALL", calls::spelled(module, call))
            .with("FILE", text)
            .and(read, "and read back here"),
    )
}

/// The path that a call opens for writing from the start, or writes whole.
fn rewritten(module: &Module, call: NodeId) -> Option<NodeId> {
    if matches!(calls::method(module, call), "write_text" | "write_bytes") {
        return calls::receiver(module, call);
    }
    let (path, mode) = opened(module, call)?;
    mode?.starts_with('w').then_some(path)
}

/// The path that a call opens for reading.
fn read_back(module: &Module, call: NodeId) -> Option<NodeId> {
    if matches!(calls::method(module, call), "read_text" | "read_bytes") {
        return calls::receiver(module, call);
    }
    let (path, mode) = opened(module, call)?;
    mode?.starts_with('r').then_some(path)
}

/// The path that is opened, and the mode where that is known: `open(path, "w")`, `path.open()`, `aiofiles.open(path)`.
fn opened(module: &Module, call: NodeId) -> Option<(NodeId, Option<String>)> {
    let (path, position) = match module.callee(call)? {
        "builtins.open" | "io.open" | "aiofiles.open" => {
            (*calls::arguments(module, call).positional.first()?, 1)
        }
        "pathlib.Path.open" => (calls::receiver(module, call)?, 0),
        _ => return None,
    };
    let mode = match calls::argument(module, call, "mode", Some(position)) {
        Argument::Absent => Some("r".to_owned()),
        Argument::Given(mode) => match module.constant(mode) {
            Some(Constant::Str(mode)) => Some(mode),
            _ => None,
        },
        Argument::Unknown => None,
    };
    Some((path, mode))
}
