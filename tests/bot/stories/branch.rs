use super::{CLEAN, FETCH, RESTORE};
use crate::fake::calls::Verb;
use crate::fake::verbs::Edit;
use crate::world::World;

const POLICY: &str = ".github/scrutineer.yml";

fn edits(edits: &[(&str, &str)]) -> Vec<Edit> {
    edits.iter().map(Edit::from).collect()
}

#[tokio::test]
async fn a_push_to_the_default_branch_is_told_on_its_commit() {
    let mut world = World::new().await;
    world.push_to("main", &[("app.py", RESTORE)]).await;
    world.settle().await;
    let runs = world.runs_on(&world.tip());
    assert_eq!((runs.len(), runs[0].conclusion.as_deref()), (1, Some("failure")));
    assert_eq!(runs[0].annotations[0]["start_line"], 6);
    let verbs: Vec<Verb> = world.bill().calls.iter().map(|call| call.verb).collect();
    assert_eq!(verbs, [Verb::Compare, Verb::GraphQl, Verb::CreateCheck]);
}

#[tokio::test]
async fn a_push_delivered_twice_is_told_once() {
    let mut world = World::new().await;
    world.push_to("main", &[("app.py", CLEAN)]).await;
    world.settle().await;
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["success: No findings in 1 Python file"]);
    assert_eq!(world.bill().requests(), 3);
}

#[tokio::test]
async fn after_a_lost_database_a_push_is_not_told_again() {
    let mut world = World::new().await;
    world.push_to("main", &[("app.py", CLEAN)]).await;
    world.settle().await;
    world.bot.lose_database().await;
    world.bot.run().await;
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["success: No findings in 1 Python file"]);
}

#[tokio::test]
async fn pushes_to_other_branches_cost_nothing() {
    let mut world = World::new().await;
    world.push_to("release", &[("app.py", RESTORE)]).await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 0);
}

#[tokio::test]
async fn a_merge_of_what_was_audited_costs_one_request() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.check(), "success: No findings in 1 Python file");
    world.bill();
    world.merge_with_the_button().await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["success: No findings in 1 Python file"]);
    assert_eq!(world.bill().requests(), 1);
}

#[tokio::test]
async fn a_merge_into_a_branch_that_moved_on_is_audited() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    world.runs();
    world.remarks();
    world.push_to("main", &[("other.txt", "x\n")]).await;
    world.settle().await;
    world.checks_on(&world.tip());
    world.bill();
    world.merge_with_the_button().await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["success: 1 medium finding"]);
    assert_eq!(world.bill().requests(), 3);
}

#[tokio::test]
async fn a_new_branch_has_nothing_to_be_compared_with_and_says_so() {
    let mut world = World::new().await;
    let repo = world.repo;
    world.act(|state| state.first_push(repo, edits(&[("app.py", RESTORE)]))).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["neutral: Not audited: the branch is new"]);
    assert_eq!(world.bill().requests(), 1);
}

#[tokio::test]
async fn a_forced_push_is_compared_with_what_both_have_behind_them() {
    let mut world = World::new().await;
    world.push_to("main", &[("app.py", CLEAN)]).await;
    world.settle().await;
    world.checks_on(&world.tip());
    let repo = world.repo;
    world.act(|state| state.rewrite_branch(repo, "main", edits(&[("app.py", FETCH)]), false)).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["success: 1 medium finding"]);
}

#[tokio::test]
async fn a_commit_before_that_is_gone_is_told() {
    let mut world = World::new().await;
    world.push_to("main", &[("app.py", CLEAN)]).await;
    world.settle().await;
    world.checks_on(&world.tip());
    let repo = world.repo;
    world.act(|state| state.rewrite_branch(repo, "main", edits(&[("app.py", FETCH)]), true)).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["neutral: Not audited: the commit before is out of reach"]);
}

#[tokio::test]
async fn more_files_than_github_compares_are_told() {
    let mut world = World::new().await;
    let many: Vec<Edit> = (0..301).map(|n| (format!("f{n:03}.txt"), "x\n".to_owned()).into()).collect();
    let repo = world.repo;
    world.act(|state| state.push_branch(repo, "main", many)).await;
    world.settle().await;
    let runs = world.runs_on(&world.tip());
    assert_eq!((runs.len(), runs[0].conclusion.as_deref()), (1, Some("neutral")));
    let told = format!("{:?} {:?}", runs[0].summary, runs[0].text);
    assert!(told.contains("(300)"), "{told}");
}

#[tokio::test]
async fn a_push_is_judged_by_the_policy_before_it() {
    let mut world = World::new().await;
    world.push_to("main", &[("app.py", RESTORE), (POLICY, "fail_on: never\n")]).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["failure: 1 critical finding"]);
    world.push_to("main", &[("more.py", RESTORE)]).await;
    world.settle().await;
    assert_eq!(world.checks_on(&world.tip()), ["success: 1 critical finding"]);
}
