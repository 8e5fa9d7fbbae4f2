//! What an import statement binds. Only words: nothing is imported or looked for.

use super::kind::{Field, Kind};
use super::text_of;
use super::tree::{NodeId, Tree};

#[derive(Default)]
pub(super) struct Imported {
    /// The bound identifier and the qualified name it stands for.
    pub(super) names: Vec<(NodeId, String)>,
    /// The module of `from module import *`.
    pub(super) star: Option<String>,
}

pub(super) fn import_bindings(tree: &Tree, text: &str, node: NodeId) -> Imported {
    match tree.kind(node) {
        Kind::ImportStatement => import(tree, text, node),
        _ => import_from(tree, text, node),
    }
}

fn import(tree: &Tree, text: &str, node: NodeId) -> Imported {
    let mut imported = Imported::default();
    for name in tree.children_by_field(node, Field::Name) {
        if let Some((path, alias)) = aliased(tree, text, name) {
            imported.names.push((alias, path));
        } else if let Some(first) = tree.first_named(name) {
            imported.names.push((first, text_of(tree, text, first).to_owned()));
        }
    }
    imported
}

fn import_from(tree: &Tree, text: &str, node: NodeId) -> Imported {
    let mut imported = Imported::default();
    let Some(module) = tree.child(node, Field::ModuleName) else {
        return imported;
    };
    let module = dotted(tree, text, module);
    let within = |name: &str| match module.ends_with('.') {
        true => format!("{module}{name}"),
        false => format!("{module}.{name}"),
    };
    for name in tree.children_by_field(node, Field::Name) {
        if let Some((path, alias)) = aliased(tree, text, name) {
            imported.names.push((alias, within(&path)));
        } else if let Some(identifier) = tree.first_named(name) {
            imported.names.push((identifier, within(text_of(tree, text, identifier))));
        }
    }
    let star = tree.child_of_kind(node, Kind::WildcardImport);
    imported.star = star.map(|_| module.clone());
    imported
}

fn aliased(tree: &Tree, text: &str, node: NodeId) -> Option<(String, NodeId)> {
    let name = tree.child(node, Field::Name)?;
    let alias = tree.child(node, Field::Alias)?;
    Some((dotted(tree, text, name), alias))
}

/// The dotted name without the spaces and comments that may stand in it, leading dots kept.
fn dotted(tree: &Tree, text: &str, node: NodeId) -> String {
    let mut path = String::new();
    for leaf in tree.subtree(node) {
        match tree.kind(leaf) {
            Kind::Identifier => {
                if !path.is_empty() && !path.ends_with('.') {
                    path.push('.');
                }
                path.push_str(text_of(tree, text, leaf));
            }
            Kind::ImportPrefix => {
                path.extend(text_of(tree, text, leaf).chars().filter(|c| *c == '.'));
            }
            _ => {}
        }
    }
    path
}
