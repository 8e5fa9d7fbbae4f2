//! Handlers of broad types that leave no trace of the failure: they pass, continue or answer with success.

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::handler::{Breadth, Handler, has_reason, own_nodes, statements};
use super::{Analysis, Parameters, calls, each, file};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Words of calls and functions that clean up what was given up: nothing is lost by their failing.
    clean_up: Vec<String>,
    /// Words of calls that count and trace.
    telemetry: Vec<String>,
    /// Prefixes of functions that ask whether something works.
    probes: Vec<String>,
    /// Words of calls that change what others rely on: what only looks something up is for the summary.
    effects: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::ExceptClause], ["except"]),
        names: &["CLAUSE", "WORK", "THEN"],
        run: each(move |module, clause, hits| hits.extend(visit(&with, module, clause))),
    })
}

fn visit(with: &With, module: &Module, clause: NodeId) -> Option<Hit> {
    let handler =
        Handler::read(module, clause).filter(|handler| handler.breadth(module) > Breadth::Narrow)?;
    let (statement, guarded) = handler.guarded(module)?;
    let then = outcome(module, &handler, statement)?;
    if !does_work(module, guarded)
        || is_best_effort(with, module, statement, guarded)
        || falls_back(module, statement, guarded)
    {
        return None;
    }
    let work = first_call(module, guarded)
        .map_or("the guarded code".to_owned(), |call| format!("`{}`", calls::spelled(module, call)));
    let mut hit =
        Hit::at(clause).with("CLAUSE", handler.header(module)).with("WORK", work).with("THEN", then);
    let is_explained = has_reason(module, clause);
    let is_minor = is_explained || file::is_script(module) || !has_effect(with, module, guarded);
    hit.tier = is_minor.then_some(Tier::Summary);
    Some(hit)
}

/// What the handler does instead of telling anybody.
fn outcome(module: &Module, handler: &Handler, statement: NodeId) -> Option<&'static str> {
    let tree = module.tree();
    let body = statements(module, handler.body);
    let is_silent = body.iter().all(|node| is_empty(module, *node));
    match (tree.kind(*body.last()?), is_silent) {
        (Kind::ContinueStatement, true) => Some("goes on with the next turn"),
        (_, true) => Some("goes on as if nothing had happened"),
        (Kind::ReturnStatement, false) if body.len() <= 2 && only_logs(module, &body[..body.len() - 1]) => {
            is_success(module, *body.last()?).then_some("returns a success")
        }
        (Kind::ExpressionStatement, false) if only_logs(module, &body) => {
            reports_success(module, statement).then_some("only logs, and the function reports success")
        }
        _ => None,
    }
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

/// The statement right behind the `try` returns a success that the failure could not change.
fn reports_success(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    let Some(block) = tree.parent(statement) else { return false };
    let next = tree.named_children(block).find(|node| *node > statement);
    let is_loop = module.enclosing_loop(statement).is_some();
    !is_loop && next.is_some_and(|next| tree.kind(next) == Kind::ReturnStatement && is_success(module, next))
}

/// Clean-up, telemetry and probes: their failure changes nothing for anybody.
fn is_best_effort(with: &With, module: &Module, statement: NodeId, guarded: NodeId) -> bool {
    let tree = module.tree();
    let holds = |words: &[String], name: &str| {
        let name = name.to_ascii_lowercase();
        words.iter().any(|word| name.contains(word.as_str()))
    };
    let mut calls = own_nodes(module, guarded).filter(|node| tree.kind(*node) == Kind::Call).peekable();
    let has_calls = calls.peek().is_some();
    let is_harmless = |call: NodeId| {
        let callee = tree.child(call, Field::Function).map_or("", |callee| calls::beginning(module, callee));
        holds(&with.clean_up, calls::last(callee)) || holds(&with.telemetry, callee)
    };
    let by_calls = has_calls && calls.any(is_harmless);
    let imports = own_nodes(module, guarded)
        .any(|node| matches!(tree.kind(node), Kind::ImportStatement | Kind::ImportFromStatement));
    let by_function = module.enclosing_def(statement).and_then(|(_, def)| def.name).is_some_and(|name| {
        let name = module.names().text(name);
        let bare = name.trim_start_matches('_');
        holds(&with.clean_up, name)
            || holds(&with.telemetry, name)
            || with.probes.iter().any(|prefix| bare.starts_with(prefix.as_str()))
    });
    let in_clean_up = module
        .ancestors_in_function(statement)
        .any(|node| matches!(tree.kind(node), Kind::FinallyClause | Kind::ExceptClause));
    let by_path =
        ["telemetry", "analytics", "metrics"].iter().any(|word| module.source().path().contains(word));
    by_calls || imports || by_function || in_clean_up || by_path
}

/// The guarded code returns or assigns a better value than the one there already is or follows: the failure shows in
/// the result.
fn falls_back(module: &Module, statement: NodeId, guarded: NodeId) -> bool {
    let tree = module.tree();
    let leaves = own_nodes(module, guarded)
        .any(|node| matches!(tree.kind(node), Kind::ReturnStatement | Kind::BreakStatement | Kind::Yield));
    let else_leaves = tree.child_of_kind(statement, Kind::ElseClause).is_some();
    // `value = default` above the try, `value = better()` in it.
    let had_default =
        own_nodes(module, guarded).filter(|node| tree.kind(*node) == Kind::Assignment).any(|node| {
            let targets = tree.child(node, Field::Left).into_iter().flat_map(|left| tree.subtree(left));
            let is_part = |node: NodeId| {
                tree.parent(node)
                    .is_some_and(|parent| matches!(tree.kind(parent), Kind::Attribute | Kind::Subscript))
            };
            let mut names =
                targets.filter(|target| tree.kind(*target) == Kind::Identifier && !is_part(*target));
            names.any(|name| module.bindings_of(name).any(|binding| binding.node < statement))
        });
    leaves || else_leaves || had_default
}

/// Whether the guarded code calls anything but Python's own plain functions: reading an attribute, or awaiting a task
/// that was cancelled, changes nothing.
fn does_work(module: &Module, guarded: NodeId) -> bool {
    own_nodes(module, guarded)
        .filter(|node| module.tree().kind(*node) == Kind::Call)
        .any(|call| module.callee(call).is_none_or(|callee| !callee.starts_with("builtins.")))
}

/// Whether the guarded code changes something outside: stores, sends, charges, or sets an attribute.
fn has_effect(with: &With, module: &Module, guarded: NodeId) -> bool {
    let tree = module.tree();
    own_nodes(module, guarded).any(|node| match tree.kind(node) {
        Kind::Assignment => {
            tree.child(node, Field::Left).is_some_and(|left| tree.kind(left) == Kind::Attribute)
        }
        Kind::Call => {
            let method = calls::method(module, node).to_ascii_lowercase();
            with.effects.iter().any(|word| method.starts_with(word.as_str()))
        }
        _ => false,
    })
}

fn first_call(module: &Module, guarded: NodeId) -> Option<NodeId> {
    own_nodes(module, guarded).find(|node| module.tree().kind(*node) == Kind::Call)
}
