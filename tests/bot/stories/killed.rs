//! The process ends at any moment, or its database is lost. In the end each finding was commented once, and each head
//! has one completed check.

use std::time::Duration;

use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM, RESTORE, side_by_side};
use crate::bot::Patience;
use crate::dice::Dice;
use crate::fake::faults::{Fault, Gate, On, What};
use crate::world::World;

const RESTORES: &str = "backup.py:6 archive-extraction-traversal";
const BOTH: &str = "failure: 2 findings: 1 critical and 1 medium";

#[tokio::test]
async fn a_lost_database_changes_nothing() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    world.bot.lose_database().await;
    world.bot.run().await;
    world.bill();
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.bill().writes(), 0);
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn after_a_lost_database_a_push_says_only_what_is_new() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    world.bot.lose_database().await;
    world.bot.run().await;
    world.push(&[("backup.py", RESTORE)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES, RESTORES]);
    assert_eq!(world.check(), BOTH);
}

fn patience(apart: bool) -> Patience {
    Patience { attempts: 50, settle: Duration::from_millis(60), apart, ..Patience::short() }
}

async fn world(apart: bool) -> World {
    World::start(&[("README.md", "# Hello\n")], patience(apart)).await
}

const FILES: [(&str, &str); 2] = [("app.py", FETCH), ("backup.py", RESTORE)];

/// A review makes five requests: token, files, texts, review, check.
const REQUESTS: usize = 5;

/// The bot is killed while a request of its is on the way, or while the answer is.
async fn killed_at(world: &mut World, files: &[(&str, &str)], request: usize, after_effect: bool) {
    let gate = Gate::closed();
    let what = if after_effect { What::AnswerWaitsAt(gate.clone()) } else { What::WaitAt(gate.clone()) };
    world.hub.lock().faults = vec![Fault::once(On::Any, what).after(request)];
    if world.pull == 0 {
        world.open_pull_request("feature", files).await;
    }
    let idle = async {
        while !world.bot.is_idle().await {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    };
    // A later life may need fewer requests than the fault waits for.
    tokio::select! {
        () = world.until("the request", |_| gate.has_arrived()) => {}
        () = idle => {}
    }
    world.bot.kill().await;
    world.hub.lock().faults.clear();
    world.bot.run().await;
}

async fn all_is_said_once(world: &mut World, story: &str) {
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES, RESTORES], "{story}");
    assert_eq!(world.checks(), [BOTH], "{story}");
}

#[tokio::test]
async fn killed_at_each_request_before_and_after_its_effect() {
    let killed = async |request: usize, after_effect: bool| {
        let mut world = world(false).await;
        killed_at(&mut world, &FILES, request, after_effect).await;
        all_is_said_once(&mut world, &format!("request {request}, after its effect: {after_effect}")).await;
    };
    for request in 0..REQUESTS {
        killed(request, false).await;
        killed(request, true).await;
    }
}

/// 120 annotations go out in three requests, and each adds to what is there.
#[tokio::test]
async fn annotations_are_all_there_and_none_twice() {
    let call = |n: usize| format!("def fetch{n}(url):\n    return requests.get(url)\n\n\n");
    let text: String =
        std::iter::once("import requests\n\n\n".to_owned()).chain((0..120).map(call)).collect();
    let killed = async |request: usize, after_effect: bool| {
        let base = [(".github/scrutineer.yml", "limits: {comments: 0}\n")];
        let mut world = World::start(&base, patience(false)).await;
        killed_at(&mut world, &[("app.py", text.as_str())], request, after_effect).await;
        world.settle().await;
        let runs = world.runs();
        let counts: Vec<usize> = runs.iter().map(|run| run.annotations.len()).collect();
        assert_eq!(counts, [120], "request {request}, after its effect: {after_effect}");
        assert_eq!(runs[0].conclusion.as_deref(), Some("success"));
    };
    for request in 3..6 {
        killed(request, false).await;
        killed(request, true).await;
    }
}

/// The request left the bot before it was killed, and GitHub carries it out when the bot lives again.
#[tokio::test]
async fn a_write_of_a_former_life_arrives_late() {
    for request in [3, 4] {
        let mut world = world(false).await;
        let late = What::HangThenHappen(Duration::from_millis(30));
        world.goes_wrong(Fault::once(On::Any, late).after(request));
        world.open_pull_request("feature", &[("app.py", FETCH), ("backup.py", RESTORE)]).await;
        world.until("the request", |state| state.calls.len() > request).await;
        world.bot.kill().await;
        world.bot.run().await;
        all_is_said_once(&mut world, &format!("request {request}")).await;
    }
}

/// Who may write, the sign, what was said before, the help, the files, their texts, the check.
const REQUESTS_OF_A_COMMAND: usize = 7;

/// `kill -9` of the real process while it answers a command.
async fn killed_at_a_command(request: usize, after_effect: bool) {
    let story = format!("request {request}, after its effect: {after_effect}");
    let mut world = world(true).await;
    world.open_pull_request("feature", &FILES).await;
    world.settle().await;
    let gate = Gate::closed();
    let what = if after_effect { What::AnswerWaitsAt(gate.clone()) } else { What::WaitAt(gate.clone()) };
    world.goes_wrong(Fault::once(On::Any, what).after(request));
    let comment = world.say("maintainer", "/audit help\n/audit rescan").await;
    world.until("the request", |_| gate.has_arrived()).await;
    world.bot.kill().await;
    world.hub.lock().faults.clear();
    world.bot.run().await;
    world.settle().await;
    assert_eq!(world.reactions(comment), ["eyes"], "{story}");
    assert_eq!(world.replies().len(), 1, "{story}");
    assert_eq!(world.checks(), [BOTH, BOTH], "{story}");
    assert_eq!(world.comments(), [FETCHES, RESTORES], "{story}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_it_answers_a_command_it_acknowledges_and_answers_once() {
    let moments = (0..REQUESTS_OF_A_COMMAND).flat_map(|request| [(request, false), (request, true)]);
    side_by_side(moments.map(|(request, after)| killed_at_a_command(request, after))).await;
}

/// `kill -9` of the real process, several times in one review, at moments drawn from the seed.
async fn killed_process(seed: u64) {
    let mut dice = Dice::of(seed);
    let mut world = world(true).await;
    for _ in 0..=dice.below(3) {
        killed_at(&mut world, &FILES, dice.below(REQUESTS), dice.below(2) == 0).await;
    }
    all_is_said_once(&mut world, &format!("seed {seed}")).await;
    world.push(&[("app.py", CLEAN), ("backup.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.comments().len(), 2, "seed {seed}");
    assert_eq!(world.check(), "success: No findings in 2 Python files", "seed {seed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_process_is_killed_at_random() {
    side_by_side((0..8).map(killed_process)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn asked_to_stop_the_process_ends_in_order() {
    let mut world = world(true).await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    let crate::home::Home::Apart(process) = &mut world.bot else { unreachable!() };
    assert!(process.stop());
    world.bot.run().await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}
