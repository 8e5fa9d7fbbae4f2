//! `/audit` in a comment.

use std::time::Duration;

use super::{FETCH, FETCHES, ONE_MEDIUM};
use crate::bot::Patience;
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};
use crate::world::World;

const NONE: [&str; 0] = [];

async fn reviewed_with(change: impl FnOnce(&mut Patience)) -> World {
    let mut world = World::start_with(change).await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    assert_eq!(world.comments(), [FETCHES]);
    world.bill();
    world
}

async fn reviewed() -> World {
    reviewed_with(|_| {}).await
}

#[tokio::test]
async fn a_rescan_is_acknowledged_and_told_in_a_run_of_its_own() {
    let mut world = reviewed().await;
    let comment = world.say("maintainer", "That should be better now.\n\n/audit rescan").await;
    world.settle().await;
    assert_eq!(world.reactions(comment), ["eyes"]);
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.replies(), NONE);
    let bill = world.bill();
    assert_eq!((bill.of(Verb::Permission), bill.of(Verb::React), bill.writes()), (1, 1, 2));
}

#[tokio::test]
async fn a_rescan_can_be_asked_for_on_the_diff() {
    let mut world = reviewed().await;
    let comment = world.say_on_diff("maintainer", "/audit rescan").await;
    world.settle().await;
    assert_eq!(world.reactions(comment), ["eyes"]);
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
}

#[tokio::test]
async fn talk_about_commands_costs_nothing() {
    let mut world = reviewed().await;
    for body in
        ["> /audit rescan", "```\n/audit rescan\n```", "Just say /audit rescan", "<!-- /audit rescan -->"]
    {
        world.say("maintainer", body).await;
    }
    world.say("dependabot[bot]", "/audit rescan").await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 0);
}

#[tokio::test]
async fn an_edit_commands_only_what_it_adds() {
    let mut world = reviewed().await;
    let comment = world.say("maintainer", "/audit rescan").await;
    world.settle().await;
    world.reword(comment, "maintainer", "/audit rescan\n\nPlease.").await;
    world.settle().await;
    assert_eq!(world.checks().len(), 2);
    world.reword(comment, "maintainer", "/audit rescan\n\nPlease.\n\n/audit rescan").await;
    world.settle().await;
    assert_eq!(world.checks().len(), 3);
    assert_eq!(world.reactions(comment), ["eyes"]);
}

#[tokio::test]
async fn strangers_get_a_sign_and_nothing_else() {
    let mut world = reviewed().await;
    for person in ["stranger", "helper"] {
        for command in ["/audit rescan", "/audit help", "/audit deploy"] {
            let comment = world.say(person, command).await;
            world.settle().await;
            assert_eq!(world.reactions(comment), ["confused"], "{person}: {command}");
        }
    }
    assert_eq!(world.replies(), NONE);
    assert_eq!(world.check(), ONE_MEDIUM);
    assert_eq!(world.bill().of(Verb::Permission), 2, "the answer is kept for minutes");
}

#[tokio::test]
async fn help_is_said_in_the_conversation() {
    let mut world = reviewed().await;
    let comment = world.say("maintainer", "/audit help").await;
    world.settle().await;
    assert_eq!(world.reactions(comment), ["+1"]);
    let replies = world.replies();
    assert_eq!(replies.len(), 1);
    assert!(replies[0].contains("`/audit rescan` audits"), "{replies:?}");
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn who_asks_on_the_diff_is_answered_in_the_thread() {
    let mut world = reviewed().await;
    let first = world.say_on_diff("maintainer", "/audit help").await;
    world.settle().await;
    let under = world.say_under(Some(first), "octocat", "/audit recsan").await;
    world.settle().await;
    assert_eq!(
        (world.reactions(first), world.reactions(under)),
        (vec!["+1".into()], vec!["confused".into()])
    );
    let replies = world.replies_under(first);
    assert_eq!(replies.len(), 2, "{replies:?}");
    assert!(replies[0].contains("`/audit rescan` audits"), "{replies:?}");
    assert!(replies[1].contains("Did you mean `/audit rescan`?"), "{replies:?}");
    assert_eq!(world.replies(), NONE);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn a_slip_of_the_finger_is_told_what_was_meant() {
    let mut world = reviewed().await;
    let comment = world.say("maintainer", "/audit recsan").await;
    world.settle().await;
    assert_eq!(world.reactions(comment), ["confused"]);
    assert!(world.replies()[0].contains("Did you mean `/audit rescan`?"), "{:?}", world.replies());
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn whoever_asks_too_often_waits() {
    let mut world = reviewed_with(|patience| patience.cooldown = Duration::from_secs(3600)).await;
    let first = world.say("maintainer", "/audit rescan").await;
    world.settle().await;
    let second = world.say("maintainer", "/audit rescan").await;
    let other = world.say("octocat", "/audit rescan").await;
    world.settle().await;
    let signs = [first, second, other].map(|comment| world.reactions(comment).join(" "));
    assert_eq!(signs, ["eyes", "-1", "eyes"]);
    assert_eq!(world.checks().len(), 3);
}

#[tokio::test]
async fn a_reply_whose_answer_is_lost_is_said_once() {
    for what in [What::StatusAfter(502), What::Status(502), What::CutAfter] {
        let mut world = reviewed().await;
        world.goes_wrong(Fault::once(On::Verb(Verb::Reply), what));
        let comment = world.say("maintainer", "/audit help").await;
        world.settle().await;
        assert_eq!(world.replies().len(), 1);
        assert_eq!(world.reactions(comment), ["+1"]);
    }
}

#[tokio::test]
async fn an_answer_on_the_diff_that_is_lost_is_said_once() {
    for what in [What::StatusAfter(502), What::Status(502), What::CutAfter] {
        let mut world = reviewed().await;
        let first = world.say_on_diff("octocat", "Why?").await;
        world.goes_wrong(Fault::once(On::Verb(Verb::Reply), what));
        let comment = world.say_under(Some(first), "maintainer", "/audit help").await;
        world.settle().await;
        assert_eq!(world.replies_under(first).len(), 1);
        assert_eq!(world.reactions(comment), ["+1"]);
    }
}

#[tokio::test]
async fn a_command_survives_a_crash_and_a_lost_database() {
    let mut world = reviewed().await;
    let comment = world.say("maintainer", "/audit rescan\n/audit help").await;
    world.settle().await;
    world.bot.lose_database().await;
    world.bot.run().await;
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.checks(), [ONE_MEDIUM, ONE_MEDIUM]);
    assert_eq!(world.replies().len(), 1);
    assert_eq!(world.reactions(comment), ["eyes"]);
    assert_eq!(world.comments(), [FETCHES]);
}

#[tokio::test]
async fn a_locked_conversation_does_not_hold_up_the_rescan() {
    let mut world = reviewed().await;
    world.hub.lock().change_pull(world.repo, world.pull, |pull| pull.locked = true);
    let comment = world.say("maintainer", "/audit help\n/audit rescan").await;
    world.settle().await;
    assert_eq!(world.replies(), NONE);
    assert_eq!(world.reactions(comment), ["eyes"]);
    assert_eq!(world.checks().len(), 2);
}

#[tokio::test]
async fn a_closed_pull_request_is_not_scanned() {
    let mut world = reviewed().await;
    world.close().await;
    let comment = world.say("maintainer", "/audit rescan").await;
    world.settle().await;
    assert_eq!(world.reactions(comment), ["confused"]);
    assert_eq!(world.check(), ONE_MEDIUM);
}
