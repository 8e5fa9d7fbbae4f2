//! The parts of a race as its message names them.

use crate::engine::analysis::calls;
use crate::engine::python::{FunctionId, Kind, Module, NodeId};

/// The longest piece of code that a message quotes, in characters.
const LONGEST: usize = 60;

/// A place where others run: `await self.client.fetch(...)`.
pub(in crate::engine::analysis) fn wait(module: &Module, suspension: NodeId) -> String {
    let tree = module.tree();
    let awaited = tree.first_named(suspension).filter(|_| tree.kind(suspension) == Kind::Await);
    match awaited {
        Some(call) if tree.kind(call) == Kind::Call => format!("await {}(...)", calls::spelled(module, call)),
        _ => code(module, suspension),
    }
}

/// The first line of some code.
pub(in crate::engine::analysis) fn code(module: &Module, node: NodeId) -> String {
    let line = calls::beginning(module, node).lines().next().unwrap_or_default().trim_end();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}...", &line[..end]),
        None => line.trim_end_matches(':').to_owned(),
    }
}

pub(in crate::engine::analysis) fn function(module: &Module, id: FunctionId) -> String {
    let name = module.function(id).name.map(|name| module.names().text(name));
    name.unwrap_or("this lambda").to_owned()
}
