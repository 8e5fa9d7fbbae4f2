//! The owner removes the App, puts it to sleep, or grants it more.

use super::{FETCH, FETCHES, ONE_MEDIUM};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, Gate, On, What};
use crate::fake::state::Level;
use crate::home::Home;
use crate::world::World;

async fn reviewed() -> World {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
    world.bill();
    world
}

/// Whether the bot remembers what it wrote at the head.
async fn is_remembered(world: &World) -> bool {
    let Home::Here(bot) = &world.bot else { panic!("only a bot in this process can be asked") };
    let head = scrutineer::domain::Sha::parse(&world.head()).unwrap();
    let repo = scrutineer::domain::RepoId(world.repo);
    !bot.store().targets_at(repo, &head).await.unwrap().is_empty()
}

#[tokio::test]
async fn a_removed_app_forgets_everything() {
    let mut world = reviewed().await;
    assert!(is_remembered(&world).await);
    let installation = world.installation;
    world.owner(|state| state.uninstall(installation)).await;
    world.settle().await;
    assert!(!is_remembered(&world).await);
    assert_eq!(world.bill().requests(), 0);
}

#[tokio::test]
async fn a_review_under_way_ends_when_the_app_is_removed() {
    let mut world = World::new().await;
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::GraphQl), What::AnswerWaitsAt(gate.clone())));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.until("the look", |_| gate.has_arrived()).await;
    let installation = world.installation;
    world.owner(|state| state.uninstall(installation)).await;
    gate.open();
    world.settle().await;
    assert_eq!(world.bill().writes(), 0);
}

#[tokio::test]
async fn a_withdrawn_repository_is_forgotten() {
    let mut world = reviewed().await;
    let (installation, repo) = (world.installation, world.repo);
    world.owner(|state| state.withdraw(installation, repo)).await;
    world.settle().await;
    assert!(!is_remembered(&world).await);
    assert_eq!(world.bill().requests(), 0);
}

#[tokio::test]
async fn a_sleeping_app_goes_on_when_it_is_woken() {
    let mut world = World::new().await;
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::GraphQl), What::AnswerWaitsAt(gate.clone())));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.until("the look", |_| gate.has_arrived()).await;
    let installation = world.installation;
    world.owner(|state| state.suspend(installation, true)).await;
    gate.open();
    world.settle().await;
    assert_eq!(world.bill().writes(), 0);
    world.owner(|state| state.suspend(installation, false)).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn a_new_permission_lets_it_say_what_it_could_not() {
    let mut world = World::new().await;
    let installation = world.installation;
    world.hub.lock().grant(installation, "pull_requests", Some(Level::Read));
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.the_run().annotations.len(), 1);
    world.owner(|state| state.accept_permissions(installation)).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
    world.bill();
    world.owner(|state| state.accept_permissions(installation)).await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 0, "what was said in full is not said again");
}

#[tokio::test]
async fn a_new_permission_lets_it_audit_a_push_it_could_not_read() {
    let mut world = World::new().await;
    let installation = world.installation;
    world.hub.lock().grant(installation, "contents", None);
    world.push_to("main", &[("app.py", FETCH)]).await;
    world.settle().await;
    let tip = world.tip();
    let told = world.checks_on(&tip);
    assert!(told.len() == 1 && told[0].starts_with("neutral"), "{told:?}");
    world.owner(|state| state.accept_permissions(installation)).await;
    world.settle().await;
    assert_eq!(world.checks_on(&tip).last().map(String::as_str), Some(ONE_MEDIUM));
}

#[tokio::test]
async fn what_was_given_up_is_tried_again_with_a_new_permission() {
    let mut world = World::new().await;
    let installation = world.installation;
    world.hub.lock().grant(installation, "contents", None);
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    let told = world.check();
    assert!(told.starts_with("neutral"), "{told}");
    world.owner(|state| state.accept_permissions(installation)).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.checks().last().map(String::as_str), Some(ONE_MEDIUM));
}
