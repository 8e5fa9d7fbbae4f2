//! Handlers of coroutines that take a cancellation and do not hand it on. On Python 3.8 and later only a bare
//! `except`, `BaseException` and `CancelledError` itself catch one; `except Exception` does not.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::engine::finding::{Severity, Tier};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::guard::{self, Guards, Tests};
use super::handler::{Breadth, Handler, has_reason, in_clean_up, opened, own_nodes};
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
    let can_arrive = own_nodes(module, guarded).any(|node| waits(module, node));
    let tests = guard::tests(module, guards, statement);
    if !can_arrive
        || is_deliberate(module, function, statement, guarded)
        || hands_on(module, &handler)
        || is_kept(module, &handler, &tests)
    {
        return None;
    }
    let is_excluded = |node: NodeId| excludes_cancellation(with, module, &handler, node);
    let behind = module.nodes_behind(handler.clause, &is_excluded);
    let after = After::of(module, guarded, &behind)?;
    let name = module.function(function).name.map_or("this coroutine", |name| module.names().text(name));
    let mut hit = Hit::at(handler.clause)
        .with("CLAUSE", handler.header(module))
        .with("FUNCTION", name)
        .with("THEN", after.words());
    match after {
        After::LoopsOn => {}
        After::GoesOn => hit = hit.with_severity(Severity::High),
        After::Ends => hit.tier = Some(Tier::Summary),
    }
    if gives_reason(module, statement, handler.clause) {
        // Somebody says why: the reader may judge.
        hit.tier = Some(Tier::Summary);
    }
    Some(hit)
}

fn takes_cancellation(with: &With, module: &Module, handler: &Handler) -> bool {
    handler.breadth(module) == Breadth::Everything
        || handler.types.iter().any(|class| with.is_cancellation(module, *class))
}

impl With {
    fn is_cancellation(&self, module: &Module, class: NodeId) -> bool {
        // Where `anyio.get_cancelled_exc_class()` is asked, the call stands for the class.
        let path = module.qualified_name(class).or(module.callee(class));
        path.is_some_and(|path| self.cancellations.iter().any(|known| known == path))
    }
}

/// Whether a test of the caught exception's type keeps cancellations away from a node of the handler.
fn excludes_cancellation(with: &With, module: &Module, handler: &Handler, node: NodeId) -> bool {
    let Some(name) = handler.name else { return false };
    let is_all = |class: &NodeId| module.qualified_name(*class) == Some("builtins.BaseException");
    module.conditions_at(node).into_iter().any(|(test, holds)| {
        if module.tree().kind(test) != Kind::Call || module.callee(test) != Some("builtins.isinstance") {
            return false;
        }
        let [subject, classes] = calls::arguments(module, test).positional[..] else { return false };
        let mut classes = opened(module, vec![classes]).into_iter();
        let admits = classes.any(|class| is_all(&class) || with.is_cancellation(module, class));
        module.text(subject) == module.text(name) && admits != holds
    })
}

/// A place where a cancellation of this task can arrive. Who awaits a task or future by its name may mean that one's
/// end by the clause, and a time limit waits for nothing itself.
fn waits(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::Await => tree.first_named(node).is_some_and(|awaited| tree.kind(awaited) == Kind::Call),
        Kind::ForStatement | Kind::ForInClause => module.is_async(node),
        Kind::WithStatement => module.is_async(node) && !is_time_limit(module, node),
        _ => false,
    }
}

fn is_time_limit(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    let mut calls = own_nodes(module, statement).filter(|node| tree.kind(*node) == Kind::Call);
    calls.next().is_some_and(|call| matches!(calls::method(module, call), "timeout" | "timeout_at"))
}

/// The clause was written for a cancellation that ends nothing: of a task that the function cancelled itself, of what
/// is shielded, of a wait without end that only a cancellation ends; or a `finally` raises all the same.
fn is_deliberate(module: &Module, function: FunctionId, statement: NodeId, guarded: NodeId) -> bool {
    shields(module, guarded)
        || in_clean_up(module, statement)
        || leads_on(module, statement)
        || ends_its_own(module, function, guarded)
        || waits_for_nothing(module, guarded)
}

/// `await asyncio.Event().wait()`: nobody holds the event, so nothing but a cancellation ends it.
fn waits_for_nothing(module: &Module, guarded: NodeId) -> bool {
    let endless = |node: NodeId| {
        let awaited = module.tree().first_named(node)?;
        let event = calls::receiver(module, awaited).and_then(|event| module.callee(event));
        let by_event = matches!(event, Some("asyncio.Event" | "asyncio.Condition"));
        let by_future =
            matches!(calls::method(module, awaited), "Future" | "create_future" | "sleep_forever");
        Some(by_event || by_future)
    };
    let mut waits = own_nodes(module, guarded).filter(|node| waits(module, *node));
    waits.all(|node| endless(node) == Some(true))
}

/// A method that hands the cancellation on, or ends what was cancelled, stands in the clause.
fn hands_on(module: &Module, handler: &Handler) -> bool {
    handler.own_nodes(module).any(|node| {
        let name = calls::method(module, node);
        HAND_ON.contains(&name) || name.ends_with("exit")
    })
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
    const ENDS: [&str; 5] = ["cancel", "cancel_task", "cancel_all", "cancel_and_wait", "aclose"];
    let tree = module.tree();
    let mut before = tree.between(module.function(function).node, tree.after(guarded));
    before.any(|node| ENDS.contains(&calls::method(module, node)))
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

/// A comment in the clause, or one on the `try` that speaks of cancelling.
fn gives_reason(module: &Module, statement: NodeId, clause: NodeId) -> bool {
    let tree = module.tree();
    let mut comments = tree.subtree(statement).filter(|node| tree.kind(*node) == Kind::Comment);
    has_reason(module, clause)
        || comments.any(|comment| module.text(comment).to_ascii_lowercase().contains("cancel"))
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
    /// The worst of the ways out of the handler; `None` where all of them raise.
    fn of(module: &Module, guarded: NodeId, behind: &BTreeSet<NodeId>) -> Option<After> {
        let tree = module.tree();
        let in_finally = |node: NodeId| {
            module.ancestors_in_function(node).any(|part| tree.kind(part) == Kind::FinallyClause)
        };
        let goes_on = |node: &NodeId| waits(module, *node) && !in_finally(*node);
        if behind.is_empty() {
            None
        } else if behind.iter().any(|node| tree.contains(guarded, *node)) {
            Some(After::LoopsOn)
        } else if behind.iter().any(goes_on) {
            Some(After::GoesOn)
        } else {
            Some(After::Ends)
        }
    }

    fn words(&self) -> &'static str {
        match self {
            After::LoopsOn => "the loop takes its next turn",
            After::GoesOn => "the coroutine goes on",
            After::Ends => "the coroutine returns as if it had finished",
        }
    }
}
