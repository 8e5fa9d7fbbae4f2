//! Where a divisor comes from, and when it is zero.

use crate::engine::python::{Binding, BindingKind, Field, Kind, Module, NodeId, Role};

use super::super::calls;
use super::{With, collection, counter};

/// Who decides whether a divisor is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// The world, or a choice made in this very function: a query, a filter, a number of the request.
    Here,
    /// An object that has counted nothing yet.
    Fresh,
    /// Whoever calls the function, who may know better.
    Caller,
    /// The clock.
    Clock,
}

/// Why a divisor can be zero.
pub(super) struct Zero {
    pub when: String,
    /// What must be tested so that it cannot.
    pub subject: NodeId,
    pub origin: Origin,
}

impl Zero {
    pub(super) fn of(with: &With, module: &Module, divisor: NodeId) -> Option<Zero> {
        match module.tree().kind(divisor) {
            Kind::Call => of_call(with, module, divisor),
            Kind::Identifier => of_name(with, module, divisor),
            _ => counter::of_object(module, divisor),
        }
    }
}

/// What the bindings say that reach this read of a name: a length or sum, a number of the request, or a counter that
/// nothing may have raised.
fn of_name(with: &With, module: &Module, divisor: NodeId) -> Option<Zero> {
    let reaching = module.reaching(divisor).filter(|found| !found.unbound && !found.elsewhere)?;
    let bindings: Vec<&Binding> = reaching.bindings.iter().map(|id| module.scopes().binding(*id)).collect();
    let (first, rest) = bindings.split_first()?;
    if rest.is_empty() && first.kind == BindingKind::Parameter {
        return of_route(module, divisor, first);
    }
    let value = calls::inner(module, first.value?);
    if rest.is_empty() && first.kind == BindingKind::Assignment {
        return of_call(with, module, value)
            .or_else(|| counter::of_object(module, value))
            .or_else(|| of_clock(with, module, value, divisor))
            .or_else(|| of_request(with, module, value, divisor));
    }
    counter::of_loop(module, divisor, first, rest)
}

/// `len(rows)`, `sum(weights)`, `query.count()`.
fn of_call(with: &With, module: &Module, call: NodeId) -> Option<Zero> {
    let tree = module.tree();
    if tree.kind(call) != Kind::Call {
        return None;
    }
    let arguments = calls::arguments(module, call).positional;
    if calls::method(module, call) == "count"
        && arguments.is_empty()
        && collection::is_query(with, module, call)
    {
        let when = format!("`{}` finds nothing", calls::spelled(module, call));
        return Some(Zero { when, subject: call, origin: Origin::Here });
    }
    let callee = module.callee(call)?;
    let subject = *arguments.first()?;
    let name = calls::beginning(module, subject).split('\n').next().unwrap_or_default();
    let when = match callee {
        "builtins.len" => format!("`{name}` is empty"),
        "builtins.sum" => format!("`{name}` is empty or adds up to 0"),
        _ => return None,
    };
    let origin = collection::origin(with, module, subject)?;
    Some(Zero { when, subject, origin })
}

/// A number that the client gives a route, without a bound.
fn of_route(module: &Module, divisor: NodeId, param: &Binding) -> Option<Zero> {
    let function = module.enclosing_function(divisor)?;
    let is_route = module.roles_of_function(function).iter().any(|role| matches!(role, Role::Route(_)));
    let annotation = param.annotation.map_or("", |annotation| module.text(annotation));
    let is_number = annotation.starts_with("int") || annotation.starts_with("float");
    let default = param.value.map_or("", |value| module.text(value));
    let is_bounded = default.contains("gt") || default.contains("ge") || default.contains("Depends");
    let when = format!("the client sends 0 as `{}`", module.text(divisor));
    (is_route && is_number && !is_bounded).then_some(Zero { when, subject: divisor, origin: Origin::Here })
}

/// `int(request.args["size"])`.
fn of_request(with: &With, module: &Module, value: NodeId, divisor: NodeId) -> Option<Zero> {
    let tree = module.tree();
    let is_number = tree.kind(value) == Kind::Call
        && matches!(module.callee(value), Some("builtins.int" | "builtins.float"));
    let given = calls::arguments(module, value).positional.first().copied().filter(|_| is_number)?;
    let text = calls::beginning(module, given);
    let is_sent = with.requests.iter().any(|word| text.contains(word.as_str()));
    let when = format!("the client sends 0 as `{}`", module.text(divisor));
    is_sent.then_some(Zero { when, subject: divisor, origin: Origin::Here })
}

fn of_clock(with: &With, module: &Module, value: NodeId, divisor: NodeId) -> Option<Zero> {
    let tree = module.tree();
    let is_difference =
        tree.kind(value) == Kind::BinaryOperator && module.text(tree.child(value, Field::Operator)?) == "-";
    let clock = tree.subtree(value).any(|node| {
        tree.kind(node) == Kind::Call
            && module.callee(node).is_some_and(|callee| with.clocks.iter().any(|known| known == callee))
    });
    let when = "less time passed than the clock can tell".to_owned();
    (is_difference && clock).then_some(Zero { when, subject: divisor, origin: Origin::Clock })
}
