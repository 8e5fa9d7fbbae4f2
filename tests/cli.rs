//! The command line as its users meet it: the real binary on real directories and git repositories.
#![cfg(unix)]
#![expect(clippy::disallowed_methods, reason = "these tests start the binary and git on real files")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "cli/change.rs"]
mod change;
#[path = "cli/config.rs"]
mod config;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/project.rs"]
mod project;
#[path = "cli/rules.rs"]
mod rules;
#[path = "cli/world.rs"]
mod world;
