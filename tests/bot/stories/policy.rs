use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM, RESTORE};
use crate::world::World;

const POLICY: &str = ".github/scrutineer.yml";

#[tokio::test]
async fn the_policy_at_the_base_decides() {
    let mut world =
        World::with(&[(POLICY, "fail_on: medium\nrules: {archive-extraction-traversal: off}\n")]).await;
    world.open_pull_request("feature", &[("app.py", FETCH), ("backup.py", RESTORE)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), "failure: 1 medium finding");
}

#[tokio::test]
async fn a_pull_request_cannot_switch_off_its_own_audit() {
    let mut world = World::new().await;
    let off = "rules: {archive-extraction-traversal: off}\n";
    world.open_pull_request("feature", &[("backup.py", RESTORE), (POLICY, off)]).await;
    world.settle().await;
    assert_eq!(world.comments(), ["backup.py:6 archive-extraction-traversal"]);
    assert_eq!(world.check(), "failure: 1 critical finding");
}

#[tokio::test]
async fn the_tip_of_the_base_counts_not_an_old_merge_base() {
    let mut world = World::with(&[(POLICY, "rules: {archive-extraction-traversal: off}\n")]).await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("backup.py", RESTORE)]).await;
    world.hub.lock().push_branch(world.repo, "main", vec![(POLICY, "{}\n").into()]);
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.comments(), ["backup.py:6 archive-extraction-traversal"]);
    assert_eq!(world.check(), "failure: 1 critical finding");
}

#[tokio::test]
async fn a_mistake_in_a_proposed_policy_is_shown_on_its_line() {
    let mut world = World::new().await;
    let wrong = "fail_on: high\nignore_everything: true\n";
    world.open_pull_request("feature", &[("app.py", CLEAN), (POLICY, wrong)]).await;
    world.settle().await;
    let run = world.the_run();
    assert_eq!(run.annotations.len(), 1, "{:?}", run.annotations);
    assert_eq!((&run.annotations[0]["path"], &run.annotations[0]["start_line"]), (&POLICY.into(), &2.into()));
}

#[tokio::test]
async fn a_broken_policy_at_the_base_means_the_defaults_and_a_note() {
    let mut world = World::with(&[(POLICY, "fail_on: [\n")]).await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    let run = world.the_run();
    assert_eq!(crate::world::told(&run), ONE_MEDIUM);
    assert!(run.summary.unwrap().contains("scrutineer.yml"));
}

#[tokio::test]
async fn ignored_paths_are_not_audited() {
    let mut world = World::with(&[(POLICY, "paths: {ignore: [legacy/]}\n")]).await;
    world.open_pull_request("feature", &[("legacy/app.py", FETCH), ("app.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert!(world.check().starts_with("success"), "{}", world.check());
}

#[tokio::test]
async fn beyond_the_limit_of_comments_findings_become_annotations() {
    let mut world = World::with(&[(POLICY, "limits: {comments: 2}\n")]).await;
    let names: Vec<String> = (0..5).map(|n| format!("app{n}.py")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), FETCH)).collect();
    world.open_pull_request("feature", &files).await;
    world.settle().await;
    assert_eq!(world.comments().len(), 2);
    assert_eq!(world.the_run().annotations.len(), 3);
}
