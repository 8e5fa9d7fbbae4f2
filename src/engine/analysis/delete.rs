//! `del table[key]` on shared state where nothing says that the key is there.

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Kind, Module, NodeId, ScopeId};

use super::guard::{self, Guards};
use super::{Analysis, Parameters, calls, handler};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct With {}

const FAILURES: [&str; 3] = ["builtins.KeyError", "builtins.LookupError", "builtins.IndexError"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With {} = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::DeleteStatement], ["del"]),
        names: &["TABLE", "KEY"],
        run: Box::new(|module, nodes, hits| {
            let guards = Guards::default();
            hits.extend(nodes.iter().filter_map(|node| visit(module, *node, &guards)));
        }),
    })
}

fn visit(module: &Module, statement: NodeId, guards: &Guards) -> Option<Hit> {
    let tree = module.tree();
    let target = tree.first_named(statement).filter(|target| tree.kind(*target) == Kind::Subscript)?;
    let (table, key) = (tree.child(target, Field::Value)?, tree.child(target, Field::Subscript)?);
    let (_, def) = module.enclosing_def(statement)?;
    let name = def.name.map_or("", |name| module.names().text(name));
    if !is_shared(module, table) || tree.kind(key) != Kind::Identifier || name.starts_with("__") {
        return None;
    }
    let tests = guard::tests(module, guards, statement);
    let tested = [key, table, target].iter().any(|node| tests.before(module.text(*node), statement));
    let used_before = tree.between(def.node, statement).any(|node| {
        tree.kind(node) == Kind::Subscript && module.text(node) == module.text(target)
            || tree.kind(node) == Kind::Call
                && calls::receiver(module, node)
                    .is_some_and(|object| module.text(object) == module.text(table))
    });
    if tested || used_before || is_iterated(module, key) || handler::is_caught(module, statement, &FAILURES) {
        return None;
    }
    Some(Hit::at(statement).with("TABLE", module.text(table)).with("KEY", module.text(key)))
}

/// An attribute of `self` or a global of the module.
fn is_shared(module: &Module, table: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(table) {
        Kind::Attribute => {
            tree.child(table, Field::Object).is_some_and(|object| module.text(object) == "self")
        }
        Kind::Identifier => module.bindings_of(table).any(|binding| binding.scope == ScopeId::MODULE),
        _ => false,
    }
}

/// The key is the target of a loop: it comes from the table, or from a list of what is to go.
fn is_iterated(module: &Module, key: NodeId) -> bool {
    module.bindings_of(key).any(|binding| binding.kind == crate::engine::python::BindingKind::For)
}
