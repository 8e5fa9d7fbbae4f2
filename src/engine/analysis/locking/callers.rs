//! Who calls a class's methods, or a module's functions, within the file: some run only while nobody else has the object,
//! some only under a lock.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::engine::analysis::race::locked::is_kept;
use crate::engine::analysis::shared::state::Owner;
use crate::engine::python::{FunctionId, Kind, Module, NodeId};

use super::runs;

/// How many private methods deep it is followed who calls whom.
const ROUNDS: usize = 3;

/// The calls of one class among its methods, or of a module among its functions.
pub(super) struct Callers<'m> {
    module: &'m Module,
    /// Names of methods that run while nobody else has the object.
    names: &'m HashSet<String>,
    transparent: &'m HashSet<String>,
    /// Who is called by whom, and where.
    calls: BTreeMap<FunctionId, Vec<(FunctionId, NodeId)>>,
    /// Private methods that only run while nobody else has the object.
    alone: BTreeSet<FunctionId>,
    /// Methods that only run under a lock, by the lock's path.
    under: BTreeSet<(FunctionId, String)>,
}

impl<'m> Callers<'m> {
    pub(super) fn of(
        module: &'m Module,
        owner: Owner,
        functions: &[FunctionId],
        names: &'m HashSet<String>,
        transparent: &'m HashSet<String>,
    ) -> Callers<'m> {
        let mut calls: BTreeMap<FunctionId, Vec<(FunctionId, NodeId)>> = BTreeMap::new();
        for caller in functions {
            let runs = runs::runs(module, *caller, transparent).into_iter();
            for run in runs.filter(|run| run.on_self || owner == Owner::Module) {
                calls.entry(run.function).or_default().push((*caller, run.at));
            }
        }
        let (alone, under) = (BTreeSet::new(), BTreeSet::new());
        let mut callers = Callers { module, names, transparent, calls, alone, under };
        callers.find_alone();
        callers.find_under();
        callers
    }

    pub(super) fn name(&self, method: FunctionId) -> &'m str {
        let module = self.module;
        module.function(method).name.map_or("", |name| module.names().text(name))
    }

    /// Whether the method only runs under this lock.
    pub(super) fn is_under(&self, method: FunctionId, path: &str) -> bool {
        self.under.contains(&(method, path.to_owned()))
    }

    /// A constructor and the like, a method that says that its caller holds the lock.
    fn is_alone(&self, method: FunctionId) -> bool {
        let name = self.name(method);
        let by_name = ["_locked", "_unlocked", "_nolock", "_no_lock", "_unsafe", "_lock_held"];
        self.names.contains(name)
            || self.alone.contains(&method)
            || by_name.iter().any(|end| name.ends_with(end))
            || self.speaks_of_lock(method)
    }

    /// Whether the method tells nothing of the lock that it does not take.
    pub(super) fn is_excused(&self, method: FunctionId) -> bool {
        self.is_alone(method) || self.may_be_wrapped(method)
    }

    /// Whether a decorator of this project stands before it, or one that is called after a lock.
    fn may_be_wrapped(&self, method: FunctionId) -> bool {
        let module = self.module;
        let mut decorators = module.function(method).decorators.iter();
        let is_own = |callee: NodeId| match module.qualified_name(callee) {
            Some(path) => path.starts_with(['~', '.']) && !self.transparent.contains(path),
            None => !module.text(callee).ends_with(".setter"),
        };
        decorators.any(|decorator| is_own(decorator.callee)) || is_kept(module, method)
    }

    /// Whether a comment or the docstring of the method mentions a lock.
    fn speaks_of_lock(&self, method: FunctionId) -> bool {
        let tree = self.module.tree();
        let says = |node: NodeId| {
            let is_text = match tree.kind(node) {
                Kind::Comment => true,
                Kind::String => {
                    tree.parent(node).is_some_and(|parent| tree.kind(parent) == Kind::ExpressionStatement)
                }
                _ => false,
            };
            let text = || self.module.text(node).to_ascii_lowercase();
            is_text && ["lock", "thread", "atomic", "gil"].iter().any(|word| text().contains(word))
        };
        tree.subtree(self.module.function(method).node).any(says)
    }

    /// Private methods that only constructors and their like call.
    fn find_alone(&mut self) {
        for _ in 0..ROUNDS {
            let is_found = |id: FunctionId, from: &[(FunctionId, NodeId)]| {
                self.name(id).starts_with('_') && from.iter().all(|(caller, _)| self.is_alone(*caller))
            };
            let found: Vec<_> =
                self.calls.iter().filter(|(id, from)| is_found(**id, from)).map(|(id, _)| *id).collect();
            self.alone.extend(found);
        }
    }

    /// What is called only while a lock is held, or by another such method.
    fn find_under(&mut self) {
        for _ in 0..ROUNDS {
            let found: Vec<_> = self.calls.keys().flat_map(|method| self.paths_around(*method)).collect();
            self.under.extend(found);
        }
    }

    fn paths_around(&self, method: FunctionId) -> Vec<(FunctionId, String)> {
        let from =
            self.calls.get(&method).into_iter().flatten().filter(|(caller, _)| !self.is_alone(*caller));
        let each = from.map(|(caller, at)| self.paths_at(*caller, *at));
        let common = each.reduce(|all, here| all.intersection(&here).cloned().collect());
        common.unwrap_or_default().into_iter().map(|path| (method, path)).collect()
    }

    fn paths_at(&self, caller: FunctionId, at: NodeId) -> BTreeSet<String> {
        let held = self.module.locks_at(at).into_iter().map(|held| held.lock.path);
        let around = self.under.iter().filter(|(method, _)| *method == caller).map(|(_, path)| path.clone());
        held.chain(around).collect()
    }
}
