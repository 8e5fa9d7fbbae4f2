//! Stories of the whole bot: the real router, worker, store and client (or the real binary) against a GitHub of our
//! own, over HTTP on the loopback.
//!
//! - [`fake`] is that GitHub. It shares no code with the bot, and [`fake_tests`] hold it to GitHub's own refusals.
//! - [`world`] has the verbs a story is told with; [`stories`] are the stories, one file per theme.
//!
//! A story does what people do (`world.push(...)`), waits (`world.settle()`), and reads what people see
//! (`world.comments()`, `world.check()`). At its end everything the bot wrote must have been read, and the bot must have
//! asked nothing that GitHub does not know. All stories are told on SQLite, and where `initdb` is installed once more on
//! PostgreSQL (`cargo test --test bot all_stories`). `RUST_LOG=info cargo test --test bot NAME` shows the bot's log.
#![allow(unreachable_pub, reason = "what a module shows its neighbours reads best as plain `pub`")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and own their files, clocks and processes"
)]

mod bot;
#[path = "../cluster/mod.rs"]
#[allow(dead_code, reason = "it is shared with the tests of the store")]
mod cluster;
mod database;
mod dice;
mod fake;
mod fake_tests;
mod home;
mod process;
mod stories;
mod world;
