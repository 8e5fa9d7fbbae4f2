//! What makes a call that could block harmless: it is awaited, told not to wait, works in memory, is known to be
//! done, or stands in the branch for callers without a loop. And when so little else runs that nobody waits.

use serde::Deserialize;

use crate::engine::analysis::calls::{self, Argument};
use crate::engine::python::{Constant, Field, Function, Kind, Module, NodeId};

use super::group::Group;

/// Files that are no files: reading them asks no disk.
const NO_FILES: [&str; 3] = ["/proc/", "/sys/", "/dev/"];
/// Keywords that take a file or its name.
const BUFFERS: [&str; 6] = ["name", "file", "fileobj", "buf", "path_or_buf", "fp"];
/// Words of a `with` body that reads and writes in a thread.
const ELSEWHERE: [&str; 5] = ["to_thread", "run_in_executor", "sync_to_async", "run_sync", "threadpool"];
/// Words of conditions under which there is no loop to block, or that know the result to be there.
const KNOWING: [&str; 4] = ["async", "running_loop", "is_running", ".done()"];

pub(super) fn is(group: &Group, module: &Module, call: NodeId) -> bool {
    group.unless.iter().any(|word| module.source().text().contains(word.as_str()))
        || is_awaited(module, call)
        || is_told_not_to_block(module, call)
        || is_awaited_before(module, call)
        || asks_nobody(module, call)
        || works_in_memory(group, module, call)
        || (group.local && (opens_no_file(module, call) || is_read_elsewhere(module, call)))
}

/// What is awaited gives way to the loop, whatever we took it for.
pub(super) fn is_awaited(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let Some(parent) = tree.parent(call) else { return false };
    match tree.kind(parent) {
        Kind::Await => true,
        Kind::WithItem | Kind::AsPattern => {
            let with = tree.ancestors(call).find(|node| tree.kind(*node) == Kind::WithStatement);
            with.is_some_and(|with| module.is_async(with))
        }
        _ => false,
    }
}

/// `await asyncio.wrap_future(future)` and then `future.result()`.
fn is_awaited_before(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    if calls::method(module, call) != "result" {
        return false;
    }
    let (Some(future), Some(function)) = (calls::receiver(module, call), module.enclosing_function(call))
    else {
        return false;
    };
    let mut before = tree.between(module.function(function).node, call);
    before.any(|node| {
        tree.kind(node) == Kind::Await && calls::beginning(module, node).contains(module.text(future))
    })
}

/// `if asynchronous: await ... else: time.sleep(1)`: the function knows which of the two it is.
pub(super) fn is_other_branch(module: &Module, call: NodeId) -> bool {
    let mut conditions = module.ancestors_in_function(call).filter_map(|node| calls::condition(module, node));
    conditions.any(|condition| {
        let text = calls::beginning(module, condition);
        KNOWING.iter().any(|word| text.contains(word))
    })
}

/// `get(block=False)`, `get(False)`, `join(timeout=0)`.
fn is_told_not_to_block(module: &Module, call: NodeId) -> bool {
    let is = |keyword, position, value: &Constant| match calls::argument(module, call, keyword, position) {
        Argument::Given(node) => module.constant(node).as_ref() == Some(value),
        Argument::Absent | Argument::Unknown => false,
    };
    is("block", Some(0), &Constant::Bool(false))
        || is("blocking", Some(0), &Constant::Bool(false))
        || is("timeout", Some(0), &Constant::Int(0))
}

/// `getaddrinfo(..., flags=AI_NUMERICHOST)`, `waitpid(pid, os.WNOHANG)`, and the address of this machine.
fn asks_nobody(module: &Module, call: NodeId) -> bool {
    let list = module.tree().child(call, Field::Arguments);
    let given = list.map_or("", |list| calls::beginning(module, list));
    let own_name = module.callee(call) == Some("socket.getfqdn") && given == "()";
    let local = || {
        let looks_up = module.callee(call).is_some_and(|name| name.starts_with("socket.get"));
        let mut conditions =
            module.ancestors_in_function(call).filter_map(|node| calls::condition(module, node));
        looks_up && conditions.any(|condition| calls::beginning(module, condition).contains("localhost"))
    };
    let tells = ["NUMERIC", "WNOHANG", "\"localhost\"", "gethostname()"];
    own_name || tells.iter().any(|word| given.contains(word)) || local()
}

/// `with open(path) as file: await asyncio.to_thread(file.read)`
fn is_read_elsewhere(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let mut around = module.ancestors_in_function(call);
    let with =
        around.find(|node| !matches!(tree.kind(*node), Kind::WithItem | Kind::WithClause | Kind::AsPattern));
    let with = with.filter(|node| tree.kind(*node) == Kind::WithStatement);
    let body = with.and_then(|with| tree.child(with, Field::Body));
    body.is_some_and(|body| {
        let text = calls::beginning(module, body);
        ELSEWHERE.iter().any(|word| text.contains(word))
    })
}

/// Given a buffer, or something of which nothing says that it is the name of a file.
fn works_in_memory(group: &Group, module: &Module, call: NodeId) -> bool {
    if group.memory.is_empty() {
        return false;
    }
    let arguments = calls::arguments(module, call);
    let given = arguments.positional.first().copied();
    let keyword = || BUFFERS.iter().find_map(|name| arguments.keyword(module, name));
    let Some(given) = given.or_else(keyword) else { return true };
    let kind = module.type_of(given);
    let buffer = kind.is_some_and(|kind| group.memory.iter().any(|memory| memory == kind));
    buffer || !is_path(module, given, kind)
}

fn is_path(module: &Module, given: NodeId, kind: Option<&str>) -> bool {
    let named = || {
        let text = calls::beginning(module, given).to_lowercase();
        ["path", "file_name", "filename", "dir", "url"].iter().any(|word| text.contains(word))
    };
    matches!(kind, Some("builtins.str" | "pathlib.Path"))
        || calls::string_start(module, given).is_some()
        || (kind.is_none() && named())
}

/// `open("/proc/self/status")`, `open(os.devnull)`, `open(3)`.
fn opens_no_file(module: &Module, call: NodeId) -> bool {
    let Some(path) = calls::arguments(module, call).positional.first().copied() else { return false };
    let is_number = matches!(module.constant(path), Some(Constant::Int(_)));
    let start = calls::string_start(module, path);
    is_number
        || module.qualified_name(path) == Some("os.devnull")
        || start.is_some_and(|start| NO_FILES.iter().any(|folder| start.starts_with(folder)))
}

/// Functions that run once, before or after the service does its work.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Startup {
    functions: Vec<String>,
    decorators: Vec<String>,
}

impl Startup {
    pub(super) fn is(&self, module: &Module, function: &Function) -> bool {
        let name = function.name.map_or("", |name| module.names().text(name));
        self.functions.iter().any(|known| known == name)
            || function.decorators.iter().any(|decorator| {
                let text = module.text(decorator.node);
                let callee = module.text(decorator.callee);
                self.decorators
                    .iter()
                    .any(|known| calls::last(callee) == known || text.contains(&format!("\"{known}\"")))
            })
    }
}

/// The coroutine function beside which nothing runs on the loop: the file's only one, which it hands to
/// `asyncio.run`.
pub(super) fn only_coroutine(module: &Module) -> Option<NodeId> {
    let mut coroutines = module.functions().filter(|(_, function)| function.is_async);
    let (only, None) = (coroutines.next()?.1, coroutines.next()) else { return None };
    let tree = module.tree();
    let name = module.names().text(only.name?);
    let runs = |call: NodeId| {
        let argument = calls::arguments(module, call).positional.first().copied();
        let callee = argument.and_then(|argument| tree.child(argument, Field::Function));
        callee.is_some_and(|callee| module.text(callee) == name)
    };
    let mut calls = tree
        .nodes()
        .filter(|node| tree.kind(*node) == Kind::Call && module.callee(*node) == Some("asyncio.run"));
    calls.any(runs).then_some(only.node)
}
