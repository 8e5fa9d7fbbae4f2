//! Collections of the module, of a class body or of an object that lives as long as the process, into which a function
//! puts what its caller brings, and out of which nothing in the file takes anything.

use std::collections::BTreeSet;

use crate::engine::analysis::shared::lifetime::has_instance;
use crate::engine::analysis::shared::state::{Owner, State};
use crate::engine::analysis::shared::words::{says_one_of, words};
use crate::engine::analysis::{calls, file};
use crate::engine::matching::Hit;
use crate::engine::python::{ClassId, Field, Function, Kind, Module, NodeId, ScopeId};

use super::With;

/// Constructors of empty collections.
const EMPTY: [&str; 6] = ["dict", "list", "set", "defaultdict", "OrderedDict", "Counter"];
/// Methods that make a collection smaller.
const SHRINKS: [&str; 8] =
    ["pop", "popitem", "popleft", "clear", "remove", "discard", "difference_update", "reset"];
/// Functions that fill a collection when the program starts.
const REGISTERS: [&str; 9] =
    ["register", "load", "init", "__init", "configure", "setup", "import", "define", "install"];

/// An entry that is put into a collection.
struct Growth {
    collection: NodeId,
    /// What tells entries apart.
    key: NodeId,
}

pub(super) fn found(with: &With, module: &Module) -> Vec<Hit> {
    if file::is_script(module) {
        return Vec::new();
    }
    let tree = module.tree();
    let mut shrunk = BTreeSet::new();
    tree.nodes().for_each(|node| shrunk.extend(shrinks(module, node)));
    let mut said = BTreeSet::new();
    let grown = tree.nodes().filter_map(|node| {
        let growth = growth(module, node)?;
        let name = calls::last(module.text(growth.collection));
        let is_open = !shrunk.contains(name)
            && says(with, name, module.text(growth.key))
            && is_long_lived(with, module, growth.collection)
            && is_from_caller(module, growth.key);
        (is_open && said.insert(name)).then(|| hit(with, module, node, &growth))
    });
    grown.collect()
}

fn hit(with: &With, module: &Module, node: NodeId, growth: &Growth) -> Hit {
    let key = calls::short(module, growth.key);
    let hit = Hit::at(node)
        .with("WHAT", calls::short(module, growth.collection))
        .with("WHY", format!("only grows: each new `{key}` adds an entry, and nothing in this module takes one out"))
        .with("INSTEAD", "Bound it: `cachetools.TTLCache`, `functools.lru_cache(maxsize=...)`, `deque(maxlen=...)`, or remove the entry when its subject ends");
    let name = calls::last(module.text(growth.collection)).to_ascii_lowercase();
    let says = |words: &[String]| words.iter().any(|word| name.contains(word.as_str()));
    // Records under their own numbers are a store, and a cache of few things is no leak.
    let is_sure = says(&with.fed) || says(&with.likely) && is_traffic(with, &key);
    // A module that offers its collections to others: those may empty them.
    let is_offered = module.source().path().ends_with("__init__.py");
    if is_sure && !is_offered { hit } else { hit.as_summary() }
}

/// Whether the collection's name or the key's says that traffic feeds it.
fn says(with: &With, name: &str, key: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_fed = with.fed.iter().chain(&with.likely).any(|word| lower.contains(word.as_str()));
    (is_fed || is_traffic(with, key) || is_number(with, key))
        && !says_one_of(name, &with.bounded)
        && !is_few(with, key)
}

/// `user_id`, `message.id`, `session_key`: each user or message brings another.
fn is_traffic(with: &With, key: &str) -> bool {
    key.split(['.', '[', '(']).any(|part| says_one_of(part, &with.traffic))
}

/// `deployment_id`: of something, of which there may be few.
fn is_number(with: &With, key: &str) -> bool {
    key.split(['.', '[', '(']).any(|part| says_one_of(part, &with.numbers))
}

/// Keys of which a program has only so many: its types, functions and modules.
fn is_few(with: &With, key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    with.few.iter().any(|word| key.contains(word.as_str()))
}

/// `table[key] = value`, `table[key] += 1`, `table.setdefault(key, ...)`, `seen.add(key)`, `table[key].append(x)`.
fn growth(module: &Module, node: NodeId) -> Option<Growth> {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::Assignment => element(module, tree.child(node, Field::Left)?),
        Kind::AugmentedAssignment if makes_entries(module) => element(module, tree.child(node, Field::Left)?),
        Kind::Call if matches!(calls::method(module, node), "add" | "append" | "setdefault") => {
            let receiver = calls::receiver(module, node)?;
            element(module, receiver).or_else(|| {
                let key = *calls::arguments(module, node).positional.first()?;
                Some(Growth { collection: receiver, key })
            })
        }
        _ => None,
    }
}

/// Whether the file knows collections that make an entry when it is asked for; in others `+=` needs one that is there.
fn makes_entries(module: &Module) -> bool {
    ["defaultdict", "Counter"].iter().any(|name| module.source().text().contains(name))
}

fn element(module: &Module, node: NodeId) -> Option<Growth> {
    let tree = module.tree();
    let element = Some(node).filter(|node| tree.kind(*node) == Kind::Subscript)?;
    let (collection, key) = (tree.child(element, Field::Value)?, tree.child(element, Field::Subscript)?);
    matches!(tree.kind(collection), Kind::Identifier | Kind::Attribute).then_some(Growth { collection, key })
}

/// The last name of what a node makes smaller, or asks the size of to do so.
fn shrinks(module: &Module, node: NodeId) -> Option<&str> {
    let tree = module.tree();
    let name = |node: NodeId| calls::last(module.text(node));
    match tree.kind(node) {
        Kind::Call if SHRINKS.contains(&calls::method(module, node)) => {
            let subject = calls::receiver(module, node)?;
            // `table[user].pop()` leaves the user in the table, though perhaps with nothing.
            Some(name(tree.child(subject, Field::Value).unwrap_or(subject)))
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

/// A variable of the module, an attribute of a class body, or of an object that lives as long as the process.
fn is_long_lived(with: &With, module: &Module, collection: NodeId) -> bool {
    let Some(state) = State::named_by(module, collection) else {
        return is_of_application(module, collection);
    };
    match state.owner {
        Owner::Module => {
            let mut bound = module.bindings_of(collection).peekable();
            bound.peek().is_some()
                && bound.all(|binding| {
                    binding.scope == ScopeId::MODULE
                        && binding.value.is_some_and(|value| is_empty(module, value))
                })
        }
        Owner::Class(id) if is_stand_in(module, id) => false,
        // What decorates or makes a function is called seldom, and nobody here knows how often.
        Owner::Closure(_) => false,
        Owner::Class(id) => {
            let class = module.class(id);
            let is_of_body =
                module.scopes().bound_in(class.scope, state.name).iter().any(|id| {
                    module.scopes().binding(*id).value.is_some_and(|value| is_empty(module, value))
                });
            let mut made = class.attributes.get(&state.name).into_iter().flatten();
            let is_made = made.any(|attribute| attribute.value.is_some_and(|value| is_empty(module, value)));
            is_of_body && !is_made
                || is_made && is_single(with, module, id) && !with.lifetimes.is_brief(module, state)
        }
    }
}

/// A class of which a process has one: the module makes it, or it says so by its name and is not made for somebody.
fn is_single(with: &With, module: &Module, id: ClassId) -> bool {
    let last = words(module.names().text(module.class(id).name)).pop().unwrap_or_default();
    has_instance(module, id) || with.owners.contains(&last) && !is_made_for_one(with, module, id)
}

/// `StubBackend`, `InMemoryStore`: it serves tests, or says what it does.
fn is_stand_in(module: &Module, id: ClassId) -> bool {
    let words = words(module.names().text(module.class(id).name));
    words.iter().any(|word| matches!(word.as_str(), "stub" | "fake" | "mock" | "dummy" | "test" | "memory"))
}

/// `CartManager(event, cart_id)`: what its constructor is told is of one user or request.
fn is_made_for_one(with: &With, module: &Module, id: ClassId) -> bool {
    let mut methods = module.class(id).methods.iter().map(|method| module.function(*method));
    let init = methods.find(|method| method.name.is_some_and(|name| module.names().text(name) == "__init__"));
    let params = init.into_iter().flat_map(|init| &init.params);
    let names = params.into_iter().map(|param| module.names().text(param.name));
    names.into_iter().any(|name| is_traffic(with, name) || is_number(with, name))
}

/// `app.state.results`, `request.app.state.results`: what a web application keeps for all requests.
fn is_of_application(module: &Module, collection: NodeId) -> bool {
    let text = module.text(collection);
    ["app.state.", "request.app.state."].iter().any(|start| text.starts_with(start))
}

fn is_empty(module: &Module, value: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(value) {
        Kind::Dictionary | Kind::List => tree.first_named(value).is_none(),
        Kind::Call => EMPTY.contains(&calls::method(module, value)) && !module.text(value).contains("maxlen"),
        _ => false,
    }
}

/// The key is, or is made of, a parameter of a function that is no registration, or what Flask calls the request.
fn is_from_caller(module: &Module, key: NodeId) -> bool {
    let tree = module.tree();
    let Some((_, def)) = module.enclosing_def(key) else { return false };
    let written = def.name.map_or("", |name| module.names().text(name));
    // What a class is subscripted or compared with is mostly spelled out where that is done.
    if written.starts_with("__") && written != "__call__" {
        return false;
    }
    let name = written.trim_start_matches('_');
    let brings = |node: NodeId| tree.kind(node) == Kind::Identifier && brought(module, def, node);
    let is_made = tree.kind(key) == Kind::Identifier
        && module
            .bindings(module.scope_of(key), module.text(key))
            .filter_map(|binding| binding.value)
            .any(|value| tree.subtree(value).take(64).any(brings));
    let registers = REGISTERS.iter().any(|word| name.starts_with(word.trim_start_matches('_')));
    !registers && (is_made || tree.subtree(key).any(brings))
}

fn brought(module: &Module, def: &Function, node: NodeId) -> bool {
    let text = module.text(node);
    let is_param = def
        .params
        .iter()
        .any(|param| !matches!(module.text(param.node), "self" | "cls") && module.text(param.node) == text);
    is_param || module.qualified_name(node) == Some("flask.request")
}
