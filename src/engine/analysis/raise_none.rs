//! `raise` of a variable that may still hold the `None` it began with: the handlers that set it did not run, because
//! nothing failed or the loop around them took no turn.

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Binding, BindingKind, Constant, Field, Kind, Module, NodeId};

use super::guard::{self, Guards, Tests};
use super::{Analysis, Parameters, calls};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct With {}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With {} = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::RaiseStatement], ["None"]),
        names: &["NAME", "WHEN"],
        run: Box::new(|module, raises, hits| {
            let guards = Guards::default();
            hits.extend(raises.iter().filter_map(|raise| visit(module, *raise, &guards)));
        }),
    })
}

fn visit(module: &Module, raise: NodeId, guards: &Guards) -> Option<Hit> {
    let tree = module.tree();
    let name = tree.first_named(raise).filter(|name| tree.kind(*name) == Kind::Identifier)?;
    let reaching = module.reaching(name).filter(|found| !found.elsewhere)?;
    let bindings: Vec<&Binding> = reaching.bindings.iter().map(|id| module.scopes().binding(*id)).collect();
    let none = bindings.iter().find(|binding| is_none(module, binding))?;
    let set =
        bindings.iter().find(|binding| !is_none(module, binding) && in_handler(module, binding.node))?;
    if is_correlated(module, raise, none.node) {
        return None;
    }
    let tests = guard::tests(module, guards, raise);
    let around = outermost_loop(module, set.node, none.node);
    let is_sure = |statement: NodeId| runs_surely(module, statement, &tests) || leaves(module, statement);
    if around.is_some_and(is_sure) {
        return None;
    }
    let mut hit = Hit::at(raise)
        .with("NAME", module.text(name))
        .with("WHEN", when(module, around))
        .and(none.node, "it begins as None")
        .and(set.node, "only a failure sets it");
    let has_default = around.is_some_and(|statement| has_usual_count(module, statement));
    hit.tier = has_default.then_some(Tier::Summary);
    Some(hit)
}

fn is_none(module: &Module, binding: &Binding) -> bool {
    let none = |value: NodeId| module.tree().kind(value) == Kind::None;
    binding.kind == BindingKind::Assignment && binding.value.is_some_and(none)
}

fn in_handler(module: &Module, node: NodeId) -> bool {
    module.ancestors_in_function(node).any(|part| module.tree().kind(part) == Kind::ExceptClause)
}

/// Tests lead to the raise that did not lead to the `None`: they may well tell the ways apart. What ends a loop does
/// not.
fn is_correlated(module: &Module, raise: NodeId, none: NodeId) -> bool {
    let tree = module.tree();
    let before = module.conditions_at(none);
    let ends_loop = |test: NodeId| {
        let mut around = module.ancestors_in_function(test).take(8);
        let statement = around
            .find(|part| !matches!(tree.kind(*part), Kind::BooleanOperator | Kind::ParenthesizedExpression));
        statement.is_some_and(|part| tree.kind(part) == Kind::WhileStatement)
    };
    module.conditions_at(raise).into_iter().any(|test| !before.contains(&test) && !ends_loop(test.0))
}

/// The outermost loop around what sets the variable that does not set it back itself.
fn outermost_loop(module: &Module, set: NodeId, none: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let is_loop = |node: &NodeId| matches!(tree.kind(*node), Kind::ForStatement | Kind::WhileStatement);
    module.ancestors_in_function(set).filter(is_loop).filter(|node| !tree.contains(*node, none)).last()
}

fn when(module: &Module, around: Option<NodeId>) -> String {
    let tree = module.tree();
    let part = |node, field| tree.child(node, field).map_or("", |part| calls::beginning(module, part));
    match around {
        Some(node) if tree.kind(node) == Kind::ForStatement => {
            format!("the loop over `{}` takes no turn that fails", part(node, Field::Right))
        }
        Some(node) => format!("the loop while `{}` takes no turn that fails", part(node, Field::Condition)),
        None => "nothing failed".to_owned(),
    }
}

/// `for attempt in range(attempts)` with `attempts=3` in the signature: who gives 0 asks for it.
fn has_usual_count(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    let is_usual = |name: NodeId| {
        let mut values = module.bindings_of(name).filter(|binding| binding.kind == BindingKind::Parameter);
        values.any(|param| {
            param.value.is_some_and(|value| matches!(module.constant(value), Some(Constant::Int(1..))))
        })
    };
    let header = tree.child(statement, Field::Right).or_else(|| tree.child(statement, Field::Condition));
    header.is_some_and(|header| {
        tree.subtree(header).any(|node| tree.kind(node) == Kind::Identifier && is_usual(node))
    })
}

/// A count or collection that is known not to be empty, or that the function tests.
fn runs_surely(module: &Module, statement: NodeId, tests: &Tests) -> bool {
    let tree = module.tree();
    if tree.kind(statement) == Kind::WhileStatement {
        return begins_surely(module, statement, tests);
    }
    let Some(bound) = tree.child(statement, Field::Right).and_then(|iterated| bound(module, iterated)) else {
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

/// What tells how often a loop runs: the count of a `range`, else the collection.
fn bound(module: &Module, iterated: NodeId) -> Option<NodeId> {
    let arguments = || calls::arguments(module, iterated).positional;
    match module.callee(iterated) {
        Some("builtins.range") => {
            let arguments = arguments();
            arguments.get(1).or(arguments.first()).copied()
        }
        Some("builtins.enumerate" | "builtins.reversed" | "builtins.sorted" | "builtins.list") => {
            arguments().first().copied()
        }
        _ => Some(iterated),
    }
}

/// `while attempt < 3`, `while attempt < retries` behind a test of `retries`.
fn begins_surely(module: &Module, statement: NodeId, tests: &Tests) -> bool {
    let tree = module.tree();
    let Some(condition) = tree.child(statement, Field::Condition) else { return true };
    let names =
        tree.subtree(condition).filter(|node| matches!(tree.kind(*node), Kind::Identifier | Kind::Attribute));
    let is_counted = |name: NodeId| {
        let body = tree.child(statement, Field::Body);
        let mut bindings = module.bindings_of(name);
        bindings.any(|binding| body.is_some_and(|body| tree.contains(body, binding.node)))
    };
    let mut limits = names.filter(|name| !is_counted(*name)).peekable();
    let is_tested = |name: NodeId| {
        module.constant(name).is_some() || tests.between(module.text(name), NodeId::ROOT, statement)
    };
    limits.peek().is_none() || limits.all(is_tested)
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
