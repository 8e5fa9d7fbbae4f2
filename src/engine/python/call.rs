//! What a call runs, where that is code of this file: a function by its name, a method through its receiver, a
//! constructor. A name with several bindings, an attribute that methods assign and a base that is not known leave
//! the call unresolved. Which argument goes to which parameter is `arguments`'.

use super::binding::{Binding, BindingKind};
use super::class::ClassId;
use super::function::FunctionId;
use super::kind::{Field, Kind};
use super::names::Name;
use super::tree::NodeId;
use super::{Function, Module};

/// How many re-assignments are followed.
const DEPTH: usize = 8;

/// What a call runs. A decorator may still stand in between: ask the function or class for its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// Called as it is written: every parameter takes an argument.
    Function(FunctionId),
    /// Called through an instance or a class, which becomes the first parameter.
    Method(FunctionId),
    /// Makes an instance of the class.
    Constructor(ClassId),
}

/// What stands before the dot of a method call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Through {
    Instance,
    Class,
}

impl Module {
    /// The function, method or class of this file that a call certainly calls.
    pub fn resolve_call(&self, call: NodeId) -> Option<Resolved> {
        self.resolve_callable(self.tree().child(call, Field::Function)?)
    }

    /// The same for an expression that may be called: a function given to another, a decorator, a base.
    pub fn resolve_callable(&self, expression: NodeId) -> Option<Resolved> {
        self.callable(expression, DEPTH)
    }

    /// Whether an instance or a class was put in front of the call's arguments for this function.
    pub fn binds_receiver(&self, call: NodeId, function: FunctionId) -> bool {
        match self.resolve_call(call) {
            Some(Resolved::Method(id)) => id == function,
            Some(Resolved::Constructor(_)) => self.function(function).class.is_some(),
            Some(Resolved::Function(_)) | None => false,
        }
    }

    fn callable(&self, expression: NodeId, depth: usize) -> Option<Resolved> {
        let depth = depth.checked_sub(1)?;
        match self.tree().kind(expression) {
            Kind::Identifier => self.callable_name(expression, depth),
            Kind::Attribute => self.callable_member(expression, depth),
            Kind::ParenthesizedExpression => self.callable(self.tree().first_named(expression)?, depth),
            _ => None,
        }
    }

    fn callable_name(&self, identifier: NodeId, depth: usize) -> Option<Resolved> {
        if let Some((Through::Class, class)) = self.receiver(identifier) {
            return Some(Resolved::Constructor(class));
        }
        self.bound_to(self.only_value(self.bindings_of(identifier))?, depth)
    }

    fn bound_to(&self, binding: &Binding, depth: usize) -> Option<Resolved> {
        match binding.kind {
            BindingKind::Function(id) if self.is_callable(self.function(id)) => Some(Resolved::Function(id)),
            BindingKind::Class(id) => Some(Resolved::Constructor(id)),
            BindingKind::Assignment => self.callable(binding.value?, depth),
            _ => None,
        }
    }

    /// A property gives a value, which may be callable, but is not this function.
    fn is_callable(&self, function: &Function) -> bool {
        function.decorators.iter().all(|decorator| {
            let name = self.text(decorator.callee);
            let is_accessor = [".setter", ".getter", ".deleter"].iter().any(|end| name.ends_with(end));
            !is_accessor && !name.to_ascii_lowercase().ends_with("property")
        })
    }

    /// The one binding that gives a name its value.
    fn only_value<'b>(&self, bindings: impl Iterator<Item = &'b Binding>) -> Option<&'b Binding> {
        let mut bindings = bindings.filter(|binding| binding.kind != BindingKind::Declaration);
        let only = bindings.next()?;
        bindings.next().is_none().then_some(only)
    }

    fn callable_member(&self, attribute: NodeId, depth: usize) -> Option<Resolved> {
        let tree = self.tree();
        let object = tree.child(attribute, Field::Object)?;
        let name = self.names().get(self.text(tree.child(attribute, Field::Attribute)?))?;
        if let Some((through, class)) = self.super_of(object) {
            return self.member_of(self.class_above_with(class, name)?, name, through, depth);
        }
        let (through, class) = self.owner(object)?;
        self.member_of(self.class_with(class, name)?, name, through, depth)
    }

    fn owner(&self, object: NodeId) -> Option<(Through, ClassId)> {
        if let Some(receiver) = self.receiver(object) {
            return Some(receiver);
        }
        if let Some(class) = self.qualified_name(object).and_then(|path| self.local_class(path)) {
            return Some((Through::Class, class));
        }
        self.type_of(object).and_then(|path| self.local_class(path)).map(|class| (Through::Instance, class))
    }

    /// `self` of a method is an instance, `cls` of a class method the class.
    fn receiver(&self, object: NodeId) -> Option<(Through, ClassId)> {
        if self.tree().kind(object) != Kind::Identifier {
            return None;
        }
        let name = self.names().get(self.text(object))?;
        let (method, class) = self.found.receiver(self.scope_of(object), name)?;
        Some((self.through(method), class))
    }

    fn through(&self, method: FunctionId) -> Through {
        let method = self.function(method);
        if method.is_class_method || method.is_static { Through::Class } else { Through::Instance }
    }

    /// `super()` or `super(Class, self)` in a method.
    fn super_of(&self, object: NodeId) -> Option<(Through, ClassId)> {
        let tree = self.tree();
        if tree.kind(object) != Kind::Call || self.callee(object) != Some("builtins.super") {
            return None;
        }
        let (method, _) = self.enclosing_def(object)?;
        let list = tree.child(object, Field::Arguments)?;
        let class = match tree.first_named(list) {
            Some(named) => self.local_class(self.qualified_name(named)?)?,
            None => self.function(method).class?,
        };
        Some((self.through(method), class))
    }

    /// What `name` of the class means that holds it.
    fn member_of(&self, holder: ClassId, name: Name, through: Through, depth: usize) -> Option<Resolved> {
        let class = self.class(holder);
        if class.attributes.contains_key(&name) {
            return None;
        }
        let ids = self.scopes().bound_in(class.scope, name).iter();
        let binding = self.only_value(ids.map(|id| self.scopes().binding(*id)))?;
        match self.bound_to(binding, depth)? {
            Resolved::Function(id) => Some(self.through_receiver(id, through)),
            other => Some(other),
        }
    }

    fn through_receiver(&self, id: FunctionId, through: Through) -> Resolved {
        let function = self.function(id);
        match through {
            _ if function.is_static => Resolved::Function(id),
            Through::Class if !function.is_class_method => Resolved::Function(id),
            Through::Class | Through::Instance => Resolved::Method(id),
        }
    }
}
