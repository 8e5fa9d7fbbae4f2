//! What goes wrong when two tasks pass the same test before either changes the state.

use serde::Deserialize;

use crate::engine::analysis::calls;
use crate::engine::analysis::shared::access::{Access, Method, Use};
use crate::engine::analysis::shared::state::State;
use crate::engine::analysis::shared::words::words;
use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

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
    /// In words, where `tasks` or `threads` do it.
    pub(super) fn words(self, who: &str) -> String {
        match self {
            Harm::Twice => format!("Both {who} pass the test, and both do what only one of them should"),
            Harm::Lost => format!(
                "Both {who} make one; the later overwrites the earlier, and what it holds is lost, with nobody to close \
                 or await it"
            ),
            Harm::Limit => format!("Several {who} pass the test, and together they go over the limit"),
            Harm::Gone => {
                let one = who.trim_end_matches('s');
                format!(
                    "The second {one} finds nothing left to take away and fails with a `KeyError` or the like"
                )
            }
            Harm::SetUp => {
                format!("Both {who} find it undone and set up the same thing twice, one over the other")
            }
        }
    }
}

/// What the change does wrong where the test no longer holds; `None` where a second change does no harm.
pub(super) fn harm(module: &Module, tested: &Tested, act: &Access, makers: &Makers) -> Option<Harm> {
    match (tested.check, act.usage) {
        (Check::Lacks(key), Use::SetItem { key: other, value }) if same(module, key, other) => {
            harm_of_entry(module, tested, value?, makers)
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
        (Check::Present | Check::Size, Use::Change { method: Method::Take, first, .. })
            if first.is_none_or(|first| is_position(module, first)) =>
        {
            Some(Harm::Gone)
        }
        (Check::Size, Use::Change { method: Method::Add, .. } | Use::SetItem { .. }) => Some(Harm::Limit),
        (Check::Size, Use::DeleteItem { key }) => chosen_before(module, key, act.at).then_some(Harm::Gone),
        (
            Check::Size,
            Use::Change { method: Method::Take | Method::Remove, first: Some(key), arguments: 1 },
        ) => chosen_before(module, key, act.at).then_some(Harm::Gone),
        _ if overdraws(module, tested, act) => Some(Harm::Limit),
        (Check::Empty, Use::Rebind(Some(value))) if module.tree().kind(value) == Kind::True => {
            Some(Harm::SetUp)
        }
        _ => None,
    }
}

/// Whether an amount is changed that was tested against a limit.
pub(super) fn overdraws(module: &Module, tested: &Tested, act: &Access) -> bool {
    let is_amount = |value: NodeId| {
        let mut nodes = module.tree().subtree(value);
        module.tree().kind(value) == Kind::BinaryOperator
            && nodes.any(|node| State::named_by(module, node) == Some(act.state))
    };
    let same_state = tested.state == act.state;
    same_state
        && match (tested.check, act.usage) {
            (Check::Amount(None), Use::Augment) => true,
            (Check::Present, Use::Augment) => takes_away(module, act.at),
            (Check::Amount(None) | Check::Present, Use::Rebind(Some(value))) => is_amount(value),
            (Check::Amount(Some(key)), Use::AugmentItem { key: other }) => same(module, key, other),
            (Check::Amount(Some(key)), Use::SetItem { key: other, value: Some(value) }) => {
                same(module, key, other) && is_amount(value)
            }
            _ => false,
        }
}

fn takes_away(module: &Module, augmented: NodeId) -> bool {
    let operator = module.tree().child(augmented, Field::Operator);
    operator.is_some_and(|operator| module.text(operator) == "-=")
}

/// `0` or `-1` of `items.pop(0)`, as opposed to a key.
fn is_position(module: &Module, argument: NodeId) -> bool {
    matches!(module.constant(argument), Some(Constant::Int(_)))
}

fn same(module: &Module, one: NodeId, other: NodeId) -> bool {
    module.text(one) == module.text(other)
}

/// A cache may be filled twice; what must be made once may not.
fn harm_of_entry(module: &Module, tested: &Tested, value: NodeId, makers: &Makers) -> Option<Harm> {
    if makers.make(module, value) {
        return Some(Harm::Lost);
    }
    (refuses(module, tested.test) || module.tree().kind(value) == Kind::True).then_some(Harm::Twice)
}

/// Names of what makes things that must be closed, awaited or stopped, from `rules/models/made.yml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Makers {
    /// Words any of which says so.
    verbs: Vec<String>,
    /// Last words that say so, unless the first word is one of `readers`.
    nouns: Vec<String>,
    /// First words of what only looks something up.
    readers: Vec<String>,
}

impl Makers {
    pub(super) fn make(&self, module: &Module, value: NodeId) -> bool {
        made_by(module, value).is_some_and(|call| self.say(called(module, call)))
    }

    /// Whether the call only looks something up.
    pub(super) fn reads(&self, module: &Module, value: NodeId) -> bool {
        let words = made_by(module, value).map_or(Vec::new(), |call| words(called(module, call)));
        words.first().is_some_and(|first| self.readers.contains(first))
    }

    /// Whether what is awaited is a look at something: to note its answer twice does no harm.
    pub(super) fn only_look(&self, module: &Module, suspension: NodeId) -> bool {
        let words = made_by(module, suspension).map_or(Vec::new(), |call| words(called(module, call)));
        words.iter().any(|word| self.readers.contains(word))
    }

    /// Whether all that is awaited between two places only gets something: to get it twice does no harm.
    pub(super) fn only_get(&self, module: &Module, first: NodeId, last: NodeId) -> bool {
        let Some((_, function)) = module.enclosing_def(last) else { return false };
        let waits = module.suspensions_in(function.node).filter(|wait| first < *wait && *wait < last);
        let mut called = waits.map(|wait| made_by(module, wait).map(|call| words(called(module, call))));
        called.all(|words| {
            let first = words.as_ref().and_then(|words| words.first());
            first.is_some_and(|first| first == "get" || self.readers.contains(first))
        })
    }

    /// Whether the name of a variable says that it holds such a thing.
    pub(super) fn are_held_by(&self, name: &str) -> bool {
        words(name).last().is_some_and(|last| self.nouns.contains(last))
    }

    fn say(&self, name: &str) -> bool {
        let words = words(name);
        let reads = words.first().is_some_and(|first| self.readers.contains(first));
        let by_verb = words.iter().any(|word| self.verbs.contains(word));
        let by_noun = words.last().is_some_and(|last| self.nouns.contains(last));
        !reads && (by_verb || by_noun)
    }
}

fn called(module: &Module, call: NodeId) -> &str {
    let callee = module.tree().child(call, Field::Function);
    calls::last(callee.map_or("", |callee| module.text(callee)))
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
    body.is_some_and(|body| tree.named_children(body).any(|node| is_refusal(module, node)))
}

/// `raise`, `return False`, `return "taken", 409`, `abort(409)`.
fn is_refusal(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    let first = tree.first_named(statement);
    match tree.kind(statement) {
        Kind::RaiseStatement => true,
        Kind::ExpressionStatement => first.is_some_and(|call| calls::method(module, call) == "abort"),
        Kind::ReturnStatement => first.is_some_and(|answer| match tree.kind(answer) {
            Kind::False => true,
            Kind::ExpressionList => {
                let status = tree.named_children(answer).last().and_then(|last| module.constant(last));
                matches!(status, Some(Constant::Int(400..)))
            }
            _ => false,
        }),
        _ => false,
    }
}

/// Whether the key was chosen before others could run.
fn chosen_before(module: &Module, key: NodeId, act: NodeId) -> bool {
    if module.tree().kind(key) != Kind::Identifier {
        return false;
    }
    let chosen = module.bindings_of(key).filter(|binding| binding.node < key).last();
    chosen.is_some_and(|binding| module.suspension_between(binding.node, act).is_some())
}
