//! Attributes that a class guards by a lock in most of its methods, and changes without it in another. Threads can meet
//! anywhere; tasks of one event loop only where one of them is suspended, so that an asyncio lock is missed only there.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Deserialize;

use crate::engine::analysis::{Analysis, Parameters};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::flow::{LockFamily, LockKind};
use crate::engine::python::{ClassId, FunctionId, Kind, Module, Name, NodeId};

use super::runs;
use super::touch::{self, Deed, Touch};

/// Classes with more methods are left alone.
const METHODS: usize = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Methods that run while nobody else has the object: constructors, endings, texts for people.
    alone: HashSet<String>,
    /// Types that guard themselves.
    safe: Vec<String>,
    transparent: HashSet<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module(super::WORDS),
        names: &["ATTRIBUTE", "LOCK", "METHOD", "DEED", "OTHERS", "MEETS"],
        run: Box::new(move |module, _, hits| {
            for (id, class) in module.classes().filter(|(_, class)| class.methods.len() <= METHODS) {
                let guarded =
                    class.methods.iter().any(|method| !super::taking::takings(module, *method).is_empty());
                if guarded {
                    hits.extend(Audit::of(&with, module, id).hits());
                }
            }
        }),
    })
}

/// One class.
struct Audit<'m> {
    with: &'m With,
    module: &'m Module,
    /// Attributes and what is done to them, in the order of the text.
    touches: BTreeMap<Name, Vec<Touch>>,
    /// Methods that only run under a lock, by the lock's path.
    under: BTreeSet<(FunctionId, String)>,
}

/// A lock and the methods that use an attribute with and without it.
struct Guard<'t> {
    path: &'t str,
    family: LockFamily,
    inside: Vec<&'t Touch>,
    outside: Vec<&'t Touch>,
}

impl<'m> Audit<'m> {
    fn of(with: &'m With, module: &'m Module, id: ClassId) -> Audit<'m> {
        let mut touches: BTreeMap<Name, Vec<Touch>> = BTreeMap::new();
        for method in &module.class(id).methods {
            for touch in touch::touches(module, id, *method) {
                touches.entry(touch.attribute).or_default().push(touch);
            }
        }
        let mut audit = Audit { with, module, touches, under: BTreeSet::new() };
        audit.under = audit.only_under(id);
        audit
    }

    fn hits(&self) -> Vec<Hit> {
        let each = self.touches.values().filter(|touches| !self.is_safe(&touches[0]));
        each.filter_map(|touches| self.guard(touches).and_then(|guard| self.missing(&guard))).collect()
    }

    /// The lock under which most methods use the attribute.
    fn guard<'t>(&self, touches: &'t [Touch]) -> Option<Guard<'t>> {
        let shared: Vec<&Touch> = touches.iter().filter(|touch| !self.is_alone(touch.method)).collect();
        let held = shared.iter().flat_map(|touch| &touch.held);
        let lock = held.map(|held| &held.lock).find(|lock| {
            let excludes = matches!(lock.kind, LockKind::Mutex | LockKind::Reentrant | LockKind::Condition);
            excludes && matches!(lock.family, LockFamily::Async | LockFamily::Thread) && !lock.keyed
        })?;
        let is_inside = |touch: &&Touch| {
            touch.held.iter().any(|held| held.lock.path == lock.path)
                || self.under.contains(&(touch.method, lock.path.clone()))
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
            .with("METHOD", self.name(wrong.method))
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
            Deed::Iterate(_) => guard.inside.iter().any(|inside| inside.deed == Deed::Change),
            Deed::Change | Deed::ReadChange => true,
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
            Deed::Change | Deed::ReadChange | Deed::Replace => {
                self.is_stale(touch, &guard.outside)
                    || guard
                        .inside
                        .iter()
                        .any(|write| write.deed.writes() && self.is_stale(write, &guard.inside))
            }
        }
    }

    /// Whether a write follows a read of the same method with a suspension in between.
    fn is_stale(&self, write: &Touch, touches: &[&Touch]) -> bool {
        let reads = touches.iter().filter(|touch| touch.method == write.method && touch.node < write.node);
        let mut reads = reads.filter(|touch| touch.deed == Deed::Read);
        reads.any(|read| self.module.suspension_between(read.node, write.node).is_some())
    }

    fn is_safe(&self, touch: &Touch) -> bool {
        let safe = |path: &str| self.with.safe.iter().any(|known| known == path);
        self.module.is_lock(touch.node) || self.module.type_of(touch.node).is_some_and(safe)
    }

    /// A constructor and the like, a method that says that its caller holds the lock.
    fn is_alone(&self, method: FunctionId) -> bool {
        let name = self.name(method);
        let by_name = ["_locked", "_unlocked", "_nolock", "_no_lock", "_unsafe", "_lock_held"];
        self.with.alone.contains(name)
            || by_name.iter().any(|end| name.ends_with(end))
            || self.speaks_of_lock(method)
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

    /// Private methods that are called only while the lock is held, or by another such method.
    fn only_under(&self, class: ClassId) -> BTreeSet<(FunctionId, String)> {
        let module = self.module;
        let mut calls: BTreeMap<FunctionId, Vec<(FunctionId, NodeId)>> = BTreeMap::new();
        for method in &module.class(class).methods {
            for run in runs::runs(module, *method, &self.with.transparent) {
                calls.entry(run.function).or_default().push((*method, run.at));
            }
        }
        let mut under: BTreeSet<(FunctionId, String)> = BTreeSet::new();
        for _ in 0..3 {
            for (method, from) in calls.iter().filter(|(method, _)| self.name(**method).starts_with('_')) {
                let shared: Vec<_> = from.iter().filter(|(caller, _)| !self.is_alone(*caller)).collect();
                let Some((caller, at)) = shared.first() else { continue };
                let mut paths: BTreeSet<String> = self.paths_at(*caller, *at, &under);
                for (caller, at) in &shared {
                    let here = self.paths_at(*caller, *at, &under);
                    paths.retain(|path| here.contains(path));
                }
                under.extend(paths.into_iter().map(|path| (*method, path)));
            }
        }
        under
    }

    fn paths_at(
        &self,
        caller: FunctionId,
        at: NodeId,
        under: &BTreeSet<(FunctionId, String)>,
    ) -> BTreeSet<String> {
        let held = self.module.locks_at(at).into_iter().map(|held| held.lock.path);
        let around = under.iter().filter(|(method, _)| *method == caller).map(|(_, path)| path.clone());
        held.chain(around).collect()
    }

    fn name(&self, method: FunctionId) -> &'m str {
        let module = self.module;
        module.function(method).name.map_or("", |name| module.names().text(name))
    }

    /// Two of the methods that do it right.
    fn others(&self, guard: &Guard<'_>) -> String {
        let names: BTreeSet<&str> = guard.inside.iter().map(|touch| self.name(touch.method)).collect();
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
        kept >= 2 && kept > outside.len() && self.inside.iter().any(|touch| touch.deed.writes())
    }
}

fn deed_in_words(deed: Deed) -> &'static str {
    match deed {
        Deed::Read => "reads",
        Deed::Iterate(_) => "goes through",
        Deed::Replace => "replaces",
        Deed::Change => "changes",
        Deed::ReadChange => "reads and then changes",
    }
}

fn meeting_in_words(family: LockFamily) -> &'static str {
    match family {
        LockFamily::Async => "a task that is suspended under the lock",
        _ => "a thread that holds the lock",
    }
}
