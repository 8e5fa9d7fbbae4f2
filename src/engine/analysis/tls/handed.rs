//! Calls that the data does not name and options that do not stand in them: a client that came from elsewhere, a
//! library's own constructor, a mapping handed on by `**`.

use crate::engine::analysis::calls;
use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

/// How many bindings of a mapping and nodes of a function are looked at for one call.
const BINDINGS: usize = 4;
const NODES: usize = 5_000;

/// The value that a mapping given by `**` has for the keyword.
pub(super) fn option(module: &Module, call: NodeId, keyword: &str) -> Option<NodeId> {
    let tree = module.tree();
    let list = tree.child(call, Field::Arguments)?;
    let splats = tree.named_children(list).filter(|part| tree.kind(*part) == Kind::DictionarySplat);
    splats.filter_map(|splat| tree.first_named(splat)).find_map(|mapping| {
        put(module, call, mapping, keyword).or_else(|| {
            let bound = module.bindings_of(mapping).take(BINDINGS).filter_map(|binding| binding.value);
            std::iter::once(mapping).chain(bound).find_map(|value| entry(module, value, keyword))
        })
    })
}

/// `options["verify"] = False`, above the call in its function. Where a condition stands around it, somebody chooses.
fn put(module: &Module, call: NodeId, mapping: NodeId, keyword: &str) -> Option<NodeId> {
    let tree = module.tree();
    let (_, def) = module.enclosing_def(call)?;
    let above = tree.subtree(def.node).take(NODES).take_while(|node| *node < call);
    let value = |node: NodeId| {
        let left = tree.child(node, Field::Left).filter(|left| tree.kind(*left) == Kind::Subscript)?;
        let same = module.text(tree.child(left, Field::Value)?) == module.text(mapping);
        let named = is_text(module, tree.child(left, Field::Subscript)?, keyword);
        let is_chosen = module
            .ancestors_in_function(node)
            .any(|around| tree.kind(around) == Kind::IfStatement && !tree.contains(around, call));
        (same && named && !is_chosen).then(|| tree.child(node, Field::Right)).flatten()
    };
    above.filter(|node| tree.kind(*node) == Kind::Assignment).filter_map(value).last()
}

/// `{"verify": False}`, `dict(verify=False)`
fn entry(module: &Module, mapping: NodeId, keyword: &str) -> Option<NodeId> {
    let tree = module.tree();
    match tree.kind(mapping) {
        Kind::Call if module.callee(mapping) == Some("builtins.dict") => {
            calls::arguments(module, mapping).keyword(module, keyword)
        }
        Kind::Dictionary => tree.named_children(mapping).find_map(|pair| {
            let key = tree.child(pair, Field::Key)?;
            is_text(module, key, keyword).then(|| tree.child(pair, Field::Value)).flatten()
        }),
        _ => None,
    }
}

fn is_text(module: &Module, node: NodeId, text: &str) -> bool {
    matches!(module.constant(node), Some(Constant::Str(known)) if known == text)
}

/// The library for HTTP whose client this may be: it came from elsewhere, or is another library's session.
pub(super) fn http_library(module: &Module, call: NodeId, callee: &str) -> Option<&'static str> {
    let owner = callee.rsplit_once('.').map_or("", |(owner, _)| owner);
    let is_foreign = callee.is_empty() || (is_of_library(module, owner) && owner.ends_with("Session"));
    calls::receiver(module, call).filter(|_| is_foreign)?;
    ["requests", "httpx"]
        .into_iter()
        .find(|library| calls::is_imported(module, library) || owner.starts_with(&format!("{library}_")))
}

/// A class that is imported from outside the project.
pub(super) fn is_of_library(module: &Module, path: &str) -> bool {
    let top = path.split('.').next().unwrap_or_default();
    // `gradio_client` is of the project whose folder is `gradio`.
    let is_own = module.source().path().split('/').any(|folder| folder.len() > 2 && top.starts_with(folder));
    let is_class = calls::last(path).starts_with(|c: char| c.is_ascii_uppercase());
    path.contains('.') && is_class && !is_own && !path.starts_with(['.', '~']) && top != "builtins"
}
