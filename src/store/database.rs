//! The connections, and the little in which the two databases differ.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use sqlx::migrate::MigrateError;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Transaction};

use super::clock::Clock;
use super::file::Lock;
use super::{Error, postgres, sqlite};

/// How long a task waits for a connection before it calls the database unavailable.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Database {
    pub(super) clock: Clock,
    write: AnyPool,
    read: AnyPool,
    /// The right to be alone. Where there is none, others may be at work in the same tables.
    lock: Option<Lock>,
}

impl Database {
    pub(super) async fn open(url: &str) -> Result<Database, Error> {
        sqlx::any::install_default_drivers();
        let clock = Clock::default();
        if postgres::is_meant(url) {
            let pool = postgres::open(url, &clock).await?;
            return Ok(Database { clock, write: pool.clone(), read: pool, lock: None });
        }
        let (write, read, lock) = sqlite::open(url).await?;
        Ok(Database { clock, write, read, lock: Some(lock) })
    }

    /// Whether no other process uses the database.
    pub(super) fn is_ours_alone(&self) -> bool {
        self.lock.is_some()
    }

    /// Ends the choice of rows that are about to be changed: others' rows are passed over, not waited
    /// for. Whoever is alone needs no such word, and SQLite knows none.
    pub(super) fn unless_locked(&self) -> &'static str {
        if self.is_ours_alone() { "" } else { "FOR UPDATE SKIP LOCKED" }
    }

    /// The same for targets that are waited for, each in its turn: in the order of keys, which all keep.
    pub(super) fn in_order(&self) -> &'static str {
        if self.is_ours_alone() { "" } else { "ORDER BY key FOR UPDATE" }
    }

    /// A transaction that writes. Its first statement must be a write: a transaction that begins with a
    /// read can find SQLite busy when it turns to writing.
    pub(super) async fn write(&self) -> Result<Transaction<'static, Any>, Error> {
        Ok(self.write.begin().await?)
    }

    /// For single statements that write.
    pub(super) fn writer(&self) -> &AnyPool {
        &self.write
    }

    pub(super) fn reader(&self) -> &AnyPool {
        &self.read
    }

    pub(super) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
        if let Some(lock) = &self.lock {
            lock.release();
        }
    }
}

/// How often in a row others may change the same rows at the same time.
const DISTURBED: usize = 4;

/// Does in a transaction what waits for rows of several others, again if they got in each other's way.
pub(super) async fn undisturbed<T, F>(deed: impl Fn() -> F) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>>,
{
    for _ in 1..DISTURBED {
        match deed().await {
            Err(Error::Disturbed(why)) => tracing::debug!(why, "a transaction is tried again"),
            done => return done,
        }
    }
    deed().await
}

/// Why the tables could not be brought up to date, with what to do about it.
pub(super) fn untold(error: MigrateError, database: &str, remedy: &str) -> Error {
    match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version) => {
            Error::Unusable(format!(
                "{database} was written by another version of this program (step {version} of its tables is not ours); \
             run that version, or {remedy}"
            ))
        }
        other => Error::Unusable(format!("the tables of {database} cannot be brought up to date: {other}")),
    }
}

/// What a new connection is told before it is used.
pub(super) type Prepare = for<'c> fn(&'c mut AnyConnection) -> Prepared<'c>;
pub(super) type Prepared<'c> = Pin<Box<dyn Future<Output = Result<(), sqlx::Error>> + Send + 'c>>;

/// A commit that failed can leave a transaction behind that the driver still counts.
pub(super) fn is_clean(connection: &AnyConnection) -> bool {
    !connection.is_in_transaction()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "it reads the sources")]
    fn each_step_of_the_tables_is_there_for_both_databases() {
        let steps = |database: &str| -> BTreeSet<_> {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations").join(database);
            std::fs::read_dir(folder).unwrap().map(|step| step.unwrap().file_name()).collect()
        };
        assert_eq!(steps("sqlite"), steps("postgres"));
    }
}
