//! All uses of shared state in a file and all calls by name, each found in one walk and kept for the file.

use std::collections::HashMap;

use crate::engine::analysis::calls;
use crate::engine::python::{Field, FunctionId, Kind, Module, Name, NodeId};

use super::access::{Access, accesses};
use super::state::State;

/// How many changes of one function are looked at.
const LIMIT: usize = 64;

/// What a file's functions do to shared state.
#[derive(Default)]
pub(in crate::engine::analysis) struct Uses {
    by_function: HashMap<FunctionId, Vec<Access>>,
    writers: HashMap<State, Vec<FunctionId>>,
    calls: HashMap<Name, Vec<NodeId>>,
}

impl Uses {
    pub(in crate::engine::analysis) fn of(module: &Module) -> Uses {
        let mut uses = Uses::default();
        for (id, _) in module.functions() {
            let found = accesses(module, id);
            for access in found.iter().filter(|access| access.is_write()) {
                let writers = uses.writers.entry(access.state).or_default();
                if writers.last() != Some(&id) {
                    writers.push(id);
                }
            }
            uses.by_function.insert(id, found);
        }
        let tree = module.tree();
        for call in tree.nodes().filter(|node| tree.kind(*node) == Kind::Call) {
            let callee = tree.child(call, Field::Function).map_or("", |callee| module.text(callee));
            if let Some(name) = module.names().get(calls::last(callee)) {
                uses.calls.entry(name).or_default().push(call);
            }
        }
        uses
    }

    /// The accesses of one function, in the order of the text.
    pub(in crate::engine::analysis) fn of_function(&self, function: FunctionId) -> &[Access] {
        self.by_function.get(&function).map_or(&[], Vec::as_slice)
    }

    /// The function's changes of state, the first of them where there are very many.
    pub(in crate::engine::analysis) fn changes(&self, function: FunctionId) -> impl Iterator<Item = &Access> {
        self.of_function(function).iter().filter(|access| access.is_write()).take(LIMIT)
    }

    /// The functions that change the state, those that make the object left out.
    pub(in crate::engine::analysis) fn writers(
        &self,
        module: &Module,
        state: State,
    ) -> impl Iterator<Item = FunctionId> {
        let all = self.writers.get(&state).map_or(&[][..], Vec::as_slice).iter().copied();
        all.filter(|id| !makes_object(module, *id))
    }

    /// The calls of something that is called by this name.
    pub(in crate::engine::analysis) fn calls_of(&self, module: &Module, function: FunctionId) -> &[NodeId] {
        let name = module.function(function).name;
        name.and_then(|name| self.calls.get(&name)).map_or(&[], Vec::as_slice)
    }

    /// Whether the place is repeated by a loop that waits for work, and nothing else changes the state: one task after
    /// the other, if there is but one loop.
    pub(in crate::engine::analysis) fn is_one_loop(
        &self,
        module: &Module,
        state: State,
        function: FunctionId,
        place: NodeId,
    ) -> bool {
        let tree = module.tree();
        let waits = module.enclosing_loop(place).is_some_and(|around| match tree.kind(around) {
            Kind::WhileStatement => true,
            Kind::ForStatement => module.is_async(around),
            _ => false,
        });
        waits && self.writers(module, state).all(|writer| writer == function)
    }
}

/// `__init__` and the like: nobody else has the object yet.
fn makes_object(module: &Module, function: FunctionId) -> bool {
    let name = module.function(function).name.map_or("", |name| module.names().text(name));
    matches!(name, "__init__" | "__post_init__" | "__init_subclass__" | "__setstate__")
}
