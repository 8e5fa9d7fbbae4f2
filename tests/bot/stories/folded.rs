//! Our own comments, once their findings are gone.

use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM, RESTORE};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, Gate, On, What};
use crate::world::World;

const OUTDATED: &str = "app.py (outdated) http-call-without-timeout";
const GREEN: &str = "success: No findings in 1 Python file";
const NONE: [&str; 0] = [];

async fn reviewed() -> World {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
    world.bill();
    world
}

async fn fixed(world: &mut World) {
    world.push(&[("app.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.check(), GREEN);
}

#[tokio::test]
async fn a_comment_whose_finding_is_fixed_is_folded_in_one_request() {
    let mut world = reviewed().await;
    fixed(&mut world).await;
    assert_eq!(world.folded(), ["app.py outdated"]);
    let verbs: Vec<Verb> = world.bill().calls.iter().map(|call| call.verb).collect();
    assert_eq!(verbs, [Verb::Files, Verb::GraphQl, Verb::Mutation, Verb::CreateCheck]);
}

#[tokio::test]
async fn many_comments_are_folded_in_one_request() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH), ("backup.py", RESTORE)]).await;
    world.settle().await;
    world.check();
    world.bill();
    world.push(&[("app.py", CLEAN), ("backup.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.folded(), ["app.py outdated", "backup.py outdated"]);
    assert_eq!(world.bill().of(Verb::Mutation), 1);
    world.check();
}

#[tokio::test]
async fn a_comment_that_is_still_right_costs_nothing() {
    let mut world = reviewed().await;
    world.push(&[("app.py", &format!("# Fetches.\n{FETCH}"))]).await;
    world.settle().await;
    assert_eq!(world.folded(), NONE);
    assert_eq!(world.bill().of(Verb::Mutation), 0);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn what_is_folded_is_not_folded_again_even_after_a_lost_database() {
    let mut world = reviewed().await;
    fixed(&mut world).await;
    world.bill();
    world.push(&[("app.py", &format!("{CLEAN}\n\nX = 1\n"))]).await;
    world.settle().await;
    assert_eq!(world.check(), GREEN);
    world.bot.lose_database().await;
    world.bot.run().await;
    world.push(&[("app.py", &format!("{CLEAN}\n\nX = 2\n"))]).await;
    world.settle().await;
    assert_eq!(world.check(), GREEN);
    assert_eq!(world.bill().of(Verb::Mutation), 0);
    assert_eq!(world.folded(), ["app.py outdated"]);
}

#[tokio::test]
async fn a_thread_that_people_talk_in_stays_open() {
    let mut world = reviewed().await;
    let comment = world.remarks()[0].comments[0].id;
    world.say_under(Some(comment), "octocat", "Good catch, I will fix it.").await;
    fixed(&mut world).await;
    assert_eq!(world.folded(), NONE);
    assert_eq!(world.bill().of(Verb::Mutation), 0);
}

#[tokio::test]
async fn a_finding_that_comes_back_is_told_again_once() {
    let mut world = reviewed().await;
    fixed(&mut world).await;
    world.push(&[("app.py", FETCH)]).await;
    world.settle().await;
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.folded(), ["app.py outdated"]);
    assert_eq!(world.remarks().iter().map(|remark| remark.comments.len()).sum::<usize>(), 2);
    assert_eq!(world.check(), ONE_MEDIUM);
}

/// Folding is a courtesy: the result does not wait for it.
#[tokio::test]
async fn trouble_with_folding_does_not_hold_up_the_result() {
    for what in [What::Status(502), What::StatusAfter(502), What::CutAfter, What::Status(403)] {
        let mut world = reviewed().await;
        world.goes_wrong(Fault::always(On::Verb(Verb::Mutation), what.clone()));
        fixed(&mut world).await;
        assert_eq!(world.comments(), [OUTDATED], "{what:?}");
        world.hub.lock().faults.clear();
        world.push(&[("app.py", &format!("{CLEAN}\n\nX = 1\n"))]).await;
        world.settle().await;
        assert_eq!(world.folded(), ["app.py outdated"], "{what:?}");
        assert_eq!(world.check(), GREEN);
    }
}

#[tokio::test]
async fn a_limit_on_folding_is_waited_for() {
    let mut world = reviewed().await;
    let slow = What::Slow { status: 403, retry_after: Some(0) };
    world.goes_wrong(Fault::once(On::Verb(Verb::Mutation), slow));
    fixed(&mut world).await;
    assert_eq!(world.folded(), ["app.py outdated"]);
}

#[tokio::test]
async fn killed_while_folding_it_folds_once_and_tells_its_result() {
    for after_effect in [false, true] {
        let mut world = reviewed().await;
        let gate = Gate::closed();
        let what = if after_effect { What::AnswerWaitsAt(gate.clone()) } else { What::WaitAt(gate.clone()) };
        world.goes_wrong(Fault::once(On::Verb(Verb::Mutation), what));
        world.push(&[("app.py", CLEAN)]).await;
        world.until("the request", |_| gate.has_arrived()).await;
        world.bot.kill().await;
        world.hub.lock().faults.clear();
        world.bot.run().await;
        world.settle().await;
        assert_eq!(world.folded(), ["app.py outdated"], "after its effect: {after_effect}");
        assert_eq!(world.check(), GREEN);
    }
}
