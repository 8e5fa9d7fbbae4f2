//! Uses that fail on `None`.

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::super::calls;
use super::source::Sources;

/// How the value is used so that `None` fails, in words; `None` where it is not.
pub(super) fn risky(sources: &Sources, module: &Module, value: NodeId) -> Option<String> {
    let tree = module.tree();
    let parent = tree.parent(value)?;
    match (tree.kind(parent), tree.field(value)) {
        (Kind::Attribute, Field::Object) if module.text(parent).ends_with("__") => None,
        (Kind::Attribute, Field::Object) => {
            let name = tree.child(parent, Field::Attribute).map_or("", |name| module.text(name));
            Some(format!("`.{name}` is {} it", if is_set(module, parent) { "set on" } else { "read of" }))
        }
        (Kind::Subscript, Field::Value) => Some("it is indexed".to_owned()),
        (Kind::BinaryOperator, _) => {
            let operator = module.text(tree.child(parent, Field::Operator)?);
            let is_sum = matches!(operator, "+" | "-" | "*" | "/" | "//" | "**");
            is_sum.then(|| format!("`{operator}` computes with it"))
        }
        (Kind::ArgumentList, _) => {
            let call = tree.parent(parent)?;
            let callee = module.callee(call)?;
            let first = calls::arguments(module, call).positional.first() == Some(&value);
            (first && sources.rejecting.iter().any(|known| known == callee))
                .then(|| format!("`{}` is called with it", calls::spelled(module, call)))
        }
        _ => None,
    }
}

fn is_set(module: &Module, attribute: NodeId) -> bool {
    let tree = module.tree();
    let around = tree.parent(attribute).map(|around| tree.kind(around));
    around == Some(Kind::Assignment) && tree.field(attribute) == Field::Left
}
