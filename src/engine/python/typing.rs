//! Light types: what an annotation, a constructor, a known return type or a `with` says an expression is.
//! Nothing is inferred beyond that; where two sources disagree there is no type.

use super::annotation::Annotations;
use super::class::ClassId;
use super::kind::{Field, Kind};
use super::names::Name;
use super::scope::{ScopeId, ScopeKind};
use super::tree::NodeId;
use super::typing_member::{is_cap_words, literal_type};
use super::{Binding, BindingKind, FunctionId, LOCAL, Module, ParamKind};

/// Expressions looked at for one question.
const STEPS: u32 = 64;
const DEPTH: u32 = 16;
/// A name that is bound more often has no type: each question would look at all of them.
const BINDINGS: usize = 32;

impl Module {
    /// The qualified name of the type of what an expression evaluates to, where that is plain:
    /// `builtins.str`, `requests.Session`, `~Client`.
    pub fn type_of(&self, expression: NodeId) -> Option<&str> {
        Typer { module: self, steps: STEPS }.expression(expression, DEPTH)
    }

    /// The type that an annotation names: `X` for `X`, `"X"`, `X | None`, `Optional[X]`, `Annotated[X, ...]`
    /// and `X[...]`.
    pub fn annotated_type(&self, annotation: NodeId) -> Option<&str> {
        Annotations { module: self }.type_of(annotation)
    }

    /// `type.method` of a call whose receiver has a known type and whose callee has no name of its own.
    pub(super) fn name_of_method(&self, callee: NodeId) -> Option<Box<str>> {
        let tree = self.tree();
        let owner = self.type_of(tree.child(callee, Field::Object)?)?;
        let method = self.text(tree.child(callee, Field::Attribute)?);
        let inherited = self.local_class(owner).zip(self.names().get(method));
        let holder = inherited.and_then(|(class, method)| self.class_with(class, method));
        let owner = holder.map_or(owner, |class| self.class_path(class));
        Some(format!("{owner}.{method}").into())
    }

    /// The class of this file with this qualified name.
    pub fn local_class(&self, path: &str) -> Option<ClassId> {
        let path = self.local_path(path)?;
        self.resolved.local_classes.get(&path).copied()
    }

    fn local_path(&self, path: &str) -> Option<super::paths::PathId> {
        path.starts_with(LOCAL).then(|| self.resolved.paths.id(path))?
    }

    /// The function or method of this file with this qualified name, where there is exactly one.
    pub fn local_function(&self, path: &str) -> Option<FunctionId> {
        let path = self.local_path(path)?;
        self.resolved.local_functions.get(&path).copied().flatten()
    }
}

pub(super) struct Typer<'m> {
    pub(super) module: &'m Module,
    pub(super) steps: u32,
}

impl<'m> Typer<'m> {
    pub(super) fn expression(&mut self, node: NodeId, depth: u32) -> Option<&'m str> {
        self.steps = self.steps.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        let tree = self.module.tree();
        match tree.kind(node) {
            Kind::ParenthesizedExpression | Kind::Await => self.expression(tree.first_named(node)?, depth),
            Kind::NamedExpression => self.expression(tree.child(node, Field::Value)?, depth),
            Kind::Call => self.call(node, depth),
            Kind::Identifier | Kind::Attribute => self.reference(node, depth),
            Kind::Subscript => self.subscript(node, depth),
            Kind::BinaryOperator => self.operation(node, depth),
            Kind::ConditionalExpression => {
                let mut parts = tree.named_children(node);
                let (then, otherwise) = (parts.next()?, parts.nth(1)?);
                self.agreed([then, otherwise], depth)
            }
            Kind::BooleanOperator => {
                let parts = [tree.child(node, Field::Left)?, tree.child(node, Field::Right)?];
                self.agreed(parts, depth)
            }
            kind => literal_type(kind, || self.module.text(node)),
        }
    }

    /// A name or attribute: what tests around it say counts before what it is declared or bound to.
    fn reference(&mut self, node: NodeId, depth: u32) -> Option<&'m str> {
        let module = self.module;
        let narrowed = module.narrowed(node);
        if narrowed.is_none {
            return None;
        }
        if let Some(class) = narrowed.is {
            return module.class_named(class);
        }
        let known = match module.tree().kind(node) {
            Kind::Identifier => self.identifier(node, depth),
            _ => self.attribute(node, depth),
        };
        match known {
            None if !narrowed.is_not.is_empty() => self.remaining(node, &narrowed.is_not),
            known => {
                known.filter(|known| !narrowed.is_not.iter().any(|class| module.names_class(*class, known)))
            }
        }
    }

    /// The alternative of a union that no failed `isinstance` rules out.
    fn remaining(&mut self, node: NodeId, excluded: &[NodeId]) -> Option<&'m str> {
        let module = self.module;
        let mut bindings = module.bindings_of(node).filter(|_| module.tree().kind(node) == Kind::Identifier);
        let annotation = bindings.next()?.annotation?;
        if bindings.next().is_some() {
            return None;
        }
        let mut only = None;
        for alternative in module.alternatives(annotation) {
            let named = module.annotated_type(alternative)?;
            let ruled_out = excluded.iter().any(|class| module.names_class(*class, named));
            if !ruled_out && only.replace(named).is_some() {
                return None;
            }
        }
        only
    }

    /// Arithmetic on two values of one built-in type, and what `%` makes of a string.
    fn operation(&mut self, node: NodeId, depth: u32) -> Option<&'m str> {
        let tree = self.module.tree();
        let operator = self.module.text(tree.child(node, Field::Operator)?);
        let left = self.expression(tree.child(node, Field::Left)?, depth)?;
        if operator == "%" && matches!(left, "builtins.str" | "builtins.bytes") {
            return Some(left);
        }
        if operator == "/" && left == "pathlib.Path" {
            return Some(left);
        }
        let right = self.expression(tree.child(node, Field::Right)?, depth)?;
        match (operator, left) {
            ("/", "builtins.int" | "builtins.float") => Some("builtins.float"),
            (_, "builtins.int" | "builtins.float") if left == right => Some(left),
            ("+", "builtins.str" | "builtins.bytes" | "builtins.list" | "builtins.tuple")
                if left == right =>
            {
                Some(left)
            }
            _ => None,
        }
    }

    pub(super) fn agreed(&mut self, values: impl IntoIterator<Item = NodeId>, depth: u32) -> Option<&'m str> {
        let mut agreed = None;
        for value in values {
            if self.module.tree().kind(value) == Kind::None {
                continue;
            }
            let found = self.expression(value, depth)?;
            if *agreed.get_or_insert(found) != found {
                return None;
            }
        }
        agreed
    }

    pub(super) fn call(&mut self, call: NodeId, depth: u32) -> Option<&'m str> {
        let module = self.module;
        let tree = module.tree();
        let callee = tree.child(call, Field::Function)?;
        if let Some(path) = module.qualified_name(callee) {
            return match path {
                "typing.cast" | "typing_extensions.cast" => self.cast(call),
                // What they are given is what they enter as.
                "contextlib.closing" | "contextlib.aclosing" | "contextlib.nullcontext" => {
                    self.expression(tree.first_named(tree.child(call, Field::Arguments)?)?, depth)
                }
                path => self.returned(call, path),
            };
        }
        if tree.kind(callee) != Kind::Attribute {
            let maker = self.expression(callee, depth)?;
            return module.types.returned_by_method(maker, "__call__");
        }
        let owner = self.expression(tree.child(callee, Field::Object)?, depth)?;
        let method = module.text(tree.child(callee, Field::Attribute)?);
        if let Some(class) = module.local_class(owner) {
            let holder = module.class_with(class, module.names().get(method)?)?;
            if let Some(own) = self.returned_self(call, class, holder, method) {
                return Some(own);
            }
            return self.returned(call, &format!("{}.{method}", module.class_path(holder)));
        }
        module.types.returned_by_method(owner, method)
    }

    /// `cast(T, x)`.
    fn cast(&self, call: NodeId) -> Option<&'m str> {
        let tree = self.module.tree();
        self.module.annotated_type(tree.first_named(tree.child(call, Field::Arguments)?)?)
    }

    /// What calling the named callable gives. The result is the module's own text, never `path` itself.
    pub(super) fn returned(&mut self, call: NodeId, path: &str) -> Option<&'m str> {
        let module = self.module;
        if let Some(class) = module.local_class(path) {
            return Some(module.class_path(class));
        }
        if let Some(function) = module.local_function(path) {
            return self.local_return(call, function);
        }
        if let Some(known) = module.types.returned_by(path) {
            return Some(known);
        }
        let interned = module.resolved.paths.find(path)?;
        (!path.starts_with(LOCAL) && is_cap_words(path)).then_some(interned)
    }

    /// The receiver's own class, where a method of the file promises `Self`.
    fn returned_self(&self, call: NodeId, class: ClassId, holder: ClassId, method: &str) -> Option<&'m str> {
        let module = self.module;
        let path = format!("{}.{method}", module.class_path(holder));
        let function = module.function(module.local_function(&path)?);
        let awaited = module.tree().parent(call).is_some_and(|node| module.tree().kind(node) == Kind::Await);
        let says_self = module.text(function.returns?).trim_matches(['"', '\'']);
        let plain = function.is_async == awaited && !function.is_generator;
        (plain && matches!(says_self, "Self" | "typing.Self" | "t.Self")).then(|| module.class_path(class))
    }

    pub(super) fn local_return(&mut self, call: NodeId, function: FunctionId) -> Option<&'m str> {
        let module = self.module;
        let function = module.function(function);
        let awaited = module.tree().parent(call).is_some_and(|node| module.tree().kind(node) == Kind::Await);
        let plain = function.is_async == awaited && !function.is_generator && function.decorators.is_empty();
        module.annotated_type(function.returns.filter(|_| plain)?)
    }

    pub(super) fn identifier(&mut self, node: NodeId, depth: u32) -> Option<&'m str> {
        let module = self.module;
        let name = module.names().get(module.text(node))?;
        let scope = module.scope_of(node);
        if let Some((method, class)) = module.found.receiver(scope, name) {
            let is_self = !module.has_decorator(method, "builtins.classmethod");
            return is_self.then(|| module.class_path(class));
        }
        let holder = module.scopes().lookup(scope, name)?;
        self.name(holder, name, depth)
    }

    pub(super) fn name(&mut self, holder: ScopeId, name: Name, depth: u32) -> Option<&'m str> {
        let module = self.module;
        let ids = module.scopes().bound_in(holder, name);
        if ids.len() > BINDINGS {
            return None;
        }
        let bindings = || ids.iter().map(|id| module.scopes().binding(*id));
        if let Some(annotation) = bindings().find_map(|binding| binding.annotation) {
            let plain = bindings().all(|binding| self.is_plain(holder, binding));
            return module.annotated_type(annotation).filter(|_| plain);
        }
        let mut agreed = None;
        for binding in bindings().filter(|binding| binding.kind.gives_value()) {
            let is_none = binding.value.is_some_and(|value| module.tree().kind(value) == Kind::None);
            if is_none && binding.kind == BindingKind::Assignment {
                continue;
            }
            let found = self.binding(binding, depth)?;
            if *agreed.get_or_insert(found) != found {
                return None;
            }
        }
        agreed
    }

    /// Whether the binding's annotation speaks of the value itself, not of the elements of `*args`, and does
    /// not come with a second meaning of the name.
    pub(super) fn is_plain(&self, holder: ScopeId, binding: &Binding) -> bool {
        let module = self.module;
        match binding.kind {
            BindingKind::Assignment | BindingKind::Declaration | BindingKind::Delete => true,
            BindingKind::Parameter => match module.scopes().get(holder).kind {
                ScopeKind::Function(id) => module.function(id).params.iter().all(|param| {
                    param.node != binding.node
                        || !matches!(param.kind, ParamKind::VarPositional | ParamKind::VarKeyword)
                }),
                ScopeKind::Module | ScopeKind::Class(_) | ScopeKind::Comprehension => true,
            },
            _ => false,
        }
    }

    pub(super) fn binding(&mut self, binding: &Binding, depth: u32) -> Option<&'m str> {
        match binding.kind {
            BindingKind::Assignment if binding.value.is_none() => self.part(binding.node),
            BindingKind::Assignment => self.expression(binding.value?, depth),
            BindingKind::With(_) => self.entered(binding.value?, depth),
            BindingKind::For => self.item(binding.value?, depth),
            BindingKind::Except => self.module.qualified_name(binding.value?),
            _ => None,
        }
    }
}
