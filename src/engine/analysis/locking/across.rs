//! An asyncio lock held while something outside is waited for, although the same lock also guards short sections that
//! others queue for; and one held while waiting for a signal that only its next holder could give. A lock that is there
//! to serialise what is awaited has no short sections, or says so in its name.

use serde::Deserialize;

use crate::engine::analysis::handler::own_nodes;
use crate::engine::analysis::race::refuses;
use crate::engine::analysis::shared::words::{says_one_of, words};
use crate::engine::analysis::table::Table;
use crate::engine::analysis::{Analysis, Parameters, calls};
use crate::engine::finding::Severity;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::flow::{Lock, LockFamily, LockKind, LockRoot};
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::outside::{self, Outside};
use super::taking::{self, Taking};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Calls that wait for somebody outside, or for an unknown time.
    external: Vec<String>,
    /// Words in a lock's name that say it serialises what is awaited.
    purposes: Vec<String>,
    /// Words in the name of a function that does its work once, or in turn.
    turns: Vec<String>,
    /// Waiting method to the methods that end the wait: `asyncio.Event.wait` to `set`.
    signals: Vec<Signal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signal {
    wait: String,
    by: Vec<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    let calls = Table::new(with.external.iter().map(|name| (name.clone(), ())));
    let outside = Outside { calls, turns: with.turns.clone() };
    Ok(Analysis {
        starts: Starts::module(super::WORDS),
        names: &["LOCK", "AWAITED", "FUNCTION", "WHO"],
        run: Box::new(move |module, _, hits| {
            if !module.functions().any(|(_, function)| function.is_async) {
                return;
            }
            let each = module.functions().map(|(id, _)| (id, taking::takings(module, id)));
            let sections: Vec<_> = each.filter(|(_, takings)| !takings.is_empty()).collect();
            let audit = Audit { with: &with, outside: &outside, module, sections };
            hits.extend(audit.hits());
        }),
    })
}

/// One file's sections.
struct Audit<'a> {
    with: &'a With,
    outside: &'a Outside,
    module: &'a Module,
    sections: Vec<(FunctionId, Vec<Taking>)>,
}

impl Audit<'_> {
    fn hits(&self) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (id, takings) in &self.sections {
            for taking in takings.iter().filter(|taking| is_of_tasks(&taking.lock)) {
                let own = || self.deadlock(*id, taking).or_else(|| self.long(*id, taking));
                hits.extend(own());
            }
        }
        hits
    }

    /// A wait under the lock for a signal that is only given under the lock.
    fn deadlock(&self, function: FunctionId, taking: &Taking) -> Option<Hit> {
        let module = self.module;
        self.awaits(function, taking).into_iter().find_map(|call| {
            let callee = module.callee(call)?;
            let signal = self.with.signals.iter().find(|signal| signal.wait == callee)?;
            let givers = self.givers(call, signal);
            let first = *givers.first()?;
            let needs_lock =
                |giver: &NodeId| module.locks_at(*giver).iter().any(|held| held.lock.is_same(&taking.lock));
            let hit = self.hit(
                function,
                taking,
                call,
                "the only code that can end this wait, so that both wait for ever",
            );
            givers.iter().all(needs_lock).then(|| {
                hit.with_severity(Severity::Critical)
                    .and(first, "what is waited for comes from here, under the same lock")
            })
        })
    }

    /// The calls in this file that can end the wait.
    fn givers(&self, wait: NodeId, signal: &Signal) -> Vec<NodeId> {
        let (module, tree) = (self.module, self.module.tree());
        let of = |call: NodeId| {
            let callee = tree.child(call, Field::Function)?;
            let method = module.text(tree.child(callee, Field::Attribute)?);
            Some((module.text(tree.child(callee, Field::Object)?), method))
        };
        let Some((waited, _)) = of(wait) else { return Vec::new() };
        let calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
        let gives = |call: &NodeId| {
            of(*call)
                .is_some_and(|(object, method)| object == waited && signal.by.iter().any(|by| by == method))
        };
        calls.filter(gives).collect()
    }

    /// Something outside is waited for, while others want in for a moment only.
    fn long(&self, function: FunctionId, taking: &Taking) -> Option<Hit> {
        if self.serialises(function, taking) {
            return None;
        }
        let call = self.awaits(function, taking).into_iter().find(|call| {
            self.outside.is_external(self.module, function, *call) && !self.happens_once(taking, *call)
        })?;
        let (other, short) = self.short_section(function, &taking.lock)?;
        let name = self.name(other);
        let hit = self.hit(function, taking, call, &format!("`{name}`, which needs it for a moment only"));
        Some(hit.and(short.at, "a short section under the same lock"))
    }

    fn hit(&self, function: FunctionId, taking: &Taking, call: NodeId, who: &str) -> Hit {
        Hit::at(call)
            .with("LOCK", &taking.lock.path)
            .with("AWAITED", calls::spelled(self.module, call))
            .with("FUNCTION", self.name(function))
            .with("WHO", who)
            .and(taking.at, "the lock is held since here")
    }

    /// The calls that are awaited, or entered by `async with`, under the lock that is taken here.
    fn awaits(&self, function: FunctionId, taking: &Taking) -> Vec<NodeId> {
        let (module, tree) = (self.module, self.module.tree());
        let Some(block) = self.section(function, taking) else { return Vec::new() };
        let awaited = own_nodes(module, block).filter_map(|node| match tree.kind(node) {
            Kind::Await => tree.first_named(node).map(|call| outside::within_limit(module, call)),
            Kind::WithItem if is_async_item(module, node) => module.with_parts(node).0,
            _ => None,
        });
        let held = |node: &NodeId| module.locks_at(*node).iter().any(|held| held.at == taking.at);
        let is_taking = |node: &NodeId| tree.contains(*node, taking.at);
        let calls = awaited.filter(|node| tree.kind(*node) == Kind::Call && held(node) && !is_taking(node));
        calls.filter(|call| module.enclosing_function(*call) == Some(function)).collect()
    }

    /// The block of the `with`; behind an `acquire`, the whole function.
    fn section(&self, function: FunctionId, taking: &Taking) -> Option<NodeId> {
        taking.block.or(self.module.function(function).body)
    }

    /// Behind a test made under the lock, or kept in the object: connecting, refreshing, filling a cache.
    fn happens_once(&self, taking: &Taking, call: NodeId) -> bool {
        let (module, tree) = (self.module, self.module.tree());
        let Some(block) = taking.block.or(module.enclosing_def(call).and_then(|(_, function)| function.body))
        else {
            return true;
        };
        let mut tests = module.conditions_at(call).into_iter().map(|(test, _)| test);
        let tested = tests.any(|test| tree.contains(block, test) && !refuses(module, test));
        let statement = module.statement_of(call);
        let kept = tree.first_named(statement).filter(|node| tree.kind(*node) == Kind::Assignment);
        let target = kept.and_then(|node| tree.child(node, Field::Left));
        tested || target.is_some_and(|target| matches!(tree.kind(target), Kind::Attribute | Kind::Subscript))
    }

    /// Whether the lock, its function or its class is there to let one after the other wait.
    fn serialises(&self, function: FunctionId, taking: &Taking) -> bool {
        let module = self.module;
        let class =
            module.enclosing_class(taking.at).map_or("", |id| module.names().text(module.class(id).name));
        let of_lock = taking
            .lock
            .path
            .split('.')
            .flat_map(words)
            .any(|word| self.with.purposes.iter().any(|purpose| word.starts_with(purpose.as_str())));
        of_lock || says_one_of(self.name(function), &self.with.turns) || says_one_of(class, &self.with.turns)
    }

    /// A section of another function that takes the lock and does not wait.
    fn short_section(&self, function: FunctionId, lock: &Lock) -> Option<(FunctionId, &Taking)> {
        let module = self.module;
        let others = self.sections.iter().filter(|(id, _)| *id != function);
        let mut takings = others.flat_map(|(id, takings)| takings.iter().map(|taking| (*id, taking)));
        takings.find(|(id, taking)| {
            let waits = taking.block.is_none_or(|block| module.suspends(block));
            taking.lock.is_same(lock) && !waits && self.name(*id) != "__init__"
        })
    }

    fn name(&self, function: FunctionId) -> &str {
        self.module.function(function).name.map_or("lambda", |name| self.module.names().text(name))
    }
}

fn is_of_tasks(lock: &Lock) -> bool {
    let shared = matches!(lock.root, LockRoot::Receiver(_) | LockRoot::Module);
    lock.family == LockFamily::Async && lock.kind == LockKind::Mutex && shared && !lock.keyed
}

fn is_async_item(module: &Module, item: NodeId) -> bool {
    let tree = module.tree();
    let mut around = tree.ancestors(item);
    around.find(|node| tree.kind(*node) == Kind::WithStatement).is_some_and(|with| module.is_async(with))
}
