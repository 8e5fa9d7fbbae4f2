//! The one expression that an attribute of a class of this file always has, and whose attribute it is.

use super::class::ClassId;
use super::kind::{Field, Kind};
use super::tree::NodeId;
use super::{Binding, BindingKind, Module};

impl Module {
    /// The expression that a class attribute read as `self.x`, `cls.x` or `Class.x` always has.
    pub(super) fn attribute_value(&self, node: NodeId) -> Option<NodeId> {
        let object = self.tree().child(node, Field::Object)?;
        let class = self.class_of(object)?;
        let name = self.names().get(self.text(self.tree().child(node, Field::Attribute)?))?;
        let class = self.class(self.class_with(class, name)?);
        let body = self.scopes().bound_in(class.scope, name).iter().map(|id| self.scopes().binding(*id));
        match class.attributes.get(&name).map(Vec::as_slice) {
            None => single_value(body),
            Some([only]) if body.count() == 0 => only.value.filter(|_| only.with.is_none()),
            Some(_) => None,
        }
    }

    /// The class of this file that an expression names, or whose `self` or `cls` it is.
    pub fn class_of(&self, expression: NodeId) -> Option<ClassId> {
        if let Some(path) = self.qualified_name(expression) {
            return self.local_class(path);
        }
        if self.tree().kind(expression) != Kind::Identifier {
            return None;
        }
        let name = self.names().get(self.text(expression))?;
        self.found.receiver(self.scope_of(expression), name).map(|(_, class)| class)
    }
}

/// The value of a name that is assigned once and never changed.
fn single_value<'b>(bindings: impl Iterator<Item = &'b Binding>) -> Option<NodeId> {
    let mut giving = bindings.filter(|binding| binding.kind != BindingKind::Declaration);
    let binding = giving.next()?;
    let single = giving.next().is_none() && binding.kind == BindingKind::Assignment;
    binding.value.filter(|_| single)
}
