//! Secrets whose fallback stands on another way than the look-up: the `else` of a test whether it is set, the handler
//! of the KeyError, the schema of the environment.

use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::calls;
use super::handler::{Handler, own_nodes};
use super::secret_place::{self as place, Fallback, key};

const WHEN: &str = "it is not set";

/// The fallback of a conditional expression, an `if` with an `else`, or a `try`.
pub(super) fn fallback(module: &Module, node: NodeId) -> Option<Fallback> {
    let (name, node, value) = match module.tree().kind(node) {
        Kind::ConditionalExpression => chosen(module, node),
        Kind::IfStatement => otherwise(module, node),
        Kind::TryStatement => caught(module, node),
        _ => None,
    }?;
    let instead = format!("an exception where `{name}` is not set");
    Some(Fallback { node, name, value, when: WHEN, instead })
}

type Found = (String, NodeId, String);

/// `os.environ["KEY"] if "KEY" in os.environ else "dev"`
fn chosen(module: &Module, node: NodeId) -> Option<Found> {
    let mut parts = module.tree().named_children(node);
    let (then, condition, other) = (parts.next()?, parts.next()?, parts.next()?);
    let name = looked_up(module, then).filter(|name| asks_for(module, condition, name))?;
    Some((name, node, literal(module, other)?))
}

/// `if "KEY" in os.environ: key = os.environ["KEY"]`, and `else: key = "dev"`
fn otherwise(module: &Module, node: NodeId) -> Option<Found> {
    let tree = module.tree();
    let condition = tree.child(node, Field::Condition)?;
    let (target, then) = only_assignment(module, tree.child(node, Field::Consequence)?)?;
    let clause = tree.child_of_kind(node, Kind::ElseClause)?;
    let (same, other) = only_assignment(module, tree.child(clause, Field::Body)?)?;
    let name = looked_up(module, then).filter(|name| asks_for(module, condition, name))?;
    let value = literal(module, other).filter(|_| module.text(target) == module.text(same))?;
    Some((name, tree.parent(other)?, value))
}

/// `try: key = os.environ["KEY"]`, and `except KeyError: key = "dev"`; both may be returned as well.
fn caught(module: &Module, node: NodeId) -> Option<Found> {
    let tree = module.tree();
    let (target, tried) = only_result(module, tree.child(node, Field::Body)?)?;
    let name =
        looked_up(module, tried).filter(|_| tree.kind(calls::inner(module, tried)) == Kind::Subscript)?;
    let mut clauses = tree.named_children(node).filter(|part| tree.kind(*part) == Kind::ExceptClause);
    clauses.find_map(|clause| {
        let handler = Handler::read(module, clause)?;
        let (other, given) = only_result(module, handler.body)?;
        let stops = own_nodes(module, handler.body).any(|part| tree.kind(part) == Kind::RaiseStatement);
        let same = target.map(|target| module.text(target)) == other.map(|other| module.text(other));
        let value = literal(module, given).filter(|_| same && !stops)?;
        Some((name.clone(), tree.parent(given)?, value))
    })
}

/// `environ.Env(SECRET_KEY=(str, "dev"))`: the schema of the environment, with its defaults.
pub(super) fn schema(module: &Module, call: NodeId) -> Vec<Fallback> {
    let tree = module.tree();
    let is_schema =
        module.callee(call).is_some_and(|callee| matches!(callee, "environ.Env" | "environ.FileAwareEnv"));
    let keywords = if is_schema { calls::arguments(module, call).keywords } else { Vec::new() };
    let fallback = |keyword: NodeId| {
        let name = module.text(tree.child(keyword, Field::Name)?).to_owned();
        let pair = tree.child(keyword, Field::Value).filter(|value| tree.kind(*value) == Kind::Tuple)?;
        let value = literal(module, tree.named_children(pair).nth(1)?)?;
        let instead = format!("`{name}=str`: reading it then fails where it is missing");
        Some(Fallback { node: keyword, name, value, when: WHEN, instead })
    };
    keywords.into_iter().filter_map(fallback).collect()
}

/// The name by which an expression takes a setting out of the environment or a mapping of settings.
fn looked_up(module: &Module, node: NodeId) -> Option<String> {
    let tree = module.tree();
    let node = calls::inner(module, node);
    let mapping = match tree.kind(node) {
        Kind::Subscript => tree.child(node, Field::Value)?,
        Kind::Call if matches!(calls::method(module, node), "get" | "getenv") => {
            calls::receiver(module, node)?
        }
        _ => return None,
    };
    let is_settings =
        module.qualified_name(mapping) == Some("os") || place::is_settings(calls::last(module.text(mapping)));
    key(module, node).filter(|_| is_settings)
}

fn asks_for(module: &Module, condition: NodeId, name: &str) -> bool {
    calls::beginning(module, condition).contains(name)
}

fn literal(module: &Module, node: NodeId) -> Option<String> {
    match module.constant(node)? {
        Constant::Str(text) => Some(text),
        _ => None,
    }
}

/// Target and value of a block that is one assignment.
fn only_assignment(module: &Module, block: NodeId) -> Option<(NodeId, NodeId)> {
    let tree = module.tree();
    let mut found = tree.named_children(block).filter_map(|statement| tree.first_named(statement));
    let only = found.next().filter(|node| tree.kind(*node) == Kind::Assignment && found.next().is_none())?;
    Some((tree.child(only, Field::Left)?, tree.child(only, Field::Right)?))
}

/// What a block of one statement assigns, with the target, or returns.
fn only_result(module: &Module, block: NodeId) -> Option<(Option<NodeId>, NodeId)> {
    let tree = module.tree();
    if let Some((target, value)) = only_assignment(module, block) {
        return Some((Some(target), value));
    }
    let last = tree.named_children(block).last().filter(|node| tree.kind(*node) == Kind::ReturnStatement)?;
    Some((None, tree.first_named(last)?))
}
