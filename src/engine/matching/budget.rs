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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::engine::python::{NodeId, Types};
    use crate::engine::{Limits, Source};

    fn module() -> Module {
        let source = Source::decode("a.py", b"x = 1\n", &Limits::default()).unwrap();
        Module::parse(source, &Limits::default(), Arc::new(Types::default())).unwrap()
    }

    fn walks_for_ever(module: &Module, hits: &mut Vec<Hit>) -> bool {
        while module.tree().nodes().next().is_some() {}
        hits.push(Hit::at(NodeId::ROOT));
        true
    }

    fn looks_once(module: &Module, hits: &mut Vec<Hit>) -> bool {
        hits.extend(module.tree().nodes().take(1).map(Hit::at));
        true
    }

    #[test]
    fn who_walks_for_ever_finds_nothing_and_leaves_something_to_the_next_until_all_is_spent() {
        let mut module = module();
        let mut budget = Budget::of(&module);
        let mut found =
            |find: fn(&Module, &mut Vec<Hit>) -> bool| budget.run(&mut module, find).map(|hits| hits.len());
        assert_eq!(found(looks_once), Some(1));
        assert_eq!(found(walks_for_ever), None);
        assert_eq!(found(looks_once), Some(1));
        assert_eq!(found(walks_for_ever), None);
        assert_eq!(found(looks_once), None);
    }
}
