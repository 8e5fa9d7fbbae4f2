//! What switches verification off: an argument or an attribute of a name, with these values. The value may stand in
//! the call, be the default of what is handed on, or come in a mapping by `**`.

use serde::Deserialize;

use crate::engine::analysis::calls::{self, Argument};
use crate::engine::python::{BindingKind, Constant, Field, Kind, Module, NodeId};

use super::handed;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Switch {
    #[serde(default)]
    pub(super) names: Vec<String>,
    pub(super) keyword: String,
    pub(super) values: Vec<Value>,
    pub(super) instead: String,
}

impl Switch {
    /// The argument by which the call switches verification off.
    pub(super) fn off(&self, module: &Module, call: NodeId) -> Option<NodeId> {
        let value = match calls::argument(module, call, &self.keyword, None) {
            Argument::Given(value) => value,
            Argument::Unknown => handed::option(module, call, &self.keyword)?,
            Argument::Absent => return None,
        };
        self.accepts(module, value).then_some(value)
    }

    /// The value itself, or the default of the parameter that is handed on.
    fn accepts(&self, module: &Module, value: NodeId) -> bool {
        let is_off = |value| self.values.iter().any(|known| known.is(module, value));
        is_off(value) || default_of(module, value).is_some_and(is_off)
    }

    /// Whether it is an attribute of this object's type, or of any.
    pub(super) fn is_of(&self, module: &Module, object: NodeId) -> bool {
        self.names.is_empty()
            || module.type_of(object).is_some_and(|known| self.names.iter().any(|name| name == known))
    }
}

/// The default of the parameter that a name, or an attribute set once from it, stands for; or of a look-up,
/// `options.get("verify", False)`.
pub(super) fn default_of(module: &Module, value: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let name = match tree.kind(value) {
        Kind::Identifier => value,
        Kind::Call if calls::method(module, value) == "get" => {
            return calls::arguments(module, value).positional.get(1).copied();
        }
        Kind::Attribute => {
            let class = module.class_of(tree.child(value, Field::Object)?)?;
            let name = module.names().get(module.text(tree.child(value, Field::Attribute)?))?;
            match module.class(class).attributes.get(&name)?.as_slice() {
                [only] => only.value.filter(|node| tree.kind(*node) == Kind::Identifier)?,
                _ => return None,
            }
        }
        _ => return None,
    };
    let mut bindings = module.bindings_of(name);
    let only = bindings.next().filter(|binding| binding.kind == BindingKind::Parameter)?;
    only.value.filter(|_| bindings.next().is_none())
}

/// A value as the code has it: a constant, or a name that stands for one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Value {
    Bool(bool),
    Text(String),
    Null(()),
}

impl Value {
    pub(super) fn is(&self, module: &Module, node: NodeId) -> bool {
        let constant = module.constant(node);
        match self {
            Value::Bool(value) => constant == Some(Constant::Bool(*value)),
            Value::Null(()) => constant == Some(Constant::None),
            Value::Text(text) => {
                constant.as_ref().and_then(Constant::as_str) == Some(text)
                    || module.qualified_name(node) == Some(text)
            }
        }
    }
}
