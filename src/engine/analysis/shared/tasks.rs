//! Which coroutines of a file run as several tasks at a time: gathered, or started in a loop.

use crate::engine::analysis::calls;
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::starts::{Start, function, is_made_in_loop};
use super::threads::Threads;

/// How far the call that starts a task is looked for above a coroutine.
const CLIMB: usize = 6;

/// The functions that several tasks run, those they call in this file included.
pub(super) fn crowded(module: &Module) -> Threads {
    let tree = module.tree();
    let calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    let starts = calls.filter_map(|call| start(module, call)).collect();
    Threads::from(module, starts, &|_| true)
}

/// A coroutine that is made here to run beside others, or a function that is handed to a task group.
fn start(module: &Module, call: NodeId) -> Option<Start> {
    let (target, by) = match calls::method(module, call) {
        "start_soon" => (calls::arguments(module, call).positional.first().copied()?, call),
        _ => (module.tree().child(call, Field::Function)?, starter(module, call)?),
    };
    let function = function(module, target).filter(|id| module.function(*id).is_async)?;
    let many = module.enclosing_loop(call).is_some();
    let own = is_made_in_loop(module, call, target);
    Some(Start { function, by, target: Some(target), many, own })
}

/// What starts a task of the coroutine that a call makes: a call around it, or one that is given the list of them.
fn starter(module: &Module, coroutine: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    for node in tree.ancestors(coroutine).take(CLIMB) {
        match tree.kind(node) {
            Kind::Call => return is_starter(module, node).then_some(node),
            Kind::Assignment => return gathers(module, tree.child(node, Field::Left)?),
            Kind::ArgumentList | Kind::ParenthesizedExpression | Kind::List | Kind::ListSplat => {}
            Kind::ListComprehension | Kind::SetComprehension | Kind::GeneratorExpression => {}
            _ => return None,
        }
    }
    None
}

fn is_starter(module: &Module, call: NodeId) -> bool {
    let waits = || {
        let around = module.tree().parent(call);
        around.is_some_and(|around| module.tree().kind(around) == Kind::Await)
    };
    match calls::method(module, call) {
        "gather" => module.callee(call).is_some_and(|callee| callee.starts_with("asyncio.")),
        // `await create_task(f())` waits for each before it starts the next.
        "create_task" | "ensure_future" => !waits(),
        _ => false,
    }
}

/// The call that awaits all coroutines of a list: `asyncio.gather(*tasks)`.
fn gathers(module: &Module, list: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let (_, function) = module.enclosing_def(list)?;
    let mut calls = tree.subtree(function.node).filter(|node| tree.kind(*node) == Kind::Call);
    calls.find(|call| {
        let arguments = tree.child(*call, Field::Arguments);
        let names_list = |node: NodeId| {
            tree.kind(node) == Kind::ListSplat && module.text(node) == format!("*{}", module.text(list))
        };
        module.callee(*call) == Some("asyncio.gather")
            && arguments.is_some_and(|arguments| tree.named_children(arguments).any(names_list))
    })
}
