//! Values that may be `None`, used as if they were not: on the spot, or through the one local name they go to.
//! [`source`] knows which calls and attributes may be `None`, [`local`] which functions of the file, [`usage`] what
//! fails on `None`.

mod local;
mod source;
mod usage;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Kind, Module, NodeId};

use super::guard::{self, Guards, Tests};
use super::{Analysis, Parameters, calls, file, handler, ownership};
use source::{Possible, Sources};

/// What a `try` around the use must take to count as a guard.
const FAILURES: [&str; 2] = ["builtins.TypeError", "builtins.AttributeError"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let sources = Sources::new(parameters.read()?);
    Ok(Analysis {
        starts: Starts::kinds([Kind::Call, Kind::Attribute], []),
        names: &["CALL", "WHEN", "USE", "NAME"],
        run: Box::new(move |module, nodes, hits| {
            let guards = Guards::default();
            let mut said: Vec<(NodeId, &str)> = Vec::new();
            for node in nodes {
                let around = module.enclosing_def(*node).map_or(NodeId::ROOT, |(_, def)| def.node);
                let same = (around, module.text(*node));
                // The same question twice in a function is one mistake.
                if let Some(hit) = visit(&sources, module, *node, &guards).filter(|_| !said.contains(&same)) {
                    said.push(same);
                    hits.push(hit);
                }
            }
        }),
    })
}

fn visit(sources: &Sources, module: &Module, source: NodeId, guards: &Guards) -> Option<Hit> {
    let Possible { when, tier } = sources.possible(module, source)?;
    let value = calls::unwrapped(module, source);
    let tests = guard::tests(module, guards, source);
    let (place, use_text, name) = match ownership::local_name(module, source) {
        Some(name) => {
            let used = first_risky(sources, module, source, name, &tests)?;
            (used, usage::risky(sources, module, used)?, module.text(name).to_owned())
        }
        None => (value, usage::risky(sources, module, value)?, spelled(module, source)),
    };
    if is_asked_before(module, source, &tests) || handler::is_caught(module, place, &FAILURES) {
        return None;
    }
    let hit = Hit::at(place)
        .with("CALL", spelled(module, source))
        .with("WHEN", when)
        .with("USE", use_text)
        .with("NAME", name);
    let mut hit = if place == value { hit } else { hit.and(source, "this may be None") };
    // A migration runs once, on rows that its author knows.
    let is_migration = module.source().path().contains("migrations/");
    let is_minor = is_migration
        || file::is_script(module)
        || is_known(module, place)
        || is_correlated(module, source, place);
    hit.tier = tier.or(is_minor.then_some(Tier::Summary));
    Some(hit)
}

fn spelled(module: &Module, source: NodeId) -> String {
    match module.tree().kind(source) {
        Kind::Call => calls::spelled(module, source),
        _ => calls::short(module, source),
    }
}

/// The use finds other values, too, and tests lead to it that did not lead to the source: they may tell the ways apart.
fn is_correlated(module: &Module, source: NodeId, place: NodeId) -> bool {
    let is_one_of_many = module.reaching(place).is_some_and(|found| found.bindings.len() > 1);
    let before = module.conditions_at(source);
    is_one_of_many && module.conditions_at(place).iter().any(|test| !before.contains(test))
}

/// A type checker said so, and the author told it to be silent.
fn is_known(module: &Module, place: NodeId) -> bool {
    let text = module.source().text();
    let line = text.get(module.tree().range(place).start..).and_then(|rest| rest.lines().next());
    let comment = line.and_then(|line| line.split_once('#')).map_or("", |(_, comment)| comment);
    comment.contains("type:") && comment.contains("ignore") || comment.contains("pyright: ignore")
}

/// The first use of the name that fails on `None` and that this value may reach, with no test on the way.
fn first_risky(
    sources: &Sources,
    module: &Module,
    source: NodeId,
    name: NodeId,
    tests: &Tests,
) -> Option<NodeId> {
    let text = module.text(name);
    let binding = ownership::binding(module, name)?;
    let annotation = module.scopes().binding(binding).annotation.map_or("None", |node| module.text(node));
    // `user: User = ...`: its author says that there is one.
    if !annotation.contains("None") && !annotation.contains("Optional") {
        return None;
    }
    let used = module.reads_of(binding).into_iter().filter(|used| *used > name);
    let here = |used: &NodeId| module.enclosing_function(*used) == module.enclosing_function(name);
    let first = used.filter(here).find(|used| usage::risky(sources, module, *used).is_some())?;
    let is_tested =
        tests.between(text, module.tree().after(source), first) || guard::is_settled(module, text, first);
    (!is_tested && !guard::is_checked_by_call(module, name, first)).then_some(first)
}

/// The same question, the key or the mapping was tested before, or the key was just set.
fn is_asked_before(module: &Module, source: NodeId, tests: &Tests) -> bool {
    let tested = |text: &str| !text.is_empty() && tests.before(text, source);
    if module.tree().kind(source) != Kind::Call {
        return tested(module.text(source));
    }
    let key = calls::arguments(module, source).positional.first().map(|key| module.text(*key));
    let object = calls::receiver(module, source).map(|object| module.text(object));
    let stored = object.zip(key).is_some_and(|(object, key)| {
        let around = module.enclosing_def(source).map_or("", |(_, def)| module.text(def.node));
        around.contains(&format!("{object}[{key}] =")) || around.contains(&format!("{key} in "))
    });
    tested(module.text(source)) || object.is_some_and(tested) || key.is_some_and(tested) || stored
}
