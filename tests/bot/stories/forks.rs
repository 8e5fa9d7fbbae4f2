//! Where a pull request comes from, and where GitHub is.

use super::{FETCH, FETCHES, ONE_MEDIUM};
use crate::fake::verbs::Proposal;
use crate::world::World;

#[tokio::test]
async fn a_pull_request_from_a_fork_is_reviewed_like_any_other() {
    let mut world = World::new().await;
    let fork = Some("stranger".to_owned());
    world
        .propose(Proposal { branch: "main".to_owned(), fork, ..Proposal::default() }, &[("app.py", FETCH)])
        .await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn a_renamed_repository_is_found_under_its_old_name() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.hub.lock().rename_repo(world.repo, "goodbye");
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn an_enterprise_server_is_served_as_well() {
    let mut world = World::start_with(|patience| patience.enterprise = true).await;
    let names: Vec<String> = (0..101).map(|n| format!("data/{n:03}.txt")).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x\n")).collect();
    files.push(("zebra.py", FETCH));
    world.open_pull_request("feature", &files).await;
    world.settle().await;
    assert_eq!(world.comments(), ["zebra.py:5 http-call-without-timeout"]);
    assert_eq!(world.check(), ONE_MEDIUM);
}
