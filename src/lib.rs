//! Scrutineer audits the Python a pull request changes.
//!
//! The rooms of the house, top to bottom. A room names only rooms below it; `tests/architecture.rs`
//! holds the table, and ARCHITECTURE.md tells the journey of one delivery through it.
//!
//! | room | what it does | what it leaves to others |
//! |---|---|---|
//! | [`cli`] | the owner's door: flags, environment, local files | everything else |
//! | [`server`] | GitHub's door: verify, read the event, store the target, answer 202 | any decision |
//! | [`worker`] | claims a target with a lease and runs its review behind a panic guard | what a review is |
//! | [`review`] | the story: trigger, policy, reading, plan, publish | words, wire formats, SQL |
//! | [`report`] | findings to words: Markdown, terminal, SARIF, JSON, HTML (pure) | where the words go |
//! | [`github`] | the only home of octocrab: a handful of verbs and one error type | what to say |
//! | [`store`] | the only home of SQL: the queue of targets and what was written where | what it means |
//! | [`engine`] | pure: text in, findings out | files, network, clock |
//! | [`domain`] | nouns shared by rooms | |

pub mod cli;
pub mod domain;
pub mod engine;
pub mod github;
pub mod report;
pub mod review;
pub mod server;
pub mod store;
pub mod worker;
