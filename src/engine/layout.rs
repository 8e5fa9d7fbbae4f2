//! What suppression comments need to know of a file: its comments, definitions and headers, by line.

use super::python::{Field, Kind, Module, NodeId};
use super::suppress::{self, Comment, Definition, Layout};

/// Reads a module's layout; nothing if no comment can silence anything, as in most files.
pub(crate) fn of(module: &Module) -> Option<Layout<'_>> {
    let tree = module.tree();
    let mut comments = tree.nodes().filter(|node| tree.kind(*node) == Kind::Comment);
    comments.any(|node| suppress::may_speak(module.text(node))).then(|| read(module))
}

fn read(module: &Module) -> Layout<'_> {
    let tree = module.tree();
    let mut layout = Layout { is_broken: tree.has_error(NodeId::ROOT), ..Layout::default() };
    for node in tree.nodes() {
        match tree.kind(node) {
            Kind::Comment => layout.comments.push(comment(module, node)),
            Kind::FunctionDefinition | Kind::ClassDefinition => {
                layout.definitions.push(definition(module, node))
            }
            _ => {}
        }
        if is_statement(module, node) {
            layout.headers.extend(Some(header(module, node)).filter(|(first, last)| first < last));
        }
    }
    layout
}

/// The lines of which nothing is concluded: functions that contain a syntax error, and broken statements.
pub(crate) fn blind(module: &Module) -> Vec<(u32, u32)> {
    let tree = module.tree();
    if !tree.has_error(NodeId::ROOT) {
        return Vec::new();
    }
    let is_function = |node| tree.kind(node) == Kind::FunctionDefinition;
    let is_broken = |node: &NodeId| match is_function(*node) {
        true => tree.has_error(*node),
        false => tree.kind(*node) == Kind::Error || tree.is_missing(*node),
    };
    let lines = |node: NodeId| {
        let span = module.span(if is_function(node) { node } else { module.statement_of(node) });
        (span.start.line, span.last_line())
    };
    tree.nodes().filter(is_broken).map(lines).collect()
}

fn comment(module: &Module, node: NodeId) -> Comment<'_> {
    let span = module.span(node);
    let line = span.start.line;
    let before = module.source().line(line).split('#').next().unwrap_or_default();
    let alone = before.trim().is_empty();
    Comment { text: module.text(node), line, alone }
}

fn definition(module: &Module, node: NodeId) -> Definition {
    let tree = module.tree();
    let decorated = tree.parent(node).filter(|parent| tree.kind(*parent) == Kind::DecoratedDefinition);
    let first = module.span(decorated.unwrap_or(node)).start.line;
    Definition { header: (first, header(module, node).1), last_line: module.span(node).last_line() }
}

fn is_statement(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let in_block =
        tree.parent(node).is_some_and(|parent| matches!(tree.kind(parent), Kind::Block | Kind::Module));
    tree.is_named(node) && !tree.is_extra(node) && in_block
}

/// First and last line; of what has a body, up to the colon before it.
fn header(module: &Module, node: NodeId) -> (u32, u32) {
    let tree = module.tree();
    let span = module.span(node);
    let body = tree.child(node, Field::Body).or_else(|| tree.child(node, Field::Consequence));
    let last = match body {
        Some(body) => {
            let colon =
                tree.children(node).filter(|child| module.text(*child) == ":" && *child < body).last();
            colon.map_or(span.start.line, |colon| module.span(colon).last_line())
        }
        None => span.last_line(),
    };
    (span.start.line, last)
}
