//! Attributes that a class, or variables that a module, guards by a lock in most functions, and changes without it in
//! another. Threads can meet
//! anywhere; tasks of one event loop only where one of them is suspended, so that an asyncio lock is missed only there.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Deserialize;

use crate::engine::analysis::shared::state::Owner;
use crate::engine::analysis::{Analysis, Parameters};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::flow::{LockFamily, LockKind};
use crate::engine::python::{FunctionId, Kind, Module, Name, NodeId};

use super::callers::Callers;
use super::touch::{self, Deed, Touch};

/// Classes and files with more functions are left alone.
const METHODS: usize = 200;
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Methods that run while nobody else has the object: constructors, endings, texts for people.
    alone: HashSet<String>,
    /// Types that guard themselves.
    safe: Vec<String>,
    /// Decorators that leave a function as it is.
    transparent: HashSet<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module(super::WORDS),
        names: &["ATTRIBUTE", "LOCK", "METHOD", "DEED", "OTHERS", "MEETS"],
        run: Box::new(move |module, _, hits| {
            let classes = module.classes().map(|(id, class)| (Owner::Class(id), class.methods.clone()));
            let all = (Owner::Module, module.functions().map(|(id, _)| id).collect());
            for (owner, functions) in classes.chain([all]) {
                let takes = |function: &FunctionId| !super::taking::takings(module, *function).is_empty();
                if functions.len() <= METHODS && functions.iter().any(takes) {
                    hits.extend(Audit::of(&with, module, owner, &functions).hits());
                }
            }
        }),
    })
}

/// What is done to the attributes of one class, or to the variables of the module.
struct Audit<'m> {
    with: &'m With,
    module: &'m Module,
    /// In the order of the text.
    touches: BTreeMap<Name, Vec<Touch>>,
    callers: Callers<'m>,
}

/// A lock and the methods that use an attribute with and without it.
struct Guard<'t> {
    path: &'t str,
    family: LockFamily,
    inside: Vec<&'t Touch>,
    outside: Vec<&'t Touch>,
}

impl<'m> Audit<'m> {
    fn of(with: &'m With, module: &'m Module, owner: Owner, functions: &[FunctionId]) -> Audit<'m> {
        let mut touches: BTreeMap<Name, Vec<Touch>> = BTreeMap::new();
        for touch in functions.iter().flat_map(|function| touch::touches(module, owner, *function)) {
            touches.entry(touch.attribute).or_default().push(touch);
        }
        let callers = Callers::of(module, owner, functions, &with.alone, &with.transparent);
        Audit { with, module, touches, callers }
    }

    fn hits(&self) -> Vec<Hit> {
        let each = self.touches.values().filter(|touches| !self.is_safe(&touches[0]));
        each.filter_map(|touches| self.guard(touches).and_then(|guard| self.missing(&guard))).collect()
    }

    /// The lock under which most methods use the attribute.
    fn guard<'t>(&self, touches: &'t [Touch]) -> Option<Guard<'t>> {
        let shared: Vec<&Touch> =
            touches.iter().filter(|touch| !self.callers.is_excused(touch.method)).collect();
        let held = shared.iter().flat_map(|touch| &touch.held);
        let lock = held.map(|held| &held.lock).find(|lock| {
            let excludes = matches!(lock.kind, LockKind::Mutex | LockKind::Reentrant | LockKind::Condition);
            excludes && matches!(lock.family, LockFamily::Async | LockFamily::Thread) && !lock.keyed
        })?;
        let is_inside = |touch: &&Touch| {
            touch.held.iter().any(|held| held.lock.path == lock.path)
                || self.callers.is_under(touch.method, &lock.path)
        };
        let (inside, outside): (Vec<&Touch>, Vec<&Touch>) = shared.into_iter().partition(is_inside);
        let guard = Guard { path: &lock.path, family: lock.family, inside, outside };
        guard.is_kept().then_some(guard)
    }

    /// The first use without the lock that can meet another one.
    fn missing(&self, guard: &Guard<'_>) -> Option<Hit> {
        let wrong = guard.outside.iter().find(|touch| self.is_wrong(guard, touch))?;
        let module = self.module;
        let inside = guard.inside.iter().find(|touch| touch.deed.writes())?;
        let held = inside.held.iter().find(|held| held.lock.path == guard.path);
        let hit = Hit::at(wrong.node)
            .with("ATTRIBUTE", module.text(wrong.node))
            .with("LOCK", guard.path)
            .with("METHOD", self.callers.name(wrong.method))
            .with("DEED", deed_in_words(wrong.deed))
            .with("OTHERS", self.others(guard))
            .with("MEETS", meeting_in_words(guard.family))
            .and(
                inside.node,
                format!("here `{}` is changed under `{}`", module.text(inside.node), guard.path),
            );
        Some(match held {
            Some(held) => hit.and(held.at, "the lock is taken here"),
            None => hit,
        })
    }

    fn is_wrong(&self, guard: &Guard<'_>, touch: &Touch) -> bool {
        match guard.family {
            LockFamily::Async => self.meets_task(guard, touch),
            _ => self.meets_thread(guard, touch),
        }
    }

    /// A thread may come in between anything: what is not one step is torn. To put one value in place of another is
    /// one step, and matters only to those that read the old one first.
    fn meets_thread(&self, guard: &Guard<'_>, touch: &Touch) -> bool {
        let reads_first = || guard.inside.iter().any(|inside| inside.deed == Deed::ReadChange);
        match touch.deed {
            Deed::Read => false,
            Deed::Iterate(_) => {
                guard.inside.iter().any(|inside| matches!(inside.deed, Deed::Change | Deed::Put))
            }
            Deed::Change | Deed::Put | Deed::ReadChange => true,
            Deed::Replace => reads_first(),
        }
    }

    /// A task comes in only where another is suspended.
    fn meets_task(&self, guard: &Guard<'_>, touch: &Touch) -> bool {
        let module = self.module;
        match touch.deed {
            Deed::Read => false,
            Deed::Iterate(around) => {
                module.suspends(around) && module.tree().kind(around) == Kind::ForStatement
            }
            Deed::Change => self.is_overwritten(guard),
            Deed::Put | Deed::ReadChange | Deed::Replace => {
                self.is_stale(touch, &guard.outside) || self.is_overwritten(guard)
            }
        }
    }

    /// Whether what a task decided before it was suspended is written over what is changed meanwhile.
    fn is_overwritten(&self, guard: &Guard<'_>) -> bool {
        let overwrites = |deed| matches!(deed, Deed::Put | Deed::ReadChange | Deed::Replace);
        guard.inside.iter().any(|write| overwrites(write.deed) && self.is_stale(write, &guard.inside))
    }

    /// Whether a write follows a read of the same method with a suspension in between, and nothing was read since.
    fn is_stale(&self, write: &Touch, touches: &[&Touch]) -> bool {
        let (module, tree) = (self.module, self.module.tree());
        let statement = module.statement_of(write.node);
        let comes_first = |read: NodeId| read < write.node || tree.contains(statement, read);
        let reads = touches.iter().filter(|touch| touch.method == write.method && touch.deed == Deed::Read);
        let before: Vec<NodeId> = reads.map(|read| read.node).filter(|read| comes_first(*read)).collect();
        let waits = |read: &NodeId| module.suspension_between(*read, write.node).is_some();
        let is_fresh = |read: &NodeId| !waits(read) && module.reaches(*read, write.node);
        before.iter().any(waits) && !before.iter().any(is_fresh)
    }

    fn is_safe(&self, touch: &Touch) -> bool {
        let safe = |path: &str| self.with.safe.iter().any(|known| known == path);
        self.module.is_lock(touch.node) || self.module.type_of(touch.node).is_some_and(safe)
    }

    /// Two of the methods that do it right.
    fn others(&self, guard: &Guard<'_>) -> String {
        let names: BTreeSet<&str> =
            guard.inside.iter().map(|touch| self.callers.name(touch.method)).collect();
        let quoted: Vec<String> = names.iter().take(2).map(|name| format!("`{name}`")).collect();
        let more = if names.len() > 2 { " and others" } else { "" };
        format!("{}{more}", quoted.join(" and "))
    }
}

impl Guard<'_> {
    /// Whether most methods keep to the lock, one of them to change the attribute.
    fn is_kept(&self) -> bool {
        let methods = |touches: &[&Touch]| touches.iter().map(|touch| touch.method).collect::<BTreeSet<_>>();
        let (inside, outside) = (methods(&self.inside), methods(&self.outside));
        let kept = inside.difference(&outside).count();
        let is_custom = kept >= 2 && self.inside.iter().any(|touch| touch.deed.writes());
        kept > outside.len() && is_custom || kept >= outside.len() && self.is_counter()
    }

    /// Whether threads work out the new value from the old one with the lock and without it: there one keeper is enough
    /// to tell what the lock is for.
    fn is_counter(&self) -> bool {
        let changes = |touches: &[&Touch]| touches.iter().any(|touch| touch.deed == Deed::ReadChange);
        self.family == LockFamily::Thread && changes(&self.inside) && changes(&self.outside)
    }
}

fn deed_in_words(deed: Deed) -> &'static str {
    match deed {
        Deed::Read => "reads",
        Deed::Iterate(_) => "goes through",
        Deed::Replace => "replaces",
        Deed::Change | Deed::Put => "changes",
        Deed::ReadChange => "reads and then changes",
    }
}

fn meeting_in_words(family: LockFamily) -> &'static str {
    match family {
        LockFamily::Async => "a task that is suspended under the lock",
        _ => "a thread that holds the lock",
    }
}
