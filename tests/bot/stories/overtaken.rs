//! The world changes while the bot is at work.

use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM, RESTORE};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, Gate, On, What};
use crate::world::{World, told};

/// Holds the first request of this kind at a gate.
fn hold(world: &World, verb: Verb) -> Gate {
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(verb), What::WaitAt(gate.clone())));
    gate
}

async fn arrived(world: &World, gate: &Gate) {
    world.until("the request", |_| gate.has_arrived()).await;
}

#[tokio::test]
async fn a_force_push_during_the_scan_leaves_nothing_on_the_old_head() {
    let mut world = World::new().await;
    let gate = hold(&world, Verb::GraphQl);
    world.open_pull_request("feature", &[("app.py", RESTORE)]).await;
    arrived(&world, &gate).await;
    let old = world.head();
    world.force_push(&[("app.py", FETCH)]).await;
    gate.open();
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
    assert_eq!(world.runs_on(&old).len(), 0);
}

#[tokio::test]
async fn forced_away_and_back_the_first_head_is_told_its_result() {
    let mut world = World::new().await;
    let gate = hold(&world, Verb::GraphQl);
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    arrived(&world, &gate).await;
    let first = world.head();
    world.force_push(&[("app.py", CLEAN)]).await;
    world.force_push_back_to(&first).await;
    gate.open();
    world.settle().await;
    assert_eq!(world.head(), first);
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn an_open_check_of_an_old_head_is_closed_as_superseded() {
    let mut world = World::start_with(|patience| patience.check_start = std::time::Duration::ZERO).await;
    let gate = hold(&world, Verb::CreateReview);
    world.open_pull_request("feature", &[("app.py", RESTORE)]).await;
    arrived(&world, &gate).await;
    let old = world.head();
    world.push(&[("app.py", CLEAN)]).await;
    gate.open();
    world.settle().await;
    let runs: Vec<String> = world.runs_on(&old).iter().map(told).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert!(runs[0].starts_with("cancelled: ") || runs[0].starts_with("failure: "), "{runs:?}");
    assert_eq!(world.check(), "success: No findings in 1 Python file");
    world.comments();
}

#[tokio::test]
async fn closed_during_the_scan_nothing_is_said() {
    let mut world = World::new().await;
    let gate = hold(&world, Verb::GraphQl);
    world.open_pull_request("feature", &[("app.py", RESTORE)]).await;
    arrived(&world, &gate).await;
    world.close().await;
    gate.open();
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.checks(), [""; 0]);
}

#[tokio::test]
async fn github_may_answer_with_the_old_head_for_a_while() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.settle().await;
    world.check();
    let old = world.head();
    world.hold_deliveries();
    world.push(&[("app.py", FETCH)]).await;
    world.hub.lock().serve_old_head(world.repo, world.pull, 3);
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
    assert_eq!(world.runs_on(&old).len(), 1);
}
