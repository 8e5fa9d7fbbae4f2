//! Stories of the whole bot, told against a fake GitHub.

mod fake;
mod fake_tests;
