//! State that outlives a call: an attribute of `self` or `cls`, a variable of the module or of a function around. How it
//! is used is `access`'s.

use crate::engine::python::{BindingKind, ClassId, Field, Kind, Module, Name, NodeId, ScopeId, ScopeKind};

/// Whose state it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine::analysis) enum Owner {
    /// The instances of the class, or the class itself.
    Class(ClassId),
    Module,
    /// A call of the function with this scope; functions inside it share its variables.
    Closure(ScopeId),
}

/// One attribute or variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::engine::analysis) struct State {
    pub owner: Owner,
    pub name: Name,
}

impl State {
    /// The state that an expression names: `self.x`, a variable of this module or of a function around. Not so a
    /// method, a definition or an import.
    pub(in crate::engine::analysis) fn named_by(module: &Module, node: NodeId) -> Option<State> {
        match module.tree().kind(node) {
            Kind::Attribute => of_attribute(module, node),
            Kind::Identifier if !module.is_label(node) => of_variable(module, node),
            _ => None,
        }
    }
}

fn of_attribute(module: &Module, node: NodeId) -> Option<State> {
    let tree = module.tree();
    let object = tree.child(node, Field::Object).filter(|object| tree.kind(*object) == Kind::Identifier)?;
    let class = class_behind(module, object)?;
    let name = module.names().get(module.text(tree.child(node, Field::Attribute)?))?;
    let owner = module.class_with(class, name)?;
    let ids = module.scopes().bound_in(module.class(owner).scope, name);
    let defined = ids.iter().any(|id| {
        matches!(module.scopes().binding(*id).kind, BindingKind::Function(_) | BindingKind::Class(_))
    });
    (!defined).then_some(State { owner: Owner::Class(owner), name })
}

/// The class whose `self` or `cls` a name is, that of `__new__` included.
pub(in crate::engine::analysis) fn class_behind(module: &Module, object: NodeId) -> Option<ClassId> {
    module.class_of(object).or_else(|| {
        let (_, function) = module.enclosing_def(object)?;
        let is_new = module.names().text(function.name?) == "__new__";
        let first = function.params.first().filter(|_| is_new)?;
        function.class.filter(|_| module.text(first.node) == module.text(object))
    })
}

fn of_variable(module: &Module, node: NodeId) -> Option<State> {
    let name = module.names().get(module.text(node))?;
    let scope = module.scopes().lookup(module.scope_of(node), name)?;
    let owner = match module.scopes().get(scope).kind {
        ScopeKind::Module => Owner::Module,
        ScopeKind::Function(id) if module.enclosing_function(node) != Some(id) => Owner::Closure(scope),
        ScopeKind::Function(_) | ScopeKind::Class(_) | ScopeKind::Comprehension => return None,
    };
    let ids = module.scopes().bound_in(scope, name);
    let is_value = |kind: &BindingKind| {
        matches!(kind, BindingKind::Assignment | BindingKind::Augmented | BindingKind::Declaration)
    };
    let is_variable = ids.iter().all(|id| is_value(&module.scopes().binding(*id).kind));
    is_variable.then_some(State { owner, name })
}
