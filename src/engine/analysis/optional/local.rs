//! Functions of the same file that answer `None`: an annotation says so, or a body that has none, and some way out.

use crate::engine::finding::Tier;
use crate::engine::python::{BindingKind, Function, FunctionId, Kind, Module, NodeId};

use super::super::{calls, handler};
use super::source::{Possible, Sources};

/// How deep a test is looked into for the names it speaks of.
const DEPTH: usize = 64;

pub(super) fn possible(
    sources: &Sources,
    module: &Module,
    call: NodeId,
    function: FunctionId,
) -> Option<Possible> {
    let tree = module.tree();
    let def = module.function(function);
    let annotation = def.returns.map(|returns| module.text(returns).trim_matches(['"', '\'']));
    let awaited = tree.parent(call).is_some_and(|node| tree.kind(node) == Kind::Await);
    let plain = def.is_async == awaited && !def.is_generator && def.decorators.is_empty();
    if !plain || !annotation.is_none_or(says_optional) {
        return None;
    }
    let ways = Ways::of(sources, module, def);
    let name = def.name.map_or("", |name| module.names().text(name));
    match annotation {
        Some(annotation) => (ways.misses || ways.refuses).then(|| Possible {
            when: format!("where it finds nothing, as its annotation `{annotation}` says"),
            // Which arguments lead to its `None`, the caller mostly knows.
            tier: (!ways.misses).then_some(Tier::Summary),
        }),
        None => (ways.is_none && ways.gives)
            .then(|| Possible { when: format!("on some ways out of `{name}`"), tier: Some(Tier::Summary) }),
    }
}

fn says_optional(annotation: &str) -> bool {
    annotation.starts_with("Optional[")
        || annotation.starts_with("typing.Optional[")
        || annotation.ends_with("| None")
        || annotation.starts_with("None |")
}

/// How a function comes to its answers.
#[derive(Default)]
struct Ways {
    /// A look-up that may find nothing.
    misses: bool,
    /// `None` for arguments that are not enough.
    refuses: bool,
    /// A written `None` that nobody asked for.
    is_none: bool,
    /// Something else.
    gives: bool,
}

impl Ways {
    fn of(sources: &Sources, module: &Module, def: &Function) -> Ways {
        let tree = module.tree();
        let mut ways = Ways::default();
        let nodes = def.body.into_iter().flat_map(|body| handler::own_nodes(module, body));
        for statement in nodes.filter(|node| tree.kind(*node) == Kind::ReturnStatement) {
            let Some(value) = tree.first_named(statement) else { continue };
            if !is_none(module, value) {
                ways.gives = true;
                let call = calls::inner(module, value);
                ways.misses |= tree.kind(call) == Kind::Call && sources.is_look_up(module, call);
            } else if !is_asked_for(module, def, value) {
                ways.is_none = true;
                let by_arguments = depends_on_arguments(module, value);
                ways.refuses |= by_arguments;
                ways.misses |= !by_arguments;
            }
        }
        ways
    }
}

fn is_none(module: &Module, value: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(value) {
        Kind::ConditionalExpression => tree.named_children(value).any(|arm| tree.kind(arm) == Kind::None),
        kind => kind == Kind::None,
    }
}

/// Only who passes an optional argument gets this value: `find(key, raise_error=False)`.
fn is_asked_for(module: &Module, def: &Function, value: NodeId) -> bool {
    let tree = module.tree();
    let conditions = module.conditions_at(value);
    let by_param = |text: &str, default: NodeId| {
        let is_usual = module.constant(default).map(|constant| constant.is_truthy());
        conditions.iter().any(|(test, holds)| match tree.kind(*test) {
            Kind::Identifier => module.text(*test) == text && is_usual != Some(*holds),
            _ => tree.subtree(*test).take(DEPTH).any(|part| module.text(part) == text),
        })
    };
    let mut optional = def.params.iter().filter_map(|param| Some((param.node, param.default?)));
    optional.any(|(param, default)| by_param(module.text(param), default))
}

/// Whether tests of nothing but its parameters lead to the value: `if text is None: return None`.
fn depends_on_arguments(module: &Module, value: NodeId) -> bool {
    let tree = module.tree();
    let is_param = |name: NodeId| {
        let mut bindings = module.bindings_of(name).peekable();
        bindings.peek().is_some() && bindings.all(|binding| binding.kind == BindingKind::Parameter)
    };
    let about_params = |test: NodeId| {
        let parts = tree.subtree(test).take(DEPTH).filter(|part| tree.kind(*part) == Kind::Identifier);
        let mut names = parts
            .filter(|name| module.qualified_name(*name).is_none_or(|path| !path.starts_with("builtins.")));
        names.all(|name| is_param(name) && module.text(name) != "self")
    };
    let conditional = std::iter::once(value).filter(|value| tree.kind(*value) == Kind::ConditionalExpression);
    let own: Vec<NodeId> = conditional.filter_map(|value| calls::condition(module, value)).collect();
    let tests = module.conditions_at(value).into_iter().map(|(test, _)| test).chain(own);
    let tests: Vec<NodeId> = tests.collect();
    !tests.is_empty() && tests.into_iter().all(about_params)
}
