//! `raise` of a variable that still holds the `None` it began with: only a handler inside a loop sets it, and the loop
//! may not run.

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Binding, BindingKind, Constant, Field, Kind, Module, NodeId};

use super::guard::{self, Guards};
use super::{Analysis, Parameters, calls};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct With {}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With {} = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::RaiseStatement], ["None"]),
        names: &["NAME", "LOOP"],
        run: Box::new(|module, raises, hits| {
            let guards = Guards::default();
            hits.extend(raises.iter().filter_map(|raise| visit(module, *raise, &guards)));
        }),
    })
}

fn visit(module: &Module, raise: NodeId, guards: &Guards) -> Option<Hit> {
    let tree = module.tree();
    let name = tree.first_named(raise).filter(|name| tree.kind(*name) == Kind::Identifier)?;
    let text = module.text(name);
    let bindings: Vec<&Binding> = module.bindings(module.scope_of(name), text).collect();
    let (none, others): (Vec<&Binding>, Vec<&Binding>) =
        bindings.iter().partition(|binding| is_none(module, binding));
    let [none] = none[..] else { return None };
    let set = others.first()?;
    let each = others.iter().map(|binding| loop_of_handler(module, binding));
    let around = each.collect::<Option<Vec<NodeId>>>()?;
    let first = *around.first()?;
    let is_behind =
        none.node < first && tree.after(first) <= raise && around.iter().all(|other| *other == first);
    let tests = guard::tests(module, guards, raise);
    if !is_behind || tests.anywhere(text) || runs_surely(module, first, &tests) || leaves(module, first) {
        return None;
    }
    let iterated = tree.child(first, Field::Right).map_or("its iterable", |node| module.text(node));
    let hit = Hit::at(raise).with("NAME", text).with("LOOP", iterated);
    Some(hit.and(none.node, "it begins as None").and(set.node, "only a failing turn of the loop sets it"))
}

fn is_none(module: &Module, binding: &Binding) -> bool {
    let none = |value: NodeId| module.tree().kind(value) == Kind::None;
    binding.kind == BindingKind::Assignment && binding.value.is_some_and(none)
}

/// The outermost `for` around an assignment that stands in a handler.
fn loop_of_handler(module: &Module, binding: &Binding) -> Option<NodeId> {
    let tree = module.tree();
    let around = || module.ancestors_in_function(binding.node);
    let in_handler = around().any(|node| tree.kind(node) == Kind::ExceptClause);
    let outermost =
        around().filter(|node| matches!(tree.kind(*node), Kind::ForStatement | Kind::WhileStatement)).last();
    outermost.filter(|node| in_handler && tree.kind(*node) == Kind::ForStatement)
}

/// A count or collection that is known not to be empty, or that the function tests.
fn runs_surely(module: &Module, statement: NodeId, tests: &guard::Tests) -> bool {
    let tree = module.tree();
    let Some(iterated) = tree.child(statement, Field::Right) else { return true };
    let counts = matches!(
        module.callee(iterated),
        Some("builtins.range" | "builtins.enumerate" | "builtins.reversed")
    );
    let arguments = if counts { calls::arguments(module, iterated).positional } else { vec![iterated] };
    let Some(bound) = (if arguments.len() > 1 && module.callee(iterated) == Some("builtins.range") {
        arguments.get(1).copied()
    } else {
        arguments.first().copied()
    }) else {
        return true;
    };
    let known = match module.constant(bound) {
        Some(Constant::Int(number)) => number > 0,
        Some(constant) => constant.is_truthy(),
        None => false,
    };
    // `retries + 1`, `max(1, n)`, `itertools.count()`: meant to run at least once.
    let meant = matches!(tree.kind(bound), Kind::BinaryOperator | Kind::BooleanOperator | Kind::Call);
    let tested = tree.subtree(bound).any(|node| tests.anywhere(module.text(node)));
    known || meant || tested
}

/// A handler of the loop that raises or returns of itself, as on the last attempt: the raise behind the loop is for
/// the reader only.
fn leaves(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    let in_handler = |node: NodeId| {
        let mut around = module.ancestors_in_function(node).take_while(|part| *part != statement);
        around.any(|part| tree.kind(part) == Kind::ExceptClause)
    };
    tree.subtree(statement).any(|node| tree.kind(node) == Kind::RaiseStatement && in_handler(node))
}
