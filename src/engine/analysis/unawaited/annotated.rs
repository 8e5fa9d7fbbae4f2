//! Callables whose annotation says that they give something to await: a parameter, attribute or name of type
//! `Callable[..., Awaitable[T]]`. What may also be `None` or a plain value is none of them.

use crate::engine::python::{Binding, Field, Kind, Module, NodeId};

/// Types of which a value does nothing until it is awaited; an `Awaitable` that runs by itself is rare.
const AWAITED: [&str; 5] = [
    "typing.Awaitable",
    "typing.Coroutine",
    "collections.abc.Awaitable",
    "collections.abc.Coroutine",
    "types.CoroutineType",
];

/// Whether calling the callable surely gives an awaitable.
pub(super) fn gives_awaitable(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let Some(callee) = tree.child(call, Field::Function) else { return false };
    match tree.kind(callee) {
        Kind::Identifier => all_annotated(module, module.bindings_of(callee)),
        Kind::Attribute => attribute(module, callee).unwrap_or(false),
        _ => false,
    }
}

/// Whether each binding that gives a value is annotated so.
fn all_annotated<'m>(module: &Module, bindings: impl Iterator<Item = &'m Binding>) -> bool {
    let mut values = bindings.filter(|binding| binding.kind.gives_value() || binding.annotation.is_some());
    let mut any = false;
    let all = values.all(|binding| {
        any = true;
        binding.annotation.is_some_and(|annotation| is_awaited_callable(module, annotation))
    });
    any && all
}

/// `self.callback`, annotated itself or given a parameter that is.
fn attribute(module: &Module, callee: NodeId) -> Option<bool> {
    let tree = module.tree();
    let class = module.class(module.class_of(tree.child(callee, Field::Object)?)?);
    let name = module.names().get(module.text(tree.child(callee, Field::Attribute)?))?;
    let declared = module.scopes().bound_in(class.scope, name);
    if !declared.is_empty() {
        return Some(all_annotated(module, declared.iter().map(|id| module.scopes().binding(*id))));
    }
    let is_none = |value: Option<NodeId>| value.is_some_and(|value| tree.kind(value) == Kind::None);
    let assigned = class.attributes.get(&name)?.iter();
    let mut telling = assigned.filter(|item| item.annotation.is_some() || !is_none(item.value)).peekable();
    telling.peek()?;
    Some(telling.all(|item| match (item.annotation, item.value) {
        (Some(annotation), _) => is_awaited_callable(module, annotation),
        (None, Some(value)) => all_annotated(module, module.bindings_of(value)),
        (None, None) => false,
    }))
}

/// `Callable[..., Awaitable[T]]`
fn is_awaited_callable(module: &Module, annotation: NodeId) -> bool {
    let result = module.callable_result(annotation);
    let class = result.and_then(|result| module.subscripted_class(result));
    class.is_some_and(|class| AWAITED.contains(&class))
}
