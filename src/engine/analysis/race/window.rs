//! The time between a test of shared state and the change that relies on it, in which other tasks run.

use crate::engine::analysis::shared::access::Access;
use crate::engine::analysis::shared::state::State;
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::check::{Check, Tested, tested};

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
    let tests = module.guards_at(node).into_iter();
    let mut found: Vec<Tested> = tests.filter_map(|(test, holds)| tested(module, test, holds)).collect();
    found.extend(alternatives(module, node).filter(|tested| tested.check == Check::Empty));
    found
}

/// The tests of which one at least held: `if self.x is None or self.x.closed:`.
fn alternatives(module: &Module, node: NodeId) -> impl Iterator<Item = Tested> {
    let tree = module.tree();
    let branches = module.ancestors_in_function(node).filter(move |around| {
        let body = tree.child(*around, Field::Consequence);
        tree.kind(*around) == Kind::IfStatement && body.is_some_and(|body| tree.contains(body, node))
    });
    let conditions = branches.filter_map(move |branch| tree.child(branch, Field::Condition));
    let operands =
        conditions.filter(move |condition| is_or(module, *condition)).filter_map(move |condition| {
            let first = tree.child(condition, Field::Left)?;
            tested(module, first, true)
        });
    operands.collect::<Vec<_>>().into_iter()
}

fn is_or(module: &Module, condition: NodeId) -> bool {
    let tree = module.tree();
    let operator = tree.child(condition, Field::Operator).map_or("", |operator| module.text(operator));
    tree.kind(condition) == Kind::BooleanOperator && operator == "or"
}

/// Whether a claim is staked between the test and the change before anyone else could run.
fn comes_first(module: &Module, read: NodeId, claim: NodeId, act: NodeId) -> bool {
    module.reaches(read, claim)
        && module.reaches(claim, act)
        && module.suspension_between(read, claim).is_none()
}
