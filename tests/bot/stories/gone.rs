//! Repositories that are gone, closed to changes, or another account's by now.

use super::{FETCH, FETCHES, ONE_MEDIUM, side_by_side};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};
use crate::world::World;

/// A pull request is opened, then this happens, and then the bot hears of the pull request.
async fn opened_before(happens: impl FnOnce(&mut World)) -> World {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    happens(&mut world);
    world.deliver_in_order().await;
    world.settle().await;
    world
}

/// Nothing was said, and nobody was pestered.
fn is_silent(world: &mut World, name: &str) {
    assert_eq!(world.comments(), [""; 0], "{name}");
    assert_eq!(world.checks(), [""; 0], "{name}");
    let bill = world.bill();
    assert!(bill.requests() <= 6, "{name}: {bill:#?}");
}

async fn gone(verb: Verb, status: u16) {
    let fault = Fault::always(On::Verb(verb), What::Status(status));
    let mut world = opened_before(|world| world.goes_wrong(fault)).await;
    is_silent(&mut world, &format!("{verb:?} {status}"));
}

/// 410 for what was deleted or switched off, 451 for what a court has closed.
#[tokio::test]
async fn what_github_calls_gone_is_let_go() {
    side_by_side(
        [Verb::Files, Verb::GraphQl].into_iter().flat_map(|verb| [gone(verb, 410), gone(verb, 451)]),
    )
    .await;
}

#[tokio::test]
async fn a_pull_request_that_cannot_be_found_is_let_go() {
    gone(Verb::Files, 404).await;
}

#[tokio::test]
async fn in_an_archived_repository_nothing_is_written() {
    let mut world = opened_before(|world| world.hub.lock().repo_mut(world.repo).archived = true).await;
    is_silent(&mut world, "archived");
}

#[tokio::test]
async fn a_repository_archived_after_its_review_keeps_what_was_said() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    world.hub.lock().repo_mut(world.repo).archived = true;
    world.push(&[("app.py", &format!("{FETCH}\n\nX = 1\n"))]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.checks(), [""; 0], "no check on the new head");
}

#[tokio::test]
async fn a_repository_transferred_to_a_stranger_is_let_go() {
    let mut world = opened_before(|world| world.hub.lock().transfer_repo(world.repo, "somebody-else")).await;
    is_silent(&mut world, "transferred");
}

#[tokio::test]
async fn a_transferred_repository_goes_on_under_its_new_owner() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    world.installation = world.hub.lock().install("new-owner");
    world.hub.lock().transfer_repo(world.repo, "new-owner");
    world.push(&[("app.py", &format!("{FETCH}\n\nX = 1\n"))]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES], "what was said under the old owner is not said again");
    assert_eq!(world.check(), ONE_MEDIUM);
}
