//! *Re-run*, at one check run or at all of a commit.

use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};
use crate::fake::verbs::Proposal;
use crate::world::{World, told};

/// A pull request with one comment and a told check run.
async fn reviewed() -> World {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
    world.bill();
    world
}

#[tokio::test]
async fn a_rerun_is_one_new_run_and_no_new_comment() {
    let mut world = reviewed().await;
    let run = world.the_run().id;
    world.rerun(run).await;
    world.settle().await;
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
    assert_eq!(world.comments(), [FETCHES]);
    let bill = world.bill();
    assert_eq!((bill.writes(), bill.of(Verb::CreateCheck)), (1, 1), "{:#?}", bill.calls);
}

#[tokio::test]
async fn a_rerun_of_a_fork_finds_its_pull_request() {
    let mut world = World::new().await;
    let proposal =
        Proposal { branch: "feature".to_owned(), fork: Some("stranger".to_owned()), ..Proposal::default() };
    world.propose(proposal, &[("app.py", FETCH)]).await;
    world.settle().await;
    let run = world.the_run().id;
    world.rerun(run).await;
    world.settle().await;
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
    assert_eq!(world.comments(), [FETCHES]);
}

#[tokio::test]
async fn a_run_that_was_asked_for_can_be_asked_for_again() {
    let mut world = reviewed().await;
    for runs in 2..4 {
        let run = world.runs().last().unwrap().id;
        world.rerun(run).await;
        world.settle().await;
        assert_eq!(world.checks().len(), runs);
    }
}

#[tokio::test]
async fn reruns_in_quick_succession_are_one_run() {
    let mut world = reviewed().await;
    let run = world.the_run().id;
    world.hold_deliveries();
    for _ in 0..3 {
        world.rerun(run).await;
    }
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(world.bill().of(Verb::CreateCheck), world.checks().len() - 1);
    assert!(world.checks().len() < 5, "{:?}", world.checks());
}

#[tokio::test]
async fn a_rerun_of_an_earlier_commit_is_told_there_without_comments() {
    let mut world = reviewed().await;
    let (earlier, run) = (world.head(), world.the_run().id);
    world.push(&[("app.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.check(), "success: No findings in 1 Python file");
    world.rerun(run).await;
    world.settle().await;
    let runs = world.runs_on(&earlier);
    assert_eq!(runs.iter().map(told).collect::<Vec<_>>(), [ONE_MEDIUM, ONE_MEDIUM]);
    assert!(runs[1].summary.as_ref().unwrap().contains("not the head"), "{:?}", runs[1].summary);
    assert_eq!(world.check(), "success: No findings in 1 Python file");
    assert_eq!(world.comments(), ["app.py (outdated) http-call-without-timeout"]);
}

#[tokio::test]
async fn all_checks_of_a_commit_are_run_again() {
    let mut world = reviewed().await;
    world.rerun_all().await;
    world.settle().await;
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.bill().of(Verb::SuiteRuns), 0, "our own record tells the pull request");
}

#[tokio::test]
async fn without_our_record_the_runs_themselves_tell_the_pull_request() {
    let mut world = reviewed().await;
    world.bot.lose_database().await;
    world.bot.run().await;
    world.rerun_all().await;
    world.settle().await;
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.bill().of(Verb::SuiteRuns), 1);
}

#[tokio::test]
async fn a_rerun_after_a_lost_database_is_still_one_run() {
    let mut world = reviewed().await;
    let run = world.the_run().id;
    world.rerun(run).await;
    world.settle().await;
    world.bot.lose_database().await;
    world.bot.run().await;
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
    assert_eq!(world.comments(), [FETCHES]);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_run() {
    let mut world = reviewed().await;
    let run = world.the_run().id;
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateCheck), What::StatusAfter(502)));
    world.rerun(run).await;
    world.settle().await;
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
}

#[tokio::test]
async fn a_run_of_another_app_is_none_of_our_business() {
    let mut world = reviewed().await;
    let run = world.the_run().id;
    world.hold_deliveries();
    world.rerun(run).await;
    let mut delivery = world.take_held().remove(0);
    delivery.payload["check_run"]["app"]["id"] = 7.into();
    world.deliver(&delivery).await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 0);
}

#[tokio::test]
async fn a_rerun_of_a_merge_group_is_one_new_run_on_its_commit() {
    let mut world = reviewed().await;
    let group = world.enqueue().await;
    world.settle().await;
    let run = world.runs_on(&group.head)[0].id;
    world.rerun(run).await;
    world.settle().await;
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), [ONE_MEDIUM, ONE_MEDIUM]);
    assert_eq!(world.check(), ONE_MEDIUM, "the pull request itself was not asked for");
    assert_eq!(world.comments(), [FETCHES]);
}

#[tokio::test]
async fn a_rerun_of_a_merge_group_that_is_gone_says_nothing() {
    let mut world = reviewed().await;
    let group = world.enqueue().await;
    world.settle().await;
    let run = world.runs_on(&group.head)[0].id;
    world.destroy_group(&group, "dequeued").await;
    world.rerun(run).await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), [ONE_MEDIUM]);
}

#[tokio::test]
async fn a_rerun_of_a_push_is_one_new_run_on_its_commit() {
    let mut world = World::new().await;
    world.push_to("main", &[("app.py", FETCH)]).await;
    world.settle().await;
    let tip = world.tip();
    let run = world.runs_on(&tip)[0].id;
    world.rerun(run).await;
    world.settle().await;
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.checks_on(&tip), [ONE_MEDIUM, ONE_MEDIUM]);
}

#[tokio::test]
async fn all_checks_of_a_pushed_commit_are_run_again() {
    let mut world = World::new().await;
    world.push_to("main", &[("app.py", FETCH)]).await;
    world.settle().await;
    let (repo, tip) = (world.repo, world.tip());
    world.act(|state| state.rerun_all(repo, &tip, "maintainer")).await;
    world.settle().await;
    assert_eq!(world.checks_on(&tip), [ONE_MEDIUM, ONE_MEDIUM]);
}

#[tokio::test]
async fn a_lost_answer_makes_no_second_run_of_a_merge_group() {
    let mut world = reviewed().await;
    let group = world.enqueue().await;
    world.settle().await;
    let run = world.runs_on(&group.head)[0].id;
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateCheck), What::CutAfter));
    world.rerun(run).await;
    world.settle().await;
    assert_eq!(world.checks_on(&group.head), [ONE_MEDIUM, ONE_MEDIUM]);
}

#[tokio::test]
async fn a_draft_that_waits_is_audited_when_somebody_asks() {
    let mut world = reviewed().await;
    world.convert_to_draft().await;
    let run = world.the_run().id;
    world.rerun(run).await;
    world.settle().await;
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
}
