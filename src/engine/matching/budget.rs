//! What all rules together may spend on looking around in one file, so that a text made for it cannot make them cost
//! much more than one that was not.

use crate::engine::python::Module;

use super::hit::Hit;

/// What any file may take. Of 51,000 files of real projects the median took a thousandth of it, the most half.
const FLOOR: u64 = 10_000_000;
/// What each node of the tree adds.
const PER_NODE: u64 = 100;
/// No rule takes more than this part of the whole, so that one leaves something to the others.
const SHARE: u64 = 2;

/// The steps that are left to the rules of one file.
pub(super) struct Budget {
    left: u64,
    share: u64,
}

impl Budget {
    pub(super) fn of(module: &Module) -> Budget {
        let whole = FLOOR + PER_NODE * module.tree().len() as u64;
        Budget { left: whole, share: whole / SHARE }
    }

    /// What a rule finds; nothing where it ran out of steps, here or by its own count. Whatever was worked out by then
    /// may be wrong and is forgotten.
    pub(super) fn run(
        &mut self,
        module: &mut Module,
        find: impl FnOnce(&Module, &mut Vec<Hit>) -> bool,
    ) -> Option<Vec<Hit>> {
        let given = self.left.min(self.share);
        module.allow(given);
        let mut hits = Vec::new();
        let is_whole = find(module, &mut hits);
        let left = module.steps_left();
        self.left -= given - left;
        if left == 0 {
            module.forget();
        }
        (is_whole && left > 0).then_some(hits)
    }
}
