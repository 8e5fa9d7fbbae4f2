//! How far rules may look around in a file. Every walk over a module takes steps; when they are used up, walks end at
//! once, and so does the rule, whatever it looks for: no text makes it cost more. What it found by then is worth
//! nothing, and neither is what the module worked out for it.

use std::cell::Cell;

use super::Module;

/// What is left of a budget. There is no end to it until one is set.
#[derive(Debug)]
pub(super) struct Steps(Cell<u64>);

impl Steps {
    pub(super) fn endless() -> Steps {
        Steps(Cell::new(u64::MAX))
    }

    pub(super) fn allow(&self, steps: u64) {
        self.0.set(steps);
    }

    pub(super) fn left(&self) -> u64 {
        self.0.get()
    }

    /// Takes one, if one is left.
    pub(super) fn take(&self) -> bool {
        let left = self.0.get();
        self.0.set(left.saturating_sub(1));
        left > 0
    }

    /// Takes as many as are left of these.
    pub(super) fn spend(&self, steps: usize) {
        self.0.set(self.0.get().saturating_sub(steps as u64));
    }
}

impl Module {
    /// Lets walks over the module take so many steps from now on. Then they end at once, and no answer can be relied
    /// on: ask [`Module::steps_left`], and [`Module::forget`] what was worked out by then.
    pub(in crate::engine) fn allow(&self, steps: u64) {
        self.tree.steps.allow(steps);
    }

    pub(in crate::engine) fn steps_left(&self) -> u64 {
        self.tree.steps.left()
    }

    /// Takes steps for work that no walk over the module counts.
    pub(in crate::engine) fn spend(&self, steps: usize) {
        self.tree.steps.spend(steps);
    }

    /// The items as long as steps are left.
    pub(in crate::engine) fn counted<T>(&self, items: impl Iterator<Item = T>) -> impl Iterator<Item = T> {
        items.take_while(|_| self.tree.steps.take())
    }
}
