//! State that has to outlive the process and be shared by all of them, kept in one process's memory.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Class, Field, Kind, Module, NodeId, ScopeId};

use super::{Analysis, Parameters, calls, file};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Ends of names of classes that keep records.
    keepers: Vec<String>,
    /// Words of their names that say the records need not last, or that there is another place for them.
    excused: Vec<String>,
    /// Words in a class by which it stores its records elsewhere.
    persists: Vec<String>,
    /// Words of names of globals that decide who may do what.
    decisions: Vec<String>,
    /// Modules by which a file serves the web.
    servers: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module([]),
        names: &["WHAT", "WHY"],
        run: Box::new(move |module, _, hits| {
            if file::is_script(module) {
                return;
            }
            hits.extend(module.classes().filter_map(|(_, class)| keeper(&with, module, class)));
            hits.extend(decisions(&with, module));
        }),
    })
}

/// A class whose records live in a dict and nowhere else.
fn keeper(with: &With, module: &Module, class: &Class) -> Option<Hit> {
    let tree = module.tree();
    let name = module.names().text(class.name);
    let is_keeper = with.keepers.iter().any(|end| name.ends_with(end.as_str()));
    let is_excused = with.excused.iter().any(|word| name.contains(word.as_str()));
    // Whether it is another's base is asked last: that looks at all classes.
    let is_base =
        || module.classes().any(|(_, other)| other.bases.iter().any(|base| module.text(*base) == name));
    if !is_keeper || is_excused || !class.bases.is_empty() {
        return None;
    }
    let text = class.body.map_or("", |body| module.text(body)).to_ascii_lowercase();
    if with.persists.iter().any(|word| text.contains(word.as_str())) {
        return None;
    }
    let table = class.attributes.iter().find_map(|(name, attributes)| {
        let made = attributes.iter().find(|attribute| {
            attribute.value.is_some_and(|value| {
                tree.kind(value) == Kind::Dictionary && tree.first_named(value).is_none()
            })
        })?;
        let name = module.names().text(*name);
        stores_records(module, class.node, name).then_some((made.node, name))
    })?;
    if is_base() {
        return None;
    }
    let why = format!("the records of `{name}` live in `self.{}` alone", table.1);
    Some(
        Hit::at(class.node).with("WHAT", name).with("WHY", why).and(table.0, "the only place of the records"),
    )
}

/// `self.table[key] = value` with a key that comes in.
fn stores_records(module: &Module, class: NodeId, table: &str) -> bool {
    let tree = module.tree();
    tree.subtree(class).filter(|node| tree.kind(*node) == Kind::Assignment).any(|assignment| {
        let left = tree.child(assignment, Field::Left).filter(|left| tree.kind(*left) == Kind::Subscript);
        let object = left.and_then(|left| tree.child(left, Field::Value));
        object.is_some_and(|object| module.text(object).strip_prefix("self.") == Some(table))
    })
}

/// Globals of a web application that count attempts, hold sessions or remember what was revoked.
fn decisions<'m>(with: &'m With, module: &'m Module) -> impl Iterator<Item = Hit> + 'm {
    let text = module.source().text();
    let serves = with.servers.iter().any(|server| text.contains(server.as_str()));
    let scopes = module.scopes();
    let bound = scopes.get(ScopeId::MODULE).bound().filter(move |_| serves);
    bound.filter_map(move |(name, mut ids)| {
        let written = module.names().text(name);
        let lower = written.to_ascii_lowercase();
        let decides = with.decisions.iter().any(|word| lower.contains(word.as_str()));
        let binding = ids.next().map(|id| scopes.binding(id)).filter(|_| decides)?;
        let value = binding.value?;
        let is_table = match module.tree().kind(value) {
            Kind::Dictionary => module.tree().first_named(value).is_none(),
            Kind::Call => matches!(calls::method(module, value), "dict" | "defaultdict" | "set"),
            _ => false,
        };
        let why = format!("`{written}` decides about requests and is kept by each worker for itself");
        (is_table && is_written(module, written))
            .then(|| Hit::at(binding.node).with("WHAT", written).with("WHY", why))
    })
}

/// Some function puts entries in.
fn is_written(module: &Module, name: &str) -> bool {
    let tree = module.tree();
    tree.nodes().any(|node| match tree.kind(node) {
        Kind::Subscript => {
            let is_target = tree.field(node) == Field::Left;
            let object = tree.child(node, Field::Value);
            is_target
                && object.is_some_and(|object| module.text(object) == name)
                && module.enclosing_def(node).is_some()
        }
        Kind::Call => {
            let adds = matches!(calls::method(module, node), "add" | "setdefault" | "append");
            let object = calls::receiver(module, node).filter(|_| adds);
            object.is_some_and(|object| module.text(object).split('[').next() == Some(name))
                && module.enclosing_def(node).is_some()
        }
        _ => false,
    })
}
