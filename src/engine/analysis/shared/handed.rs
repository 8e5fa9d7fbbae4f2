//! Methods of objects that a thread's function is given: `Thread(target=work, args=(counter,))`, where `work` calls
//! `counter.add()`.

use crate::engine::analysis::calls;
use crate::engine::python::{BindingKind, ClassId, Field, FunctionId, Kind, Module, NodeId};

use super::starts::{Start, is_made_in_loop_of};

pub(super) fn methods(module: &Module, start: &Start) -> Vec<Start> {
    let function = module.function(start.function);
    let own = usize::from(function.class.is_some() && !function.is_static);
    let names = function.params.iter().skip(own).map(|param| module.names().text(param.name));
    let objects = names.zip(arguments(module, start.by));
    let classes = objects.filter_map(|(name, object)| {
        let class = module.local_class(module.type_of(object)?)?;
        (!is_made_in_loop_of(module, start.by, object)).then_some((name, class))
    });
    let found = classes.flat_map(|(name, class)| called_on(module, function.node, name, class));
    found.map(|function| Start { function, own: false, target: None, ..*start }).collect()
}

/// What the function gets: a thread's `args`, or what stands behind the function.
fn arguments(module: &Module, call: NodeId) -> Vec<NodeId> {
    let tree = module.tree();
    let given = calls::arguments(module, call);
    match given.keyword(module, "args") {
        Some(list) => tree.named_children(list).collect(),
        None => given.positional.into_iter().skip(1).collect(),
    }
}

/// The methods of the class that a function calls on one of its parameters.
fn called_on(module: &Module, function: NodeId, name: &str, class: ClassId) -> Vec<FunctionId> {
    let tree = module.tree();
    let calls = tree.subtree(function).filter(|node| tree.kind(*node) == Kind::Call);
    let on_object = calls.filter(|call| {
        let object = calls::receiver(module, *call);
        object.is_some_and(|object| tree.kind(object) == Kind::Identifier && module.text(object) == name)
            && module.locks_at(*call).is_empty()
    });
    on_object.filter_map(|call| method(module, class, tree.child(call, Field::Function)?)).collect()
}

fn method(module: &Module, class: ClassId, callee: NodeId) -> Option<FunctionId> {
    let name = module.names().get(module.text(module.tree().child(callee, Field::Attribute)?))?;
    let holder = module.class_with(class, name)?;
    let first = *module.scopes().bound_in(module.class(holder).scope, name).first()?;
    match module.scopes().binding(first).kind {
        BindingKind::Function(id) => Some(id),
        _ => None,
    }
}
