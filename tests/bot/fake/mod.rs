//! A GitHub of our own, as strict as the real one: a server on the loopback that the bot's real client speaks to.
//!
//! Everything is drawn from one [`state`]: the answers, the webhook payloads and what a human would see. Nothing
//! of the bot's code is used in here, so that the judge and the judged cannot share a mistake.

pub mod anchor;
pub mod auth;
pub mod calls;
mod check_rules;
mod checks;
pub mod clock;
mod comments;
pub mod deliver;
mod draft;
mod edit;
pub mod faults;
pub mod git;
mod graphql;
pub mod hub;
mod json;
mod limits;
mod paging;
pub mod payload;
pub mod problem;
mod pulls;
mod reviews;
mod routes;
pub mod sight;
pub mod state;
pub mod verbs;
pub mod wire;

pub use hub::Hub;
