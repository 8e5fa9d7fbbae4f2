//! Collections whose length or sum divides: who decides whether one is empty.

use crate::engine::python::{Binding, BindingKind, Kind, Module, NodeId, ScopeId};

use super::super::calls;
use super::With;
use super::counter::is_picked;
use super::origin::Origin;

/// Who decides; `None` where it has elements, or is filled where this function does not show.
pub(super) fn origin(with: &With, module: &Module, subject: NodeId) -> Option<Origin> {
    let made = made(module, subject);
    let grown = made.map_or_else(Vec::new, |binding| grown(module, subject, binding.node));
    if let Some(origin) = made.and_then(|binding| of_value(with, module, binding.value?, &grown)) {
        return Some(origin);
    }
    if let Some(origin) = of_value(with, module, subject, &[]) {
        return Some(origin);
    }
    if !grown.is_empty() {
        return of_growth(module, &grown);
    }
    (is_plain(module, subject) && !is_full(module, subject)).then_some(Origin::Caller)
}

/// The only binding that a name may mean here.
fn made(module: &Module, subject: NodeId) -> Option<&Binding> {
    let found = module.reaching(subject).filter(|found| !found.elsewhere && !found.unbound)?;
    let [id] = found.bindings[..] else { return None };
    Some(module.scopes().binding(id)).filter(|binding| binding.kind == BindingKind::Assignment)
}

/// A comprehension that leaves out, or the answer of a query, to which nothing is added.
fn of_value(with: &With, module: &Module, value: NodeId, grown: &[NodeId]) -> Option<Origin> {
    let tree = module.tree();
    let value = calls::inner(module, value);
    let is_chosen = match tree.kind(value) {
        Kind::ListComprehension
        | Kind::SetComprehension
        | Kind::DictionaryComprehension
        | Kind::GeneratorExpression => tree.child_of_kind(value, Kind::IfClause).is_some(),
        Kind::Call => is_query(with, module, value),
        _ => false,
    };
    (is_chosen && grown.is_empty()).then_some(Origin::Here)
}

/// What adds to a collection between its making and the division.
fn grown(module: &Module, subject: NodeId, bound: NodeId) -> Vec<NodeId> {
    let text = module.text(subject);
    let adds = |node: &NodeId| {
        is_adding(module, *node)
            && calls::receiver(module, *node).is_some_and(|object| module.text(object) == text)
    };
    module.tree().between(bound, subject).filter(adds).collect()
}

/// The collections that are filled in the same block as this one: where one of them has elements, all have.
pub(super) fn companions(module: &Module, subject: NodeId) -> Vec<&str> {
    let tree = module.tree();
    let Some(made) = made(module, subject) else { return Vec::new() };
    let grown = grown(module, subject, made.node).into_iter();
    let blocks = grown.filter_map(|node| tree.parent(module.statement_of(node)));
    let statements = blocks.flat_map(|block| tree.named_children(block));
    let calls = statements
        .filter_map(|statement| tree.first_named(statement))
        .filter(|call| is_adding(module, *call));
    calls.filter_map(|call| calls::receiver(module, call)).map(|object| module.text(object)).collect()
}

fn is_adding(module: &Module, call: NodeId) -> bool {
    matches!(calls::method(module, call), "append" | "extend" | "add" | "insert" | "update")
}

/// Filled only where a test inside a loop lets it; else by a loop that the caller's data drives, or surely.
fn of_growth(module: &Module, grown: &[NodeId]) -> Option<Origin> {
    if grown.iter().any(|node| module.enclosing_loop(*node).is_none()) {
        return None;
    }
    let picks = grown.iter().all(|node| is_picked(module, *node));
    Some(if picks { Origin::Here } else { Origin::Caller })
}

pub(super) fn is_query(with: &With, module: &Module, call: NodeId) -> bool {
    let known = |call: NodeId| with.queries.iter().any(|query| query == calls::method(module, call));
    let receiver = |call: &NodeId| calls::receiver(module, *call).map(|object| calls::inner(module, object));
    // `list(query.filter(...))`
    let inner = match module.callee(call) {
        Some("builtins.list" | "builtins.sorted" | "builtins.set") => {
            calls::arguments(module, call).positional.first().copied()
        }
        _ => Some(call),
    };
    std::iter::successors(inner, receiver).take(6).any(known)
}

fn is_plain(module: &Module, subject: NodeId) -> bool {
    matches!(
        module.tree().kind(subject),
        Kind::Identifier
            | Kind::Attribute
            | Kind::Call
            | Kind::ListComprehension
            | Kind::GeneratorExpression
            | Kind::Subscript
    )
}

/// It has elements, or is filled where this function does not show.
fn is_full(module: &Module, subject: NodeId) -> bool {
    let constant = module.constant(subject).map(|constant| constant.is_truthy());
    let has_default = made(module, subject)
        .and_then(|binding| binding.value)
        .is_some_and(|value| module.tree().kind(value) == Kind::BooleanOperator);
    is_fixed(module, subject)
        || has_default
        || constant
            .unwrap_or_else(|| calls::method(module, subject) == "split" || is_full_display(module, subject))
}

/// A name for a display that has elements.
fn is_full_display(module: &Module, subject: NodeId) -> bool {
    let tree = module.tree();
    let mut values = module.bindings_of(subject).map(|binding| binding.value).peekable();
    let is_display = |value: NodeId| {
        matches!(
            tree.kind(value),
            Kind::List | Kind::Tuple | Kind::Set | Kind::Dictionary | Kind::ExpressionList
        ) && tree.first_named(value).is_some()
    };
    tree.kind(subject) == Kind::Identifier
        && values.peek().is_some()
        && values.all(|value| value.is_some_and(is_display))
}

/// An attribute or a global: who fills it is not seen here.
fn is_fixed(module: &Module, subject: NodeId) -> bool {
    let text = module.text(subject);
    let is_upper =
        text.chars().any(|c| c.is_ascii_uppercase()) && !text.chars().any(|c| c.is_ascii_lowercase());
    // What a loop gives, and what a serializer made, is seldom empty.
    let is_given = module.bindings_of(subject).any(|binding| {
        let made = binding.value.map(|value| calls::method(module, calls::inner(module, value)));
        binding.kind == BindingKind::For || made == Some("dumps")
    });
    // A global, or a variable of the function around: it is filled in between.
    let is_global = module.tree().kind(subject) == Kind::Identifier
        && module.bindings_of(subject).any(|binding| {
            binding.scope == ScopeId::MODULE
                || module.enclosing_function(binding.node) != module.enclosing_function(subject)
        });
    is_given
        || matches!(module.tree().kind(subject), Kind::Attribute | Kind::Subscript)
        || is_upper
        || is_global
}
