//! The time between a test of shared state and the change that relies on it, in which other tasks run.

use crate::engine::analysis::shared::access::Access;
use crate::engine::analysis::shared::state::State;
use crate::engine::python::{Module, NodeId};

use super::check::{Tested, tested};

/// A test, and the suspension that makes it old news before the change.
pub(super) struct Window {
    pub tested: Tested,
    pub suspension: NodeId,
}

/// The window before a change of state, where its nearest test stands before a suspension and nothing that was
/// tested on the way has been claimed in between.
pub(super) fn window(module: &Module, accesses: &[Access], act: &Access) -> Option<Window> {
    let guards: Vec<Tested> = guards(module, act.at);
    let nearest = guards.iter().find(|guard| guard.state == act.state)?;
    let suspension = module.suspension_between(nearest.read, act.at)?;
    let states: Vec<State> = guards.iter().map(|guard| guard.state).collect();
    let claims =
        |access: &&Access| access.is_write() && access.at != act.at && states.contains(&access.state);
    let claimed =
        accesses.iter().filter(claims).any(|claim| comes_first(module, nearest.read, claim.at, act.at));
    (!claimed).then_some(Window { tested: *nearest, suspension })
}

/// The tests of state that led to a node, nearest first.
pub(super) fn guards(module: &Module, node: NodeId) -> Vec<Tested> {
    module.guards_at(node).into_iter().filter_map(|(test, outcome)| tested(module, test, outcome)).collect()
}

/// Whether a claim is staked between the test and the change before anyone else could run.
fn comes_first(module: &Module, read: NodeId, claim: NodeId, act: NodeId) -> bool {
    module.reaches(read, claim)
        && module.reaches(claim, act)
        && module.suspension_between(read, claim).is_none()
}
