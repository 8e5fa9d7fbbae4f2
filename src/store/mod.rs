//! The only home of SQL: the queue of targets, and what was written where.
//!
//! It knows when a target may be worked on and by whom, and nothing about what that work is.
//! Columns are bigint or text only, times are milliseconds since 1970: the same SQL runs on PostgreSQL.

mod claim;
mod error;
mod outbox;

use std::time::Duration;

pub use claim::Claim;
pub use error::Error;
pub use outbox::{Intent, Write, WriteId, WriteKind, WriteState};

use crate::domain::{Delivery, InstallationId, Wake};

/// Where the database is, and how patient the queue is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite://PATH`.
    pub url: String,
    /// How long a claim lasts unless it is renewed.
    pub lease: Duration,
    /// How long after a trigger the target rests, so that pushes in quick succession are one review.
    pub debounce: Duration,
    /// The longest time steady triggers can put a target off.
    pub starvation: Duration,
    /// How long delivery ids are remembered.
    pub remember_deliveries: Duration,
    /// How long targets that rest, and what was written for them, are remembered.
    pub remember_targets: Duration,
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl Settings {
    /// The usual patience.
    pub fn new(url: impl Into<String>) -> Settings {
        Settings {
            url: url.into(),
            lease: Duration::from_secs(60),
            debounce: Duration::from_secs(2),
            starvation: Duration::from_secs(30),
            remember_deliveries: 7 * DAY,
            remember_targets: 180 * DAY,
        }
    }
}

/// Whether a delivery was new to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    New,
    Known,
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {}

impl Store {
    /// Opens the database, creates what is missing, and takes over what a killed process left behind.
    pub async fn open(settings: Settings) -> Result<Store, Error> {
        let _ = settings;
        Err(Error::Unusable("not written yet".to_owned()))
    }

    /// Whether the database can be written now.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Closes all connections and lets another process in.
    pub async fn close(&self) {}

    /// Stores a delivery and wakes its target, in one transaction. Returns after the commit.
    pub async fn accept(&self, delivery: Delivery, wake: Option<Wake>) -> Result<Accepted, Error> {
        let _ = (delivery, wake);
        Ok(Accepted::New)
    }

    /// Takes the next target that is due, if there is one.
    pub async fn claim(&self) -> Result<Option<Claim>, Error> {
        Ok(None)
    }

    /// Makes the lease last again from now on. `false`: it was lost, stop.
    pub async fn renew(&self, claim: &Claim) -> Result<bool, Error> {
        let _ = claim;
        Ok(false)
    }

    /// Whether the lease is ours and no newer trigger arrived.
    pub async fn is_current(&self, claim: &Claim) -> Result<bool, Error> {
        let _ = claim;
        Ok(false)
    }

    /// The target says what it should, as of this claim's generation. `false`: the lease was lost.
    pub async fn finish(&self, claim: &Claim) -> Result<bool, Error> {
        let _ = claim;
        Ok(false)
    }

    /// Try the target again after a pause. Only what `counts` brings it nearer to being given up.
    pub async fn later(
        &self,
        claim: &Claim,
        delay: Duration,
        why: &str,
        counts: bool,
    ) -> Result<bool, Error> {
        let _ = (claim, delay, why, counts);
        Ok(false)
    }

    /// Nothing of this installation is claimed before `until_ms`.
    pub async fn park(&self, installation: InstallationId, until_ms: i64) -> Result<(), Error> {
        let _ = (installation, until_ms);
        Ok(())
    }

    /// Gives the target up until a new trigger arrives. `false`: the lease was lost.
    pub async fn dead(&self, claim: &Claim, incident: &str, error: &str) -> Result<bool, Error> {
        let _ = (claim, incident, error);
        Ok(false)
    }

    /// The clock that `at_ms` of a write was read from.
    pub fn now_ms(&self) -> i64 {
        0
    }
}
