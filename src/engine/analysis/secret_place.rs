//! Where a secret's fallback can stand besides a lookup: the parameter of a function, the `if` that replaces what is
//! missing. And what such a place says of the secret's name.

use crate::engine::python::{Constant, Field, Function, Kind, Module, NodeId};

use super::calls;
use super::secret::{self, Secret};

/// A fallback that somebody could use, before its guards are looked for.
pub(super) struct Fallback {
    pub node: NodeId,
    pub name: String,
    pub value: String,
    pub when: &'static str,
    pub instead: String,
}

/// Names of mappings that hold settings.
const SETTINGS: [&str; 8] = ["config", "settings", "conf", "cfg", "environ", "env", "options", "secrets"];

pub(super) fn is_settings(name: &str) -> bool {
    secret::words(name).last().is_some_and(|last| SETTINGS.contains(&last.as_str()))
}

/// `if not key: key = "dev"`, where nothing in the branch stops the program.
pub(super) fn replaced(module: &Module, node: NodeId) -> Option<Fallback> {
    let tree = module.tree();
    let asked = missing(module, tree.child(node, Field::Condition)?)?;
    let branch = tree.child(node, Field::Consequence)?;
    let assignments = tree.named_children(branch).filter_map(|statement| tree.first_named(statement));
    let mut assignments = assignments.filter(|part| {
        tree.kind(*part) == Kind::Assignment
            && tree.child(*part, Field::Left).is_some_and(|left| module.text(left) == module.text(asked))
    });
    let assignment = assignments.next()?;
    let stops = tree.subtree(branch).any(|part| tree.kind(part) == Kind::RaiseStatement);
    let value = tree.child(assignment, Field::Right).filter(|_| !stops)?;
    let Constant::Str(value) = module.constant(value)? else { return None };
    let name = calls::last(module.text(asked)).to_owned();
    let instead = format!("an exception where `{name}` is missing");
    Some(Fallback { node: assignment, name, value, when: "it is missing or empty", instead })
}

/// The name or attribute that `not x` or `x is None` asks about.
fn missing(module: &Module, condition: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let asked = match tree.kind(condition) {
        Kind::NotOperator => tree.child(condition, Field::Argument)?,
        Kind::ComparisonOperator => {
            let mut parts = tree.named_children(condition);
            let (asked, none) = (parts.next()?, parts.next()?);
            let is = module.text(condition).contains(" is ") && !module.text(condition).contains(" not ");
            (is && tree.kind(none) == Kind::None).then_some(asked)?
        }
        _ => return None,
    };
    matches!(tree.kind(asked), Kind::Identifier | Kind::Attribute).then_some(asked)
}

/// `exclude_from_auth_key="exclude_from_auth"`, `password="password"`: the name of a field, not what it holds.
fn is_name_of_option(value: &str, name: &str) -> bool {
    let (value, name) = (secret::words(value), secret::words(name));
    value == name || (value.len() > 1 && value.iter().all(|word| name.contains(word)))
}

/// The name that is looked up: the first argument, or what stands in the brackets.
pub(super) fn key(module: &Module, node: NodeId) -> Option<String> {
    let tree = module.tree();
    let key = match tree.kind(node) {
        Kind::Subscript => tree.child(node, Field::Subscript),
        _ => calls::arguments(module, node).positional.first().copied(),
    };
    match module.constant(key?)? {
        Constant::Str(text) => Some(text),
        _ => None,
    }
}

/// `def sign(data, secret_key="dev")`. An empty default counts where nothing asks whether it is empty.
pub(super) fn parameters(
    module: &Module,
    node: NodeId,
    text: impl Fn(NodeId) -> Option<String>,
) -> Vec<Fallback> {
    let body = module.tree().child(node, Field::Body);
    let Some((_, function)) = body.and_then(|body| module.enclosing_def(body)) else { return Vec::new() };
    function
        .params
        .iter()
        .filter_map(|param| {
            let name = module.names().text(param.name).to_owned();
            let value = text(param.default?)?;
            let speaks = value.is_empty() && is_own_key(&name) && !asks(module, function, &name);
            let names_itself = is_name_of_option(&value, &name);
            let node = module.tree().parent(param.node).unwrap_or(param.node);
            let instead = format!("`{name}` as a required parameter");
            let value = if speaks { "empty".to_owned() } else { value };
            (!names_itself).then_some(Fallback {
                node,
                name,
                value,
                when: "the caller leaves it out",
                instead,
            })
        })
        .collect()
}

/// A key that this program makes its own signatures with; an empty one fails only where a service checks it.
fn is_own_key(name: &str) -> bool {
    let words = secret::words(name);
    let of_others = ["client", "consumer", "aws", "access", "api", "app", "encryption", "encrypt", "cookie"]
        .iter()
        .any(|word| words.iter().any(|own| own == word));
    secret::named(name) == Some(Secret::Key) && !of_others
}

/// Whether the function looks at the parameter's truth.
fn asks(module: &Module, function: &Function, name: &str) -> bool {
    let tree = module.tree();
    let mut parts = tree.subtree(function.node);
    parts.any(|node| match tree.kind(node) {
        Kind::IfStatement | Kind::ElifClause => {
            tree.child(node, Field::Condition).is_some_and(|node| module.text(node).contains(name))
        }
        Kind::BooleanOperator | Kind::ConditionalExpression | Kind::AssertStatement | Kind::NotOperator => {
            module.text(node).contains(name)
        }
        _ => false,
    })
}
