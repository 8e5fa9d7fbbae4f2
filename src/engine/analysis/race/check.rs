//! What a test says of shared state: that it is empty, that it has a key, how large it is.

use crate::engine::analysis::calls;
use crate::engine::analysis::shared::state::{Owner, State, class_behind};
use crate::engine::python::{Binding, BindingKind, Field, Kind, Module, NodeId, ScopeKind};

/// What holds of the state where the test led.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// It is `None`, `False`, zero or without elements.
    Empty,
    Present,
    Lacks(NodeId),
    Has(NodeId),
    /// It has more or fewer elements than a limit.
    Size,
    /// It, or the element of this key, is on one side of a limit.
    Amount(Option<NodeId>),
    /// It was compared with something else.
    Other,
}

/// A test of state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tested {
    pub test: NodeId,
    pub check: Check,
    pub state: State,
    /// Where the state was read for it: the test itself, or the variable that took it before.
    pub read: NodeId,
}

/// What is compared or asked: state, one of its elements, or its size.
struct Subject {
    state: State,
    key: Option<NodeId>,
    is_size: bool,
    read: NodeId,
}

/// How many variables are looked through.
const DEPTH: usize = 2;

/// What a test with this outcome says of state, if anything.
pub(super) fn tested(module: &Module, test: NodeId, outcome: bool) -> Option<Tested> {
    let tree = module.tree();
    if let Some(answer) = kept_answer(module, test) {
        let (comparison, holds) = without_not(module, answer.1, outcome);
        let (subject, check) = compared(module, comparison, holds)?;
        return Some(Tested { test, check, state: subject.state, read: answer.0 });
    }
    let (subject, check) = match tree.kind(test) {
        Kind::ComparisonOperator => compared(module, test, outcome)?,
        _ => {
            let subject = subject(module, test, DEPTH)?;
            let check = truth(&subject, outcome);
            (subject, check)
        }
    };
    Some(Tested { test, check, state: subject.state, read: subject.read })
}

/// The comparison whose answer a variable keeps, and the binding: `is_new = key not in self.x`.
fn kept_answer(module: &Module, test: NodeId) -> Option<(NodeId, NodeId)> {
    let binding = plain_local(module, test)?;
    let value = binding.value?;
    let is_answer = matches!(module.tree().kind(value), Kind::ComparisonOperator | Kind::NotOperator);
    is_answer.then_some((binding.node, value))
}

fn without_not(module: &Module, expression: NodeId, outcome: bool) -> (NodeId, bool) {
    let tree = module.tree();
    match tree.first_named(expression).filter(|_| tree.kind(expression) == Kind::NotOperator) {
        Some(inner) => (calls::inner(module, inner), !outcome),
        None => (expression, outcome),
    }
}

fn truth(subject: &Subject, holds: bool) -> Check {
    match (subject.key, holds) {
        (Some(key), true) => Check::Has(key),
        (Some(key), false) => Check::Lacks(key),
        (None, true) => Check::Present,
        (None, false) => Check::Empty,
    }
}

fn compared(module: &Module, test: NodeId, outcome: bool) -> Option<(Subject, Check)> {
    let tree = module.tree();
    let operands: Vec<NodeId> = tree.named_children(test).collect();
    let [left, right] = operands[..] else { return None };
    match operator(module, test)? {
        word @ ("in" | "not in") => {
            let subject = subject(module, container(module, right), DEPTH)?;
            let has = (word == "in") == outcome;
            let check = if has { Check::Has(left) } else { Check::Lacks(left) };
            subject.key.is_none().then_some((subject, check))
        }
        word @ ("is" | "==" | "is not" | "!=") => {
            let is_nothing = matches!(tree.kind(right), Kind::None | Kind::False);
            let is_true = tree.kind(right) == Kind::True;
            let equal = matches!(word, "is" | "==") == outcome;
            let subject = subject(module, left, DEPTH)?;
            let is_truth = is_nothing || is_true;
            let check = if is_truth { truth(&subject, equal != is_nothing) } else { Check::Other };
            Some((subject, check))
        }
        "<" | "<=" | ">" | ">=" => {
            let found = subject(module, left, DEPTH).or_else(|| subject(module, right, DEPTH))?;
            let check = if found.is_size { Check::Size } else { Check::Amount(found.key) };
            Some((found, check))
        }
        _ => None,
    }
}

/// The operator as written, `not in` and `is not` in one.
fn operator(module: &Module, test: NodeId) -> Option<&str> {
    let tree = module.tree();
    let token = tree.children(test).find(|child| tree.field(*child) == Field::Operators)?;
    Some(module.text(token))
}

/// `self.x` of `self.x.keys()`.
fn container(module: &Module, expression: NodeId) -> NodeId {
    let tree = module.tree();
    let callee = tree.child(expression, Field::Function).filter(|_| tree.kind(expression) == Kind::Call);
    let method = callee.and_then(|callee| tree.child(callee, Field::Attribute));
    match method.map(|method| module.text(method)) {
        Some("keys" | "values" | "items") => {
            callee.and_then(|callee| tree.child(callee, Field::Object)).unwrap_or(expression)
        }
        _ => expression,
    }
}

fn subject(module: &Module, expression: NodeId, depth: usize) -> Option<Subject> {
    let tree = module.tree();
    if let Some(state) = State::named_by(module, expression) {
        return Some(Subject { state, key: None, is_size: false, read: expression });
    }
    match tree.kind(expression) {
        Kind::Identifier => through_variable(module, expression, depth.checked_sub(1)?),
        Kind::ParenthesizedExpression => subject(module, tree.first_named(expression)?, depth),
        Kind::NamedExpression => subject(module, tree.child(expression, Field::Value)?, depth),
        Kind::Subscript => {
            let inner = subject(module, tree.child(expression, Field::Value)?, depth.checked_sub(1)?)?;
            let key = tree.child(expression, Field::Subscript);
            (inner.key.is_none() && !inner.is_size).then_some(Subject { key, ..inner })
        }
        Kind::Call => called(module, expression, depth.checked_sub(1)?),
        _ => None,
    }
}

/// `self.x.get(key)` and `len(self.x)`.
fn called(module: &Module, call: NodeId, depth: usize) -> Option<Subject> {
    let tree = module.tree();
    let callee = tree.child(call, Field::Function)?;
    let first = tree.first_named(tree.child(call, Field::Arguments)?);
    if module.callee(call) == Some("builtins.len") {
        let inner = subject(module, first?, depth)?;
        return Some(Subject { is_size: true, ..inner });
    }
    if module.callee(call) == Some("builtins.hasattr") {
        return has_attribute(module, call);
    }
    let method = tree.child(callee, Field::Attribute).map(|name| module.text(name))?;
    let inner = subject(module, tree.child(callee, Field::Object)?, depth)?;
    let is_look_up = method == "get" && inner.key.is_none() && !inner.is_size && first.is_some();
    is_look_up.then_some(Subject { key: first, ..inner })
}

/// `hasattr(cls, "x")`.
fn has_attribute(module: &Module, call: NodeId) -> Option<Subject> {
    let arguments = calls::arguments(module, call).positional;
    let [object, name] = arguments[..] else { return None };
    let name = module.constant(name)?;
    let name = module.names().get(name.as_str()?)?;
    let class = class_behind(module, object)?;
    let state = State { owner: Owner::Class(module.class_with(class, name)?), name };
    Some(Subject { state, key: None, is_size: false, read: call })
}

/// The variable of a function whose last plain value before its use is state.
fn through_variable(module: &Module, identifier: NodeId, depth: usize) -> Option<Subject> {
    let before = plain_local(module, identifier)?;
    let inner = subject(module, before.value?, depth)?;
    Some(Subject { read: before.node, ..inner })
}

/// The last binding before the use of a variable of a function, where it is a plain assignment.
fn plain_local(module: &Module, identifier: NodeId) -> Option<&Binding> {
    let is_local = |kind: ScopeKind| matches!(kind, ScopeKind::Function(_));
    let is_name = module.tree().kind(identifier) == Kind::Identifier;
    let before =
        module.bindings_of(identifier).filter(|binding| is_name && binding.node < identifier).last()?;
    let is_plain = before.kind == BindingKind::Assignment && is_local(module.scopes().get(before.scope).kind);
    is_plain.then_some(before)
}
