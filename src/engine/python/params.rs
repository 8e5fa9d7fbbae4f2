//! Reads a parameter list.

use super::function::{Param, ParamKind};
use super::kind::{Field, Kind};
use super::names::Name;
use super::tree::{NodeId, Tree};

/// The parameters of a `parameters` or `lambda_parameters` node, in order.
pub(super) fn read(tree: &Tree, list: NodeId, mut intern: impl FnMut(NodeId) -> Name) -> Vec<Param> {
    let mut params: Vec<Param> = Vec::new();
    let mut kind = ParamKind::PositionalOrKeyword;
    for node in tree.named_children(list) {
        match tree.kind(node) {
            Kind::KeywordSeparator => kind = ParamKind::KeywordOnly,
            Kind::PositionalSeparator => {
                params.iter_mut().for_each(|param| param.kind = ParamKind::PositionalOnly);
            }
            _ => {
                let star = star_of(tree, node);
                for identifier in identifiers(tree, node) {
                    params.push(Param {
                        name: intern(identifier),
                        kind: star.unwrap_or(kind),
                        node: identifier,
                        annotation: tree.child(node, Field::Type),
                        default: tree.child(node, Field::Value),
                    });
                }
                if star == Some(ParamKind::VarPositional) {
                    kind = ParamKind::KeywordOnly;
                }
            }
        }
    }
    params
}

fn star_of(tree: &Tree, node: NodeId) -> Option<ParamKind> {
    let pattern = match tree.kind(node) {
        Kind::TypedParameter => tree.first_named(node)?,
        _ => node,
    };
    match tree.kind(pattern) {
        Kind::ListSplatPattern => Some(ParamKind::VarPositional),
        Kind::DictionarySplatPattern => Some(ParamKind::VarKeyword),
        _ => None,
    }
}

/// One identifier; several for Python 2's tuple parameters.
fn identifiers(tree: &Tree, node: NodeId) -> Vec<NodeId> {
    let named = match tree.kind(node) {
        Kind::DefaultParameter | Kind::TypedDefaultParameter => tree.child(node, Field::Name),
        Kind::TypedParameter => tree.first_named(node),
        _ => Some(node),
    };
    let below = named.into_iter().flat_map(|node| tree.subtree(node));
    below.filter(|node| tree.kind(*node) == Kind::Identifier).collect()
}
