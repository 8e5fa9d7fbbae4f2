//! The process ends at any moment, or its database is lost.

use std::time::Duration;

use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM, RESTORE};
use crate::world::World;

/// Small, plain and the same everywhere: a story told by a seed can be told again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

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
    assert_eq!(world.comments(), [FETCHES, "backup.py:6 archive-extraction-traversal"]);
    world.check();
}

/// The reactor stops the bot in the midst of its work, again and again, and starts it on the same database.
async fn crashed_at_random(seed: u64) {
    let mut dice = Dice(seed);
    let mut world = World::start_with(|patience| patience.attempts = 50).await;
    world.open_pull_request("feature", &[("app.py", FETCH), ("backup.py", RESTORE)]).await;
    for _ in 0..3 {
        tokio::time::sleep(Duration::from_micros(dice.below(30_000))).await;
        world.bot.crash().await;
        world.bot.run().await;
    }
    world.settle().await;
    let comments = world.comments();
    assert_eq!(comments, [FETCHES, "backup.py:6 archive-extraction-traversal"], "seed {seed}");
    assert_eq!(world.checks(), ["failure: 2 findings: 1 critical and 1 medium"], "seed {seed}");
    world.push(&[("app.py", CLEAN), ("backup.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.comments().len(), 2, "seed {seed}");
    world.check();
}

#[tokio::test]
async fn a_crash_at_any_moment_leaves_each_finding_told_once() {
    for seed in 0..12 {
        crashed_at_random(seed).await;
    }
}
