//! Stories of the whole bot, told against a fake GitHub.
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
