use super::{CLEAN, FETCH, RESTORE};
use crate::world::World;

#[tokio::test]
async fn an_opened_pull_request_gets_one_review_and_one_check() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH), ("backup.py", RESTORE)]).await;
    world.settle().await;
    insta::assert_snapshot!(world.conversation());
    assert_eq!(world.check(), "");
}

#[tokio::test]
async fn a_clean_pull_request_gets_a_green_check_and_no_word() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.conversation(), "");
    assert_eq!(world.check(), "");
}
