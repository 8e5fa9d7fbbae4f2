//! Values of a shared store (Redis, a cache server) that are changed in two round trips: read, then written changed;
//! looked for, then claimed; counted, then given an end.

use serde::Deserialize;

use crate::engine::analysis::{Analysis, Parameters, calls, each};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, Field, FunctionId, Kind, Module, NodeId};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// The types and modules whose methods are asked for.
    stores: Vec<String>,
    /// Words of a function that makes several commands one.
    unless: Vec<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls(["set", "setex", "expire", "hset"]),
        names: &["FIRST", "SECOND", "KEY", "WHY", "WRITE"],
        run: each(move |module, call, hits| hits.extend(visit(&with, module, call))),
    })
}

/// Through how many names a value is followed back.
const HOPS: usize = 2;

/// A command to a store: whose, which, for which key.
struct Command<'m> {
    call: NodeId,
    receiver: &'m str,
    method: &'m str,
    key: String,
}

fn command<'m>(with: &With, module: &'m Module, call: NodeId) -> Option<Command<'m>> {
    let (store, method) = module.callee(call)?.rsplit_once('.')?;
    let key = key(module, call, method)?;
    let spelled = module.text(module.tree().first_named(call)?);
    let receiver = spelled.rsplit_once('.')?.0;
    let known = with.stores.iter().any(|known| known == store);
    known.then_some(Command { call, receiver, method, key })
}

/// The key as written; in a hash, with its field.
fn key(module: &Module, call: NodeId, method: &str) -> Option<String> {
    let arguments = calls::arguments(module, call).positional;
    let parts = if matches!(method, "hget" | "hset") { 2 } else { 1 };
    let texts: Vec<&str> = arguments.get(..parts)?.iter().map(|part| module.text(*part)).collect();
    Some(texts.join(", "))
}

fn visit(with: &With, module: &Module, call: NodeId) -> Option<Hit> {
    let second = command(with, module, call)?;
    let (function, def) = module.enclosing_def(call)?;
    let text = module.text(def.node);
    let excused = with.unless.iter().any(|word| text.contains(word.as_str()));
    if module.is_test_file() || excused || !module.locks_at(call).is_empty() {
        return None;
    }
    let first = earlier(with, module, function, &second)?;
    let (why, write) = match (first.method, second.method) {
        ("incr", "expire") => (
            "if the process ends in between, the key stays for ever, and whoever it counts is locked out for ever",
            "a pipeline with `transaction=True`, or a script",
        ),
        ("get", "set" | "setex") | ("hget", "hset") if is_changed(module, &first, call) => (
            "what another process writes in between is overwritten",
            "`INCRBY` (`cache.incr` of Django), a script, or `WATCH` with `MULTI`",
        ),
        ("get" | "exists", "set" | "setex") if is_claim(module, &first, call) => (
            "two processes both find nothing and both believe that they hold it",
            "one `SET` with `nx=True` and `ex=` (`cache.add` of Django)",
        ),
        _ => return None,
    };
    let hit = Hit::at(call)
        .with("FIRST", calls::spelled(module, first.call))
        .with("SECOND", calls::spelled(module, call))
        .with("KEY", second.key.as_str())
        .with("WHY", why)
        .with("WRITE", write)
        .and(first.call, "the first of the two commands");
    Some(hit)
}

/// The last command before for the same key of the same store.
fn earlier<'m>(
    with: &With,
    module: &'m Module,
    function: FunctionId,
    second: &Command<'m>,
) -> Option<Command<'m>> {
    let tree = module.tree();
    let before = tree.between(module.function(function).node, second.call).rev().take(2000);
    let mut commands =
        before.filter(|node| tree.kind(*node) == Kind::Call).filter_map(|call| command(with, module, call));
    commands.find(|first| {
        first.receiver == second.receiver
            && first.key == second.key
            && matches!(first.method, "get" | "hget" | "exists" | "incr")
            && module.reaches(first.call, second.call)
    })
}

/// Whether the value written is worked out from what was read: in an operation, or changed in place.
fn is_changed(module: &Module, first: &Command<'_>, second: NodeId) -> bool {
    let tree = module.tree();
    let Some(value) = written(module, second) else { return false };
    let mut names = tree.subtree(value).filter(|node| tree.kind(*node) == Kind::Identifier);
    names.any(|name| {
        let operated = module.ancestors_in_function(name).take_while(|node| *node >= value);
        let in_operation = operated.into_iter().any(|node| tree.kind(node) == Kind::BinaryOperator);
        stems_from(module, name, first.call, HOPS) && (in_operation || is_altered(module, name, second))
    })
}

/// The value that a command writes.
fn written(module: &Module, command: NodeId) -> Option<NodeId> {
    let arguments = calls::arguments(module, command);
    let place = if calls::method(module, command) == "set" { 1 } else { 2 };
    arguments.positional.get(place).copied().or_else(|| arguments.keyword(module, "value"))
}

/// Whether a name got its value from the command, through other names or not.
fn stems_from(module: &Module, name: NodeId, command: NodeId, hops: usize) -> bool {
    let tree = module.tree();
    let before = module.bindings_of(name).filter(|binding| binding.node < name);
    before.filter_map(|binding| binding.value).any(|value| {
        let mut names = tree.subtree(value).filter(|node| tree.kind(*node) == Kind::Identifier);
        tree.contains(value, command)
            || hops > 0 && names.any(|inner| stems_from(module, inner, command, hops - 1))
    })
}

/// Whether a variable is changed before the second command: `n += 1`, `cart.append(x)`, `cart[key] = x`.
fn is_altered(module: &Module, name: NodeId, second: NodeId) -> bool {
    let tree = module.tree();
    if module.bindings_of(name).any(|binding| binding.kind == BindingKind::Augmented && binding.node < name) {
        return true;
    }
    let Some((_, function)) = module.enclosing_def(second) else { return false };
    let before = tree.between(function.node, second).rev().take(2000);
    before.filter(|node| tree.kind(*node) == Kind::Identifier && module.text(*node) == module.text(name)).any(
        |node| {
            let around = tree.parent(node).unwrap_or(node);
            match tree.kind(around) {
                Kind::Attribute => tree.parent(around).is_some_and(|call| {
                    matches!(
                        calls::method(module, call),
                        "append" | "add" | "update" | "extend" | "pop" | "remove"
                    )
                }),
                Kind::Subscript => matches!(tree.field(around), Field::Left),
                _ => false,
            }
        },
    )
}

/// Whether a constant is written where the look found nothing.
fn is_claim(module: &Module, first: &Command<'_>, second: NodeId) -> bool {
    let tree = module.tree();
    let arguments = calls::arguments(module, second);
    let value = arguments.positional.last().filter(|_| arguments.positional.len() > 1);
    let is_mark = value.is_some_and(|value| module.constant(*value).is_some());
    let guarded = module.guards_at(second).into_iter().any(|(test, _)| tree.contains(test, first.call));
    is_mark && guarded && arguments.keyword(module, "nx").is_none()
}
