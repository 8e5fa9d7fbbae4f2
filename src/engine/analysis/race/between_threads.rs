//! Shared state that is tested and changed by threads without a lock around both: between the two, another thread may
//! pass the same test.

use crate::engine::analysis::shared::access::{Access, Method, Use};
use crate::engine::analysis::shared::rivals::{Crew, Rival};
use crate::engine::matching::Hit;
use crate::engine::python::flow::{Held, LockFamily, LockKind, LockRoot};
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::check::{Check, Tested};
use super::check_then_act::{With, began, is_expected};
use super::harm::{Harm, harm};
use super::locked::is_exclusive;
use super::spelling;
use super::window::guards;

/// What tells that threads meet here.
enum Evidence {
    Threads(Rival),
    /// The change is made under a lock of threads, the test is not.
    Torn(Held),
}

pub(super) fn visit(
    with: &With,
    module: &Module,
    crew: &Crew,
    function: FunctionId,
    act: &Access,
) -> Option<Hit> {
    let tested = guards(module, act.at).into_iter().find(|guard| guard.state == act.state)?;
    let brief = !act.is_for_all(module, function) && with.lifetimes.is_brief(module, act.state);
    if brief || is_exclusive(module, &crew.uses, function, tested.read, act.at) {
        return None;
    }
    let harm = harm_between(with, module, &tested, act)?;
    let evidence = evidence(with, module, crew, function, act, &tested, harm)?;
    Some(report(module, function, act, &tested, harm, evidence))
}

/// Between threads a container that two make is a loss, too, and a set that is only added to takes no harm.
fn harm_between(with: &With, module: &Module, tested: &Tested, act: &Access) -> Option<Harm> {
    match (tested.check, act.usage) {
        (Check::Lacks(_), Use::SetItem { value: Some(value), .. }) if is_filled_later(module, act, value) => {
            Some(Harm::Lost)
        }
        (Check::Lacks(_), Use::Change { method: Method::Add, .. }) if is_all(module, tested, act) => None,
        _ => harm(module, tested, act, &with.makers),
    }
}

/// `self.x[key] = []`, and the same function puts something into it.
fn is_filled_later(module: &Module, act: &Access, value: NodeId) -> bool {
    let tree = module.tree();
    let is_empty = match tree.kind(value) {
        Kind::List | Kind::Dictionary => tree.first_named(value).is_none(),
        Kind::Call => {
            matches!(module.callee(value), Some("builtins.list" | "builtins.dict" | "builtins.set"))
        }
        _ => false,
    };
    let body = module.enclosing_def(act.at).and_then(|(_, function)| function.body);
    let element = module.text(act.at);
    let fills = |node: NodeId| {
        let parent = tree.parent(node).map(|parent| tree.kind(parent));
        let is_used = matches!(parent, Some(Kind::Attribute | Kind::Subscript));
        tree.kind(node) == Kind::Subscript && node > act.at && is_used && module.text(node) == element
    };
    is_empty && body.is_some_and(|body| tree.subtree(body).any(fills))
}

/// Whether the change of a set is all that the test decides about.
fn is_all(module: &Module, tested: &Tested, act: &Access) -> bool {
    let tree = module.tree();
    let statement = module.statement_of(act.at);
    let block = tree.parent(statement);
    let branch = block.and_then(|block| tree.parent(block));
    let is_own = branch.and_then(|branch| tree.child(branch, Field::Condition)).is_some_and(|condition| {
        tree.contains(condition, tested.test) && tree.named_children(block.unwrap_or(statement)).count() == 1
    });
    is_own && module.text(act.at).contains(".add(")
}

fn evidence(
    with: &With,
    module: &Module,
    crew: &Crew,
    function: FunctionId,
    act: &Access,
    tested: &Tested,
    harm: Harm,
) -> Option<Evidence> {
    // A flag is a claim where nothing else decides whether it is set.
    let nearest = module.guards_at(act.at).first().map(|(test, _)| *test);
    if harm == Harm::SetUp && nearest != Some(tested.test) {
        return None;
    }
    let is_lifecycle = with.lifetimes.is_lifecycle(module, function);
    if harm == Harm::Gone && is_expected(module, act) {
        return None;
    }
    if let Some(held) = torn(module, act).filter(|_| harm != Harm::SetUp && !is_lifecycle) {
        return Some(Evidence::Torn(held));
    }
    let meets = |change: &Access| invalidates(change, harm);
    let rival = crew.rival(module, &with.lifetimes, function, act, &meets)?;
    Some(Evidence::Threads(rival))
}

/// Whether another function's change makes the test old news, in a way that does the harm.
fn invalidates(change: &Access, harm: Harm) -> bool {
    match harm {
        Harm::Gone => matches!(
            change.usage,
            Use::DeleteItem { .. }
                | Use::Change { method: Method::Take | Method::Remove | Method::Discard, .. }
                | Use::Rebind(_)
        ),
        Harm::Twice | Harm::Lost => {
            matches!(change.usage, Use::SetItem { .. } | Use::Change { method: Method::Add, .. })
        }
        Harm::Limit => !matches!(change.usage, Use::Rebind(_)),
        Harm::SetUp => false,
    }
}

/// A lock of threads under which the change is made; the test was found to stand outside of it.
fn torn(module: &Module, act: &Access) -> Option<Held> {
    module.locks_at(act.at).into_iter().find(|held| {
        let excludes = matches!(held.lock.kind, LockKind::Mutex | LockKind::Reentrant | LockKind::Condition);
        let lasts = matches!(held.lock.root, LockRoot::Receiver(_) | LockRoot::Module);
        held.lock.family == LockFamily::Thread && excludes && lasts && !held.lock.keyed
    })
}

fn report(
    module: &Module,
    function: FunctionId,
    act: &Access,
    tested: &Tested,
    harm: Harm,
    evidence: Evidence,
) -> Hit {
    let hit =
        began(module, function, act, tested).with("HARM", harm.words("threads")).with("RUNS", "threads");
    let change = module.statement_of(act.at);
    let name = spelling::function(module, function);
    match evidence {
        Evidence::Threads(rival) => hit
            .with("GAP", "holds no lock from there on")
            .with("WHO", who(module, &rival))
            .with(
                "FIRST",
                "Do both in one step where there is one (a queue, `setdefault`, `pop` with a default)",
            )
            .with("LOCK", "threading.Lock")
            .and(change, "the change that relies on the test")
            .and(rival.by, "this starts the threads"),
        Evidence::Torn(held) => hit
            .with("GAP", format!("takes `{}` after that", held.lock.path))
            .with(
                "WHO",
                format!("Another thread that runs `{name}` passes the same test before the lock is taken"),
            )
            .with("FIRST", format!("Test again once `{}` is held", held.lock.path))
            .with("LOCK", held.lock.path)
            .and(held.at, "the lock is taken only here")
            .and(change, "the change that relies on the test"),
    }
}

fn who(module: &Module, rival: &Rival) -> String {
    match rival.other {
        None => "Several threads run this code, and another one may pass the same test in between".to_owned(),
        Some((other, _)) => {
            let other = spelling::function(module, other);
            format!("`{other}` runs in another thread, and may change it in between")
        }
    }
}
