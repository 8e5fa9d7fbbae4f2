//! What got lost between GitHub and us is found again, and nothing of ours is left hanging.

use std::time::Duration;

use super::{FETCH, FETCHES, ONE_MEDIUM};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};
use crate::world::World;

async fn on_patrol() -> World {
    World::start_with(|patience| {
        patience.patrol = Some(Duration::from_millis(20));
        patience.check_start = Duration::ZERO;
        patience.attempts = 2;
    })
    .await
}

#[tokio::test]
async fn a_delivery_that_failed_is_asked_for_again() {
    let mut world = on_patrol().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    let lost = world.take_held().remove(0);
    world.hub.lock().lose(lost.clone());
    world.until("the bot to ask", |state| !state.hook.asked.is_empty()).await;
    world.deliver(&lost).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
    // From now on it is known, and is not asked for any more.
    tokio::time::sleep(Duration::from_millis(60)).await;
    let asked = world.hub.lock().hook.asked.len();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(world.hub.lock().hook.asked.len(), asked);
}

/// GitHub takes no review and no result for a while, longer than anybody tries.
#[tokio::test]
async fn a_check_run_that_was_left_open_is_told_in_the_end() {
    let mut world = on_patrol().await;
    world.goes_wrong(Fault::always(On::Verb(Verb::CreateReview), What::Status(500)));
    world.goes_wrong(Fault::always(On::Verb(Verb::UpdateCheck), What::Status(500)));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.until("an open run", |state| state.repos.values().any(|repo| !repo.checks.is_empty())).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert!(world.check().starts_with("in_progress: "), "{}", world.check());
    world.hub.lock().faults.clear();
    world
        .until("its result", |state| {
            state.repos.values().flat_map(|repo| &repo.checks).all(|run| run.conclusion.is_some())
        })
        .await;
    world.settle().await;
    world.conversation();
    world.check();
}

/// A review that began is told; a new one is not begun.
#[tokio::test]
async fn the_last_requests_of_the_hour_are_for_results() {
    let mut world = World::new().await;
    world.hub.lock().limits.remaining = 101;
    world.open_pull_request("one", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
    world.bill();
    world.open_pull_request("two", &[("app.py", FETCH)]).await;
    world.until_parked().await;
    tokio::time::sleep(Duration::from_millis(40)).await;
    assert_eq!(world.bill().requests(), 0);
}
