//! Values that may be `None`, used as if they were not: on the spot, or through the one local name they go to.

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Constant, Field, Function, FunctionId, Kind, Module, NodeId};

use super::guard::{self, Guards, Tests};
use super::table::Table;
use super::{Analysis, Parameters, calls, file, handler, ownership};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    groups: Vec<Group>,
    /// Callables that reject `None`.
    rejecting: Vec<String>,
}

/// Callables that answer `None` for the same reason.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    #[serde(default)]
    names: Vec<String>,
    /// Methods of objects whose type is not known, by the end of the written callee: `.headers.get`.
    #[serde(default)]
    suffixes: Vec<String>,
    /// When it is `None`.
    when: String,
    /// From this many arguments on there is a default.
    default_at: Option<usize>,
    /// A key that is written out may be part of a contract: only others count.
    #[serde(default)]
    varying: bool,
    /// Where its answer is mostly ensured by what this file does not show.
    tier: Option<Tier>,
    /// Its first argument is a regular expression.
    #[serde(default)]
    pattern: bool,
    /// Words of the function's text by which there always is an answer.
    #[serde(default)]
    unless: Vec<String>,
}

/// That a call may answer `None`.
struct Possible {
    when: String,
    tier: Option<Tier>,
}

struct Sources {
    table: Table<Group>,
    suffixes: Vec<(String, Group)>,
    rejecting: Vec<String>,
}

/// What a `try` around the use must take to count as a guard.
const FAILURES: [&str; 2] = ["builtins.TypeError", "builtins.AttributeError"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { groups, rejecting } = parameters.read()?;
    let flat = |names: fn(&Group) -> &Vec<String>| -> Vec<(String, Group)> {
        groups
            .iter()
            .flat_map(|group| names(group).iter().map(|name| (name.clone(), group.clone())))
            .collect()
    };
    let sources = Sources {
        table: Table::new(flat(|group| &group.names)),
        suffixes: flat(|group| &group.suffixes),
        rejecting,
    };
    Ok(Analysis {
        starts: Starts::kinds([Kind::Call], []),
        names: &["CALL", "WHEN", "USE", "NAME"],
        run: Box::new(move |module, calls, hits| {
            let guards = Guards::default();
            hits.extend(calls.iter().filter_map(|call| visit(&sources, module, *call, &guards)));
        }),
    })
}

fn visit(sources: &Sources, module: &Module, call: NodeId, guards: &Guards) -> Option<Hit> {
    let Possible { when, tier } = sources.possible(module, call)?;
    let value = calls::unwrapped(module, call);
    let tests = guard::tests(module, guards, call);
    let (place, use_text, name) = match ownership::local_name(module, call) {
        Some(name) => {
            let used = first_risky(sources, module, name, &tests)?;
            (used, risky(sources, module, used)?, module.text(name).to_owned())
        }
        None => (value, risky(sources, module, value)?, calls::spelled(module, call)),
    };
    if is_asked_before(module, call, &tests) || handler::is_caught(module, place, &FAILURES) {
        return None;
    }
    let hit = Hit::at(place)
        .with("CALL", calls::spelled(module, call))
        .with("WHEN", when)
        .with("USE", use_text)
        .with("NAME", name);
    let mut hit = if place == value { hit } else { hit.and(call, "this may be None") };
    // A migration runs once, on rows that its author knows.
    let is_migration = module.source().path().contains("migrations/");
    hit.tier = tier.or((is_migration || file::is_script(module)).then_some(Tier::Summary));
    Some(hit)
}

impl Sources {
    /// Whether the call may answer `None`.
    fn possible(&self, module: &Module, call: NodeId) -> Option<Possible> {
        let callee = module.callee(call);
        if let Some(function) = callee.and_then(|callee| module.local_function(callee)) {
            // Which arguments lead to its `None`, the caller mostly knows.
            let when = when_local(module, call, function)?;
            return Some(Possible { when, tier: Some(Tier::Summary) });
        }
        let written =
            module.tree().child(call, Field::Function).map_or("", |callee| calls::beginning(module, callee));
        let by_suffix = || {
            self.suffixes
                .iter()
                .find(|(suffix, _)| written.ends_with(suffix.as_str()))
                .map(|(_, group)| group)
        };
        let group = callee.and_then(|callee| self.table.get(callee)).or_else(by_suffix)?;
        let arguments = calls::arguments(module, call);
        let given = arguments.positional.len() + arguments.keywords.len();
        let has_default = arguments.open || group.default_at.is_some_and(|count| given >= count);
        let is_fixed = arguments.positional.first().is_some_and(|key| module.constant(*key).is_some());
        let surely = group.pattern && matches_anything(module, call) || group.varying && is_fixed;
        let around = module.enclosing_def(call).map_or("", |(_, def)| module.text(def.node));
        let lower = if group.unless.is_empty() { String::new() } else { around.to_ascii_lowercase() };
        let excused = group.unless.iter().any(|word| lower.contains(word.as_str()));
        (!has_default && !surely && !excused).then(|| Possible { when: group.when.clone(), tier: group.tier })
    }
}

/// A function of this file that may answer `None`: its annotation says so, or it has none, and it returns one.
fn when_local(module: &Module, call: NodeId, function: FunctionId) -> Option<String> {
    let tree = module.tree();
    let def = module.function(function);
    let annotation = def.returns.map(|returns| module.text(returns));
    let says = annotation.is_none_or(|annotation| {
        annotation.starts_with("Optional[")
            || annotation.starts_with("typing.Optional[")
            || annotation.ends_with("| None")
    });
    let awaited = tree.parent(call).is_some_and(|node| tree.kind(node) == Kind::Await);
    let plain = def.is_async == awaited && !def.is_generator && def.decorators.is_empty() && says;
    let name = def.name.map_or("", |name| module.names().text(name));
    (plain && gives_none(module, def)).then(|| match annotation {
        Some(annotation) => format!("where it finds nothing, as its annotation `{annotation}` says"),
        None => format!("on some ways out of `{name}`"),
    })
}

/// Whether the body says `None` on some way and gives a value on another: some annotations are only more cautious than
/// their function.
fn gives_none(module: &Module, def: &Function) -> bool {
    let tree = module.tree();
    let is_none = |value: NodeId| match tree.kind(value) {
        Kind::ConditionalExpression => tree.named_children(value).any(|arm| tree.kind(arm) == Kind::None),
        kind => kind == Kind::None,
    };
    let nodes = def.body.into_iter().flat_map(|body| handler::own_nodes(module, body));
    let returns = nodes.filter(|node| tree.kind(*node) == Kind::ReturnStatement);
    let (none, given): (Vec<NodeId>, Vec<NodeId>) =
        returns.filter_map(|node| tree.first_named(node)).partition(|value| is_none(*value));
    let unasked = none.into_iter().any(|value| !is_asked_for(module, def, value));
    unasked && (def.returns.is_some() || !given.is_empty())
}

/// Only who passes an optional argument gets this value: `find(key, raise_error=False)`.
fn is_asked_for(module: &Module, def: &Function, value: NodeId) -> bool {
    let tree = module.tree();
    let conditions = module.conditions_at(value);
    let by_param = |text: &str, default: NodeId| {
        let is_usual = module.constant(default).map(|constant| constant.is_truthy());
        conditions.iter().any(|(test, holds)| match tree.kind(*test) {
            Kind::Identifier => module.text(*test) == text && is_usual != Some(*holds),
            _ => tree.subtree(*test).take(64).any(|part| module.text(part) == text),
        })
    };
    let mut optional = def.params.iter().filter_map(|param| Some((param.node, param.default?)));
    optional.any(|(param, default)| by_param(module.text(param), default))
}

/// A pattern that matches the empty text matches any, and a constant text can be tried.
fn matches_anything(module: &Module, call: NodeId) -> bool {
    let mut arguments = calls::arguments(module, call).positional.into_iter();
    let is_compiled = module.callee(call).is_some_and(|callee| callee.starts_with("re.Pattern."));
    let pattern = if is_compiled { compiled_pattern(module, call) } else { arguments.next() };
    let text = arguments.next().and_then(|node| module.constant(node));
    let text = text.as_ref().and_then(Constant::as_str).unwrap_or_default();
    match pattern.and_then(|node| module.constant(node)) {
        Some(Constant::Str(pattern)) => {
            regex::Regex::new(&pattern).is_ok_and(|compiled| compiled.is_match("") || compiled.is_match(text))
        }
        // Built at run time: what it matches is not known.
        _ => true,
    }
}

/// What `re.compile` was given, for a method of the compiled pattern.
fn compiled_pattern(module: &Module, call: NodeId) -> Option<NodeId> {
    let object = calls::receiver(module, call)?;
    let compile = module.bindings_of(object).next()?.value?;
    calls::arguments(module, compile).positional.first().copied()
}

/// How the value is used so that `None` fails, in words; `None` where it is not.
fn risky(sources: &Sources, module: &Module, value: NodeId) -> Option<String> {
    let tree = module.tree();
    let parent = tree.parent(value)?;
    match (tree.kind(parent), tree.field(value)) {
        (Kind::Attribute, Field::Object) if module.text(parent).ends_with("__") => None,
        (Kind::Attribute, Field::Object) => Some(format!(
            "`.{}` is read of it",
            tree.child(parent, Field::Attribute).map_or("", |name| module.text(name))
        )),
        (Kind::Subscript, Field::Value) => Some("it is indexed".to_owned()),
        (Kind::ArgumentList, _) => {
            let call = tree.parent(parent)?;
            let callee = module.callee(call)?;
            let first = calls::arguments(module, call).positional.first() == Some(&value);
            (first && sources.rejecting.iter().any(|known| known == callee))
                .then(|| format!("`{}` is called with it", calls::spelled(module, call)))
        }
        _ => None,
    }
}

/// The first use of the name that fails on `None` and that this value may reach, with no test on the way.
fn first_risky(sources: &Sources, module: &Module, name: NodeId, tests: &Tests) -> Option<NodeId> {
    let text = module.text(name);
    let binding = ownership::binding(module, name)?;
    let annotation = module.scopes().binding(binding).annotation.map_or("None", |node| module.text(node));
    // `user: User = ...`: its author says that there is one.
    if !annotation.contains("None") && !annotation.contains("Optional") {
        return None;
    }
    let used = module.reads_of(binding).into_iter().filter(|used| *used > name);
    let here = |used: &NodeId| module.enclosing_function(*used) == module.enclosing_function(name);
    let first = used.filter(here).find(|used| risky(sources, module, *used).is_some())?;
    let is_tested = tests.between(text, name, first) || guard::is_settled(module, text, first);
    (!is_tested && !passed_to_check(module, name, first)).then_some(first)
}

/// The value went through a call of its own before: `check(value)`, `self.assertIsNotNone(value)`.
fn passed_to_check(module: &Module, name: NodeId, first: NodeId) -> bool {
    let tree = module.tree();
    ownership::uses(module, name).into_iter().filter(|used| *used < first).any(|used| {
        let call = ownership::argument_of(module, used);
        call.is_some_and(|call| {
            tree.parent(call).is_some_and(|parent| tree.kind(parent) == Kind::ExpressionStatement)
                && !calls::spelled(module, call).contains("log")
        })
    })
}

/// The same question, the key or the mapping was tested before, or the key was just set.
fn is_asked_before(module: &Module, call: NodeId, tests: &Tests) -> bool {
    let key = calls::arguments(module, call).positional.first().map(|key| module.text(*key));
    let object = calls::receiver(module, call).map(|object| module.text(object));
    let tested = |text: &str| !text.is_empty() && tests.before(text, call);
    let stored = object.zip(key).is_some_and(|(object, key)| {
        let around = module.enclosing_def(call).map_or("", |(_, def)| module.text(def.node));
        around.contains(&format!("{object}[{key}] =")) || around.contains(&format!("{key} in "))
    });
    tested(module.text(call)) || object.is_some_and(tested) || key.is_some_and(tested) || stored
}
