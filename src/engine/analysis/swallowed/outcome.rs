//! What a handler does instead of telling anybody of the failure.

use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::super::calls;
use super::super::handler::{Handler, own_nodes, statements};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// `continue`
    Continues,
    /// `pass`
    Passes,
    /// A bare `return`, which a caller cannot tell from success.
    Returns,
    /// It answers with a success.
    Succeeds,
    /// It logs, and what follows denies the failure at once.
    Denies,
}

impl Outcome {
    pub(super) fn of(module: &Module, handler: &Handler, statement: NodeId) -> Option<Outcome> {
        let body = statements(module, handler.body);
        let (last, before) = body.split_last()?;
        let is_silent = body.iter().all(|node| is_empty(module, *node));
        match (module.tree().kind(*last), is_silent) {
            (Kind::ContinueStatement, true) => Some(Outcome::Continues),
            (_, true) => Some(Outcome::Passes),
            (Kind::ReturnStatement, false) => returned(module, statement, before, *last),
            (Kind::ExpressionStatement, false) => {
                let denies = only_logs(module, &body) && reports_success(module, statement);
                denies.then_some(Outcome::Denies)
            }
            _ => None,
        }
    }

    /// Success is told where there is none.
    pub(super) fn is_claim(self) -> bool {
        matches!(self, Outcome::Succeeds | Outcome::Denies)
    }

    pub(super) fn words(self) -> &'static str {
        match self {
            Outcome::Continues => "goes on with the next turn",
            Outcome::Passes => "goes on as if nothing had happened",
            Outcome::Returns => "returns as if it had worked",
            Outcome::Succeeds => "returns a success",
            Outcome::Denies => "only logs, and what follows tells of success",
        }
    }
}

fn returned(module: &Module, statement: NodeId, before: &[NodeId], last: NodeId) -> Option<Outcome> {
    if before.len() < 2 && only_logs(module, before) && is_success(module, last) {
        return Some(Outcome::Succeeds);
    }
    (before.is_empty() && answers_nothing(module, statement, last)).then_some(Outcome::Returns)
}

fn is_empty(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(statement) {
        Kind::PassStatement | Kind::ContinueStatement => true,
        Kind::ExpressionStatement => {
            let value = tree.first_named(statement).map(|value| tree.kind(value));
            matches!(value, Some(Kind::Ellipsis | Kind::String))
        }
        _ => false,
    }
}

fn only_logs(module: &Module, body: &[NodeId]) -> bool {
    let tree = module.tree();
    body.iter().all(|statement| {
        let call = tree.first_named(*statement).filter(|call| tree.kind(*call) == Kind::Call);
        let callee =
            call.and_then(|call| tree.child(call, Field::Function)).map_or("", |callee| module.text(callee));
        let is_log = callee.contains("log") || callee == "print" || callee.starts_with("warnings.");
        tree.kind(*statement) == Kind::ExpressionStatement && is_log
    })
}

/// `return True`, `return {"status": "ok"}`, `return {"success": True}`.
fn is_success(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    let Some(value) = tree.first_named(statement) else { return false };
    if tree.kind(value) != Kind::Dictionary {
        return tree.kind(value) == Kind::True;
    }
    tree.named_children(value).any(|pair| {
        let part = |field| tree.child(pair, field).and_then(|node| module.constant(node));
        match (part(Field::Key), part(Field::Value)) {
            (Some(Constant::Str(key)), Some(Constant::Str(value))) => {
                key == "status" && matches!(value.as_str(), "ok" | "success" | "done" | "completed")
            }
            (Some(Constant::Str(key)), Some(Constant::Bool(true))) => {
                matches!(key.as_str(), "ok" | "success")
            }
            _ => false,
        }
    })
}

/// A bare `return` in a function that has nothing else to return.
fn answers_nothing(module: &Module, statement: NodeId, leaving: NodeId) -> bool {
    let tree = module.tree();
    let says_nothing =
        |node: NodeId| tree.first_named(node).is_none_or(|value| tree.kind(value) == Kind::None);
    let body = module.enclosing_def(statement).and_then(|(_, def)| def.body);
    says_nothing(leaving)
        && body.is_some_and(|body| {
            let mut returns =
                own_nodes(module, body).filter(|node| tree.kind(*node) == Kind::ReturnStatement);
            returns.all(says_nothing)
        })
}

/// `job.status = "done"`.
fn stores_success(module: &Module, statement: NodeId) -> bool {
    const DONE: [&str; 6] = ["done", "completed", "complete", "success", "succeeded", "paid"];
    let tree = module.tree();
    let Some(assignment) = tree.first_named(statement).filter(|node| tree.kind(*node) == Kind::Assignment)
    else {
        return false;
    };
    let text = |field| tree.child(assignment, field).map_or("", |part| module.text(part));
    let word = calls::last(text(Field::Right)).trim_matches(['"', '\'']).to_ascii_lowercase();
    let field = calls::last(text(Field::Left));
    (field.ends_with("status") || field.ends_with("state")) && DONE.contains(&word.as_str())
}

/// The statement right behind the `try` returns or stores a success that the failure could not change.
fn reports_success(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    let Some(block) = tree.parent(statement) else { return false };
    let next = tree.named_children(block).find(|node| *node > statement);
    let is_loop = module.enclosing_loop(statement).is_some();
    let is_claim = |next: NodeId| match tree.kind(next) {
        Kind::ReturnStatement => !is_loop && is_success(module, next),
        _ => stores_success(module, next),
    };
    next.is_some_and(is_claim)
}
