//! Blocking calls on the event loop: a call of the data's list whose innermost function is an `async def`.
//! Sees direct calls only; helpers that block are the project's scope.

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::finding::{Severity, Tier};
use crate::engine::matching::Hit;
use crate::engine::python::{Constant, Field, Function, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::table::Table;
use super::{Analysis, Parameters, file};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    groups: Vec<Group>,
    /// Decorators and names of functions that run once, before or after the service does its work.
    startup: Startup,
}

/// Calls of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    names: Vec<String>,
    /// Members of the names' families that do not block.
    #[serde(default)]
    except: Vec<String>,
    severity: Severity,
    tier: Option<Tier>,
    /// What the loop stands still for.
    until: String,
    instead: String,
    /// Said once per function and type: its remedy is the client, not the call.
    #[serde(default)]
    once: bool,
    /// Short work on the local disk: less of a matter where nothing else runs yet.
    #[serde(default)]
    local: bool,
    /// Works on memory where it is given this type.
    #[serde(default)]
    memory: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Startup {
    functions: Vec<String>,
    decorators: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { groups, startup } = parameters.read()?;
    let entries = groups
        .into_iter()
        .flat_map(|group| group.names.clone().into_iter().map(move |name| (name, group.clone())));
    let table = Table::new(entries);
    Ok(Analysis {
        starts: table.starts(),
        names: &["CALL", "FUNCTION", "UNTIL", "INSTEAD"],
        run: Box::new(move |module, calls, hits| {
            let mut said = HashSet::new();
            let main = only_coroutine(module);
            let calls = calls.iter().filter_map(|call| visit(&table, module, *call, &mut said));
            hits.extend(calls.map(|(hit, function, is_local)| {
                let harmless = is_local
                    && (startup.is(module, function)
                        || main == Some(function.node)
                        || file::is_script(module));
                if harmless { hit.with_severity(Severity::Low).as_summary() } else { hit }
            }));
        }),
    })
}

/// What was said once per function and type.
type Said<'m> = HashSet<(NodeId, &'m str)>;

/// A blocking call, the coroutine it is in, and whether it only works on the local disk.
fn visit<'m>(
    table: &Table<Group>,
    module: &'m Module,
    call: NodeId,
    said: &mut Said<'m>,
) -> Option<(Hit, &'m Function, bool)> {
    let function = module.function(module.enclosing_function(call)?);
    let group = blocks(table, module, call).filter(|_| function.is_async)?;
    let owner = module.callee(call)?.rsplit_once('.')?.0;
    if is_other_branch(module, call) || (group.once && !said.insert((function.node, owner))) {
        return None;
    }
    let name = function.name.map_or("lambda", |name| module.names().text(name));
    let mut hit = Hit::at(call)
        .with("CALL", calls::spelled(module, call))
        .with("FUNCTION", name)
        .with("UNTIL", &group.until)
        .with("INSTEAD", &group.instead)
        .with_severity(group.severity);
    hit.tier = group.tier;
    Some((hit, function, group.local))
}

/// `if asynchronous: await ... else: time.sleep(1)`: the function knows which of the two it is.
fn is_other_branch(module: &Module, call: NodeId) -> bool {
    let mut conditions = module.ancestors_in_function(call).filter_map(|node| calls::condition(module, node));
    conditions.any(|condition| calls::beginning(module, condition).contains("async"))
}

/// The group of a call that blocks.
fn blocks<'t>(table: &'t Table<Group>, module: &Module, call: NodeId) -> Option<&'t Group> {
    let callee = module.callee(call)?;
    let group = table.get(callee)?;
    let harmless = group.except.iter().any(|method| method == calls::last(callee))
        || is_awaited(module, call)
        || is_told_not_to_block(module, call)
        || is_numeric(module, call)
        || works_in_memory(group, module, call);
    (!harmless).then_some(group)
}

/// What is awaited gives way to the loop, whatever we took it for.
fn is_awaited(module: &Module, call: NodeId) -> bool {
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

/// `get(block=False)`, `join(timeout=0)`.
fn is_told_not_to_block(module: &Module, call: NodeId) -> bool {
    let is = |keyword, value: &Constant| match calls::argument(module, call, keyword, None) {
        Argument::Given(node) => module.constant(node).as_ref() == Some(value),
        Argument::Absent | Argument::Unknown => false,
    };
    is("block", &Constant::Bool(false))
        || is("blocking", &Constant::Bool(false))
        || is("timeout", &Constant::Int(0))
}

/// `getaddrinfo(..., flags=AI_NUMERICHOST)` asks nobody.
fn is_numeric(module: &Module, call: NodeId) -> bool {
    let flags = calls::arguments(module, call).keyword(module, "flags");
    flags.is_some_and(|flags| module.text(flags).contains("NUMERIC"))
}

fn works_in_memory(group: &Group, module: &Module, call: NodeId) -> bool {
    if group.memory.is_empty() {
        return false;
    }
    let arguments = calls::arguments(module, call);
    let buffer = arguments.keyword(module, "fileobj").or(arguments.positional.first().copied());
    let kind = buffer.and_then(|buffer| module.type_of(buffer));
    kind.is_some_and(|kind| group.memory.iter().any(|memory| memory == kind))
}

impl Startup {
    fn is(&self, module: &Module, function: &Function) -> bool {
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
fn only_coroutine(module: &Module) -> Option<NodeId> {
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
