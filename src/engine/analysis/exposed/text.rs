//! What shows an exception's text: `str(error)`, `{error}` in an f-string, `"%s" % error`, `error.args`, a traceback.

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::super::calls;
use super::caught::Caught;

/// Attributes of an exception that hold its text.
const TEXTS: [&str; 2] = ["args", "orig"];
/// Keywords that take a text.
const KEYWORDS: [&str; 3] = ["detail", "description", "message"];

/// The node, if it is an expression that shows the caught exception's text.
pub(super) fn shown(module: &Module, caught: &Caught, node: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let is_error =
        |node: NodeId| tree.kind(node) == Kind::Identifier && caught.name == Some(module.text(node));
    let child = |field| tree.child(node, field);
    let shows = match tree.kind(node) {
        Kind::Call => is_text_of(module, node, &is_error),
        Kind::Interpolation => child(Field::Expression).is_some_and(is_error),
        Kind::BinaryOperator => is_formatted(module, node, &is_error),
        Kind::Attribute => {
            let name = child(Field::Attribute).map_or("", |name| module.text(name));
            TEXTS.contains(&name) && child(Field::Object).is_some_and(is_error)
        }
        Kind::KeywordArgument => {
            let name = child(Field::Name).map_or("", |name| module.text(name));
            KEYWORDS.contains(&name) && child(Field::Value).is_some_and(is_error)
        }
        _ => false,
    };
    shows.then_some(node)
}

fn is_text_of(module: &Module, call: NodeId, is_error: &dyn Fn(NodeId) -> bool) -> bool {
    let given = || {
        let arguments = calls::arguments(module, call);
        let keywords = arguments.keywords.iter().filter_map(|word| module.tree().child(*word, Field::Value));
        arguments.positional.iter().copied().chain(keywords).any(is_error)
    };
    match module.callee(call) {
        Some("traceback.format_exc") => true,
        Some("builtins.str" | "builtins.repr" | "traceback.format_exception") => given(),
        _ => calls::method(module, call) == "format" && given(),
    }
}

/// `"...%s" % error`.
fn is_formatted(module: &Module, node: NodeId, is_error: &dyn Fn(NodeId) -> bool) -> bool {
    let tree = module.tree();
    let (Some(left), Some(right)) = (tree.child(node, Field::Left), tree.child(node, Field::Right)) else {
        return false;
    };
    let is_template = matches!(tree.kind(left), Kind::String | Kind::ConcatenatedString);
    let values = match tree.kind(right) {
        Kind::Tuple => tree.named_children(right).collect(),
        _ => vec![right],
    };
    is_template && values.into_iter().any(is_error)
}
