//! What goes wrong when two tasks pass the same test before either changes the state.

use crate::engine::analysis::calls;
use crate::engine::analysis::shared::access::{Access, Method, Use};
use crate::engine::analysis::shared::words::says_one_of;
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::check::{Check, Tested};

/// What becomes of the second task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Harm {
    /// It does what only one should.
    Twice,
    /// It overwrites what the first one made and nobody lets go of.
    Lost,
    /// It goes over a limit.
    Limit,
    /// What it takes away is gone already.
    Gone,
    /// It sets up what the first one is setting up.
    SetUp,
}

impl Harm {
    pub(super) fn words(self) -> &'static str {
        match self {
            Harm::Twice => "Both tasks pass the test, and both do what only one of them should",
            Harm::Lost => {
                "Both tasks make one; the later overwrites the earlier, which nobody uses, closes or awaits any more"
            }
            Harm::Limit => {
                "Several tasks pass the test while they all wait, and together they go over the limit"
            }
            Harm::Gone => {
                "The second task finds nothing left to take away and fails with a `KeyError` or the like"
            }
            Harm::SetUp => "Both tasks find it undone and set up the same thing twice, one over the other",
        }
    }
}

/// What the change does wrong where the test no longer holds; `None` where a second change does no harm.
pub(super) fn harm(module: &Module, tested: &Tested, act: &Access, resources: &[String]) -> Option<Harm> {
    match (tested.check, act.usage) {
        (Check::Lacks(key), Use::SetItem { key: other, value }) if same(module, key, other) => {
            harm_of_entry(module, tested, value?, resources)
        }
        (Check::Lacks(key), Use::Change { method: Method::Add, first: Some(first), .. })
            if same(module, key, first) =>
        {
            Some(Harm::Twice)
        }
        (Check::Has(key), Use::DeleteItem { key: other }) if same(module, key, other) => Some(Harm::Gone),
        (
            Check::Has(key),
            Use::Change { method: Method::Take | Method::Remove, first: Some(first), arguments: 1 },
        ) if same(module, key, first) => Some(Harm::Gone),
        (Check::Present, Use::Change { method: Method::Take, arguments: 0, .. }) => Some(Harm::Gone),
        (
            Check::Amount,
            Use::Change { method: Method::Add, .. } | Use::SetItem { .. } | Use::AugmentItem { .. },
        ) => Some(Harm::Limit),
        (Check::Amount, Use::Augment) => Some(Harm::Limit),
        (Check::Amount, Use::DeleteItem { key }) => chosen_before(module, key, act.at).then_some(Harm::Gone),
        (
            Check::Amount,
            Use::Change { method: Method::Take | Method::Remove, first: Some(key), arguments: 1 },
        ) => chosen_before(module, key, act.at).then_some(Harm::Gone),
        (Check::Empty, Use::Rebind(Some(value))) if module.tree().kind(value) == Kind::True => {
            Some(Harm::SetUp)
        }
        _ => None,
    }
}

fn same(module: &Module, one: NodeId, other: NodeId) -> bool {
    module.text(one) == module.text(other)
}

/// A cache may be filled twice; what must be made once may not.
fn harm_of_entry(module: &Module, tested: &Tested, value: NodeId, resources: &[String]) -> Option<Harm> {
    if makes_resource(module, value, resources) {
        return Some(Harm::Lost);
    }
    (refuses(module, tested.test) || module.tree().kind(value) == Kind::True).then_some(Harm::Twice)
}

/// Whether the value is something that must be closed, awaited or stopped, by the name of what makes it.
pub(super) fn makes_resource(module: &Module, value: NodeId, resources: &[String]) -> bool {
    let made = made_by(module, value);
    made.is_some_and(|call| {
        let tree = module.tree();
        let callee = tree.child(call, Field::Function).map_or("", |callee| module.text(callee));
        says_one_of(calls::last(callee), resources)
    })
}

/// The call that makes a value, through `await` and one variable.
pub(super) fn made_by(module: &Module, value: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let mut made = value;
    if tree.kind(made) == Kind::Identifier {
        made = module.bindings_of(made).filter(|binding| binding.node < value).last()?.value?;
    }
    while matches!(tree.kind(made), Kind::Await | Kind::ParenthesizedExpression) {
        made = tree.first_named(made)?;
    }
    (tree.kind(made) == Kind::Call).then_some(made)
}

/// Whether the other outcome of the test raises: one alone may pass.
fn refuses(module: &Module, test: NodeId) -> bool {
    let tree = module.tree();
    let mut around = module.ancestors_in_function(test);
    let branch = around.find(|node| tree.kind(*node) == Kind::IfStatement);
    let body = branch.and_then(|branch| tree.child(branch, Field::Consequence));
    body.is_some_and(|body| tree.named_children(body).any(|node| tree.kind(node) == Kind::RaiseStatement))
}

/// Whether the key was chosen before others could run.
fn chosen_before(module: &Module, key: NodeId, act: NodeId) -> bool {
    if module.tree().kind(key) != Kind::Identifier {
        return false;
    }
    let chosen = module.bindings_of(key).filter(|binding| binding.node < key).last();
    chosen.is_some_and(|binding| module.suspension_between(binding.node, act).is_some())
}
