//! Handlers of coroutines that take a cancellation and do not hand it on. On Python 3.8 and later only a bare
//! `except`, `BaseException` and `CancelledError` itself catch one; `except Exception` does not.

use serde::Deserialize;

use crate::engine::finding::{Severity, Tier};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::guard::{self, Guards, Tests};
use super::handler::{Breadth, Handler, has_comment, in_clean_up, own_nodes, statements};
use super::{Analysis, Parameters, calls};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// The classes of a cancellation.
    cancellations: Vec<String>,
}

/// Methods that hand a cancellation on or end what was cancelled.
const HAND_ON: [&str; 6] = ["set_exception", "cancel", "uncancel", "cancelling", "throw", "athrow"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::TryStatement], ["async"]),
        names: &["CLAUSE", "FUNCTION", "THEN"],
        run: Box::new(move |module, statements, hits| {
            let guards = Guards::default();
            hits.extend(statements.iter().filter_map(|statement| visit(&with, module, *statement, &guards)));
        }),
    })
}

fn visit(with: &With, module: &Module, statement: NodeId, guards: &Guards) -> Option<Hit> {
    let tree = module.tree();
    let function = module.enclosing_function(statement).filter(|id| module.function(*id).is_async)?;
    let guarded = tree.child(statement, Field::Body)?;
    let mut clauses = tree.named_children(statement).filter(|part| tree.kind(*part) == Kind::ExceptClause);
    let handler = clauses.find_map(|clause| {
        let handler = Handler::read(module, clause)?;
        takes_cancellation(with, module, &handler).then_some(handler)
    })?;
    let tests = guard::tests(module, guards, statement);
    let is_deliberate =
        shields(module, guarded) || in_clean_up(module, statement) || leads_on(module, statement);
    let can_arrive = own_nodes(module, guarded).any(|node| waits(module, node));
    if !can_arrive
        || is_deliberate
        || hands_on(module, &handler, &tests)
        || ends_its_own(module, function, guarded)
    {
        return None;
    }
    let name = module.function(function).name.map_or("this coroutine", |name| module.names().text(name));
    let after = after(module, function, statement, &handler);
    let mut hit = Hit::at(handler.clause)
        .with("CLAUSE", handler.header(module))
        .with("FUNCTION", name)
        .with("THEN", after.words());
    match after {
        After::LoopsOn => {}
        After::GoesOn => hit = hit.with_severity(Severity::High),
        After::Ends => hit.tier = Some(Tier::Summary),
    }
    if has_comment(module, handler.clause) {
        // Somebody says why: the reader may judge.
        hit.tier = Some(Tier::Summary);
    }
    Some(hit)
}

fn takes_cancellation(with: &With, module: &Module, handler: &Handler) -> bool {
    let named = |class: &NodeId| {
        module.qualified_name(*class).is_some_and(|path| with.cancellations.iter().any(|known| known == path))
    };
    handler.breadth(module) == Breadth::Everything || handler.types.iter().any(named)
}

/// A place where a cancellation of this task can arrive. Who awaits a task or future by its name may mean that one's
/// end by the clause.
fn waits(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::Await => tree.first_named(node).is_some_and(|awaited| tree.kind(awaited) == Kind::Call),
        Kind::ForStatement | Kind::WithStatement | Kind::ForInClause => module.is_async(node),
        _ => false,
    }
}

fn hands_on(module: &Module, handler: &Handler, tests: &Tests) -> bool {
    let tree = module.tree();
    let calls_on = |node: NodeId| {
        let callee = tree.child(node, Field::Function).map_or("", |callee| calls::last(module.text(callee)));
        tree.kind(node) == Kind::Call && (HAND_ON.contains(&callee) || callee.ends_with("exit"))
    };
    handler.raises(module) || handler.own_nodes(module).any(calls_on) || is_kept(module, handler, tests)
}

/// The exception, or a flag for it, is kept for what stands behind: stored, collected, or tested and returned there.
fn is_kept(module: &Module, handler: &Handler, tests: &Tests) -> bool {
    let tree = module.tree();
    let is_error = |node: NodeId| handler.name.is_some_and(|name| module.text(name) == module.text(node));
    handler.own_nodes(module).any(|node| match tree.kind(node) {
        Kind::Assignment => {
            let (left, right) = (tree.child(node, Field::Left), tree.child(node, Field::Right));
            let holds_error = right.is_some_and(|right| tree.subtree(right).any(is_error));
            holds_error
                || left.is_some_and(|left| tests.anywhere(module.text(left)) || is_flag(module, right))
        }
        Kind::Call if calls::method(module, node) == "append" => {
            calls::arguments(module, node).positional.iter().any(|value| tree.subtree(*value).any(is_error))
        }
        _ => false,
    })
}

fn is_flag(module: &Module, value: Option<NodeId>) -> bool {
    value.is_some_and(|value| module.tree().kind(value) == Kind::True)
}

/// What the coroutine waits for is a task that it, or this clean-up, cancelled itself.
fn ends_its_own(module: &Module, function: FunctionId, guarded: NodeId) -> bool {
    let tree = module.tree();
    let cancels = |node: NodeId| {
        let callee = tree.child(node, Field::Function).map_or("", |callee| calls::last(module.text(callee)));
        tree.kind(node) == Kind::Call
            && matches!(callee, "cancel" | "cancel_task" | "cancel_all" | "cancel_and_wait" | "aclose")
    };
    let before = tree.between(module.function(function).node, tree.after(guarded));
    before.into_iter().any(cancels)
}

/// What is shielded goes on behind a cancellation, on purpose.
fn shields(module: &Module, guarded: NodeId) -> bool {
    own_nodes(module, guarded).any(|node| calls::method(module, node) == "shield")
}

/// A `finally` of the same `try` raises.
fn leads_on(module: &Module, statement: NodeId) -> bool {
    let finally = module.tree().child_of_kind(statement, Kind::FinallyClause);
    finally.is_some_and(|clause| {
        own_nodes(module, clause).any(|node| module.tree().kind(node) == Kind::RaiseStatement)
    })
}

/// What happens once the handler is done.
enum After {
    /// The loop around takes its next turn.
    LoopsOn,
    /// The coroutine goes on as if nothing had been asked of it.
    GoesOn,
    /// It returns, breaks out of its only loop, or has nothing left to do.
    Ends,
}

impl After {
    fn words(&self) -> &'static str {
        match self {
            After::LoopsOn => "the loop takes its next turn",
            After::GoesOn => "the coroutine goes on",
            After::Ends => "the coroutine returns as if it had finished",
        }
    }
}

fn after(module: &Module, function: FunctionId, statement: NodeId, handler: &Handler) -> After {
    let tree = module.tree();
    let last = statements(module, handler.body).last().map(|node| tree.kind(*node));
    let is_loop = |node: &NodeId| matches!(tree.kind(*node), Kind::ForStatement | Kind::WhileStatement);
    let loops: Vec<NodeId> = module.ancestors_in_function(statement).filter(is_loop).collect();
    match (last, loops.len()) {
        (Some(Kind::ReturnStatement), _) => After::Ends,
        (Some(Kind::BreakStatement), 1) if is_last(module, function, loops[0]) => After::Ends,
        (Some(Kind::BreakStatement), 0 | 1) => After::GoesOn,
        (_, 0) if is_last(module, function, statement) => After::Ends,
        (_, 0) => After::GoesOn,
        (_, _) => After::LoopsOn,
    }
}

/// Whether nothing but clean-up stands behind the statement in its function.
fn is_last(module: &Module, function: FunctionId, statement: NodeId) -> bool {
    let tree = module.tree();
    let end = tree.after(module.function(function).node);
    let in_finally =
        |node: NodeId| module.ancestors_in_function(node).any(|part| tree.kind(part) == Kind::FinallyClause);
    let mut behind = tree.between(tree.after(statement), end);
    !behind.any(|node| waits(module, node) && !in_finally(node))
}
