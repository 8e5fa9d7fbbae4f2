//! The queue as an operator reaches it from a second process, while `serve` runs or while it does not.
//!
//! `serve` alone may claim work, and its lock on the SQLite file says so. Reading needs no lock, and the
//! few statements here that write change one row each, guarded by its state: SQLite and PostgreSQL let
//! them through between two of `serve`'s own, and it finds the change at its next look at the queue.

use sqlx::any::AnyRow;
use sqlx::{AnyPool, Row};

use super::clock::Clock;
use super::{Error, postgres, sqlite};
use crate::domain::RepoName;

/// A connection beside the one that works on the queue.
pub struct Beside {
    pool: AnyPool,
    clock: Clock,
}

/// One target as it stands in the queue. Times are milliseconds since 1970; 0 is never.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: String,
    pub repo: RepoName,
    pub installation: i64,
    /// `idle`, `waiting`, `running` or `dead`.
    pub state: String,
    pub generation: i64,
    pub attempts: i64,
    /// Not worked on before: its own time, or that of its installation.
    pub due_at: i64,
    pub lease_until: i64,
    pub finished_at: i64,
    pub touched_at: i64,
    /// `X-GitHub-Delivery` of the last trigger.
    pub delivery: String,
    pub head: String,
    pub incident: String,
    pub error: String,
}

/// One recorded write, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub kind: String,
    pub head: String,
    pub state: String,
    pub at: i64,
    pub github_id: Option<i64>,
}

impl Beside {
    /// Opens a database that is there, with its tables. Creates nothing, and takes no lock from `serve`.
    pub async fn open(url: &str) -> Result<Beside, Error> {
        sqlx::any::install_default_drivers();
        let clock = Clock::default();
        let pool = match postgres::is_meant(url) {
            true => postgres::open_beside(url, &clock)?,
            false => sqlite::open_beside(url)?,
        };
        let tables = sqlx::query("SELECT COUNT(*) FROM installations WHERE id < 0");
        tables.fetch_one(&pool).await.map_err(|error| unusable(&error))?;
        Ok(Beside { pool, clock })
    }

    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// What waits, runs or was given up, the longest due first; with `all`, also what rests.
    pub async fn list(&self, all: bool) -> Result<Vec<Entry>, Error> {
        let left_out = if all { "none" } else { "idle" };
        let rows = sqlx::query(LIST).bind(left_out).fetch_all(&self.pool).await?;
        rows.iter().map(entry).collect()
    }

    /// What was written for a target, oldest first.
    pub async fn written(&self, key: &str) -> Result<Vec<Written>, Error> {
        let rows = sqlx::query(
            "SELECT kind, head, state, at, github_id FROM writes WHERE target_key = $1 ORDER BY id",
        )
        .bind(key)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(written).collect()
    }

    /// Has the target worked on again, as a new trigger would, from the first attempt. `false`: there is
    /// no such target.
    pub async fn retry(&self, key: &str) -> Result<bool, Error> {
        let done = sqlx::query(AGAIN).bind(self.now_ms()).bind(key).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Takes the target out of the queue until a trigger brings it back. What was written for it is
    /// remembered. `false`: there is no such target, or it is being worked on.
    pub async fn drop_target(&self, key: &str) -> Result<bool, Error> {
        let done = sqlx::query(DROP).bind(self.now_ms()).bind(key).execute(&self.pool).await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether rows can be changed now: needs all that a change needs, and changes none.
    pub async fn is_writable(&self) -> Result<(), Error> {
        sqlx::query("UPDATE installations SET served = served WHERE id < 0 AND id > 0")
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// $1 is now. A running target is looked at again after its run.
pub(super) const AGAIN: &str = "
UPDATE targets SET state = CASE WHEN state = 'running' THEN 'running' ELSE 'waiting' END,
    generation = generation + 1, attempts = 0, crashes = 0, run_at = $1, parked_until = 0, touched_at = $1
WHERE key = $2";

const DROP: &str = "
UPDATE targets SET state = 'idle', done_generation = generation, attempts = 0, crashes = 0, parked_until = 0,
    first_waiting = 0, touched_at = $1
WHERE key = $2 AND state <> 'running'";

/// $1 is the state that is left out.
const LIST: &str = "
SELECT t.key, t.owner, t.name, t.installation, t.state, t.generation, t.attempts, t.lease_until, t.finished_at,
    t.touched_at, t.delivery, t.glimpse, t.incident, t.error,
    CASE WHEN i.parked_until > t.run_at THEN i.parked_until ELSE t.run_at END AS due_at
FROM targets t JOIN installations i ON i.id = t.installation
WHERE t.state <> $1
ORDER BY CASE t.state WHEN 'running' THEN 0 WHEN 'waiting' THEN 1 WHEN 'dead' THEN 2 ELSE 3 END, t.run_at, t.key";

fn unusable(error: &sqlx::Error) -> Error {
    Error::Unusable(format!(
        "{error}; name the database that serve uses, and start serve once so that it creates its tables"
    ))
}

fn entry(row: &AnyRow) -> Result<Entry, Error> {
    let glimpse: String = row.try_get("glimpse")?;
    let glimpse: serde_json::Value = serde_json::from_str(&glimpse).unwrap_or_default();
    Ok(Entry {
        key: row.try_get("key")?,
        repo: RepoName { owner: row.try_get("owner")?, name: row.try_get("name")? },
        installation: row.try_get("installation")?,
        state: row.try_get("state")?,
        generation: row.try_get("generation")?,
        attempts: row.try_get("attempts")?,
        due_at: row.try_get("due_at")?,
        lease_until: row.try_get("lease_until")?,
        finished_at: row.try_get("finished_at")?,
        touched_at: row.try_get("touched_at")?,
        delivery: row.try_get("delivery")?,
        head: glimpse["head"].as_str().unwrap_or_default().to_owned(),
        incident: row.try_get("incident")?,
        error: row.try_get("error")?,
    })
}

fn written(row: &AnyRow) -> Result<Written, Error> {
    Ok(Written {
        kind: row.try_get("kind")?,
        head: row.try_get("head")?,
        state: row.try_get("state")?,
        at: row.try_get("at")?,
        github_id: row.try_get("github_id")?,
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TestStore, open, wake};
    use super::*;

    async fn beside(store: &TestStore) -> Beside {
        Beside::open(&store.url).await.unwrap()
    }

    #[tokio::test]
    async fn the_queue_is_read_while_another_process_holds_it() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        store.trigger(wake(1, 1, 8)).await;
        store.claimed().await;
        let entries = beside(&store).await.list(false).await.unwrap();
        let states: Vec<&str> = entries.iter().map(|entry| entry.state.as_str()).collect();
        assert_eq!(states, ["running", "waiting"]);
        assert_eq!(entries[1].head.len(), 40);
    }

    #[tokio::test]
    async fn what_was_given_up_is_tried_again_on_request() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        let claim = store.claimed().await;
        store.dead(&claim, "4f2a", "it failed").await.unwrap();
        let beside = beside(&store).await;
        assert!(beside.retry("1/pull/7").await.unwrap());
        assert!(!beside.retry("1/pull/9").await.unwrap());
        assert_eq!(store.claimed().await.attempts, 1);
    }

    #[tokio::test]
    async fn what_is_dropped_rests_and_what_runs_is_not_dropped() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        let beside = beside(&store).await;
        assert!(beside.drop_target("1/pull/7").await.unwrap());
        assert_eq!(store.claim().await.unwrap(), None);
        store.trigger(wake(1, 1, 7)).await;
        store.claimed().await;
        assert!(!beside.drop_target("1/pull/7").await.unwrap());
        beside.is_writable().await.unwrap();
    }

    #[tokio::test]
    async fn a_database_that_is_not_there_is_not_made() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("none.sqlite");
        let error = Beside::open(&format!("sqlite://{}", path.display())).await.err().unwrap();
        assert!(error.to_string().contains("start serve once"), "{error}");
        assert!(!path.exists());
    }
}
