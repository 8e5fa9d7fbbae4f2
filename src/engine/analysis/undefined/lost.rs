//! Locals that control flow leaves without a value: deleted, gone with their `except`, or to be bound by a `try` whose
//! exception leads to the read all the same. A branch that may not bind a name is no evidence: what tells its ways
//! apart is seldom visible.

use rustc_hash::FxHashMap;

use crate::engine::python::{Binding, BindingKind, Field, Kind, Module, Name, NodeId, ScopeId, ScopeKind};

use super::thrown::Thrown;
use super::{Cause, With};

/// How many points of graphs one file's questions may look at, all together.
const STEPS: usize = 20_000_000;

/// What is asked for each use: whether some way leads to it on which its name has no value.
pub(super) struct Lost<'m> {
    module: &'m Module,
    thrown: Thrown<'m>,
    /// By scope and name, where a use is worth the question.
    places: FxHashMap<(ScopeId, Name), Vec<Place>>,
    steps: usize,
}

/// What may leave a name without a value.
#[derive(Clone, Copy)]
enum Place {
    /// A `del`, or the end of an `except … as name`: uses behind it.
    End(NodeId),
    /// A `try` and its body, which binds the name: uses behind its beginning and outside its body.
    Try(NodeId, NodeId),
}

impl<'m> Lost<'m> {
    pub(super) fn new(with: &'m With, module: &'m Module) -> Lost<'m> {
        Lost { module, thrown: Thrown::new(with, module), places: FxHashMap::default(), steps: STEPS }
    }

    pub(super) fn cause(&mut self, identifier: NodeId, name: Name, holder: ScopeId) -> Option<Cause> {
        let module = self.module;
        let places = self.places.entry((holder, name)).or_insert_with(|| places(module, holder, name));
        if !places.iter().any(|place| place.concerns(module, identifier)) {
            return None;
        }
        self.steps = self.steps.checked_sub(module.flow_of(identifier).graph().len())?;
        let found = module.reaching(identifier).filter(|found| found.unbound && !found.elsewhere)?;
        if found.bindings.is_empty() {
            return self.all(identifier, name, holder);
        }
        if let Some(cause) = self.with_its_except(identifier) {
            return Some(cause);
        }
        // A test fails at the first error, whatever its clearing up does then.
        let culprit = module.unbound_by_exception(identifier).filter(|_| !module.is_test_file())?;
        let statement = self.thrown.leads(culprit, identifier, name)?;
        let culprit = self.thrown.loud(culprit).unwrap_or(culprit);
        Some(Cause::Unless { culprit, statement })
    }

    /// No way brings a value. Shown is what took it away last, or else what would have bound it.
    fn all(&self, identifier: NodeId, name: Name, holder: ScopeId) -> Option<Cause> {
        let scopes = self.module.scopes();
        let bindings = scopes.bound_in(holder, name).iter().map(|id| scopes.binding(*id));
        let before = bindings.filter(|binding| binding.node < identifier);
        let last = before.max_by_key(|binding| (takes_away(binding), binding.node))?;
        Some(Cause::Lost { last: last.node, kind: last.kind.clone(), always: true })
    }

    /// A handler that goes on takes its name with it, whatever value that had before.
    fn with_its_except(&self, identifier: NodeId) -> Option<Cause> {
        let (module, tree) = (self.module, self.module.tree());
        let last = module.unbound_by_except(identifier)?;
        let handler = tree.ancestors(last).find(|node| tree.kind(*node) == Kind::ExceptClause)?;
        let cause = Cause::Lost { last, kind: BindingKind::Except, always: false };
        self.thrown.comes_to_its_end(handler).then_some(cause)
    }
}

impl Place {
    fn concerns(self, module: &Module, identifier: NodeId) -> bool {
        match self {
            Place::End(node) => identifier > node,
            Place::Try(node, body) => identifier > node && !module.tree().contains(body, identifier),
        }
    }
}

fn takes_away(binding: &Binding) -> bool {
    matches!(binding.kind, BindingKind::Delete | BindingKind::Except)
}

/// The places that may leave a function's own name without a value.
fn places(module: &Module, holder: ScopeId, name: Name) -> Vec<Place> {
    let scopes = module.scopes();
    if !matches!(scopes.get(holder).kind, ScopeKind::Function(_)) {
        return Vec::new();
    }
    let mut places = Vec::new();
    for binding in scopes.bound_in(holder, name).iter().map(|id| scopes.binding(*id)) {
        if takes_away(binding) {
            places.push(Place::End(binding.node));
        }
        let body = |node: NodeId| Some(Place::Try(node, module.tree().child(node, Field::Body)?));
        places.extend(module.enclosing_tries(binding.node).last().and_then(body));
        places.extend(module.enclosing_tries(binding.node).next().and_then(body));
    }
    places
}
