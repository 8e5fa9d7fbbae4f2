//! What GitHub shows and what the bot remembers do not fit together: old answers, runs closed before, results that
//! could not be told.

use std::time::Duration;

use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM, RESTORE};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, Gate, On, What};
use crate::world::World;

/// Every audit counts as slow, and trouble is waited out quickly.
async fn slow() -> World {
    World::start_with(|patience| {
        patience.check_start = Duration::ZERO;
        patience.settle = Duration::from_millis(60);
        patience.attempts = 20;
    })
    .await
}

fn many_fetches(count: usize) -> String {
    let call = |n: usize| format!("def fetch{n}(url):\n    return requests.get(url)\n\n\n");
    std::iter::once("import requests\n\n\n".to_owned()).chain((0..count).map(call)).collect()
}

/// A batch in the middle fails twice, and never arrives.
#[tokio::test]
async fn a_batch_of_annotations_that_failed_twice_is_not_taken_for_sent() {
    for what in [What::Status(502), What::StatusAfter(502), What::Cut] {
        let base = [(".github/scrutineer.yml", "limits: {comments: 0}\n")];
        let patience = crate::bot::Patience {
            settle: Duration::from_millis(60),
            attempts: 20,
            ..crate::bot::Patience::short()
        };
        let mut world = World::start(&base, patience).await;
        world.goes_wrong(Fault::once(On::Verb(Verb::UpdateCheck), what.clone()).times(2));
        world.open_pull_request("feature", &[("app.py", &many_fetches(160))]).await;
        world.settle().await;
        assert_eq!(world.the_run().annotations.len(), 160, "{what:?}");
    }
}

/// The run that was closed as superseded stands there when the new run of the same head gets no answer.
#[tokio::test]
async fn a_run_closed_before_is_not_taken_for_the_new_one() {
    for what in [What::Status(502), What::StatusAfter(502), What::Cut] {
        let mut world = slow().await;
        let gate = Gate::closed();
        world.goes_wrong(Fault::once(On::Verb(Verb::CreateReview), What::WaitAt(gate.clone())));
        world.open_pull_request("feature", &[("app.py", FETCH)]).await;
        world.until("the review", |_| gate.has_arrived()).await;
        let first = world.head();
        world.force_push(&[("app.py", CLEAN)]).await;
        gate.open();
        world.settle().await;
        world.check();
        world.hub.lock().faults = vec![Fault::once(On::Verb(Verb::CreateCheck), what.clone())];
        world.force_push_back_to(&first).await;
        world.settle().await;
        let mut checks = world.checks();
        checks.retain(|check| !check.starts_with("cancelled: "));
        assert_eq!(checks, [ONE_MEDIUM], "{what:?}");
        assert_eq!(world.comments(), [FETCHES], "{what:?}");
    }
}

#[tokio::test]
async fn github_may_answer_with_the_old_head_for_longer() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.settle().await;
    world.check();
    world.hold_deliveries();
    world.push(&[("app.py", FETCH)]).await;
    world.hub.lock().serve_old_head(world.repo, world.pull, 5);
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

/// The list of files is the old one, the rest is new, and no file of the old list has changed.
#[tokio::test]
async fn an_old_list_of_files_hides_no_new_file() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.settle().await;
    world.check();
    world.hold_deliveries();
    world.push(&[("backup.py", RESTORE)]).await;
    world.hub.lock().serve_old_head(world.repo, world.pull, 2);
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.comments(), ["backup.py:6 archive-extraction-traversal"]);
    assert!(world.check().starts_with("failure: "), "{}", world.check());
}

/// Right after a push some of GitHub does not know yet what the rest of it does.
#[tokio::test]
async fn what_is_not_found_at_first_is_looked_for_again() {
    for verb in [Verb::Token, Verb::Files, Verb::GraphQl, Verb::CreateReview, Verb::CreateCheck] {
        let mut world = World::new().await;
        world.goes_wrong(Fault::once(On::Verb(verb), What::Status(404)));
        world.open_pull_request("feature", &[("app.py", FETCH)]).await;
        world.settle().await;
        assert_eq!(world.comments(), [FETCHES], "{verb:?}");
        assert_eq!(world.checks(), [ONE_MEDIUM], "{verb:?}");
    }
}

/// The delivery of the second push is lost, and GitHub knows better.
#[tokio::test]
async fn a_head_without_a_delivery_is_reviewed_in_place_of_the_old_one() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.push(&[("app.py", FETCH)]).await;
    let held = world.take_held();
    world.deliver(&held[0]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
    assert!(world.bill().requests() <= 9);
}

/// One head, one run, whichever base the first delivery told.
#[tokio::test]
async fn a_base_that_changed_before_the_review_is_not_told_twice() {
    let mut world = World::new().await;
    world.push_to("release", &[("notes.md", "# Notes\n")]).await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.change_base("release").await;
    let held = world.take_held();
    world.deliver(&held[0]).await;
    world.settle().await;
    world.deliver(&held[1]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

/// Whoever wants CI to run again closes and reopens. Within one second the times tell no order.
#[tokio::test]
async fn closed_and_reopened_at_once_in_any_order_it_is_reviewed() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.close().await;
    world.reopen().await;
    let held = world.take_held();
    for at in [0, 2, 1] {
        world.deliver(&held[at]).await;
    }
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

/// The last word was that there is no result. Asked again, the bot puts the result in the same run.
#[tokio::test]
async fn what_was_given_up_is_told_when_it_is_asked_for_again() {
    for forget in [false, true] {
        let mut world = World::start_with(|patience| patience.attempts = 2).await;
        world.goes_wrong(Fault::always(On::Verb(Verb::GraphQl), What::Status(502)));
        world.open_pull_request("feature", &[("app.py", FETCH)]).await;
        world.settle().await;
        assert!(world.check().starts_with("neutral: "), "{}", world.check());
        world.hub.lock().faults.clear();
        if forget {
            world.bot.lose_database().await;
            world.bot.run().await;
        }
        world.redeliver().await;
        world.settle().await;
        assert_eq!(world.comments(), [FETCHES], "forgotten: {forget}");
        assert_eq!(world.check(), ONE_MEDIUM, "forgotten: {forget}");
    }
}

/// Several reviews are under way when GitHub asks for a pause: all of them stop.
#[tokio::test]
async fn a_limit_stops_the_other_reviews_under_way() {
    let mut world = World::new().await;
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::GraphQl), What::AnswerWaitsAt(gate.clone())));
    world.open_pull_request("one", &[("app.py", FETCH)]).await;
    world.until("the first review", |_| gate.has_arrived()).await;
    let limit = What::Slow { status: 403, retry_after: Some(60) };
    world.goes_wrong(Fault::once(On::Verb(Verb::Files), limit));
    world.open_pull_request("two", &[("app.py", FETCH)]).await;
    world.until("the refusal", |state| state.calls.iter().any(|call| call.status == Some(403))).await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    world.bill();
    gate.open();
    world.until_parked().await;
    assert_eq!(world.bill().calls.len(), 0);
}

/// A limit that is over at once, told again and again, is no leave to knock without pause.
#[tokio::test]
async fn a_limit_without_end_is_not_hammered() {
    let mut world = World::new().await;
    let limit = What::Slow { status: 429, retry_after: Some(0) };
    world.goes_wrong(Fault::always(On::Verb(Verb::Token), limit));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(world.bill().tokens <= 11, "one per pause of 5 ms");
    world.hub.lock().faults.clear();
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    world.check();
}

/// What is missing is told once, and again only when there is something else to tell.
#[tokio::test]
async fn a_missing_permission_is_told_once_and_the_result_when_it_is_granted() {
    let mut world = World::new().await;
    world.hub.lock().grant(world.installation, "contents", None);
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert!(world.check().starts_with("neutral: "), "{}", world.check());
    world.bill();
    world.close().await;
    world.settle().await;
    world.reopen().await;
    world.settle().await;
    assert_eq!(world.bill().writes(), 0);
    world.hub.lock().grant(world.installation, "contents", Some(crate::fake::state::Level::Read));
    world.hub.lock().expire_tokens();
    world.close().await;
    world.settle().await;
    world.reopen().await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}
