//! Names that nothing binds, or that nothing can have bound yet where they are evaluated: a class body that refers
//! to its own class, a default, a local read above all its assignments. A name that may come from elsewhere (star
//! imports, `exec`, `globals()`, injected globals) is no evidence, nor is a place that expects the error.

mod early;
mod lost;
mod place;
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
const MANY: usize = 3;

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

fn visit(with: &With, module: &Module, hits: &mut Vec<Hit>) {
    if module.source().path().ends_with(".pyi") {
        return;
    }
    let mut told: HashSet<(Option<FunctionId>, Name)> = HashSet::new();
    let mut found: Vec<(NodeId, Name, Cause)> = Vec::new();
    let mut early = early::Early::new(module);
    let mut lost = lost::Lost::new(with, module);
    for (identifier, name) in module.identifiers() {
        let cause = match module.scopes().lookup(module.scope_of(identifier), name) {
            None => never(with, module, identifier, name),
            Some(holder) => {
                early.cause(identifier, name, holder).or_else(|| lost.cause(identifier, name, holder))
            }
        };
        let Some(cause) = cause.filter(|_| place::is_evaluated(module, identifier)) else { continue };
        if told.insert((module.enclosing_def(identifier).map(|(id, _)| id), name)) {
            found.push((identifier, name, cause));
        }
    }
    if found.is_empty() || calls_any(module, &with.reflective) || executes(module) {
        return;
    }
    if found.iter().any(|(_, _, cause)| cause.is_of_flow()) && calls_any(module, &with.introspective) {
        found.retain(|(_, _, cause)| !cause.is_of_flow());
    }
    let never = found.iter().filter(|(_, _, cause)| matches!(cause, Cause::Never)).map(|(_, name, _)| *name);
    let many = never.collect::<HashSet<Name>>().len() >= MANY;
    for (node, name, cause) in found {
        let hit = words::hit(module, node, name, &cause);
        let provided = many && matches!(cause, Cause::Never);
        hits.push(if provided { hit.as_summary() } else { hit });
    }
}

fn never(with: &With, module: &Module, identifier: NodeId, name: Name) -> Option<Cause> {
    let text = module.names().text(name);
    let scope = module.scope_of(identifier);
    let known = is_builtin(text)
        || module.scopes().has_star(scope)
        || with.known.iter().any(|known| known == text)
        || module.scopes().all().any(|(_, scope)| scope.declares_global(name))
        || place::is_implicit(module, identifier, text)
        || with.versioned.iter().any(|other| other == text) && place::knows_versions(module);
    (!known).then_some(Cause::Never)
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
