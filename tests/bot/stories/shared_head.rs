use super::{CLEAN, RESTORE, side_by_side};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, Gate, On, What};
use crate::fake::verbs::Proposal;
use crate::world::World;

const FAILS: &str = "failure: 1 critical finding";

/// A branch with a critical finding, wanted into `main`, and into `release`, which does not mind.
async fn one_branch_into_two() -> World {
    let mut world = World::new().await;
    world.push_to("release", &[(".github/scrutineer.yml", "fail_on: never\n")]).await;
    world
}

/// What the runs on the present head conclude, and all words are read.
fn conclusions(world: &World) -> Vec<String> {
    let pulls: Vec<i64> = world.hub.lock().repo(world.repo).pulls.keys().copied().collect();
    for pull in pulls {
        let mut comments = world.hub.lock().conversation(world.repo, pull);
        comments.retain(|remark| !remark.comments.is_empty());
        assert_eq!(comments.len(), 1, "the finding is told once on #{pull}");
    }
    world.runs().into_iter().map(|run| run.conclusion.unwrap_or(run.status)).collect()
}

async fn into_main(world: &mut World) {
    world.open_pull_request("feature", &[("app.py", RESTORE)]).await;
}

async fn the_same_into_release(world: &mut World) {
    let head = world.head();
    let proposal =
        Proposal { branch: "feature".to_owned(), base: Some("release".to_owned()), ..Proposal::default() };
    world.propose_head(proposal, &head).await;
}

#[tokio::test]
async fn a_commit_of_two_pull_requests_fails_if_one_of_them_does() {
    let mut world = one_branch_into_two().await;
    into_main(&mut world).await;
    world.settle().await;
    assert_eq!(world.check(), FAILS);
    world.remarks();
    the_same_into_release(&mut world).await;
    world.settle().await;
    assert_eq!(conclusions(&world), ["failure", "failure"]);
    let last = world.runs().pop().unwrap();
    assert!(last.summary.clone().unwrap().contains("The same commit is also #1"), "{last:?}");
}

#[tokio::test]
async fn when_the_failing_pull_request_is_closed_the_other_counts_by_itself() {
    let mut world = one_branch_into_two().await;
    into_main(&mut world).await;
    world.settle().await;
    world.remarks();
    let failing = world.pull;
    the_same_into_release(&mut world).await;
    world.settle().await;
    assert_eq!(conclusions(&world), ["failure", "failure"]);
    let other = std::mem::replace(&mut world.pull, failing);
    world.close().await;
    world.settle().await;
    world.pull = other;
    assert_eq!(conclusions(&world), ["failure", "success"]);
}

#[tokio::test]
async fn when_the_failing_pull_request_moves_on_the_other_counts_by_itself() {
    let mut world = one_branch_into_two().await;
    into_main(&mut world).await;
    world.settle().await;
    world.remarks();
    let failing = world.pull;
    the_same_into_release(&mut world).await;
    world.settle().await;
    let shared = world.head();
    assert_eq!(conclusions(&world), ["failure", "failure"]);
    world.pull = failing;
    world.force_push(&[("app.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.folded(), ["app.py outdated"]);
    assert_eq!(world.check(), "success: No findings in 1 Python file");
    let shared: Vec<_> = world.runs_on(&shared).into_iter().filter_map(|run| run.conclusion).collect();
    assert_eq!(shared, ["failure", "success"]);
}

#[tokio::test]
async fn a_run_of_one_pull_request_is_not_closed_by_the_other() {
    let mut world = one_branch_into_two().await;
    let gate = Gate::closed();
    world.goes_wrong(Fault::once(On::Verb(Verb::CreateReview), What::WaitAt(gate.clone())));
    into_main(&mut world).await;
    world.until("the review", |_| gate.has_arrived()).await;
    the_same_into_release(&mut world).await;
    world.until("the other run", |state| state.repos.values().any(|repo| repo.checks.len() == 1)).await;
    gate.open();
    world.settle().await;
    assert_eq!(conclusions(&world), ["failure", "failure"]);
}

/// Whatever goes wrong with either run, at any point of their publishing.
async fn agrees(fault: Fault) {
    let name = format!("{fault:?}");
    let mut world = one_branch_into_two().await;
    world.goes_wrong(fault);
    world.hold_deliveries();
    into_main(&mut world).await;
    the_same_into_release(&mut world).await;
    world.deliver_in_order().await;
    world.settle().await;
    assert_eq!(conclusions(&world), ["failure", "failure"], "{name}");
}

#[tokio::test]
async fn at_the_same_time_and_amid_trouble_all_runs_agree() {
    let ways = [What::Status(502), What::StatusAfter(502), What::CutAfter];
    let verbs = [Verb::CreateCheck, Verb::UpdateCheck];
    let once = |verb: Verb, what: What, skip| Fault::once(On::Verb(verb), what).after(skip);
    let faults = verbs.into_iter().flat_map(|verb| {
        let ways = ways.clone();
        ways.into_iter().flat_map(move |what| (0..2).map(move |skip| once(verb, what.clone(), skip)))
    });
    side_by_side(faults.map(agrees)).await;
}
