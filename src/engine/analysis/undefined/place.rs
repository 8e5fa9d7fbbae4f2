//! Where a name stands: whether Python evaluates it there at all, and whether the place expects it to be missing.

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::super::calls;

/// Whether an identifier is a use that Python looks up when the code runs, and whose failure nobody catches.
pub(super) fn is_evaluated(module: &Module, identifier: NodeId) -> bool {
    !is_placeholder(module, identifier)
        && !is_lazy_annotation(module, identifier)
        && !in_dead_code(module, identifier)
        && !expects_the_error(module, identifier)
        && !is_deliberate(module, identifier)
}

/// A test's line with a word to some linter, in whatever spelling: it is there to fail.
fn is_deliberate(module: &Module, identifier: NodeId) -> bool {
    if !module.is_test_file() {
        return false;
    }
    let text = module.source().text();
    let rest = &text[module.tree().range(identifier).end..];
    let line = rest.split('\n').next().unwrap_or_default();
    module.spend(line.len());
    let comment = line.split_once('#').map_or("", |(_, comment)| comment);
    ["noqa", "type: ignore", "pylint:", "pyright:"].iter().any(|word| comment.contains(word))
}

/// `{{name}}` of a template: a set in a set, which Python would refuse to hash.
fn is_placeholder(module: &Module, identifier: NodeId) -> bool {
    let tree = module.tree();
    let around = tree.ancestors(identifier).take(2);
    around.filter(|node| tree.kind(*node) == Kind::Set).count() == 2
}

/// Names of attributes, keywords, imports and declarations: no names that are looked up.
pub(super) fn is_label(module: &Module, identifier: NodeId) -> bool {
    let tree = module.tree();
    let Some(parent) = tree.parent(identifier) else { return true };
    match tree.kind(parent) {
        Kind::Attribute | Kind::KeywordArgument => module.is_label(identifier),
        Kind::DottedName => !is_pattern_name(module, identifier, parent),
        Kind::AliasedImport
        | Kind::KeywordPattern
        | Kind::GlobalStatement
        | Kind::NonlocalStatement
        | Kind::DeleteStatement => true,
        Kind::MemberType => tree.first_named(parent) != Some(identifier),
        _ => false,
    }
}

/// `Point` of `case Point(x=0):`, `Color` of `case Color.RED:`; a name alone is bound by its `case`.
fn is_pattern_name(module: &Module, identifier: NodeId, dotted: NodeId) -> bool {
    let tree = module.tree();
    let parts = tree.named_children(dotted).count();
    tree.first_named(dotted) == Some(identifier)
        && match tree.parent(dotted).map(|parent| tree.kind(parent)) {
            Some(Kind::ClassPattern) => true,
            Some(Kind::CasePattern) => parts > 1,
            _ => false,
        }
}

/// An annotation that is kept as text, or that Python never evaluates: those of local variables, and the right sides
/// of `type` statements.
fn is_lazy_annotation(module: &Module, identifier: NodeId) -> bool {
    let tree = module.tree();
    let Some(annotation) = tree
        .ancestors(identifier)
        .take_while(|node| !is_statement(tree.kind(*node)))
        .find(|node| matches!(tree.kind(*node), Kind::Type | Kind::TypeAliasStatement | Kind::TypeParameter))
    else {
        return false;
    };
    let of_variable = tree.parent(annotation).is_some_and(|node| tree.kind(node) == Kind::Assignment);
    tree.kind(annotation) != Kind::Type
        || module.has_lazy_annotations()
        || tree.ancestors(annotation).any(|node| tree.kind(node) == Kind::TypeAliasStatement)
        || of_variable && module.enclosing_function(identifier).is_some()
}

/// Whether the identifier stands in an annotation of any kind.
pub(super) fn in_annotation(module: &Module, identifier: NodeId) -> bool {
    let tree = module.tree();
    let mut inside = tree.ancestors(identifier).take_while(|node| !is_statement(tree.kind(*node)));
    inside.any(|node| tree.kind(node) == Kind::Type)
}

fn is_statement(kind: Kind) -> bool {
    matches!(kind, Kind::Block | Kind::Module | Kind::ExpressionStatement)
        || matches!(kind, Kind::FunctionDefinition | Kind::ClassDefinition | Kind::Lambda)
}

/// Under `if TYPE_CHECKING:`, which no program enters.
fn in_dead_code(module: &Module, identifier: NodeId) -> bool {
    let tree = module.tree();
    let is_dead = |node: NodeId| {
        tree.kind(node) == Kind::IfStatement
            && calls::condition(module, node)
                .is_some_and(|condition| calls::last(calls::beginning(module, condition)) == "TYPE_CHECKING")
    };
    tree.ancestors(identifier).any(is_dead)
}

/// A `try` that catches NameError, by name or, where it only looks whether the name is there, with everything; or a
/// `with` that waits for the error (`pytest.raises`, `assertRaises`, `suppress`).
fn expects_the_error(module: &Module, identifier: NodeId) -> bool {
    let tree = module.tree();
    let parent = tree.parent(identifier).map(|parent| tree.kind(parent));
    let only_looks = matches!(parent, Some(Kind::ExpressionStatement | Kind::Assignment));
    let mut tries = module.enclosing_tries(identifier);
    let caught = tries.any(|statement| {
        let handlers = tree.named_children(statement).filter(|part| tree.kind(*part) == Kind::ExceptClause);
        handlers.into_iter().any(|handler| catches(module, handler, only_looks))
    });
    let awaits = |item: NodeId| names_the_error(calls::beginning(module, item));
    caught || module.enclosing_with_items(identifier).any(awaits)
}

fn names_the_error(text: &str) -> bool {
    text.contains("NameError") || text.contains("UnboundLocalError")
}

fn catches(module: &Module, handler: NodeId, only_looks: bool) -> bool {
    let tree = module.tree();
    let caught = tree.named_children(handler).find(|part| tree.kind(*part) != Kind::Block);
    match caught.map(|caught| calls::beginning(module, caught)) {
        Some(text) => names_the_error(text) || only_looks && text.contains("Exception"),
        None => only_looks,
    }
}

/// Names that Python itself binds where they stand, and type parameters of a definition around.
pub(super) fn is_implicit(module: &Module, identifier: NodeId, text: &str) -> bool {
    match text {
        "__class__" => {
            module.enclosing_function(identifier).is_some() && module.enclosing_class(identifier).is_some()
        }
        "__module__" | "__qualname__" => module.enclosing_class(identifier).is_some(),
        _ => is_type_parameter(module, identifier, text),
    }
}

fn is_type_parameter(module: &Module, identifier: NodeId, text: &str) -> bool {
    let tree = module.tree();
    tree.ancestors(identifier).any(|node| match tree.kind(node) {
        Kind::FunctionDefinition | Kind::ClassDefinition | Kind::TypeAliasStatement => {
            tree.child(node, Field::TypeParameters).is_some_and(|list| names(module, list, text))
        }
        _ => false,
    })
}

fn names(module: &Module, list: NodeId, text: &str) -> bool {
    let tree = module.tree();
    tree.subtree(list).any(|node| tree.kind(node) == Kind::Identifier && module.text(node) == text)
}

/// Whether the file asks which Python runs it, or is written for the old one.
pub(super) fn knows_versions(module: &Module) -> bool {
    let tree = module.tree();
    ["PY2", "PY3", "version_info", "sys.version", "hexversion", "six", "python_2_unicode", "future"]
        .iter()
        .any(|word| module.mentions(word))
        || tree.nodes().any(|node| tree.kind(node) == Kind::PrintStatement)
}
