//! Names whose bindings all come later than a use that is evaluated at once.

use rustc_hash::FxHashMap;

use crate::engine::python::{
    Binding, BindingKind, Kind, Module, Name, NodeId, ScopeId, ScopeKind, is_builtin,
};

use super::Cause;
use super::place;

/// What is asked for each use: where the first binding of its name takes effect.
pub(super) struct Early<'m> {
    module: &'m Module,
    /// By scope and name; absent where a binding may run at any time.
    firsts: FxHashMap<(ScopeId, Name), Option<First>>,
}

#[derive(Clone, Copy)]
struct First {
    /// Uses before this node come before every binding.
    effect: NodeId,
    /// The binding to show.
    binding: NodeId,
    /// The definition, where the binding is one.
    definition: Option<NodeId>,
    /// Every binding is an `x += 1`, which needs a value before: no loop brings one.
    is_only_added_to: bool,
}

impl<'m> Early<'m> {
    pub(super) fn new(module: &'m Module) -> Early<'m> {
        Early { module, firsts: FxHashMap::default() }
    }

    /// Why the name that `holder` binds has no value at the identifier.
    pub(super) fn cause(&mut self, identifier: NodeId, name: Name, holder: ScopeId) -> Option<Cause> {
        let module = self.module;
        let first = (*self.firsts.entry((holder, name)).or_insert_with(|| first(module, holder, name)))?;
        let is_early = identifier < first.effect
            && !is_target(module, identifier, name, holder)
            && is_at_once(module, identifier, holder)
            && !place::in_annotation(module, identifier)
            && (first.is_only_added_to || !is_repeated(module, identifier, first.binding, holder));
        let own = first.definition.is_some_and(|definition| module.tree().contains(definition, identifier));
        is_early.then_some(Cause::Later { first: first.binding, own })
    }
}

/// Where the earliest binding of a scope's name takes effect.
fn first(module: &Module, holder: ScopeId, name: Name) -> Option<First> {
    let scopes = module.scopes();
    let text = module.names().text(name);
    match scopes.get(holder).kind {
        // A comprehension's targets stand behind their uses.
        ScopeKind::Comprehension => return None,
        // What a class body does not bind yet is looked up outside.
        ScopeKind::Class(_) => return None,
        ScopeKind::Module if is_builtin(text) || scopes.has_star(holder) || text.starts_with("__") => {
            return None;
        }
        ScopeKind::Module | ScopeKind::Function(_) => {}
    }
    let bindings: Vec<&Binding> =
        scopes.bound_in(holder, name).iter().map(|id| scopes.binding(*id)).collect();
    let any_time = |binding: &&Binding| may_run_before(module, holder, binding);
    if bindings.iter().any(any_time) {
        return None;
    }
    let is_only_added_to = bindings.iter().all(|binding| binding.kind == BindingKind::Augmented);
    let firsts = bindings.into_iter().map(|binding| effect(module, binding));
    firsts.min_by_key(|first| first.effect).map(|first| First { is_only_added_to, ..first })
}

/// Parameters are bound from the start; what another scope binds through `global`, and `:=` inside an expression, may
/// come before what stands above it in the text.
fn may_run_before(module: &Module, holder: ScopeId, binding: &Binding) -> bool {
    let in_expression = module.tree().parent(binding.node).map(|parent| module.tree().kind(parent));
    matches!(binding.kind, BindingKind::Parameter | BindingKind::TypeName)
        || matches!(in_expression, Some(Kind::NamedExpression))
        || module.scope_of(binding.node) != holder && !is_definition(binding)
        || module.scopes().get(holder).declares_global(binding.name)
}

fn is_definition(binding: &Binding) -> bool {
    matches!(binding.kind, BindingKind::Function(_) | BindingKind::Class(_))
}

fn effect(module: &Module, binding: &Binding) -> First {
    let tree = module.tree();
    let definition = match binding.kind {
        BindingKind::Function(id) => Some(module.function(id).node),
        BindingKind::Class(id) => Some(module.class(id).node),
        _ => None,
    };
    let assigned = binding.value.filter(|_| binding.kind == BindingKind::Assignment);
    let effect = match (definition, assigned) {
        (Some(definition), _) => tree.after(definition),
        (None, Some(value)) => tree.after(value),
        (None, None) if binding.kind == BindingKind::Augmented => tree.after(binding.node),
        (None, None) => binding.node,
    };
    First { effect, binding: binding.node, definition, is_only_added_to: false }
}

/// Whether the use is evaluated while its holder's own statements run: no function lies in between, and no generator,
/// which runs when it is asked.
fn is_at_once(module: &Module, identifier: NodeId, holder: ScopeId) -> bool {
    let scopes = module.scopes();
    let mut current = module.scope_of(identifier);
    while current != holder {
        let scope = scopes.get(current);
        let deferred = match scope.kind {
            ScopeKind::Function(_) | ScopeKind::Module => true,
            ScopeKind::Comprehension => module.tree().kind(scope.node) == Kind::GeneratorExpression,
            ScopeKind::Class(_) => false,
        };
        let Some(parent) = scope.parent.filter(|_| !deferred) else { return false };
        current = parent;
    }
    true
}

/// Whether a loop around the use comes back to it after the binding.
fn is_repeated(module: &Module, identifier: NodeId, binding: NodeId, holder: ScopeId) -> bool {
    let tree = module.tree();
    let top = module.scopes().get(holder).node;
    let around = tree.ancestors(identifier).take_while(|node| *node != top);
    let mut loops =
        around.filter(|node| matches!(tree.kind(*node), Kind::ForStatement | Kind::WhileStatement));
    loops.any(|repeated| tree.contains(repeated, binding))
}

/// Whether the identifier is what a statement binds; `x += 1` reads it first.
fn is_target(module: &Module, identifier: NodeId, name: Name, holder: ScopeId) -> bool {
    let mut bindings = module.scopes().bound_in(holder, name).iter().map(|id| module.scopes().binding(*id));
    bindings.any(|binding| binding.node == identifier && binding.kind != BindingKind::Augmented)
}
