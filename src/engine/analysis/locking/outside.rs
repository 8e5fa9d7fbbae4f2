//! What waits for somebody outside, or for an unknown time: calls by name, functions that came as parameters, sends to
//! each of many peers, helpers of the file that do one of these.

use crate::engine::analysis::calls;
use crate::engine::analysis::handler::own_nodes;
use crate::engine::analysis::shared::words::says_one_of;
use crate::engine::analysis::table::Table;
use crate::engine::python::{
    Binding, BindingKind, Constant, Field, FunctionId, Kind, Module, NodeId, Resolved,
};

/// What is known of waiting.
pub(super) struct Outside {
    /// Calls that wait for somebody outside, or for an unknown time.
    pub calls: Table<()>,
    /// Words in the name of a function that does its work once, or in turn.
    pub turns: Vec<String>,
}

impl Outside {
    pub(super) fn is_external(&self, module: &Module, function: FunctionId, call: NodeId) -> bool {
        is_parameter(module, function, call)
            || self.is_known(module, call)
            || is_sent_to_each(module, call)
            || self.is_slow_helper(module, call)
    }

    fn is_known(&self, module: &Module, call: NodeId) -> bool {
        let Some(callee) = module.callee(call) else { return false };
        let naps = callee.ends_with(".sleep") && is_nap(module, call);
        self.calls.get(callee).is_some() && !naps
    }

    /// A helper of this file that awaits something outside whenever it is called.
    fn is_slow_helper(&self, module: &Module, call: NodeId) -> bool {
        let tree = module.tree();
        let Some(Resolved::Function(id) | Resolved::Method(id)) = module.resolve_call(call) else {
            return false;
        };
        let helper = module.function(id);
        let name = helper.name.map_or("", |name| module.names().text(name));
        let nodes = helper.body.into_iter().flat_map(|body| own_nodes(module, body));
        let mut calls =
            nodes.filter(|node| tree.kind(*node) == Kind::Await).filter_map(|node| tree.first_named(node));
        !says_one_of(name, &self.turns)
            && calls.any(|inner| self.is_known(module, inner) && module.conditions_at(inner).is_empty())
    }
}

/// `await func(*args)`: nobody here knows how long it takes.
fn is_parameter(module: &Module, function: FunctionId, call: NodeId) -> bool {
    let tree = module.tree();
    let callee = tree.child(call, Field::Function).filter(|callee| tree.kind(*callee) == Kind::Identifier);
    callee.is_some_and(|callee| {
        let scope = module.function(function).scope;
        let mut bindings = module.bindings_of(callee);
        let is_own = |kind: &BindingKind| *kind == BindingKind::Parameter;
        bindings.next().is_some_and(|binding| is_own(&binding.kind) && binding.scope == scope)
            && bindings.next().is_none()
    })
}

/// `f()` of `asyncio.wait_for(f(), 5)`.
pub(super) fn within_limit(module: &Module, call: NodeId) -> NodeId {
    let first = || calls::arguments(module, call).positional.first().copied();
    let wraps = matches!(module.callee(call), Some("asyncio.wait_for" | "asyncio.shield"));
    let is_call = |node: &NodeId| module.tree().kind(*node) == Kind::Call;
    first().filter(|inner| wraps && is_call(inner)).unwrap_or(call)
}

/// `await client.send(...)` for each client of a table, one by one or gathered.
fn is_sent_to_each(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    if module.callee(call) == Some("asyncio.gather") {
        let mut inner = tree.subtree(call).filter(|node| *node != call && tree.kind(*node) == Kind::Call);
        return inner.any(|node| is_sent_to_each(module, node));
    }
    let sends = calls::method(module, call).starts_with("send");
    let peer = calls::receiver(module, call).filter(|peer| sends && tree.kind(*peer) == Kind::Identifier);
    let around = module.enclosing_loop(call);
    let (Some(peer), Some(around)) = (peer, around) else { return false };
    let is_turn =
        |binding: &Binding| binding.kind != BindingKind::Assignment && tree.contains(around, binding.node);
    module.bindings_of(peer).any(is_turn)
}

/// `sleep(0)` only lets others run.
fn is_nap(module: &Module, call: NodeId) -> bool {
    let first = calls::arguments(module, call).positional.first().copied();
    first.is_none_or(|seconds| matches!(module.constant(seconds), Some(Constant::Int(0))))
}
