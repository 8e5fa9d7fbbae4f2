use std::time::Duration;

use super::{CLEAN, FETCH, ONE_MEDIUM, RESTORE};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, Gate, On, What};
use crate::world::World;

const POLICY: &str = ".github/scrutineer.yml";
const BOTH: &str = "failure: 2 findings: 1 critical and 1 medium";
const ONE_CLEAN: &str = "success: No findings in 1 Python file";

/// A pull request whose check is there.
async fn reviewed(edits: &[(&str, &str)], check: &str) -> World {
    let mut world = World::new().await;
    world.open_pull_request("feature", edits).await;
    world.settle().await;
    assert_eq!(world.check(), check);
    world.remarks();
    world.bill();
    world
}

#[tokio::test]
async fn a_group_whose_content_was_audited_already_costs_one_request() {
    let mut world = reviewed(&[("app.py", CLEAN)], ONE_CLEAN).await;
    let group = world.enqueue().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), [ONE_CLEAN]);
    let bill = world.bill();
    assert_eq!((bill.requests(), bill.of(Verb::CreateCheck)), (1, 1), "{bill:?}");
}

#[tokio::test]
async fn findings_of_a_group_are_annotations_and_nobody_is_notified() {
    let mut world = reviewed(&[("app.py", FETCH)], ONE_MEDIUM).await;
    let group = world.enqueue().await;
    world.settle().await;
    let runs = world.runs_on(&group.head);
    assert_eq!((runs.len(), runs[0].conclusion.as_deref()), (1, Some("success")));
    assert_eq!(runs[0].annotations[0]["start_line"], 5);
    assert_eq!(world.remarks().len(), 1);
    assert_eq!(world.bill().requests(), 1);
}

#[tokio::test]
async fn a_group_that_nobody_audited_is_audited_in_three_requests() {
    let mut world = reviewed(&[("app.py", RESTORE)], "failure: 1 critical finding").await;
    world.push_to("main", &[("other.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), [ONE_CLEAN]);
    world.bill();
    let group = world.enqueue().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), ["failure: 1 critical finding"]);
    let bill = world.bill();
    let verbs: Vec<Verb> = bill.calls.iter().map(|call| call.verb).collect();
    assert_eq!(verbs, [Verb::Compare, Verb::GraphQl, Verb::CreateCheck]);
}

/// The tree is another one because the base moved on, but the files of the change are the same blobs.
#[tokio::test]
async fn a_group_whose_files_were_audited_already_needs_no_text() {
    let mut world = reviewed(&[("app.py", FETCH), ("backup.py", RESTORE)], BOTH).await;
    world.push_to("main", &[("other.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), [ONE_CLEAN]);
    world.bill();
    let group = world.enqueue().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), [BOTH]);
    let bill = world.bill();
    let asked: Vec<(Verb, usize)> = bill.calls.iter().map(|call| (call.verb, call.files)).collect();
    assert_eq!(asked, [(Verb::Compare, 0), (Verb::GraphQl, 0), (Verb::CreateCheck, 0)]);
}

#[tokio::test]
async fn of_a_group_only_the_files_that_nobody_audited_are_read() {
    let mut world = reviewed(&[("app.py", FETCH), ("notes.py", CLEAN)], "success: 1 medium finding").await;
    // The base changes a file of the pull request, in another place.
    world.push_to("main", &[("app.py", &format!("# Fetches.\n{CLEAN}"))]).await;
    world.settle().await;
    world.checks_on(&world.tip());
    world.bill();
    let group = world.enqueue().await;
    world.settle().await;
    world.checks_on(&group.head);
    let bill = world.bill();
    let look = bill.calls.iter().find(|call| call.verb == Verb::GraphQl);
    assert_eq!(look.map(|call| call.files), Some(1), "{bill:#?}");
}

/// What is remembered was audited under the defaults; the policy now wants a rule switched off.
#[tokio::test]
async fn files_audited_under_another_policy_are_read_again() {
    let mut world = reviewed(&[("app.py", FETCH)], ONE_MEDIUM).await;
    world.push_to("main", &[(POLICY, "rules: {http-call-without-timeout: off}\n")]).await;
    world.settle().await;
    world.checks_on(&world.tip());
    let group = world.enqueue().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), [ONE_CLEAN]);
}

#[tokio::test]
async fn a_group_behind_another_tells_only_of_its_own_change() {
    let mut world = reviewed(&[("app.py", RESTORE)], "failure: 1 critical finding").await;
    let first = world.enqueue().await;
    world.settle().await;
    assert_eq!(world.checks_on(&first.head), ["failure: 1 critical finding"]);
    world.open_pull_request("second", &[("other.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_CLEAN);
    let second = world.enqueue_behind(Some(&first)).await;
    world.settle().await;
    assert_eq!(world.checks_on(&second.head), [ONE_CLEAN]);
}

#[tokio::test]
async fn a_group_without_python_costs_two_requests() {
    let mut world = reviewed(&[("notes.txt", "a\n")], "success: No Python files changed").await;
    let group = world.enqueue().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), ["success: No Python files changed"]);
    assert_eq!(world.bill().requests(), 2);
}

#[tokio::test]
async fn the_policy_of_a_group_is_the_one_it_is_built_on() {
    let mut world = reviewed(&[("app.py", RESTORE)], "failure: 1 critical finding").await;
    world.push_to("main", &[(POLICY, "fail_on: never\n")]).await;
    world.settle().await;
    world.checks_on(&world.tip());
    let group = world.enqueue().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), ["success: 1 critical finding"]);
}

#[tokio::test]
async fn a_group_that_is_thrown_away_before_its_audit_is_not_reported() {
    let mut world = reviewed(&[("app.py", CLEAN)], ONE_CLEAN).await;
    world.hold_deliveries();
    let group = world.enqueue().await;
    world.destroy_group(&group, "dequeued").await;
    world.deliver_out_of_order().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), Vec::<String>::new());
    assert_eq!(world.bill().requests(), 0);
}

#[tokio::test]
async fn a_group_that_is_thrown_away_during_its_audit_has_its_run_cancelled() {
    let mut world = World::start_with(|patience| patience.check_start = Duration::ZERO).await;
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.settle().await;
    world.runs();
    world.push_to("main", &[("other.txt", "x\n")]).await;
    world.settle().await;
    world.checks_on(&world.tip());
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateCheck), What::AnswerWaitsAt(gate.clone())));
    let group = world.enqueue().await;
    world.until("an open run", |_| gate.has_arrived()).await;
    world.destroy_group(&group, "invalidated").await;
    gate.open();
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), ["cancelled: The merge group is gone"]);
}

#[tokio::test]
async fn what_the_queue_merged_was_audited_already_and_its_push_costs_nothing() {
    let mut world = reviewed(&[("app.py", CLEAN)], ONE_CLEAN).await;
    let group = world.enqueue().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), [ONE_CLEAN]);
    world.bill();
    world.merge_group(&group).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), [ONE_CLEAN]);
    assert_eq!(world.bill().requests(), 0);
}

#[tokio::test]
async fn after_a_lost_database_the_push_of_a_merge_group_sees_its_run() {
    let mut world = reviewed(&[("app.py", CLEAN)], ONE_CLEAN).await;
    let group = world.enqueue().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), [ONE_CLEAN]);
    world.bot.lose_database().await;
    world.bot.run().await;
    world.merge_group(&group).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), [ONE_CLEAN]);
}
