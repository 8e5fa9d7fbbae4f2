//! Names that nothing binds, or that nothing can have bound yet where they are evaluated: a class body that refers
//! to its own class, a default, a local read above all its assignments. A name that may come from elsewhere (star
//! imports, `exec`, `globals()`, injected globals) is no evidence, nor is a place that expects the error.

mod early;
mod exported;
mod lost;
mod place;
mod raised;
mod thrown;
mod words;

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, FunctionId, Kind, Module, Name, NodeId, is_builtin};

use super::{Analysis, Parameters};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Names that interpreters, notebooks and build tools put into modules.
    known: Vec<String>,
    /// Names of other Pythons: silent in files that look at the Python version.
    versioned: Vec<String>,
    /// Calls after which any name may be bound.
    reflective: Vec<String>,
    /// Calls by which code looks whether a local is bound.
    introspective: Vec<String>,
    /// Callables and methods that fail only by a mistake, by qualified or last name.
    quiet: Vec<String>,
    /// Words in the names of functions that may not come back.
    leaving: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module([]),
        names: &["NAME", "WHY", "ERROR", "WHEN", "REMEDY"],
        run: Box::new(move |module, _, hits| visit(&with, module, hits)),
    })
}

/// A file with so many different names that nothing binds is most likely run by a program that provides them.
const MANY: usize = 8;
/// So many are enough for a test: its text may be given to an interpreter with a world of its own.
const MANY_IN_TESTS: usize = 3;

/// How many names of a file are compared with all in reach, to tell what may have been meant.
const HINTS: usize = 100;

/// Why a name has no value.
enum Cause {
    /// Nothing in the file binds it.
    Never,
    /// The first of its bindings comes later; whether it is the definition that the name stands in.
    Later { first: NodeId, own: bool },
    /// On no way here, or not on some, has it a value: `last` took it away, or gave it on other ways.
    Lost { last: NodeId, kind: BindingKind, always: bool },
    /// The `try` statement binds it unless the culprit raises.
    Unless { culprit: NodeId, statement: NodeId },
}

/// One name without a value, where it is read.
struct Found {
    node: NodeId,
    name: Name,
    cause: Cause,
}

fn visit(with: &With, module: &Module, hits: &mut Vec<Hit>) {
    if module.source().path().ends_with(".pyi") {
        return;
    }
    let mut found = first_of_each(module, find(with, module));
    let exported = exported::missing(with, module);
    let is_clean = found.is_empty() && exported.is_empty();
    if is_clean || calls_any(module, &with.reflective) || executes(module) {
        return;
    }
    hits.extend(exported);
    if found.iter().any(|found| found.cause.is_of_flow()) && calls_any(module, &with.introspective) {
        found.retain(|found| !found.cause.is_of_flow());
    }
    let never = found.iter().filter(|found| matches!(found.cause, Cause::Never)).map(|found| found.name);
    let enough = if module.is_test_file() { MANY_IN_TESTS } else { MANY };
    let many = is_excerpt(module) || never.collect::<HashSet<Name>>().len() >= enough;
    hits.extend(found.iter().enumerate().map(|(index, found)| {
        let hit = words::hit(module, found, index < HINTS);
        let provided = many && matches!(found.cause, Cause::Never);
        if provided { hit.as_summary() } else { hit }
    }));
}

/// Code that documentation shows in parts: `docs/`, `docs_src/`, `examples/`.
fn is_excerpt(module: &Module) -> bool {
    let folders = module.source().path().rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').any(|folder| ["doc", "docs", "docs_src", "examples", "snippets"].contains(&folder))
}

fn find(with: &With, module: &Module) -> Vec<Found> {
    let mut early = early::Early::new(module);
    let mut lost = lost::Lost::new(with, module);
    // Nearly half of all identifiers are labels, and asking their kind is cheaper than looking a name up.
    let reads = module.identifiers().filter(|(node, _)| !place::is_label(module, *node));
    let found = reads.filter_map(|(node, name)| {
        let cause = match module.scopes().lookup(module.scope_of(node), name) {
            None => never(with, module, node, name),
            Some(holder) => early.cause(node, name, holder).or_else(|| lost.cause(node, name, holder)),
        };
        Some(Found { node, name, cause: cause? })
    });
    found.filter(|found| place::is_evaluated(module, found.node)).collect()
}

/// The first read of each name in each function, and of the names that one `try` leaves unbound the first.
fn first_of_each(module: &Module, mut found: Vec<Found>) -> Vec<Found> {
    let mut told: HashSet<(Option<FunctionId>, Name)> = HashSet::new();
    let mut tries: HashSet<NodeId> = HashSet::new();
    found.retain(|found| {
        let is_new = match found.cause {
            Cause::Unless { statement, .. } => tries.insert(statement),
            _ => true,
        };
        is_new && told.insert((module.enclosing_def(found.node).map(|(id, _)| id), found.name))
    });
    found
}

fn never(with: &With, module: &Module, identifier: NodeId, name: Name) -> Option<Cause> {
    let text = module.names().text(name);
    let scope = module.scope_of(identifier);
    let known = is_builtin(text)
        || module.scopes().has_star(scope)
        || with.known.iter().any(|known| known == text)
        || module.fact(Declared::find).0.contains(&name)
        || place::is_implicit(module, identifier, text)
        || with.versioned.iter().any(|other| other == text) && place::knows_versions(module);
    (!known).then_some(Cause::Never)
}

/// The names that some function of the file may bind in the module.
struct Declared(HashSet<Name>);

impl Declared {
    fn find(module: &Module) -> Declared {
        Declared(module.scopes().all().flat_map(|(_, scope)| scope.declared_global()).collect())
    }
}

impl Cause {
    fn is_of_flow(&self) -> bool {
        matches!(self, Cause::Lost { .. } | Cause::Unless { .. })
    }
}

/// Whether the file calls one of these.
fn calls_any(module: &Module, known: &[String]) -> bool {
    let tree = module.tree();
    let mut calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    calls.any(|call| module.callee(call).is_some_and(|callee| known.iter().any(|name| name == callee)))
}

/// Whether the file holds Python 2's `exec`.
fn executes(module: &Module) -> bool {
    module.tree().nodes().any(|node| module.tree().kind(node) == Kind::ExecStatement)
}
