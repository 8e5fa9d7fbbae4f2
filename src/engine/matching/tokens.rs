//! Code as normalised tokens: what is left when layout, comments, quote style and trailing commas are taken away.

use crate::engine::python::{Kind, Module, NodeId};

/// The tokens of a node.
pub(crate) fn of(module: &Module, node: NodeId) -> Vec<String> {
    collect(module, node, |_| false)
}

/// The tokens of a node without the subtrees that `left_out` names.
pub(crate) fn collect(module: &Module, node: NodeId, left_out: impl Fn(NodeId) -> bool) -> Vec<String> {
    let tree = module.tree();
    let mut tokens: Vec<String> = Vec::new();
    let mut resume = node;
    for next in tree.subtree(node).filter(|next| !tree.is_extra(*next)) {
        if next < resume {
            continue;
        }
        if next != node && left_out(next) {
            resume = tree.after(next);
        } else if tree.children(next).next().is_none() {
            push(&mut tokens, tree.kind(next), module.text(next));
        }
    }
    tokens
}

fn push(tokens: &mut Vec<String>, kind: Kind, text: &str) {
    let closes = matches!(text, ")" | "]" | "}");
    if closes && tokens.last().is_some_and(|last| last == ",") {
        tokens.pop();
    }
    if text.is_empty() {
        return;
    }
    match kind {
        Kind::StringStart | Kind::StringEnd => tokens.push(text.replace('\'', "\"").to_lowercase()),
        _ => tokens.push(text.to_owned()),
    }
}
