//! Names that `__all__` offers and the module does not have: `from module import *` fails on the first of them. A
//! package's submodules, a module's `__getattr__` and star imports may provide them, and are no evidence.

use crate::engine::matching::Hit;
use crate::engine::python::{BindingKind, Constant, Field, Kind, Module, NodeId, ScopeId};

use super::{With, words};

/// The hits of a file whose `__all__` is written out in it.
pub(super) fn missing(with: &With, module: &Module) -> Vec<Hit> {
    let scopes = module.scopes();
    let is_open = module.source().path().ends_with("__init__.py")
        || scopes.has_star(ScopeId::MODULE)
        || module.bindings(ScopeId::MODULE, "__getattr__").next().is_some();
    let Some(offered) = offered(module).filter(|_| !is_open) else { return Vec::new() };
    let strings = offered.into_iter().filter_map(|node| match module.constant(node) {
        Some(Constant::Str(text)) => Some((node, text)),
        _ => None,
    });
    let is_missing = |text: &str| {
        !with.known.iter().any(|known| known == text) && !is_bound(module, text) && !text.is_empty()
    };
    strings
        .filter(|(_, text)| is_missing(text))
        .map(|(node, text)| words::not_exported(module, node, &text))
        .collect()
}

/// The elements of the lists that make up `__all__`; none where something else has a part in it.
fn offered(module: &Module) -> Option<Vec<NodeId>> {
    let tree = module.tree();
    let mut elements = Vec::new();
    for binding in module.bindings(ScopeId::MODULE, "__all__") {
        let value = match binding.kind {
            BindingKind::Assignment => binding.value?,
            BindingKind::Augmented => tree.child(tree.parent(binding.node)?, Field::Right)?,
            _ => return None,
        };
        if !matches!(tree.kind(value), Kind::List | Kind::Tuple) {
            return None;
        }
        elements.extend(tree.named_children(value));
    }
    Some(elements)
}

/// Whether the module, or a `global` of one of its functions, binds the name.
fn is_bound(module: &Module, text: &str) -> bool {
    let Some(name) = module.names().get(text) else { return false };
    let scopes = module.scopes();
    !scopes.bound_in(ScopeId::MODULE, name).is_empty()
        || scopes.all().any(|(_, scope)| scope.declares_global(name))
}
