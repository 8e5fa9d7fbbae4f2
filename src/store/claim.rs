//! A claim: the right to work on one target, for as long as its lease lasts.

use crate::domain::{Glimpse, Target};

/// One target to make right. Only the store makes claims, and checks them on every use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub target: Target,
    /// [`Target::key`], as it stands in logs and markers.
    pub key: String,
    /// The trigger this claim answers. A later trigger has a higher number.
    pub generation: i64,
    /// How often this generation was tried, this time included.
    pub attempts: i64,
    pub glimpse: Glimpse,
    /// `X-GitHub-Delivery` of the newest trigger, for logs.
    pub delivery: String,
    /// This store has never seen the target finished: GitHub may hold writes of ours that we do not remember.
    pub fresh: bool,
    /// Grows with every claim of the target: what an older holder still tries to do is refused.
    pub(super) fence: i64,
}
