//! The only home of SQL: the queue of targets, and what was written where.
//!
//! It knows when a target may be worked on and by whom, and nothing about what that work is.
//! Columns are bigint or text only, times are milliseconds since 1970: the same SQL runs on SQLite and
//! PostgreSQL. Where several rows are locked, all do it in one order, or pass over what others hold.

mod beside;
mod claim;
mod clock;
mod database;
mod error;
mod file;
mod installation;
mod intake;
mod lease;
mod order;
mod outbox;
mod postgres;
mod queue;
#[cfg(test)]
mod replicas;
mod requests;
mod rows;
mod slots;
mod sqlite;
mod sweep;
#[cfg(test)]
pub(crate) mod testing;
mod turn;
mod upkeep;
mod verdicts;
mod wake;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

pub use beside::{Beside, Entry, Written};
pub use claim::Claim;
pub use error::Error;
pub use outbox::{Intent, Write, WriteId, WriteKind, WriteState};
pub use requests::{Request, RequestState};
pub use slots::Said;
pub use upkeep::Depth;
pub use verdicts::VerdictKey;

use database::Database;
use intake::Arrival;

/// Where the database is, and how patient the queue is.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `sqlite://PATH`, or `postgres://USER:PASSWORD@HOST/DATABASE`.
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
    /// How long verdicts wait for a commit of the same content.
    pub remember_verdicts: Duration,
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
            remember_verdicts: 30 * DAY,
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
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    database: Arc<Database>,
    settings: Settings,
    /// Names this process in its leases.
    owner: String,
    intake: mpsc::Sender<Arrival>,
    woken: Arc<Notify>,
}

impl Store {
    /// Opens the database and creates what is missing. Whoever is alone on it takes over at once what a
    /// killed process left behind; where there are others, they or we do so when its leases end.
    pub async fn open(settings: Settings) -> Result<Store, Error> {
        let database = Arc::new(Database::open(&settings.url).await?);
        if database.is_ours_alone() {
            take_over(&database).await?;
        }
        let woken = Arc::new(Notify::new());
        Ok(Store {
            inner: Arc::new(Inner {
                intake: intake::start(database.clone(), &settings, woken.clone()),
                database,
                settings,
                owner: uuid::Uuid::new_v4().to_string(),
                woken,
            }),
        })
    }

    /// Closes all connections and lets another process in. What is asked later is answered with
    /// [`Error::Unavailable`].
    pub async fn close(&self) {
        self.inner.database.close().await;
    }

    /// The clock that `at_ms` of a write was read from.
    pub fn now_ms(&self) -> i64 {
        self.inner.database.clock.now_ms()
    }
}

/// We hold the lock of the file: whoever held leases in it is dead.
async fn take_over(database: &Database) -> Result<(), Error> {
    let mut tx = database.write().await?;
    let orphans = queue::reap(database, &mut tx, i64::MAX).await?;
    tx.commit().await?;
    if orphans > 0 {
        tracing::warn!(
            targets = orphans,
            "an earlier process ended amid its work; its targets are tried again"
        );
    }
    Ok(())
}
