//! Which classes belong to which callables: `requests.RequestException` is what `requests.get` raises, whatever else
//! stands beside it in the `try`.

use crate::engine::python::{Kind, Module, NodeId};

use super::super::calls;
use super::super::handler::{Handler, own_nodes};

/// What opening a file or a connection raises.
const OF_SYSTEM: [&str; 7] = [
    "builtins.OSError",
    "builtins.IOError",
    "builtins.EnvironmentError",
    "builtins.FileNotFoundError",
    "builtins.PermissionError",
    "builtins.ConnectionError",
    "builtins.ConnectionRefusedError",
];

/// Whether the handler takes a class of the very library that the statement calls, or the system's for a file.
pub(super) fn belongs(module: &Module, handler: &Handler, statement: NodeId) -> bool {
    let classes: Vec<&str> = handler.types.iter().filter_map(|class| module.qualified_name(*class)).collect();
    let calls = own_nodes(module, statement).filter(|node| module.tree().kind(*node) == Kind::Call);
    let mut callees = calls.filter_map(|call| module.callee(call));
    callees.any(|callee| classes.iter().any(|class| raises(callee, class)))
}

fn raises(callee: &str, class: &str) -> bool {
    let opens =
        matches!(callee, "builtins.open" | "io.open" | "socket.create_connection" | "pathlib.Path.open")
            || callee.starts_with("pathlib.Path.read_");
    let top = |path: &'_ str| path.split('.').next().map(str::to_owned);
    let same =
        top(callee) == top(class) && !callee.starts_with(['.', '~']) && !callee.starts_with("builtins.");
    // An answer with a bad status is an answer: another call raises for it.
    let of_answer = calls::last(class).contains("Status")
        || class.starts_with("requests.") && class.ends_with("HTTPError");
    opens && OF_SYSTEM.contains(&class) || same && !of_answer
}
