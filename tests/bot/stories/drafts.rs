use super::{FETCH, FETCHES, ONE_MEDIUM};
use crate::fake::verbs::Proposal;
use crate::world::World;

fn draft() -> Proposal {
    Proposal { branch: "feature".to_owned(), draft: true, ..Proposal::default() }
}

#[tokio::test]
async fn a_draft_waits_until_it_is_ready() {
    let mut world = World::new().await;
    world.propose(draft(), &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.checks(), [""; 0]);
    world.ready().await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn a_repository_can_ask_for_its_drafts() {
    let mut world = World::with(&[(".github/scrutineer.yml", "drafts: true\n")]).await;
    world.propose(draft(), &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}
