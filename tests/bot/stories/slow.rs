//! A review that takes its time: the check run says so first, and its result takes the same run's place.

use std::future::Future;
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

/// Opens a pull request whose audit goes on until the gate opens, and waits for the run that says so.
///
/// GitHub is asked for fifty texts at a time; what is held is the answer to the second question.
async fn under_way(world: &mut World, text: &str) -> Gate {
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::GraphQl), What::WaitAt(gate.clone())).after(1));
    let names: Vec<String> = (0..50).map(|n| format!("a{n:02}.py")).collect();
    let clean = names.iter().map(|name| (name.as_str(), "X = 1\n"));
    let files: Vec<(&str, &str)> = clean.chain([("app.py", text)]).collect();
    world.open_pull_request("feature", &files).await;
    world.until("the run", |state| gate.has_arrived() && !state.repo(world.repo).checks.is_empty()).await;
    gate
}

fn patient_world() -> impl Future<Output = World> {
    World::start_with(|patience| {
        patience.check_start = Duration::ZERO;
        patience.request_timeout = Duration::from_secs(10);
    })
}

#[tokio::test]
async fn a_slow_audit_shows_that_it_is_under_way() {
    let mut world = patient_world().await;
    let gate = under_way(&mut world, FETCH).await;
    let told = world.check();
    assert!(told.starts_with("in_progress: "), "{told}");
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
    let mut world = patient_world().await;
    let gate = under_way(&mut world, RESTORE).await;
    let old = world.head();
    world.push(&[("app.py", CLEAN)]).await;
    gate.open();
    world.settle().await;
    let runs: Vec<String> = world.runs_on(&old).iter().map(told).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert!(runs[0].starts_with("cancelled: "), "{runs:?}");
    assert_eq!(world.check(), "success: No findings in 51 Python files");
    assert_eq!(world.comments(), [""; 0]);
}

#[tokio::test]
async fn a_head_whose_run_was_overtaken_is_audited_when_it_comes_back() {
    let mut world = patient_world().await;
    let gate = under_way(&mut world, FETCH).await;
    let first = world.head();
    world.force_push(&[("app.py", CLEAN)]).await;
    gate.open();
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    world.force_push_back_to(&first).await;
    world.settle().await;
    assert_eq!(world.checks().last().unwrap(), ONE_MEDIUM);
    assert_eq!(world.comments(), [FETCHES]);
    assert!(every_run(&world).iter().all(|run| run.status == "completed"));
}

#[tokio::test]
async fn a_closed_pull_request_leaves_no_run_open() {
    let mut world = patient_world().await;
    let gate = under_way(&mut world, FETCH).await;
    world.close().await;
    gate.open();
    world.settle().await;
    assert!(every_run(&world).iter().all(|run| run.status == "completed"));
    assert_eq!(world.comments(), [""; 0]);
}

fn every_run(world: &World) -> Vec<CheckRun> {
    let mut heads = world.pull_request(|pull| pull.heads.clone());
    heads.sort();
    heads.dedup();
    heads.iter().flat_map(|head| world.runs_on(head)).collect()
}
