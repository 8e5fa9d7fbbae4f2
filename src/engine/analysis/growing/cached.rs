//! `lru_cache` and `cache` without a bound: on a method the cache belongs to the class and holds every instance it was
//! called on; on a function of what users send it holds every answer.

use crate::engine::analysis::calls::{self, Argument};
use crate::engine::analysis::shared::lifetime::has_instance;
use crate::engine::analysis::shared::words::{says_one_of, words};
use crate::engine::matching::Hit;
use crate::engine::python::{ClassId, Decorator, Function, Kind, Module};

use super::With;

pub(super) fn found(with: &With, module: &Module, function: &Function) -> Option<Hit> {
    let is_cache = |path: &str| with.caches.iter().any(|known| known == path);
    let decorator = function
        .decorators
        .iter()
        .find(|decorator| module.qualified_name(decorator.callee).is_some_and(is_cache))?;
    let first = function.params.first().map(|param| module.text(param.node));
    match function.class {
        Some(class) if first == Some("self") && !function.is_static => {
            method(with, module, class, function, decorator)
        }
        None => plain(with, module, function, decorator),
        Some(_) => None,
    }
}

fn method(
    with: &With,
    module: &Module,
    id: ClassId,
    function: &Function,
    decorator: &Decorator,
) -> Option<Hit> {
    let class = module.class(id);
    let name = function.name.map_or("", |name| module.names().text(name));
    let owner = module.names().text(class.name);
    if class.bases.iter().any(|base| module.text(*base).contains("Enum")) || is_accepted(module, decorator) {
        return None;
    }
    let hit = Hit::at(decorator.node)
        .with("WHAT", format!("{owner}.{name}"))
        .with("WHY", format!("keeps its results on the class, and with them each `{owner}` it was called on"))
        .with("INSTEAD", "Cache on the instance (`functools.cached_property`, a dict in `__init__`), or cache a function of the arguments alone");
    let is_told = is_bounded(module, decorator) || lives_long(with, module, id);
    Some(if is_told { hit.as_summary() } else { hit })
}

/// Whether a process has one or few of the class, so that the cache holds no more than it would on the instance: it
/// says so by its name, the module makes its own, or nothing tells one instance from another.
fn lives_long(with: &With, module: &Module, id: ClassId) -> bool {
    let class = module.class(id);
    let last = words(module.names().text(class.name)).pop().unwrap_or_default();
    let mut inits = class
        .methods
        .iter()
        .map(|method| module.function(*method))
        .filter(|method| method.name.is_some_and(|name| module.names().text(name) == "__init__"));
    let is_told_apart = inits
        .any(|init| init.params.iter().skip(1).any(|param| param.is_positional() && param.default.is_none()));
    let is_record = !class.decorators.is_empty();
    with.owners.contains(&last) || has_instance(module, id) || !(is_told_apart || is_record)
}

/// A function of what users send.
fn plain(with: &With, module: &Module, function: &Function, decorator: &Decorator) -> Option<Hit> {
    let name = function.name.map_or("", |name| module.names().text(name));
    let fed = function.params.iter().map(|param| module.names().text(param.name));
    let key = fed.into_iter().find(|param| says_one_of(param, &with.traffic))?;
    if is_bounded(module, decorator) || function.is_async {
        return None;
    }
    let hit = Hit::at(decorator.node)
        .with("WHAT", name)
        .with(
            "WHY",
            format!("keeps every result: each new `{key}` adds one, for as long as the process lives"),
        )
        .with(
            "INSTEAD",
            "Bound it: `functools.lru_cache(maxsize=1024)`, or `cachetools.TTLCache` where answers grow old",
        );
    Some(hit.as_summary())
}

/// `lru_cache` keeps 128 results unless it is told `None`: so many instances, and no more.
fn is_bounded(module: &Module, decorator: &Decorator) -> bool {
    if module.qualified_name(decorator.callee) != Some("functools.lru_cache") {
        return false;
    }
    let size = decorator.call.and_then(|call| match calls::argument(module, call, "maxsize", Some(0)) {
        Argument::Given(size) => Some(size),
        Argument::Absent | Argument::Unknown => None,
    });
    size.is_none_or(|size| module.tree().kind(size) != Kind::None)
}

/// A comment on its line tells another linter that this is meant.
fn is_accepted(module: &Module, decorator: &Decorator) -> bool {
    let start = module.tree().range(decorator.node).start;
    let line = module.source().text()[start..].split('\n').next();
    line.is_some_and(|line| line.contains("method-cache-max-size-none"))
}
