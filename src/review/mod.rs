//! The story of one review: what a delivery means, what the policy asks, what the change is, what
//! the pull request should say, and how that is made true.
//!
//! A review is level-triggered: it looks at the world as it is and applies the difference to what
//! stands there. Run twice, it writes nothing the second time.

mod anchor;
mod answer;
mod audit;
mod base;
mod check;
mod command;
mod commit;
mod fold;
mod gate;
mod job;
mod marker;
mod memory;
pub mod missed;
mod outcome;
mod own_rules;
mod plan;
pub mod policy;
mod publish;
mod pull;
mod read;
mod recall;
mod round;
mod run;
mod select;
mod shared;
mod sides;
mod suite;
mod tally;
pub mod trigger;
mod verify;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

pub use outcome::{Outcome, Stop};
pub use tally::{Counted, Tally};

use crate::domain::Subject;
use crate::engine::Engine;
use crate::github::GitHub;
use crate::store::{Claim, Store};
use policy::Ceilings;

/// How patient a review is, and how much it takes in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The longest time GitHub may still carry out a write whose answer we never got.
    pub settle: Duration,
    /// How soon to look again where GitHub answered with an older state than its delivery told.
    pub stale_retry: Duration,
    /// An audit that takes longer than this opens its check run before the result is there.
    /// Zero: every audit does.
    pub check_start: Duration,
    /// The first pause after a failure; it doubles with each attempt.
    pub retry: Duration,
    /// How long a person waits between two commands.
    pub cooldown: Duration,
    /// What a repository can only lower.
    pub ceilings: Ceilings,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            settle: Duration::from_secs(15),
            stale_retry: Duration::from_secs(2),
            check_start: Duration::from_secs(2),
            retry: Duration::from_secs(2),
            cooldown: Duration::from_secs(30),
            ceilings: Ceilings::default(),
        }
    }
}

/// What every review of this process shares.
#[derive(Clone)]
pub struct Context {
    pub github: GitHub,
    pub store: Store,
    pub engine: Arc<Engine>,
    pub settings: Settings,
    /// One permit per core: at most so many files are in analysis at once.
    pub cores: Arc<Semaphore>,
    pub tally: Arc<Tally>,
}

/// Makes the claimed target say what it should, as far as that is possible now.
pub async fn review(cx: &Context, claim: &Claim) -> Outcome {
    let started = tokio::time::Instant::now();
    let result = match &claim.target.subject {
        Subject::Pull(number) => pull::review(cx, claim, *number).await,
        Subject::MergeGroup(_) | Subject::Push(_) => commit::review(cx, claim).await,
        Subject::Suite(id) => suite::pass_on(cx, claim, *id).await,
    };
    let outcome = match result {
        Ok(()) => Outcome::Done,
        Err(stop) => outcome::of(stop, claim, &cx.settings),
    };
    cx.tally.review(&outcome, started.elapsed());
    outcome
}

/// Tells the readers of the target that we could not finish, so that no check hangs.
///
/// Called once, when the last attempt failed. The incident id leads to our logs.
pub async fn give_up(cx: &Context, claim: &Claim, incident: &str) -> Outcome {
    cx.tally.given_up();
    let result = match &claim.target.subject {
        Subject::Pull(number) => pull::give_up(cx, claim, *number, incident).await,
        Subject::MergeGroup(_) | Subject::Push(_) => commit::give_up(cx, claim, incident).await,
        // Nobody reads it: whoever asked sees that nothing happens, and asks again.
        Subject::Suite(_) => Ok(()),
    };
    match result {
        Ok(()) => Outcome::Done,
        Err(stop) => outcome::of(stop, claim, &cx.settings),
    }
}
