use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM, RESTORE};
use crate::fake::verbs::Proposal;
use crate::world::World;

#[tokio::test]
async fn a_second_push_comments_only_on_what_is_new() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    world.push(&[("backup.py", RESTORE)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES, "backup.py:6 archive-extraction-traversal"]);
    assert_eq!(world.remarks().len(), 2);
    assert_eq!(world.check(), "failure: 2 findings: 1 critical and 1 medium");
}

#[tokio::test]
async fn a_finding_that_only_moved_is_not_told_again() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    world.push(&[("app.py", &format!("\"\"\"Fetching.\"\"\"\n\n{FETCH}"))]).await;
    world.settle().await;
    assert_eq!(world.comments(), ["app.py:7 http-call-without-timeout"]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn a_fix_turns_the_check_green() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", RESTORE)]).await;
    world.settle().await;
    assert_eq!(world.check(), "failure: 1 critical finding");
    world.push(&[("app.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.check(), "success: No findings in 1 Python file");
    assert_eq!(world.comments(), ["app.py (outdated) archive-extraction-traversal"]);
}

#[tokio::test]
async fn a_rebase_without_a_change_says_nothing_new() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    world.push_to("main", &[("other.txt", "elsewhere\n")]).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["success: No Python files changed"]);
    world.force_push(&[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn pushes_in_quick_succession_are_one_review() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    for number in 0..5 {
        world.push(&[("app.py", &format!("{CLEAN}\nX = {number}\n"))]).await;
    }
    world.push(&[("app.py", FETCH)]).await;
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn another_base_is_another_question() {
    let mut world = World::with(&[("app.py", CLEAN)]).await;
    world.push_to("release", &[("app.py", FETCH)]).await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    world.change_base("release").await;
    world.settle().await;
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM], "from where the two parted, it is still new");
    assert_eq!(world.comments(), [FETCHES]);
}

/// Two pull requests of one branch into two bases share their head, and with it the place of their checks.
#[tokio::test]
async fn two_pull_requests_of_one_head_are_both_told() {
    let mut world = World::with(&[("app.py", CLEAN)]).await;
    world.push_to("release", &[("other.py", CLEAN)]).await;
    world.open_pull_request("feature", &[("app.py", RESTORE)]).await;
    world.settle().await;
    let (head, first) = (world.head(), world.pull);
    world.hold_deliveries();
    let proposal =
        Proposal { branch: "feature".to_owned(), base: Some("release".to_owned()), ..Proposal::default() };
    world.propose(proposal, &[("app.py", RESTORE)]).await;
    world.take_held();
    world.force_push_back_to(&head).await;
    world.settle().await;
    assert_eq!(world.comments(), ["app.py:6 archive-extraction-traversal"]);
    world.pull = first;
    assert_eq!(world.comments(), ["app.py:6 archive-extraction-traversal"]);
    let checks = world.checks();
    assert_eq!(checks.last().unwrap(), "failure: 1 critical finding", "{checks:?}");
}
