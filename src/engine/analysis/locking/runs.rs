//! Which functions of the file run within an expression, here and now: plain calls, awaited coroutines, properties. What
//! is only started as a task, passed on or iterated later is left out.

use std::collections::HashSet;

use crate::engine::analysis::calls;
use crate::engine::analysis::handler::own_nodes;
use crate::engine::python::{BindingKind, Field, Function, FunctionId, Kind, Module, NodeId, Resolved};

/// Functions that wait for the coroutines they are given.
const WAITERS: [&str; 5] =
    ["asyncio.gather", "asyncio.wait_for", "asyncio.shield", "asyncio.wait", "asyncio.tasks.gather"];
/// How far an `await` is looked for above a call.
const CLIMB: usize = 8;

/// A function of this file that runs where another one calls it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// The call, or the attribute that is a property.
    pub at: NodeId,
    pub function: FunctionId,
    /// It is a method of the very object, or class, that the caller is a method of.
    pub on_self: bool,
}

/// What a function's own code runs, in the order of the text. `transparent` are decorators that leave a function as it
/// is.
pub(super) fn runs(module: &Module, function: FunctionId, transparent: &HashSet<String>) -> Vec<Run> {
    let body = module.function(function).body;
    let nodes = body.into_iter().flat_map(|body| own_nodes(module, body));
    nodes.filter_map(|node| run(module, node, transparent)).collect()
}

fn run(module: &Module, node: NodeId, transparent: &HashSet<String>) -> Option<Run> {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::Call if module.callee(node) == Some("builtins.len") => measured(module, node),
        Kind::Call => called(module, node, transparent),
        Kind::Attribute if tree.field(node) != Field::Function && tree.field(node) != Field::Left => {
            let function = property(module, node)?;
            Some(Run { at: node, function, on_self: true })
        }
        _ => None,
    }
}

fn called(module: &Module, call: NodeId, transparent: &HashSet<String>) -> Option<Run> {
    let (Resolved::Function(id) | Resolved::Method(id)) = module.resolve_call(call)? else { return None };
    let function = module.function(id);
    let is_bare = function.decorators.iter().all(|decorator| {
        module.qualified_name(decorator.callee).is_some_and(|name| transparent.contains(name))
    });
    let runs_now = !function.is_generator && is_bare && (!function.is_async || is_awaited(module, call))
        || is_entered(module, call, function);
    let callee = module.tree().child(call, Field::Function)?;
    let object = module.tree().child(callee, Field::Object);
    let on_self = object.is_some_and(|object| is_receiver(module, object));
    runs_now.then_some(Run { at: call, function: id, on_self })
}

/// Whether a `with` enters the generator up to its `yield` here.
fn is_entered(module: &Module, call: NodeId, function: &Function) -> bool {
    let [decorator] = function.decorators.as_slice() else { return false };
    let makes_manager = matches!(
        module.qualified_name(decorator.callee),
        Some("contextlib.contextmanager" | "contextlib.asynccontextmanager")
    );
    let mut around = module.tree().ancestors(call).take(CLIMB);
    let item = around.find(|item| module.tree().kind(*item) == Kind::WithItem);
    makes_manager && function.is_generator && item.is_some_and(|item| module.with_parts(item).0 == Some(call))
}

/// `len(self)`, which runs `__len__`.
fn measured(module: &Module, call: NodeId) -> Option<Run> {
    let first = calls::arguments(module, call).positional.first().copied()?;
    let class = module.class_of(first).filter(|_| is_receiver(module, first))?;
    let name = module.names().get("__len__")?;
    let holder = module.class_with(class, name)?;
    let binding = *module.scopes().bound_in(module.class(holder).scope, name).first()?;
    match module.scopes().binding(binding).kind {
        BindingKind::Function(function) => Some(Run { at: call, function, on_self: true }),
        _ => None,
    }
}

/// `self`, `cls` or `super()`.
fn is_receiver(module: &Module, object: NodeId) -> bool {
    let is_super =
        module.tree().kind(object) == Kind::Call && module.callee(object) == Some("builtins.super");
    is_super || module.tree().kind(object) == Kind::Identifier && module.class_of(object).is_some()
}

/// Whether the coroutine is awaited on the spot, or given to something that is.
fn is_awaited(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    for node in tree.ancestors(call).take(CLIMB) {
        match tree.kind(node) {
            Kind::Await => return true,
            Kind::ParenthesizedExpression | Kind::ArgumentList | Kind::ListSplat | Kind::List => {}
            Kind::ListComprehension | Kind::GeneratorExpression => {}
            Kind::Call if module.callee(node).is_some_and(|callee| WAITERS.contains(&callee)) => {}
            _ => return false,
        }
    }
    false
}

/// The getter behind `self.name`.
fn property(module: &Module, attribute: NodeId) -> Option<FunctionId> {
    let tree = module.tree();
    let object = tree.child(attribute, Field::Object).filter(|object| is_receiver(module, *object))?;
    let name = module.names().get(module.text(tree.child(attribute, Field::Attribute)?))?;
    let class = module.class_with(module.class_of(object)?, name)?;
    let first = module.scopes().bound_in(module.class(class).scope, name).first()?;
    let BindingKind::Function(id) = module.scopes().binding(*first).kind else { return None };
    let [decorator] = module.function(id).decorators.as_slice() else { return None };
    (module.qualified_name(decorator.callee) == Some("builtins.property")).then_some(id)
}
