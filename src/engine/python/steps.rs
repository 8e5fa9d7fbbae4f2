//! How far rules may look around in a file. Every walk over a module takes steps; when they are used up, walks end at
//! once, and so does the rule, whatever it looks for: no text makes it cost more. What it found by then is worth
//! nothing, and neither is what the module worked out for it.

use std::cell::Cell;

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
