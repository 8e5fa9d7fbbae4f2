//! Divisions by a value that is zero for an ordinary input: a length, a sum, a counter that began at 0, a time span.

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Binding, BindingKind, Constant, Field, Kind, Module, NodeId, ScopeId};

use super::guard::{self, Guards, Tests};
use super::{Analysis, Parameters, calls, handler, ownership};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Libraries whose numbers divide by zero without raising.
    arrays: Vec<String>,
    /// Calls that tell the time.
    clocks: Vec<String>,
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

/// Why a divisor can be zero.
struct Zero {
    when: String,
    /// What must be tested so that it cannot.
    subject: NodeId,
    is_time: bool,
}

fn visit(with: &With, module: &Module, node: NodeId, has_arrays: bool, guards: &Guards) -> Option<Hit> {
    let tree = module.tree();
    let operator = module.text(tree.child(node, Field::Operator)?);
    if !matches!(operator, "/" | "//" | "%") || is_text(module, node, operator) {
        return None;
    }
    let divisor = calls::inner(module, tree.child(node, Field::Right)?);
    let zero = zero(with, module, divisor)?;
    let tests = guard::tests(module, guards, node);
    let sums = tree.child(node, Field::Left).is_some_and(|left| module.callee(left) == Some("builtins.sum"));
    let is_guarded = [zero.subject, divisor].into_iter().any(|subject| {
        is_tested(module, &tests, subject, node) || guard::is_settled(module, module.text(subject), node)
    });
    if is_guarded
        || (has_arrays && !sums)
        || [zero.subject, divisor].iter().any(|subject| runs_over(module, *subject, node))
        || handler::is_caught(module, node, &FAILURES)
        || ownership::is_private_helper(module, node)
    {
        return None;
    }
    let hit = Hit::at(node).with("DIVISOR", calls::beginning(module, divisor)).with("WHEN", zero.when);
    // An index that runs round a list belongs to a list that has elements.
    Some(if zero.is_time || operator == "%" { hit.as_summary() } else { hit })
}

/// `"%s" % len(x)`, or a path.
fn is_text(module: &Module, node: NodeId, operator: &str) -> bool {
    let Some(left) = module.tree().child(node, Field::Left) else { return true };
    let kind = module.tree().kind(left);
    let is_string = matches!(kind, Kind::String | Kind::ConcatenatedString)
        || matches!(module.type_of(left), Some("builtins.str" | "pathlib.Path"));
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

fn zero(with: &With, module: &Module, divisor: NodeId) -> Option<Zero> {
    let tree = module.tree();
    match tree.kind(divisor) {
        Kind::Call => of_call(module, divisor),
        Kind::Identifier => of_name(with, module, divisor),
        _ => None,
    }
}

/// What the bindings say that reach this read of a name: a length or sum, or a counter that nothing may have raised.
fn of_name(with: &With, module: &Module, divisor: NodeId) -> Option<Zero> {
    let reaching = module.reaching(divisor).filter(|found| !found.unbound && !found.elsewhere)?;
    let bindings: Vec<&Binding> = reaching.bindings.iter().map(|id| module.scopes().binding(*id)).collect();
    let (first, rest) = bindings.split_first()?;
    let value = calls::inner(module, first.value?);
    let is_assigned = first.kind == BindingKind::Assignment;
    if rest.is_empty() && is_assigned {
        return of_call(module, value).or_else(|| of_clock(with, module, value, divisor));
    }
    let counts = !rest.is_empty() && rest.iter().all(|binding| binding.kind == BindingKind::Augmented);
    let begins_at_zero = is_assigned && matches!(module.constant(value), Some(Constant::Int(0)));
    let when = format!("`{}` begins at 0 and nothing may count it up", module.text(divisor));
    (counts && begins_at_zero).then_some(Zero { when, subject: divisor, is_time: false })
}

/// `len(rows)`, `sum(weights)`.
fn of_call(module: &Module, call: NodeId) -> Option<Zero> {
    let tree = module.tree();
    let callee = module.callee(call).filter(|_| tree.kind(call) == Kind::Call)?;
    let subject = *calls::arguments(module, call).positional.first()?;
    let is_plain = matches!(
        tree.kind(subject),
        Kind::Identifier
            | Kind::Attribute
            | Kind::Call
            | Kind::ListComprehension
            | Kind::GeneratorExpression
            | Kind::Subscript
    );
    let constant = module.constant(subject).map(|constant| constant.is_truthy());
    let is_full = is_fixed(module, subject)
        || constant
            .unwrap_or_else(|| calls::method(module, subject) == "split" || is_full_display(module, subject));
    let name = calls::beginning(module, subject).split('\n').next().unwrap_or_default();
    let when = match callee {
        "builtins.len" => format!("`{name}` is empty"),
        "builtins.sum" => format!("`{name}` is empty or adds up to 0"),
        _ => return None,
    };
    (is_plain && !is_full).then_some(Zero { when, subject, is_time: false })
}

/// A name for a display that has elements, or an attribute or constant that is set up elsewhere.
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

fn of_clock(with: &With, module: &Module, value: NodeId, divisor: NodeId) -> Option<Zero> {
    let tree = module.tree();
    let is_difference =
        tree.kind(value) == Kind::BinaryOperator && module.text(tree.child(value, Field::Operator)?) == "-";
    let clock = tree.subtree(value).any(|node| {
        tree.kind(node) == Kind::Call
            && module.callee(node).is_some_and(|callee| with.clocks.iter().any(|known| known == callee))
    });
    let when = "less time passed than the clock can tell".to_owned();
    (is_difference && clock).then_some(Zero { when, subject: divisor, is_time: true })
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
    names.map(|part| module.text(part)).any(derived) || counted_with(module, tests, subject, node)
}

/// `total += len(x)` beside a tested counter: another number of the same loop is tested.
fn counted_with(module: &Module, tests: &Tests, subject: NodeId, node: NodeId) -> bool {
    let bindings = module.bindings_of(subject).filter_map(|binding| binding.value);
    let tree = module.tree();
    bindings
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
