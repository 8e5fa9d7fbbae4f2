//! A lock that is taken again by code that already holds it, on the spot or in a function called meanwhile: a lock
//! that is not reentrant then waits for itself. Sure only of one and the same lock: a path through `self`, a global, a
//! variable around both; never one of many chosen by a key.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::engine::analysis::{Analysis, Parameters, calls};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::flow::{Held, Lock, LockRoot};
use crate::engine::python::{FunctionId, Kind, Module, NodeId};

use super::runs::{self, Run};
use super::taking::{self, Taking};

/// Locks of one file that are followed.
const LOCKS: usize = 32;
/// Functions named in a message.
const STEPS: usize = 4;
/// Words of a condition that asks whether the lock is held already.
const ASKS: [&str; 4] = ["lock", "held", "owner", "own"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Decorators that leave a function as it is.
    transparent: HashSet<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { transparent } = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module(super::WORDS),
        names: &["DOES", "LOCK", "KIND", "AGAIN"],
        run: Box::new(move |module, _, hits| {
            let audit = Audit::of(module, &transparent);
            hits.extend(audit.twice_here());
            hits.extend(audit.twice_by_calls());
        }),
    })
}

/// One file's locks and calls.
struct Audit<'m> {
    module: &'m Module,
    takings: Vec<(FunctionId, Vec<Taking>)>,
    runs: HashMap<FunctionId, Vec<Run>>,
}

/// How a function comes to take a lock.
#[derive(Clone, Copy)]
enum Step {
    Takes(NodeId),
    Runs(Run),
}

impl<'m> Audit<'m> {
    fn of(module: &'m Module, transparent: &HashSet<String>) -> Audit<'m> {
        let each = module.functions().map(|(id, _)| (id, taking::takings(module, id)));
        let takings: Vec<_> = each.filter(|(_, takings)| !takings.is_empty()).collect();
        let has_mutex =
            takings.iter().any(|(_, takings)| takings.iter().any(|one| taking::is_mutex(&one.lock)));
        let runs = match has_mutex {
            true => module.functions().map(|(id, _)| (id, runs::runs(module, id, transparent))).collect(),
            false => HashMap::new(),
        };
        Audit { module, takings, runs }
    }

    /// Taken within its own block.
    fn twice_here(&self) -> Vec<Hit> {
        let takings = self.takings.iter().flat_map(|(_, takings)| takings);
        let mutexes = takings.filter(|taking| taking::is_mutex(&taking.lock));
        let again = mutexes.filter_map(|taking| {
            let held = self.held(taking.at, &taking.lock)?;
            let does = format!("`{}` is taken again", taking.lock.path);
            Some(self.hit(taking.at, &held, &does, "here").and(held.at, "it is already held since here"))
        });
        again.collect()
    }

    /// Taken by a function that is called while it is held.
    fn twice_by_calls(&self) -> Vec<Hit> {
        let mut hits = Vec::new();
        for lock in self.mutexes() {
            let takers = self.takers(&lock);
            for (id, takings) in &self.takings {
                let holds = takings.iter().any(|taking| taking.lock.is_same(&lock));
                let runs = self.runs.get(id).into_iter().flatten().filter(|_| holds);
                hits.extend(runs.filter_map(|run| self.by_call(run, &lock, &takers)));
            }
        }
        hits
    }

    fn by_call(&self, run: &Run, lock: &Lock, takers: &HashMap<FunctionId, Step>) -> Option<Hit> {
        if !stays_on(run, lock) || !takers.contains_key(&run.function) {
            return None;
        }
        let held = self.held(run.at, lock)?;
        let (names, taken) = self.way(run.function, takers)?;
        let chain: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let does = format!("`{}` is called", self.spelled(run.at));
        let hit = self.hit(run.at, &held, &does, &format!("in {}", chain.join(" → ")));
        Some(hit.and(held.at, "the lock is held since here").and(taken, "and is taken again here"))
    }

    fn hit(&self, at: NodeId, held: &Held, does: &str, again: &str) -> Hit {
        Hit::at(at)
            .with("DOES", does)
            .with("LOCK", &held.lock.path)
            .with("KIND", taking::described(&held.lock))
            .with("AGAIN", again)
    }

    fn spelled(&self, at: NodeId) -> String {
        match self.module.tree().kind(at) {
            Kind::Call if self.module.callee(at) == Some("builtins.len") => self.module.text(at).to_owned(),
            Kind::Call => format!("{}()", calls::spelled(self.module, at)),
            _ => self.module.text(at).to_owned(),
        }
    }

    /// The lock, if it is held at the node since some other place.
    fn held(&self, node: NodeId, lock: &Lock) -> Option<Held> {
        self.module.locks_at(node).into_iter().find(|held| held.lock.is_same(lock) && held.at != node)
    }

    /// The locks of the file that are worth following, each once.
    fn mutexes(&self) -> Vec<Lock> {
        let mut found: Vec<Lock> = Vec::new();
        for taking in self.takings.iter().flat_map(|(_, takings)| takings) {
            let new = !found.iter().any(|lock| lock.is_same(&taking.lock));
            if new
                && taking::is_mutex(&taking.lock)
                && taking.lock.is_same(&taking.lock)
                && found.len() < LOCKS
            {
                found.push(taking.lock.clone());
            }
        }
        found
    }

    /// Every function that comes to take the lock, and by which step.
    fn takers(&self, lock: &Lock) -> HashMap<FunctionId, Step> {
        let mut takers = HashMap::new();
        for (id, takings) in &self.takings {
            let takes =
                takings.iter().find(|taking| taking.lock.is_same(lock) && !self.asks_first(*id, taking.at));
            takers.extend(takes.map(|taking| (*id, Step::Takes(taking.at))));
        }
        let mut callers: HashMap<FunctionId, Vec<(FunctionId, Run)>> = HashMap::new();
        for (caller, runs) in &self.runs {
            for run in runs.iter().filter(|run| stays_on(run, lock)) {
                callers.entry(run.function).or_default().push((*caller, *run));
            }
        }
        let mut open: Vec<FunctionId> = takers.keys().copied().collect();
        open.sort();
        while let Some(taker) = open.pop() {
            let mut before = callers.get(&taker).cloned().unwrap_or_default();
            before.sort_by_key(|(_, run)| run.at);
            for (caller, run) in before {
                if !takers.contains_key(&caller) && !self.asks_first(caller, run.at) {
                    takers.insert(caller, Step::Runs(run));
                    open.push(caller);
                }
            }
        }
        takers
    }

    /// The names of the functions on the way, and where the last one takes the lock.
    fn way(&self, first: FunctionId, takers: &HashMap<FunctionId, Step>) -> Option<(Vec<String>, NodeId)> {
        let (mut names, mut current) = (Vec::new(), first);
        loop {
            if names.len() < STEPS {
                names.push(self.module.function_path(current).trim_start_matches('~').to_owned());
            }
            match takers.get(&current)? {
                Step::Takes(at) => return Some((names, *at)),
                Step::Runs(run) => current = run.function,
            }
        }
    }

    /// Whether what happens at the node depends on an argument, or on whether the lock is held.
    fn asks_first(&self, function: FunctionId, node: NodeId) -> bool {
        let module = self.module;
        let params = &module.function(function).params;
        let names: HashSet<&str> = params.iter().map(|param| module.names().text(param.name)).collect();
        module.conditions_at(node).into_iter().any(|(test, _)| {
            let words = calls::beginning(module, test).split(|c: char| !c.is_alphanumeric() && c != '_');
            let mut words = words.filter(|word| !matches!(*word, "self" | "cls"));
            words.any(|word| names.contains(word) || ASKS.iter().any(|ask| word.contains(ask)))
        })
    }
}

/// Whether the called function means the same object by `self`, where the lock is reached through it.
fn stays_on(run: &Run, lock: &Lock) -> bool {
    !matches!(lock.root, LockRoot::Receiver(_)) || run.on_self
}
