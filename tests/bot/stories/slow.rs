//! A review that takes its time: the check run says so first, and its result takes the same run's place.

use std::time::Duration;

use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM, RESTORE, side_by_side};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, Gate, On, What};
use crate::fake::state::CheckRun;
use crate::world::{World, told};

/// Every audit counts as slow, and trouble is waited out quickly.
async fn slow() -> World {
    World::start_with(|patience| {
        patience.check_start = Duration::ZERO;
        patience.request_timeout = Duration::from_millis(100);
        patience.settle = Duration::from_millis(250);
        patience.attempts = 20;
    })
    .await
}

#[tokio::test]
async fn a_slow_audit_shows_that_it_is_under_way() {
    let mut world = slow().await;
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateReview), What::WaitAt(gate.clone())));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.until("the review", |_| gate.has_arrived()).await;
    let under_way = world.check();
    assert!(under_way.starts_with("in_progress: "), "{under_way}");
    gate.open();
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

async fn survives(fault: Fault) {
    let name = format!("{fault:?}");
    let mut world = slow().await;
    world.goes_wrong(fault);
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES], "{name}");
    assert_eq!(world.checks(), [ONE_MEDIUM], "{name}");
}

#[tokio::test]
async fn trouble_with_the_run_leaves_one_run() {
    let late = Duration::from_millis(50);
    let ways = [
        What::Status(502),
        What::StatusAfter(502),
        What::Hang,
        What::HangAfter,
        What::HangThenHappen(late),
        What::CutAfter,
        What::StatusThenHidden(502, late),
    ];
    let verbs = [Verb::CreateCheck, Verb::CreateReview, Verb::UpdateCheck];
    let faults =
        verbs.iter().flat_map(|verb| ways.iter().map(|what| Fault::once(On::Verb(*verb), what.clone())));
    side_by_side(faults.map(survives)).await;
}

#[tokio::test]
async fn a_run_that_was_overtaken_is_closed() {
    let mut world = slow().await;
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateReview), What::WaitAt(gate.clone())));
    world.open_pull_request("feature", &[("app.py", RESTORE)]).await;
    world.until("the review", |_| gate.has_arrived()).await;
    let old = world.head();
    world.push(&[("app.py", CLEAN)]).await;
    gate.open();
    world.settle().await;
    let runs: Vec<String> = world.runs_on(&old).iter().map(told).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert!(runs[0].starts_with("cancelled: "), "{runs:?}");
    assert_eq!(world.check(), "success: No findings in 1 Python file");
    world.comments();
}

#[tokio::test]
async fn a_head_whose_run_was_overtaken_is_audited_when_it_comes_back() {
    let mut world = slow().await;
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateReview), What::WaitAt(gate.clone())));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.until("the review", |_| gate.has_arrived()).await;
    let first = world.head();
    world.force_push(&[("app.py", CLEAN)]).await;
    gate.open();
    world.settle().await;
    world.force_push_back_to(&first).await;
    world.settle().await;
    assert_eq!(world.checks().last().unwrap(), ONE_MEDIUM);
    assert_eq!(world.comments(), [FETCHES]);
    assert!(every_run(&world).iter().all(|run| run.status == "completed"));
}

#[tokio::test]
async fn a_closed_pull_request_leaves_no_run_open() {
    let mut world = slow().await;
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateReview), What::WaitAt(gate.clone())));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.until("the review", |_| gate.has_arrived()).await;
    world.close().await;
    gate.open();
    world.settle().await;
    assert!(every_run(&world).iter().all(|run| run.status == "completed"));
    world.comments();
}

fn every_run(world: &World) -> Vec<CheckRun> {
    let mut heads = world.pull_request(|pull| pull.heads.clone());
    heads.sort();
    heads.dedup();
    heads.iter().flat_map(|head| world.runs_on(head)).collect()
}
