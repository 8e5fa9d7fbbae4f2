use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM, RESTORE};
use crate::world::World;

#[tokio::test]
async fn an_opened_pull_request_gets_one_review_and_one_check() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH), ("backup.py", RESTORE)]).await;
    world.settle().await;
    insta::assert_snapshot!(world.conversation());
    assert_eq!(world.check(), "failure: 2 findings: 1 critical and 1 medium");
    assert_eq!(world.remarks().len(), 1, "one review, one notification");
}

#[tokio::test]
async fn a_clean_pull_request_gets_a_green_check_and_no_word() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.conversation(), "");
    assert_eq!(world.check(), "success: No findings in 1 Python file");
}

#[tokio::test]
async fn a_pull_request_without_python_says_so() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("README.md", "# Hello, world\n")]).await;
    world.settle().await;
    assert_eq!(world.conversation(), "");
    assert_eq!(world.check(), "success: No Python files changed");
}

#[tokio::test]
async fn what_was_there_before_is_not_mentioned() {
    let mut world = World::with(&[("app.py", FETCH)]).await;
    let longer = format!("{FETCH}\n\ndef twice(url):\n    return fetch(url), fetch(url)\n");
    world.open_pull_request("feature", &[("app.py", &longer)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.check(), "success: No findings in 1 Python file");
}

#[tokio::test]
async fn a_reopened_pull_request_is_told_nothing_twice() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    world.close().await;
    world.settle().await;
    world.reopen().await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn a_merged_pull_request_is_left_alone() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.merge().await;
    world.deliver_out_of_order().await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.checks(), [""; 0]);
}
