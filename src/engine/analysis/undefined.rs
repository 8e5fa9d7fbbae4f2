//! Names that nothing binds, or that nothing can have bound yet where they are evaluated: a class body that refers
//! to its own class, a default, a local read above all its assignments. A name that may come from elsewhere (star
//! imports, `exec`, `globals()`, injected globals) is no evidence, nor is a place that expects the error.

mod early;
mod place;

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{FunctionId, Module, Name, NodeId, ScopeId, is_builtin};
use crate::engine::rule::did_you_mean;

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
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module([]),
        names: &["NAME", "WHY", "ERROR", "REMEDY"],
        run: Box::new(move |module, _, hits| visit(&with, module, hits)),
    })
}

/// Why a name has no value.
enum Cause {
    /// Nothing in the file binds it.
    Never,
    /// The first of its bindings comes later; whether it is the definition that the name stands in.
    Later { first: NodeId, own: bool },
}

fn visit(with: &With, module: &Module, hits: &mut Vec<Hit>) {
    if module.source().path().ends_with(".pyi") {
        return;
    }
    let mut told: HashSet<(Option<FunctionId>, Name)> = HashSet::new();
    let mut found: Vec<(NodeId, Name, Cause)> = Vec::new();
    let mut early = early::Early::new(module);
    for (identifier, name) in module.identifiers() {
        let cause = match module.scopes().lookup(module.scope_of(identifier), name) {
            None => never(with, module, identifier, name),
            Some(holder) => early.cause(identifier, name, holder),
        };
        let Some(cause) = cause.filter(|_| place::is_evaluated(module, identifier)) else { continue };
        if told.insert((module.enclosing_def(identifier).map(|(id, _)| id), name)) {
            found.push((identifier, name, cause));
        }
    }
    if found.is_empty() || with.binds_by_other_means(module) {
        return;
    }
    hits.extend(found.into_iter().map(|(node, name, cause)| hit(module, node, name, &cause)));
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

impl With {
    /// Whether the file calls what may bind any name.
    fn binds_by_other_means(&self, module: &Module) -> bool {
        let tree = module.tree();
        let reflects = |node: NodeId| {
            module.callee(node).is_some_and(|callee| self.reflective.iter().any(|known| known == callee))
        };
        tree.nodes().any(|node| match tree.kind(node) {
            crate::engine::python::Kind::Call => reflects(node),
            crate::engine::python::Kind::ExecStatement => true,
            _ => false,
        })
    }
}

fn hit(module: &Module, node: NodeId, name: Name, cause: &Cause) -> Hit {
    let text = module.names().text(name);
    let hit = Hit::at(node).with("NAME", text);
    match cause {
        Cause::Never => {
            let near = near(module, node, text);
            let remedy = match near {
                Some(near) => {
                    format!("If `{near}` is meant, write that; otherwise import or define `{text}`")
                }
                None => format!("Import or define `{text}`"),
            };
            hit.with("WHY", "nothing in this file binds it, and it is no builtin")
                .with("ERROR", "NameError")
                .with("REMEDY", remedy)
        }
        Cause::Later { first, own } => {
            let line = module.span(*first).start.line;
            let why = match own {
                true => {
                    format!("it is bound only when the definition that begins on line {line} is complete")
                }
                false => format!("its first binding comes later, on line {line}"),
            };
            let is_local = module.enclosing_def(node).is_some_and(|(id, _)| {
                module.scopes().lookup(module.scope_of(node), name) == Some(module.function(id).scope)
            });
            hit.with("WHY", why)
                .with("ERROR", if is_local { "UnboundLocalError" } else { "NameError" })
                .with(
                    "REMEDY",
                    format!("Bind `{text}` before it is read here, or read it later, inside a function"),
                )
                .and(*first, format!("`{text}` is bound here"))
        }
    }
}

/// The name in reach that the author may have meant.
fn near<'m>(module: &'m Module, node: NodeId, text: &str) -> Option<&'m str> {
    let scopes = module.scopes();
    let mut names: Vec<&str> = Vec::new();
    let mut current: Option<ScopeId> = Some(module.scope_of(node));
    while let Some(id) = current {
        names.extend(scopes.get(id).bound().map(|(name, _)| module.names().text(name)));
        current = scopes.get(id).parent;
    }
    did_you_mean(text, names.into_iter().filter(|name| *name != text))
}
