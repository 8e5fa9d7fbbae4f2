//! Each variable's value at each place where it is read, by the construction that compilers call static single
//! assignment: where different values meet, a merge stands for all of them. Linear in practice, and given up where
//! a function was made to be otherwise.

use std::collections::HashMap;

use super::super::binding::{BindingId, BindingKind};
use super::super::names::Name;
use super::super::scope::ScopeId;
use super::Flow;
use super::frontier::Frontiers;
use super::graph::{PointId, Step};

/// What a variable holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Version {
    /// What it held when the function began.
    Entry,
    Bound(BindingId),
    /// Nothing: it was deleted.
    Gone,
    Merged(u32),
}

/// The versions of all variables that one function binds.
#[derive(Debug, Default)]
pub(super) struct Versions {
    /// By the point of the read.
    pub(super) reads: HashMap<PointId, Version>,
    /// What meets in each merge.
    pub(super) merges: Vec<Vec<Version>>,
}

struct Merge {
    variable: u32,
    number: u32,
}

struct Numbering<'m> {
    flow: Flow<'m>,
    variables: HashMap<(ScopeId, Name), u32>,
    /// The points that bind each variable.
    bound_at: Vec<Vec<PointId>>,
    merges_at: HashMap<PointId, Vec<Merge>>,
    found: Versions,
    current: Vec<Vec<Version>>,
    budget: usize,
}

impl Versions {
    /// `None` where following the variables would take absurdly long.
    pub(super) fn new(flow: Flow) -> Option<Versions> {
        let budget = 32 * flow.graph().len() + 10_000;
        let mut numbering = Numbering {
            flow,
            variables: HashMap::new(),
            bound_at: Vec::new(),
            merges_at: HashMap::new(),
            found: Versions::default(),
            current: Vec::new(),
            budget,
        };
        numbering.collect();
        numbering.place_merges(&Frontiers::new(flow.graph(), flow.dominators(), budget)?)?;
        numbering.follow()?;
        Some(numbering.found)
    }
}

impl<'m> Numbering<'m> {
    fn collect(&mut self) {
        let graph = self.flow.graph();
        for (id, point) in graph.points().filter(|(id, _)| graph.is_reached(*id)) {
            let (Step::Bind(binding) | Step::Unbind(binding)) = point.step else { continue };
            let binding = self.flow.module.scopes().binding(binding);
            let next = self.bound_at.len() as u32;
            let variable = *self.variables.entry((binding.scope, binding.name)).or_insert(next);
            if variable == next {
                self.bound_at.push(Vec::new());
            }
            self.bound_at[variable as usize].push(id);
        }
        self.current = vec![Vec::new(); self.bound_at.len()];
    }

    fn place_merges(&mut self, frontiers: &Frontiers) -> Option<()> {
        let mut merged = vec![u32::MAX; self.flow.graph().len()];
        for variable in 0..self.bound_at.len() as u32 {
            let mut open = std::mem::take(&mut self.bound_at[variable as usize]);
            while let Some(point) = open.pop() {
                for join in frontiers.of(point) {
                    if std::mem::replace(&mut merged[join.index()], variable) == variable {
                        continue;
                    }
                    self.budget = self.budget.checked_sub(1)?;
                    let number = self.found.merges.len() as u32;
                    self.found.merges.push(Vec::new());
                    self.merges_at.entry(*join).or_default().push(Merge { variable, number });
                    open.push(*join);
                }
                self.budget = self.budget.checked_sub(frontiers.of(point).len())?;
            }
        }
        Some(())
    }

    /// Walks the dominator tree with each variable's version in hand.
    fn follow(&mut self) -> Option<()> {
        enum Walk {
            Into(PointId),
            Out(u32),
        }
        let below = self.flow.dominators().children(self.flow.graph().order());
        let mut open = vec![Walk::Into(PointId::ENTRY)];
        while let Some(walk) = open.pop() {
            let point = match walk {
                Walk::Into(point) => point,
                Walk::Out(variable) => {
                    self.current[variable as usize].pop();
                    continue;
                }
            };
            for variable in self.visit(point) {
                open.push(Walk::Out(variable));
            }
            self.meet(point)?;
            open.extend(below.of(point).iter().map(|child| Walk::Into(*child)));
        }
        Some(())
    }

    /// Takes note of what the point reads and binds; answers the variables that have a new version.
    fn visit(&mut self, id: PointId) -> Vec<u32> {
        let mut changed = Vec::new();
        for merge in self.merges_at.get(&id).into_iter().flatten() {
            self.current[merge.variable as usize].push(Version::Merged(merge.number));
            changed.push(merge.variable);
        }
        let point = self.flow.graph().point(id);
        match point.step {
            Step::Read => {
                let variable = self.flow.module.variable(point.node);
                let known = variable.and_then(|(scope, name)| Some((scope?, name)));
                if let Some(variable) = known.and_then(|known| self.variables.get(&known)) {
                    self.found.reads.insert(id, self.version(*variable));
                }
            }
            Step::Bind(id) | Step::Unbind(id) => {
                let binding = self.flow.module.scopes().binding(id);
                let gone = binding.kind == BindingKind::Delete || matches!(point.step, Step::Unbind(_));
                if let Some(variable) = self.variables.get(&(binding.scope, binding.name)) {
                    let version = if gone { Version::Gone } else { Version::Bound(id) };
                    self.current[*variable as usize].push(version);
                    changed.push(*variable);
                }
            }
            _ => {}
        }
        changed
    }

    fn version(&self, variable: u32) -> Version {
        self.current[variable as usize].last().copied().unwrap_or(Version::Entry)
    }

    /// What the variables hold here goes into the merges right behind.
    fn meet(&mut self, point: PointId) -> Option<()> {
        for (to, _) in self.flow.graph().next(point) {
            let Some(merges) = self.merges_at.get(to) else { continue };
            self.budget = self.budget.checked_sub(merges.len())?;
            for merge in merges {
                let version = self.version(merge.variable);
                let parts = &mut self.found.merges[merge.number as usize];
                if parts.last() != Some(&version) {
                    parts.push(version);
                }
            }
        }
        Some(())
    }
}
