//! Divisions by a value that is zero for an ordinary input: a length, a sum, a counter that began at 0, a time span,
//! a number of the request. [`origin`] knows where a divisor comes from; here is what keeps it from being zero.

mod collection;
mod counter;
mod origin;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, Field, Kind, Module, NodeId};

use super::guard::{self, Guards, Tests};
use super::{Analysis, Parameters, calls, file, handler, ownership};
use origin::{Origin, Zero};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Libraries whose numbers divide by zero without raising.
    arrays: Vec<String>,
    /// Calls that tell the time.
    clocks: Vec<String>,
    /// Methods and functions that look something up or pick from it: what they answer is empty on an ordinary day.
    queries: Vec<String>,
    /// Words of an expression that reads what a client sent.
    requests: Vec<String>,
}

const FAILURES: [&str; 2] = ["builtins.ZeroDivisionError", "builtins.ArithmeticError"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::BinaryOperator], []),
        names: &["DIVISOR", "WHEN"],
        run: Box::new(move |module, nodes, hits| {
            let guards = Guards::default();
            let has_arrays = imports_any(module, &with.arrays);
            hits.extend(nodes.iter().filter_map(|node| visit(&with, module, *node, has_arrays, &guards)));
        }),
    })
}

fn imports_any(module: &Module, libraries: &[String]) -> bool {
    let text = module.source().text();
    libraries.iter().any(|library| {
        text.contains(&format!("import {library}")) || text.contains(&format!("from {library}"))
    })
}

fn visit(with: &With, module: &Module, node: NodeId, has_arrays: bool, guards: &Guards) -> Option<Hit> {
    let tree = module.tree();
    let operator = module.text(tree.child(node, Field::Operator)?);
    if !matches!(operator, "/" | "//" | "%") || is_text(module, node, operator) {
        return None;
    }
    let divisor = calls::inner(module, tree.child(node, Field::Right)?);
    let zero = Zero::of(with, module, divisor)?;
    let tests = guard::tests(module, guards, node);
    let sums = tree.child(node, Field::Left).is_some_and(|left| module.callee(left) == Some("builtins.sum"));
    let is_guarded = [zero.subject, divisor].into_iter().any(|subject| {
        is_tested(module, &tests, subject, node) || guard::is_settled(module, module.text(subject), node)
    });
    if is_guarded
        || (has_arrays && !sums)
        || [zero.subject, divisor].iter().any(|subject| runs_over(module, *subject, node))
        || handler::is_caught(module, node, &FAILURES)
        || zero.origin != Origin::Here && ownership::is_private_helper(module, node)
    {
        return None;
    }
    let hit = Hit::at(node).with("DIVISOR", calls::beginning(module, divisor)).with("WHEN", zero.when);
    // An index that runs round a list belongs to a list that has elements.
    let is_sure =
        matches!(zero.origin, Origin::Here | Origin::Fresh) && operator != "%" && !file::is_script(module);
    Some(if is_sure { hit } else { hit.as_summary() })
}

/// `"%s" % len(x)`, or a path.
fn is_text(module: &Module, node: NodeId, operator: &str) -> bool {
    let Some(left) = module.tree().child(node, Field::Left) else { return true };
    let kind = module.tree().kind(left);
    let is_string = matches!(kind, Kind::String | Kind::ConcatenatedString)
        || matches!(module.type_of(left), Some("builtins.str" | "pathlib.Path"))
        || calls::method(module, left).contains("gettext")
        || calls::method(module, left) == "_";
    // A name on the left of `%` may be a template.
    is_string
        || (operator == "%"
            && !matches!(
                kind,
                Kind::Integer
                    | Kind::Call
                    | Kind::BinaryOperator
                    | Kind::Attribute
                    | Kind::ParenthesizedExpression
                    | Kind::Identifier
            ))
}

/// The subject, or a name it is made of, is tested above.
fn is_tested(module: &Module, tests: &Tests, subject: NodeId, node: NodeId) -> bool {
    let tree = module.tree();
    let names =
        tree.subtree(subject).filter(|part| matches!(tree.kind(*part), Kind::Identifier | Kind::Attribute));
    let derived = |text: &str| {
        tests.before(text, node)
            || module.text(subject) != text
                && tests.anywhere(text)
                && tests.before(&format!("len({text})"), node)
    };
    let mut companions = collection::companions(module, subject).into_iter();
    names.map(|part| module.text(part)).any(derived)
        || counted_with(module, tests, subject, node)
        || companions.any(|text| tests.before(text, node))
}

/// `total += len(x)` beside a tested counter: another number of the same loop is tested.
fn counted_with(module: &Module, tests: &Tests, subject: NodeId, node: NodeId) -> bool {
    let counts = module.bindings_of(subject).filter(|binding| binding.kind == BindingKind::Augmented);
    let tree = module.tree();
    counts
        .filter_map(|binding| binding.value)
        .flat_map(|value| tree.subtree(value).take(64).collect::<Vec<_>>())
        .any(|part| tree.kind(part) == Kind::Identifier && tests.before(module.text(part), node))
}

/// Inside a loop over the collection it is not empty.
fn runs_over(module: &Module, subject: NodeId, node: NodeId) -> bool {
    let tree = module.tree();
    let text = module.text(subject);
    module.ancestors_in_function(node).any(|around| {
        let iterated = match tree.kind(around) {
            Kind::ForStatement => tree.child(around, Field::Right),
            Kind::ListComprehension
            | Kind::SetComprehension
            | Kind::GeneratorExpression
            | Kind::DictionaryComprehension => tree
                .child_of_kind(around, Kind::ForInClause)
                .and_then(|clause| tree.child(clause, Field::Right)),
            _ => None,
        };
        iterated.is_some_and(|iterated| {
            let inside = tree.contains(iterated, node);
            !inside && tree.subtree(iterated).any(|part| module.text(part) == text)
        })
    })
}
