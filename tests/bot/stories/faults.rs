//! Each write fails, before or after it took effect. Whatever happens, what stands in the end is what a day
//! without trouble leaves: each finding commented once, one completed check.

use std::time::Duration;

use super::{FETCH, FETCHES, ONE_MEDIUM, side_by_side};
use crate::dice::Dice;
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};
use crate::world::World;

async fn patient() -> World {
    World::start_with(|patience| {
        patience.request_timeout = Duration::from_millis(100);
        patience.settle = Duration::from_millis(250);
        patience.attempts = 20;
    })
    .await
}

async fn survives(fault: Fault) {
    let mut world = patient().await;
    let name = format!("{fault:?}");
    world.goes_wrong(fault);
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES], "{name}");
    assert_eq!(world.checks(), [ONE_MEDIUM], "{name}");
}

const WRITES: [Verb; 2] = [Verb::CreateReview, Verb::CreateCheck];
const READS: [Verb; 3] = [Verb::Token, Verb::Files, Verb::GraphQl];
const LATE: Duration = Duration::from_millis(50);

/// Each of these requests goes wrong in each of these ways, in a world of its own.
async fn each(verbs: &[Verb], ways: &[What]) {
    let faults =
        verbs.iter().flat_map(|verb| ways.iter().map(|what| Fault::once(On::Verb(*verb), what.clone())));
    side_by_side(faults.map(survives)).await;
}

#[tokio::test]
async fn a_server_error_on_a_write() {
    each(&WRITES, &[What::Status(502), What::StatusAfter(502), What::Status(500), What::StatusAfter(503)])
        .await;
}

#[tokio::test]
async fn a_connection_cut_during_a_write() {
    each(&WRITES, &[What::Cut, What::CutAfter]).await;
}

#[tokio::test]
async fn a_write_nobody_answers() {
    each(&WRITES, &[What::Hang, What::HangAfter, What::HangThenHappen(LATE)]).await;
}

#[tokio::test]
async fn a_write_that_is_seen_late() {
    each(&WRITES, &[What::HiddenForReads(2), What::StatusThenHidden(502, LATE)]).await;
}

#[tokio::test]
async fn a_read_that_fails() {
    each(&READS, &[What::Status(502), What::Cut, What::Hang]).await;
}

#[tokio::test]
async fn trouble_twice_in_a_row() {
    let ways = [What::Status(502), What::StatusAfter(502)];
    let twice = |verb: Verb, what: &What| Fault::once(On::Verb(verb), what.clone()).times(2);
    let faults = WRITES.iter().flat_map(|verb| ways.iter().map(|what| twice(*verb, what)));
    side_by_side(faults.map(survives)).await;
}

/// Three things go wrong in one review, drawn from the seed: any request, in any way.
async fn troubled(seed: u64) {
    let ways = [
        What::Status(500),
        What::StatusAfter(502),
        What::Hang,
        What::HangAfter,
        What::HangThenHappen(LATE),
        What::Cut,
        What::CutAfter,
        What::Slow { status: 429, retry_after: Some(0) },
        What::StatusThenHidden(502, LATE),
    ];
    let mut dice = Dice::of(seed);
    let mut world = patient().await;
    for _ in 0..3 {
        world.goes_wrong(Fault::once(On::Any, dice.one_of(&ways)).after(dice.below(6)));
    }
    let script = format!("seed {seed}: {:?}", world.hub.lock().faults);
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES], "{script}");
    assert_eq!(world.checks(), [ONE_MEDIUM], "{script}");
}

#[tokio::test]
async fn whatever_goes_wrong_the_end_is_the_same() {
    side_by_side((0..24).map(troubled)).await;
}

#[tokio::test]
async fn a_token_that_ends_before_its_time_is_replaced() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    world.hub.lock().expire_tokens();
    world.push(&[("app.py", &format!("{FETCH}\n\nX = 1\n"))]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn after_the_last_attempt_the_check_says_so() {
    let mut world = World::start_with(|patience| patience.attempts = 2).await;
    world.goes_wrong(Fault::always(On::Verb(Verb::GraphQl), What::Status(502)));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert!(world.check().starts_with("neutral: "), "{}", world.check());
    assert_eq!(world.comments(), [""; 0]);
}

#[tokio::test]
async fn comments_that_github_refuses_are_not_lost() {
    let mut world = World::new().await;
    // GitHub's line check, as it is when the diff it holds is not the one it showed.
    world.hub.lock().refuse_lines_of = Some("app.py".to_owned());
    world.open_pull_request("feature", &[("app.py", FETCH), ("other.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), ["other.py:5 http-call-without-timeout"]);
    let run = world.the_run();
    assert_eq!(run.annotations.len(), 1);
    assert_eq!(run.annotations[0]["path"], "app.py");
}
