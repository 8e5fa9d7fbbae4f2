//! The only home of SQL: the queue of targets, and what was written where.
//!
//! It knows when a target may be worked on and by whom, and nothing about what that work is.
//! Columns are bigint or text only, times are milliseconds since 1970: the same SQL runs on PostgreSQL.

mod beside;
mod claim;
mod clock;
mod database;
mod error;
mod file;
mod forget;
mod intake;
mod lease;
mod order;
mod outbox;
mod queue;
mod requests;
mod slots;
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
    /// Opens the database, creates what is missing, and takes over what a killed process left behind.
    pub async fn open(settings: Settings) -> Result<Store, Error> {
        let database = Arc::new(Database::open(&settings.url).await?);
        take_over(&database).await?;
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
    let orphans = queue::reap(&mut tx, i64::MAX).await?;
    tx.commit().await?;
    if orphans > 0 {
        tracing::warn!(
            targets = orphans,
            "an earlier process ended amid its work; its targets are tried again"
        );
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests own their files")]
mod tests {
    use super::testing::{delivery, open, settings, wake};
    use super::*;

    #[tokio::test]
    async fn a_second_process_on_the_same_file_is_refused() {
        let store = open().await;
        let refused = Store::open(settings(&store.dir)).await.err().unwrap();
        assert!(matches!(refused, Error::InUse { .. }), "{refused:?}");
        store.close().await;
        assert!(Store::open(settings(&store.dir)).await.is_ok());
    }

    #[tokio::test]
    async fn what_a_dead_process_held_is_claimed_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let first = Store::open(settings(&dir)).await.unwrap();
        first.accept(delivery("a"), Some(wake(1, 1, 7))).await.unwrap();
        let held = first.claim().await.unwrap().unwrap();
        first.close().await;
        let second = Store::open(settings(&dir)).await.unwrap();
        let claim = second.claim().await.unwrap().unwrap();
        assert_eq!((claim.key, claim.attempts), (held.key, 2));
        assert_eq!(second.accept(delivery("a"), None).await.unwrap(), Accepted::Known);
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_told_with_its_remedy() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(
            dir.path().join("queue.sqlite"),
            "not a database, but long enough to be read as one".repeat(9),
        )
        .unwrap();
        let error = Store::open(settings(&dir)).await.err().unwrap().to_string();
        assert!(error.contains("queue.sqlite") && error.contains("another file"), "{error}");
    }
}
