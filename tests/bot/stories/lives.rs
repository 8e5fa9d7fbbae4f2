//! Whole lives of pull requests, drawn from a seed: pushes, force-pushes, drafts, closings, redeliveries, crashes and
//! trouble in any order. Whatever happened on the way, at the end the pull request says what it should.

use std::collections::BTreeSet;
use std::time::Duration;

use super::{CLEAN, FETCH, ONE_MEDIUM, RESTORE, side_by_side};
use crate::bot::Patience;
use crate::dice::Dice;
use crate::fake::faults::{Fault, On, What};
use crate::world::{World, told};

/// What the file can be, what the check then says, and which rule the comment names.
const TEXTS: [(&str, &str, Option<&str>); 3] = [
    (CLEAN, "success: No findings in 1 Python file", None),
    (FETCH, ONE_MEDIUM, Some("http-call-without-timeout")),
    (RESTORE, "failure: 1 critical finding", Some("archive-extraction-traversal")),
];

const TROUBLE: [What; 6] = [
    What::Status(502),
    What::StatusAfter(502),
    What::Cut,
    What::CutAfter,
    What::HangThenHappen(Duration::from_millis(50)),
    What::Slow { status: 403, retry_after: Some(0) },
];

async fn live(seed: u64) {
    let mut dice = Dice::of(seed);
    let settle = Duration::from_millis(250);
    let request_timeout = Duration::from_millis(100);
    let patience = Patience { attempts: 100, settle, request_timeout, ..Patience::short() };
    let mut world = World::start(&[("README.md", "# Hello\n")], patience).await;
    world.open_pull_request("feature", &[("app.py", dice.one_of(&TEXTS).0)]).await;
    for step in 0..10 {
        happen(&mut world, &mut dice, step).await;
        if dice.below(3) == 0 {
            world.settle().await;
        }
    }
    let (text, check, rule) = dice.one_of(&TEXTS);
    world.push(&[("app.py", &format!("{text}# the end\n"))]).await;
    world.settle().await;
    let story = format!("seed {seed}");
    assert_eq!(world.checks(), [check], "{story}");
    let rules_of = |comments: Vec<String>| -> Vec<String> {
        comments.iter().filter_map(|one| one.split(' ').next_back()).map(str::to_owned).collect()
    };
    // What is folded away may be told again, should its finding come back.
    let open = rules_of(world.open_comments());
    let once: BTreeSet<&String> = open.iter().collect();
    assert_eq!(open.len(), once.len(), "{story}: said twice: {open:?}");
    let rules = rules_of(world.comments());
    assert!(rule.is_none_or(|rule| rules.iter().any(|said| said == rule)), "{story}: never said: {rules:?}");
    each_head_is_at_peace(&world, &story);
}

async fn happen(world: &mut World, dice: &mut Dice, step: usize) {
    let text = format!("{}# step {step}\n", dice.one_of(&TEXTS).0);
    match dice.below(9) {
        0..3 => world.push(&[("app.py", &text)]).await,
        3 => world.force_push(&[("app.py", &text)]).await,
        4 => world.redeliver().await,
        5 => {
            world.convert_to_draft().await;
            world.ready().await;
        }
        6 => {
            world.close().await;
            world.reopen().await;
        }
        7 => {
            world.bot.kill().await;
            world.bot.run().await;
        }
        _ => world.goes_wrong(Fault::once(On::Any, dice.one_of(&TROUBLE)).after(dice.below(5))),
    }
}

/// No run is left open, and no head was told its result twice.
fn each_head_is_at_peace(world: &World, story: &str) {
    let heads: BTreeSet<String> = world.pull_request(|pull| pull.heads.iter().cloned().collect());
    for head in heads {
        let runs = world.runs_on(&head);
        let words: Vec<String> = runs.iter().map(told).collect();
        assert!(runs.iter().all(|run| run.status == "completed"), "{story}: {words:?}");
        let results = runs.iter().filter(|run| run.conclusion.as_deref() != Some("cancelled"));
        assert!(results.count() <= 1, "{story}: {words:?}");
    }
}

#[tokio::test]
async fn whatever_a_pull_request_went_through_it_says_what_it_should() {
    side_by_side((0..12).map(live)).await;
}
