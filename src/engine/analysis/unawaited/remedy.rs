//! What to do about a coroutine that nobody awaits: words, and the edit where it is mechanical.

use crate::engine::analysis::calls;
use crate::engine::finding::{Edit, Suggestion};
use crate::engine::python::{Kind, Module, NodeId};

use super::fate::Misuse;

pub(super) fn words(module: &Module, call: NodeId, misuse: &Misuse) -> String {
    let callee = calls::spelled(module, call);
    let function =
        module.enclosing_def(call).and_then(|(_, def)| def.name).map(|name| module.names().text(name));
    match function {
        Some(function) if *misuse == Misuse::Injected => {
            format!("Make `{function}` an `async def` that does `return await {callee}(...)`.")
        }
        _ if module.in_async(call) => {
            format!(
                "Write `await {callee}(...)`; if nobody is to wait for it, start it in a task that is kept."
            )
        }
        Some(function) => format!(
            "`{function}` is a plain `def`: make it `async def` and await there, or give the coroutine to the loop."
        ),
        None => format!("Run it: `asyncio.run({callee}(...))`."),
    }
}

/// `await` put before the call, in brackets where something follows it.
pub(super) fn suggestion(module: &Module, call: NodeId, misuse: &Misuse) -> Option<Suggestion> {
    if !module.in_async(call) || *misuse == Misuse::Injected || in_generator(module, call) {
        return None;
    }
    let tree = module.tree();
    let parent = tree.parent(call).map(|node| tree.kind(node))?;
    let range = tree.range(call);
    let before = |text: &str| Edit { bytes: range.start..range.start, replacement: text.to_owned() };
    let edits = match parent {
        Kind::Attribute | Kind::Subscript => {
            vec![before("(await "), Edit { bytes: range.end..range.end, replacement: ")".to_owned() }]
        }
        _ => vec![before("await ")],
    };
    Some(Suggestion { edits, safe: true })
}

/// A generator expression with an `await` would become an asynchronous one.
fn in_generator(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    module.ancestors_in_function(call).any(|node| tree.kind(node) == Kind::GeneratorExpression)
}
