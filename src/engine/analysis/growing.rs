//! Collections of long-lived owners that only grow, fed by what callers pass in, and caches without a bound on methods.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Function, Kind, Module, NodeId, ScopeId};

use super::{Analysis, Parameters, calls, file};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Decorators that keep every result.
    caches: Vec<String>,
    /// Words of names of collections that are fed by traffic.
    fed: Vec<String>,
    /// Words of names of collections with few keys.
    bounded: Vec<String>,
    /// Ends of names of classes of which a process has one.
    owners: Vec<String>,
}

/// Constructors of empty collections.
const EMPTY: [&str; 6] = ["dict", "list", "set", "defaultdict", "OrderedDict", "Counter"];
/// Methods that make a collection smaller.
const SHRINKS: [&str; 8] =
    ["pop", "popitem", "popleft", "clear", "remove", "discard", "difference_update", "reset"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module([]),
        names: &["WHAT", "WHY", "INSTEAD"],
        run: Box::new(move |module, _, hits| {
            hits.extend(
                module.functions().filter_map(|(_, function)| cached_method(&with, module, function)),
            );
            hits.extend(growing(&with, module));
        }),
    })
}

/// `@lru_cache` on a method: the cache belongs to the class and holds every instance it was called on.
fn cached_method(with: &With, module: &Module, function: &Function) -> Option<Hit> {
    let class = module.class(function.class?);
    let first = function.params.first().map(|param| module.text(param.node));
    let is_enum = class.bases.iter().any(|base| module.text(*base).contains("Enum"));
    let is_cached = |path: &str| with.caches.iter().any(|known| known == path);
    let decorator = function
        .decorators
        .iter()
        .find(|decorator| module.qualified_name(decorator.callee).is_some_and(is_cached))?;
    if function.is_static || first != Some("self") || is_enum {
        return None;
    }
    let name = function.name.map_or("", |name| module.names().text(name));
    let owner = module.names().text(class.name);
    let mut hit = Hit::at(decorator.node)
        .with("WHAT", format!("{owner}.{name}"))
        .with("WHY", format!("keeps its results on the class, and with them each `{owner}` it was called on"))
        .with("INSTEAD", "Cache on the instance (`functools.cached_property`, a dict in `__init__`), or cache a function of the arguments alone");
    // Of these a process makes one, which lives as long as it does.
    let is_single =
        ["Router", "App", "Application", "Settings", "Config"].iter().any(|end| owner.ends_with(end))
            || with.owners.iter().any(|end| owner.ends_with(end.as_str()));
    // Whoever writes a number has thought of how many instances that keeps.
    let is_bounded = decorator.call.is_some_and(|call| {
        let size = calls::arguments(module, call).keyword(module, "maxsize");
        size.is_some_and(|size| module.tree().kind(size) != Kind::None)
    });
    hit.tier = (is_single || is_bounded).then_some(Tier::Summary);
    Some(hit)
}

fn growing(with: &With, module: &Module) -> Vec<Hit> {
    if file::is_script(module) {
        return Vec::new();
    }
    let tree = module.tree();
    let mut shrunk = BTreeSet::new();
    tree.nodes().for_each(|node| shrunk.extend(shrinks(module, node)));
    let mut said = BTreeSet::new();
    let grown = tree.nodes().filter_map(|node| {
        let (collection, key) = growth(module, node)?;
        let text = module.text(collection);
        let name = calls::last(text);
        let is_open = is_fed(with, name) && !shrunk.contains(name) && is_long_lived(with, module, collection) && is_from_caller(module, key);
        let is_bounded = is_few(module.text(key));
        (is_open && !is_bounded && said.insert(name)).then(|| {
            let mut hit = Hit::at(node)
                .with("WHAT", text)
                .with("WHY", format!("only grows: each new `{}` adds an entry, and nothing in this module takes one out", module.text(key)))
                .with("INSTEAD", "Bound it: `cachetools.TTLCache`, `functools.lru_cache(maxsize=...)`, `deque(maxlen=...)`, or remove the entry when its subject ends");
            // How many keys a cache of the module can get is rarely told in the module.
            let is_cache = name.to_ascii_lowercase().contains("cache");
            hit.tier = (is_cache || is_elsewhere(module)).then_some(Tier::Summary);
            hit
        })
    });
    grown.collect()
}

/// A module that offers its collections to others: those may empty them.
fn is_elsewhere(module: &Module) -> bool {
    module.source().path().ends_with("__init__.py")
}

/// Keys of which a program has only so many: its types, functions and modules.
fn is_few(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["type", "class", "cls", "func", "module", "cache_name", "model", "field", "attr"]
        .iter()
        .any(|word| key.contains(word))
}

fn is_fed(with: &With, name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let says = |words: &[String]| words.iter().any(|word| name.contains(word.as_str()));
    says(&with.fed) && !says(&with.bounded)
}

/// `table[key] = value`, `table.setdefault(key, ...)`, `seen.add(key)`, `history.append(key)`.
fn growth(module: &Module, node: NodeId) -> Option<(NodeId, NodeId)> {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::Assignment => {
            let left = tree.child(node, Field::Left).filter(|left| tree.kind(*left) == Kind::Subscript)?;
            Some((tree.child(left, Field::Value)?, tree.child(left, Field::Subscript)?))
        }
        Kind::Call if matches!(calls::method(module, node), "add" | "append" | "setdefault") => {
            Some((calls::receiver(module, node)?, *calls::arguments(module, node).positional.first()?))
        }
        _ => None,
    }
}

/// The last name of what a node makes smaller, or asks the size of to do so.
fn shrinks(module: &Module, node: NodeId) -> Option<&str> {
    let tree = module.tree();
    let name = |node: NodeId| calls::last(module.text(node));
    match tree.kind(node) {
        Kind::Call if SHRINKS.contains(&calls::method(module, node)) => {
            calls::receiver(module, node).map(name)
        }
        Kind::Call if module.callee(node) == Some("builtins.len") => {
            calls::arguments(module, node).positional.first().map(|subject| name(*subject))
        }
        Kind::DeleteStatement => {
            let target = tree.first_named(node).filter(|target| tree.kind(*target) == Kind::Subscript)?;
            tree.child(target, Field::Value).map(name)
        }
        // Set anew outside the constructor: `self._seen = set()`.
        Kind::Assignment => {
            let left = tree.child(node, Field::Left)?;
            let (_, def) = module.enclosing_def(node)?;
            let method = def.name.map_or("", |name| module.names().text(name));
            let plain = matches!(tree.kind(left), Kind::Identifier | Kind::Attribute);
            (plain && !method.starts_with("__init") && !method.starts_with("__new")).then(|| name(left))
        }
        _ => None,
    }
}

/// A global of the module, an attribute of a class body, or of a class of which there is one per process.
fn is_long_lived(with: &With, module: &Module, collection: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(collection) {
        Kind::Identifier => {
            module.bindings_of(collection).all(|binding| {
                binding.scope == ScopeId::MODULE && binding.value.is_some_and(|value| is_empty(module, value))
            }) && module.bindings_of(collection).next().is_some()
        }
        Kind::Attribute => {
            let is_self =
                tree.child(collection, Field::Object).is_some_and(|object| module.text(object) == "self");
            let Some(class) =
                module.enclosing_class(collection).map(|id| module.class(id)).filter(|_| is_self)
            else {
                return false;
            };
            let name = module.names().text(class.name);
            let attribute = module.names().get(calls::last(module.text(collection)));
            let mut values = attribute.and_then(|name| class.attributes.get(&name)).into_iter().flatten();
            let is_made =
                values.any(|attribute| attribute.value.is_some_and(|value| is_empty(module, value)));
            is_made && with.owners.iter().any(|end| name.ends_with(end.as_str()))
        }
        _ => false,
    }
}

fn is_empty(module: &Module, value: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(value) {
        Kind::Dictionary | Kind::List => tree.first_named(value).is_none(),
        Kind::Call => EMPTY.contains(&calls::method(module, value)) && !module.text(value).contains("maxlen"),
        _ => false,
    }
}

/// The key is, or is made of, a parameter of a function that is no registration.
fn is_from_caller(module: &Module, key: NodeId) -> bool {
    let tree = module.tree();
    let Some((_, def)) = module.enclosing_def(key) else { return false };
    let name = def.name.map_or("", |name| module.names().text(name));
    let registers =
        ["register", "load", "init", "__init", "configure", "setup", "import", "define", "install"];
    let is_param = |node: NodeId| {
        tree.kind(node) == Kind::Identifier
            && def.params.iter().any(|param| {
                !matches!(module.text(param.node), "self" | "cls")
                    && module.text(param.node) == module.text(node)
            })
    };
    let made = tree.kind(key) == Kind::Identifier
        && module
            .bindings(module.scope_of(key), module.text(key))
            .filter_map(|binding| binding.value)
            .any(|value| tree.subtree(value).take(64).any(is_param));
    !registers.iter().any(|word| name.trim_start_matches('_').starts_with(word))
        && (made || tree.subtree(key).any(is_param))
}
