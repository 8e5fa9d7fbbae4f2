//! What is said about a name without a value: why, when that shows, and what to write instead.

use crate::engine::matching::Hit;
use crate::engine::python::{BindingKind, Module, Name, NodeId, ScopeId};
use crate::engine::rule::did_you_mean;

use super::super::calls;
use super::{Cause, Found};

const ALWAYS: &str = "whenever this line runs";

/// `hints` asks for the name that may have been meant.
pub(super) fn hit(module: &Module, found: &Found, hints: bool) -> Hit {
    let Found { node, name, cause } = found;
    let (node, name) = (*node, *name);
    let text = module.names().text(name);
    let hit = Hit::at(node).with("NAME", text).with("ERROR", error(module, node, name));
    match cause {
        Cause::Never => hit
            .with("WHY", "nothing in this file binds it, and it is no builtin")
            .with("WHEN", ALWAYS)
            .with("REMEDY", import_or_define(text, hints.then(|| near(module, node, text)).flatten())),
        Cause::Later { first, own } => hit
            .with("WHY", later(line(module, *first), *own))
            .with("WHEN", ALWAYS)
            .with(
                "REMEDY",
                format!("Bind `{text}` before it is read here, or read it later, inside a function"),
            )
            .and(*first, format!("`{text}` is bound here")),
        Cause::Lost { last, kind, always } => hit
            .with("WHY", lost(line(module, *last), kind))
            .with("WHEN", if *always { ALWAYS } else { "here when that `except` ran before" })
            .with("REMEDY", format!("Bind `{text}` on the way to this line, under another name if need be"))
            .and(*last, ended(text, kind)),
        Cause::Unless { culprit, statement } => {
            let call = calls::short(module, *culprit);
            hit.with(
                "WHY",
                format!("`{call}` on line {} may raise before it is bound", line(module, *culprit)),
            )
            .with("WHEN", "here when that happens, and the first error is lost behind it")
            .with("REMEDY", format!("Give `{text}` a value before the `try`, or leave the handler"))
            .and(*culprit, format!("when this raises, `{text}` stays unbound"))
            .and(*statement, "the `try` whose exception leads there")
        }
    }
}

/// A name in `__all__` that the module has not.
pub(super) fn not_exported(module: &Module, node: NodeId, text: &str) -> Hit {
    let remedy = import_or_define(text, near(module, node, text));
    Hit::at(node)
        .with("NAME", text)
        .with("WHY", "`__all__` offers it, and nothing in this file binds it")
        .with("ERROR", "AttributeError")
        .with("WHEN", "when another module says `from ... import *` of this one")
        .with("REMEDY", format!("{remedy}, or take it out of `__all__`"))
}

fn line(module: &Module, node: NodeId) -> u32 {
    module.span(node).start.line
}

fn later(line: u32, own: bool) -> String {
    match own {
        true => format!("it is bound only when the definition that begins on line {line} is complete"),
        false => format!("its first binding comes later, on line {line}"),
    }
}

fn lost(line: u32, kind: &BindingKind) -> String {
    match kind {
        BindingKind::Delete => format!("`del` on line {line} took it away"),
        BindingKind::Except => format!("Python deletes it at the end of the `except` of line {line}"),
        _ => format!("no way from line {line}, which binds it, leads here"),
    }
}

fn ended(text: &str, kind: &BindingKind) -> String {
    match kind {
        BindingKind::Delete => format!("`{text}` is deleted here"),
        BindingKind::Except => format!("`{text}` lives as long as this `except`"),
        _ => format!("`{text}` is bound here"),
    }
}

/// What Python raises: a local of the function around has an error of its own.
fn error(module: &Module, node: NodeId, name: Name) -> &'static str {
    let is_local = module.enclosing_def(node).is_some_and(|(id, _)| {
        module.scopes().lookup(module.scope_of(node), name) == Some(module.function(id).scope)
    });
    if is_local { "UnboundLocalError" } else { "NameError" }
}

fn import_or_define(text: &str, near: Option<&str>) -> String {
    match near {
        Some(near) => format!("If `{near}` is meant, write that; otherwise import or define `{text}`"),
        None => format!("Import or define `{text}`"),
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
    // To compare two names takes about as long as ten steps of a walk.
    module.spend(10 * names.len());
    did_you_mean(text, names.into_iter().filter(|name| *name != text))
}
