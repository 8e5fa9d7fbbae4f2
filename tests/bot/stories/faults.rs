//! Each write fails, before or after it took effect. Whatever happens, what stands in the end is what a day
//! without trouble leaves: each finding commented once, one completed check.

use std::time::Duration;

use super::{FETCH, FETCHES, ONE_MEDIUM};
use crate::dice::Dice;
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};
use crate::world::World;

async fn patient() -> World {
    World::start_with(|patience| {
        patience.request_timeout = Duration::from_millis(60);
        patience.settle = Duration::from_millis(120);
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

#[tokio::test]
async fn a_server_error_on_a_write() {
    for verb in WRITES {
        for what in [What::Status(502), What::StatusAfter(502), What::Status(500), What::StatusAfter(503)] {
            survives(Fault::once(On::Verb(verb), what)).await;
        }
    }
}

#[tokio::test]
async fn a_connection_cut_during_a_write() {
    for verb in WRITES {
        for what in [What::Cut, What::CutAfter] {
            survives(Fault::once(On::Verb(verb), what)).await;
        }
    }
}

#[tokio::test]
async fn a_write_nobody_answers() {
    for verb in WRITES {
        for what in [What::Hang, What::HangAfter, What::HangThenHappen(Duration::from_millis(80))] {
            survives(Fault::once(On::Verb(verb), what)).await;
        }
    }
}

#[tokio::test]
async fn a_write_that_is_seen_late() {
    for verb in WRITES {
        for what in [What::HiddenForReads(2), What::StatusThenHidden(502, Duration::from_millis(60))] {
            survives(Fault::once(On::Verb(verb), what)).await;
        }
    }
}

#[tokio::test]
async fn a_read_that_fails() {
    for verb in READS {
        for what in [What::Status(502), What::Cut, What::Hang] {
            survives(Fault::once(On::Verb(verb), what)).await;
        }
    }
}

#[tokio::test]
async fn trouble_twice_in_a_row() {
    for verb in WRITES {
        survives(Fault::once(On::Verb(verb), What::Status(502)).times(2)).await;
        survives(Fault::once(On::Verb(verb), What::StatusAfter(502)).times(2)).await;
    }
}

/// Three things go wrong in one review, drawn from the seed: any request, in any way.
#[tokio::test]
async fn whatever_goes_wrong_the_end_is_the_same() {
    let ways = [
        What::Status(500),
        What::StatusAfter(502),
        What::Hang,
        What::HangAfter,
        What::HangThenHappen(Duration::from_millis(80)),
        What::Cut,
        What::CutAfter,
        What::Slow { status: 429, retry_after: Some(0) },
        What::StatusThenHidden(502, Duration::from_millis(60)),
    ];
    for seed in 0..25 {
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
