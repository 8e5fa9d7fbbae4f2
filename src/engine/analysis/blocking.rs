//! Blocking calls on the event loop: a call of the data's list whose innermost function is an `async def`.
//! Sees direct calls only; helpers that block are the project's scope.

use serde::Deserialize;

use crate::engine::finding::{Severity, Tier};
use crate::engine::matching::Hit;
use crate::engine::python::{Constant, Field, Function, Kind, Module, NodeId};

use super::calls::{self, Argument, Table};
use super::{Analysis, Parameters};

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
    let entries = groups.into_iter().flat_map(|group| group.names.clone().into_iter().map(move |name| (name, group.clone())));
    let table = Table::new(entries);
    Ok(Analysis {
        starts: table.starts(),
        names: &["CALL", "FUNCTION", "UNTIL", "INSTEAD"],
        run: Box::new(move |module, call, hits| hits.extend(visit(&table, &startup, module, call))),
    })
}

fn visit(table: &Table<Group>, startup: &Startup, module: &Module, call: NodeId) -> Option<Hit> {
    let function = module.function(module.enclosing_function(call)?);
    let group = blocks(table, module, call).filter(|_| function.is_async)?;
    if group.once && is_repeated(table, module, function, call) {
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
    if group.local && (startup.is(module, function) || is_only_coroutine(module, function)) {
        hit = hit.with_severity(Severity::Low).as_summary();
    }
    Some(hit)
}

/// The group of a call that blocks.
fn blocks<'t>(table: &'t Table<Group>, module: &Module, call: NodeId) -> Option<&'t Group> {
    let callee = module.callee(call)?;
    let group = table.get(callee)?;
    let harmless = group.except.iter().any(|method| method == calls::last(callee))
        || is_awaited(module, call)
        || is_told_not_to_block(module, call)
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
    is("block", &Constant::Bool(false)) || is("blocking", &Constant::Bool(false)) || is("timeout", &Constant::Int(0))
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

/// Whether an earlier call of this function already says it of the same type.
fn is_repeated(table: &Table<Group>, module: &Module, function: &Function, call: NodeId) -> bool {
    let owner = |call| module.callee(call).and_then(|callee| callee.rsplit_once('.')).map(|(owner, _)| owner);
    let tree = module.tree();
    let earlier = tree.subtree(function.node).take_while(|node| *node < call);
    let mut calls = earlier.filter(|node| tree.kind(*node) == Kind::Call && owner(*node) == owner(call));
    calls.any(|earlier| {
        let same = module.enclosing_function(earlier).map(|id| module.function(id).node) == Some(function.node);
        same && blocks(table, module, earlier).is_some()
    })
}

impl Startup {
    fn is(&self, module: &Module, function: &Function) -> bool {
        let name = function.name.map_or("", |name| module.names().text(name));
        self.functions.iter().any(|known| known == name)
            || function.decorators.iter().any(|decorator| {
                let text = module.text(decorator.node);
                let callee = module.text(decorator.callee);
                self.decorators.iter().any(|known| calls::last(callee) == known || text.contains(&format!("\"{known}\"")))
            })
    }
}

/// Whether nothing else runs on the loop: the file has one coroutine function and runs it.
fn is_only_coroutine(module: &Module, function: &Function) -> bool {
    let tree = module.tree();
    let coroutines = module.functions().filter(|(_, function)| function.is_async).count();
    let runs = |node: &NodeId| tree.kind(*node) == Kind::Call && module.callee(*node) == Some("asyncio.run");
    let given = |call: NodeId| {
        let argument = calls::arguments(module, call).positional.first().copied()?;
        let callee = tree.child(argument, Field::Function)?;
        Some(module.text(callee))
    };
    let name = function.name.map(|name| module.names().text(name));
    coroutines == 1 && tree.nodes().filter(runs).any(|call| given(call) == name)
}
