//! What failed: whether it was any work, whether others rely on it, and whether its failure shows elsewhere.

use crate::engine::python::{Binding, BindingKind, Field, Function, Kind, Module, NodeId, ScopeId};

use super::super::calls;
use super::super::handler::{in_clean_up, own_nodes};
use super::With;

/// Whether the guarded code calls anything but Python's own plain functions: reading an attribute, or awaiting a task
/// that was cancelled, changes nothing.
pub(super) fn is_done(module: &Module, guarded: NodeId) -> bool {
    own_nodes(module, guarded)
        .filter(|node| module.tree().kind(*node) == Kind::Call)
        .any(|call| module.callee(call).is_none_or(|callee| !callee.starts_with("builtins.")))
}

impl With {
    /// Whether a call in the guarded code stores, sends or charges: others rely on that.
    pub(super) fn changes_outside(&self, module: &Module, guarded: NodeId) -> bool {
        own_nodes(module, guarded).any(|node| self.is_effect(module, node))
    }

    fn is_effect(&self, module: &Module, node: NodeId) -> bool {
        let method = calls::method(module, node).to_ascii_lowercase();
        let is_part = |word: &String| method.split('_').any(|part| part == word);
        let mut effects = self.effects.iter();
        effects.any(|word| method.starts_with(word.as_str()) || is_part(word))
            && !is_local_structure(module, node)
    }

    /// Clean-up, telemetry and probes: their failure changes nothing for anybody.
    pub(super) fn is_best_effort(&self, module: &Module, statement: NodeId, guarded: NodeId) -> bool {
        let tree = module.tree();
        let is_harmless = |node: NodeId| tree.kind(node) == Kind::Call && self.is_harmless(module, node);
        let imports =
            |node: NodeId| matches!(tree.kind(node), Kind::ImportStatement | Kind::ImportFromStatement);
        let path = module.source().path();
        let def = module.enclosing_def(statement).map(|(_, def)| def);
        own_nodes(module, guarded).any(|node| is_harmless(node) || imports(node))
            || def.is_some_and(|def| self.is_modest(module, def))
            || in_clean_up(module, statement)
            || ["telemetry", "analytics", "metrics", "observability", "tracing"]
                .iter()
                .any(|word| path.contains(word))
    }

    fn is_harmless(&self, module: &Module, call: NodeId) -> bool {
        let function = module.tree().child(call, Field::Function);
        let callee = function.map_or("", |callee| calls::beginning(module, callee)).to_ascii_lowercase();
        let given = calls::arguments(module, call).positional.first().copied();
        let task = given.map_or("", |given| calls::beginning(module, given)).to_ascii_lowercase();
        // `executor.submit(self.logging.failed)`
        let hands_on = matches!(calls::last(&callee), "submit" | "enqueue" | "schedule")
            && begins(&self.telemetry, &task);
        hands_on
            || holds(&self.clean_up, calls::last(&callee))
            || !self.is_effect(module, call) && begins(&self.telemetry, &callee)
    }

    /// The function's name promises no more than a try.
    fn is_modest(&self, module: &Module, def: &Function) -> bool {
        let name = def.name.map_or("", |name| module.names().text(name)).to_ascii_lowercase();
        let bare = name.trim_start_matches('_');
        holds(&self.clean_up, &name)
            || begins(&self.telemetry, &name)
            || self.probes.iter().any(|prefix| bare.starts_with(prefix.as_str()))
    }
}

fn holds(words: &[String], name: &str) -> bool {
    words.iter().any(|word| name.contains(word.as_str()))
}

/// `logger`, `audit_log`, but not `catalog`.
fn begins(words: &[String], name: &str) -> bool {
    let mut parts = name.split(|c: char| !c.is_alphanumeric());
    parts.any(|part| words.iter().any(|word| part.starts_with(word.as_str())))
}

/// `kwargs.update(...)`, or `found.insert(...)` on what this very function made: nobody else relies on it.
fn is_local_structure(module: &Module, call: NodeId) -> bool {
    let object =
        calls::receiver(module, call).filter(|object| module.tree().kind(*object) == Kind::Identifier);
    let Some(object) = object else { return false };
    let made =
        |binding: &Binding| binding.kind == BindingKind::Assignment && binding.scope != ScopeId::MODULE;
    match calls::method(module, call) {
        "update" => true,
        "insert" => module.bindings_of(object).any(made),
        _ => false,
    }
}

/// The guarded code returns or assigns a better value than the one there already is or follows: the failure shows in
/// the result.
pub(super) fn falls_back(module: &Module, statement: NodeId, guarded: NodeId) -> bool {
    let tree = module.tree();
    let leaves =
        |node: NodeId| matches!(tree.kind(node), Kind::ReturnStatement | Kind::BreakStatement | Kind::Yield);
    // `value = default` above the try, `value = better()` in it.
    let is_set_above = |name: NodeId| module.bindings_of(name).any(|binding| binding.node < statement);
    let improves =
        |node: NodeId| tree.kind(node) == Kind::Assignment && targets(module, node).any(is_set_above);
    tree.child_of_kind(statement, Kind::ElseClause).is_some()
        || own_nodes(module, guarded).any(|node| leaves(node) || improves(node))
}

/// The names that an assignment binds.
fn targets(module: &Module, assignment: NodeId) -> impl Iterator<Item = NodeId> {
    let tree = module.tree();
    let targets = tree.child(assignment, Field::Left).into_iter().flat_map(|left| tree.subtree(left));
    let is_part = |node: NodeId| {
        tree.parent(node).is_some_and(|parent| matches!(tree.kind(parent), Kind::Attribute | Kind::Subscript))
    };
    targets.filter(move |target| tree.kind(*target) == Kind::Identifier && !is_part(*target))
}
