//! What the walk does at its end: bindings go to the scopes that hold them, and assignments to `self.x` to their
//! classes.

use super::binding::{Binding, BindingId, BindingKind};
use super::class::{Attribute, ClassId};
use super::collect::{Collected, Walk};
use super::function::FunctionId;
use super::kind::{Field, Kind};
use super::names::Name;
use super::scope::{ScopeId, ScopeKind};

impl Walk<'_> {
    /// Bindings go to the scopes that hold them once all `global` and `nonlocal` statements are known.
    pub(super) fn place_bindings(&mut self) {
        for outer_pass in [true, false] {
            for index in 0..self.found.scopes.bindings.len() {
                self.place(index, outer_pass);
            }
        }
        for scope in &mut self.found.scopes.scopes {
            scope.bindings.values_mut().for_each(|ids| ids.sort());
        }
    }

    pub(super) fn place(&mut self, index: usize, outer_pass: bool) {
        let scopes = &mut self.found.scopes;
        let binding = &scopes.bindings[index];
        if self.tree.kind(binding.node) != Kind::Identifier {
            return;
        }
        let (name, scope) = (binding.name, binding.scope);
        if scopes.get(scope).nonlocals.contains(&name) == outer_pass {
            return;
        }
        let target = scopes.target(scope, name);
        scopes.bindings[index].scope = target;
        scopes.get_mut(target).bindings.entry(name).or_default().push(BindingId(index as u32));
    }

    /// Assignments to `self.x` were recorded as bindings of an attribute node; they belong to the class.
    pub(super) fn collect_attributes(&mut self) {
        for index in 0..self.found.scopes.bindings.len() {
            if self.tree.kind(self.found.scopes.bindings[index].node) == Kind::Attribute {
                let binding = self.found.scopes.bindings[index].clone();
                self.attribute(&binding);
            }
        }
    }

    pub(super) fn attribute(&mut self, binding: &Binding) -> Option<()> {
        let object = self.tree.child(binding.node, Field::Object)?;
        let attribute = self.tree.child(binding.node, Field::Attribute)?;
        if self.tree.kind(object) != Kind::Identifier {
            return None;
        }
        let object = self.intern(object);
        let (method, class) = self.found.receiver(binding.scope, object)?;
        let name = self.intern(attribute);
        let with = match binding.kind {
            BindingKind::With(is_async) => Some(is_async),
            _ => None,
        };
        let plain = matches!(binding.kind, BindingKind::Assignment | BindingKind::With(_));
        let attribute = Attribute {
            node: binding.node,
            value: binding.value.filter(|_| plain),
            annotation: binding.annotation,
            declared_only: binding.kind == BindingKind::Declaration,
            method,
            with,
        };
        self.found.classes[class.0 as usize].attributes.entry(name).or_default().push(attribute);
        Some(())
    }
}

impl Collected {
    /// The method and class whose `self` or `cls` the name means in this scope, closures included.
    pub(super) fn receiver(&self, scope: ScopeId, name: Name) -> Option<(FunctionId, ClassId)> {
        let holder = self.scopes.lookup(scope, name)?;
        let ScopeKind::Function(id) = self.scopes.get(holder).kind else {
            return None;
        };
        let function = &self.functions[id.0 as usize];
        let class = function.class?;
        let first = function.params.first()?;
        let only_bound_once = self.scopes.bound_in(holder, name).len() == 1;
        let is_receiver =
            first.name == name && only_bound_once && first.is_positional() && !function.is_static;
        is_receiver.then_some((id, class))
    }
}
