//! Limits and permissions: theirs to set, ours to respect.

use super::{FETCH, FETCHES, ONE_MEDIUM, side_by_side};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};
use crate::fake::state::Level;
use crate::home::Home;
use crate::world::World;

async fn limited(verb: Verb, status: u16) {
    let mut world = World::new().await;
    world.goes_wrong(Fault::once(On::Verb(verb), What::Slow { status, retry_after: Some(0) }));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES], "{verb:?} {status}");
    assert_eq!(world.checks(), [ONE_MEDIUM], "{verb:?} {status}");
}

#[tokio::test]
async fn a_limit_is_waited_for_and_then_all_is_said_once() {
    let verbs = [Verb::Files, Verb::GraphQl, Verb::CreateReview, Verb::CreateCheck];
    side_by_side(verbs.iter().flat_map(|verb| [limited(*verb, 403), limited(*verb, 429)])).await;
}

#[tokio::test]
async fn while_limited_nothing_is_asked() {
    let mut world = World::new().await;
    world.goes_wrong(Fault::once(On::Verb(Verb::Files), What::Slow { status: 403, retry_after: Some(60) }));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.until("the refusal", |state| state.calls.iter().any(|call| call.status == Some(403))).await;
    world.until_parked().await;
    world.bill();
    world.push(&[("app.py", &format!("{FETCH}\nX = 1\n"))]).await;
    tokio::time::sleep(std::time::Duration::from_millis(40)).await;
    assert_eq!(world.bill().requests(), 0);
}

#[tokio::test]
async fn without_leave_to_comment_the_check_carries_all() {
    let mut world = World::new().await;
    world.hub.lock().grant(world.installation, "pull_requests", Some(Level::Read));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    let run = world.the_run();
    assert_eq!(run.annotations.len(), 1);
    assert_eq!(run.conclusion.as_deref(), Some("success"));
}

#[tokio::test]
async fn a_locked_conversation_is_respected() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    let (repo, pull) = (world.repo, world.pull);
    world.hub.lock().change_pull(repo, pull, |pull| pull.locked = true);
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.the_run().annotations.len(), 1);
}

#[tokio::test]
async fn an_uninstalled_app_is_silent() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.hub.lock().installations.clear();
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.checks(), [""; 0]);
}

/// GitHub sometimes says 422 where it means that somebody writes too fast.
#[tokio::test]
async fn writing_too_fast_is_a_limit_whatever_its_number() {
    let mut world = World::new().await;
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateReview), What::Abuse));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.until("the refusal", |state| state.calls.iter().any(|call| call.status == Some(422))).await;
    world.until_parked().await;
    assert_eq!(world.bill().writes(), 1);
    assert!(!world.bot.is_idle().await, "the review waits for its time");
}

#[tokio::test]
async fn an_empty_hour_is_waited_for() {
    let mut world = World::new().await;
    world.goes_wrong(Fault::once(On::Verb(Verb::GraphQl), What::Exhausted { reset_in: 3000 }));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.until("the refusal", |state| state.calls.iter().any(|call| call.status == Some(403))).await;
    world.until_parked().await;
    world.bill();
    world.retitle("Any news?").await;
    world.push(&[("app.py", &format!("{FETCH}\nX = 1\n"))]).await;
    tokio::time::sleep(std::time::Duration::from_millis(40)).await;
    assert_eq!(world.bill().requests(), 0);
}

#[tokio::test]
async fn without_leave_for_checks_nothing_is_said_by_halves() {
    let mut world = World::new().await;
    world.hub.lock().grant(world.installation, "checks", None);
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.checks(), [""; 0]);
    assert!(world.bill().requests() <= 3, "what is not permitted is not tried again and again");
}

/// Its owner has one thing to do, however many pull requests wait for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_permission_is_logged_once_for_an_installation() {
    let mut world = World::start_with(|patience| patience.apart = true).await;
    let installation = world.installation;
    world.hub.lock().grant(installation, "pull_requests", Some(Level::Read));
    for branch in ["one", "two"] {
        world.open_pull_request(branch, &[("app.py", FETCH)]).await;
        world.settle().await;
        assert_eq!(world.the_run().annotations.len(), 1);
        let summary = world.the_run().summary.unwrap_or_default();
        assert!(summary.contains("Resource not accessible"), "{summary}");
    }
    let Home::Apart(process) = &mut world.bot else { unreachable!() };
    assert!(process.stop());
    assert_eq!(process.log().matches("GitHub does not permit all of a review").count(), 1);
}

#[tokio::test]
async fn a_suspended_installation_is_left_alone() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    let id = world.installation;
    world.hub.lock().installations.get_mut(&id).unwrap().suspended = true;
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 0);
}

/// Whatever the owner did not grant, the bot comes to rest soon, says nothing twice and leaves nothing open.
#[tokio::test]
async fn any_permissions_may_be_missing() {
    let levels = [None, Some(Level::Read), Some(Level::Write)];
    let mut cases = Vec::new();
    for contents in &levels[..2] {
        for pulls in &levels {
            cases.extend(levels.iter().map(|checks| (*contents, *pulls, *checks)));
        }
    }
    side_by_side(cases.into_iter().map(granted)).await;
}

async fn granted((contents, pulls, checks): (Option<Level>, Option<Level>, Option<Level>)) {
    let name = format!("contents {contents:?}, pull requests {pulls:?}, checks {checks:?}");
    let mut world = World::new().await;
    for (permission, level) in [("contents", contents), ("pull_requests", pulls), ("checks", checks)] {
        world.hub.lock().grant(world.installation, permission, level);
    }
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    world.redeliver().await;
    world.settle().await;
    let may_tell = checks == Some(Level::Write);
    let runs = world.runs();
    assert_eq!(runs.len(), usize::from(may_tell), "{name}");
    assert!(runs.iter().all(|run| run.status == "completed"), "{name}");
    let may_comment = contents.is_some() && pulls == Some(Level::Write);
    assert_eq!(world.comments().len(), usize::from(may_comment && checks.is_some()), "{name}");
    let bill = world.bill();
    assert!(bill.requests() <= 9 && bill.tokens <= 4, "{name}: {bill:#?}");
}
