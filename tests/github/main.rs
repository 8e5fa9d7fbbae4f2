//! The GitHub room over a real socket: what is sent, and what each answer of a server means.

#![expect(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

mod errors;
mod logs;
mod looks;
mod server;
mod tokens;
mod verbs;
mod wire;
