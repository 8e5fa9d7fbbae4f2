//! The claim on the target that is worked on next. Whose turn it is says `turn`.

use std::time::Duration;

use sqlx::any::AnyRow;
use sqlx::{Any, AssertSqlSafe, Row, Transaction};

use super::clock::millis;
use super::database::Database;
use super::turn::{self, Next, Turn};
use super::{Claim, Error, Store};
use crate::domain::{InstallationId, Repo, RepoId, RepoName, Target};

/// Rows that cannot be read are set aside, but not the whole table in one go.
const UNREADABLE: usize = 16;
/// How often in a row another replica may be faster. Whoever lost so often finds the rest soon enough.
const OVERTAKEN: usize = 8;

impl Store {
    /// Takes the next target that is due, if there is one. The attempt is counted now, so that content
    /// which kills the process is given up in the end.
    pub async fn claim(&self) -> Result<Option<Claim>, Error> {
        for _ in 0..UNREADABLE {
            match self.claim_row().await? {
                None => return Ok(None),
                Some(row) => match read(&row) {
                    Ok(claim) => return Ok(Some(claim)),
                    Err(error) => self.set_aside(&row, &error).await?,
                },
            }
        }
        Ok(None)
    }

    async fn claim_row(&self) -> Result<Option<AnyRow>, Error> {
        for _ in 0..OVERTAKEN {
            let now = self.now_ms();
            let database = &self.inner.database;
            let mut tx = database.write().await?;
            reap(database, &mut tx, now).await?;
            let row = match turn::next(&mut tx, now).await? {
                Next::Nobody => return Ok(tx.commit().await.map(|()| None)?),
                Next::Overtaken => None,
                Next::Turn(turn) => self.take(&mut tx, &turn, now).await?,
            };
            tx.commit().await?;
            if row.is_some() {
                return Ok(row);
            }
        }
        Ok(None)
    }

    /// Takes a target of whose turn it is, passing over what a trigger is just changing.
    async fn take(
        &self,
        tx: &mut Transaction<'_, Any>,
        turn: &Turn,
        now: i64,
    ) -> Result<Option<AnyRow>, Error> {
        // Both parts are constants.
        let sql = AssertSqlSafe(format!("{TAKE} {} {TAKEN}", self.inner.database.unless_locked()));
        let row = sqlx::query(sql)
            .bind(&self.inner.owner)
            .bind(now + millis(self.inner.settings.lease))
            .bind(turn.served)
            .bind(turn.installation)
            .bind(turn.repo)
            .bind(&turn.author)
            .bind(now)
            .bind(turn.crashes)
            .fetch_optional(&mut **tx)
            .await?;
        Ok(row)
    }

    /// A row of another version, or of a foreign hand, must not hold up the others.
    async fn set_aside(&self, row: &AnyRow, error: &Error) -> Result<(), Error> {
        let key: String = row.try_get("key")?;
        tracing::error!(target = key, %error, "a target cannot be read and is set aside");
        sqlx::query("UPDATE targets SET state = 'dead', lease_owner = '', error = $1 WHERE key = $2")
            .bind(error.to_string())
            .bind(key)
            .execute(self.inner.database.writer())
            .await?;
        Ok(())
    }

    /// How long until a target is due or a lease ends; `None` where nothing waits.
    pub async fn next_due(&self) -> Result<Option<Duration>, Error> {
        let due: Option<i64> = sqlx::query_scalar(DUE).fetch_one(self.inner.database.reader()).await?;
        let wait = |due: i64| Duration::from_millis(u64::try_from(due - self.now_ms()).unwrap_or(0));
        Ok(due.map(wait))
    }

    /// Returns when a delivery may have woken a target.
    pub async fn woken(&self) {
        self.inner.woken.notified().await;
    }
}

/// Targets whose lease ended go back to the others. Only here does a lease end.
pub(super) async fn reap(
    database: &Database,
    tx: &mut Transaction<'_, Any>,
    until: i64,
) -> Result<u64, Error> {
    // Both parts are constants.
    let sql = AssertSqlSafe(format!("{REAP} {})", database.unless_locked()));
    let reaped = sqlx::query(sql).bind(until).execute(&mut **tx).await?;
    Ok(reaped.rows_affected())
}

const REAP: &str = "
UPDATE targets SET state = 'waiting', crashes = crashes + 1, lease_owner = '', lease_until = 0
WHERE key IN (SELECT key FROM targets WHERE state = 'running' AND lease_until <= $1";

const TAKE: &str = "
UPDATE targets SET state = 'running', attempts = attempts + 1, fence = fence + 1, first_waiting = 0,
    lease_owner = $1, lease_until = $2, served = $3
WHERE state = 'waiting' AND key = (
    SELECT key FROM targets
    WHERE installation = $4 AND repo = $5 AND author = $6 AND state = 'waiting' AND run_at <= $7 AND crashes <= $8
    ORDER BY run_at, key LIMIT 1";

const TAKEN: &str = ")
RETURNING key, installation, repo, owner, name, subject, glimpse, delivery, generation, attempts, fence,
          finished_at";

const DUE: &str = "
SELECT MIN(due) FROM (
    SELECT MIN(CASE WHEN i.parked_until > t.run_at THEN i.parked_until ELSE t.run_at END) AS due
    FROM targets t JOIN installations i ON i.id = t.installation WHERE t.state = 'waiting'
    UNION ALL
    SELECT MIN(lease_until) AS due FROM targets WHERE state = 'running') AS either";

fn read(row: &AnyRow) -> Result<Claim, Error> {
    let (owner, name): (String, String) = (row.try_get("owner")?, row.try_get("name")?);
    let finished_at: i64 = row.try_get("finished_at")?;
    Ok(Claim {
        target: Target {
            repo: Repo {
                installation: InstallationId(row.try_get("installation")?),
                id: RepoId(row.try_get("repo")?),
                name: RepoName { owner, name },
            },
            subject: json(row, "subject")?,
        },
        key: row.try_get("key")?,
        generation: row.try_get("generation")?,
        attempts: row.try_get("attempts")?,
        glimpse: json(row, "glimpse")?,
        delivery: row.try_get("delivery")?,
        fresh: finished_at == 0,
        fence: row.try_get("fence")?,
    })
}

fn json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &str) -> Result<T, Error> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| Error::Corrupt(format!("{column}: {error}")))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::testing::{open, open_with, wake};
    use super::*;

    #[tokio::test]
    async fn of_many_tasks_one_gets_the_target() {
        let store = open().await;
        for number in 0..20 {
            store.trigger(wake(1, 1, number)).await;
        }
        let tasks = (0..60).map(|_| {
            let store = (*store).clone();
            tokio::spawn(async move { store.claim().await.unwrap().map(|claim| claim.key) })
        });
        let mut keys = Vec::new();
        for task in tasks.collect::<Vec<_>>() {
            keys.extend(task.await.unwrap());
        }
        assert_eq!(keys.len(), 20);
        assert_eq!(keys.iter().collect::<HashSet<_>>().len(), 20);
    }

    #[tokio::test]
    async fn a_target_is_fresh_until_it_was_finished_once() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        let claim = store.claimed().await;
        assert!(claim.fresh);
        store.finish(&claim).await.unwrap();
        store.trigger(wake(1, 1, 7)).await;
        assert!(!store.claimed().await.fresh);
    }

    #[tokio::test]
    async fn a_lease_that_ends_gives_the_target_to_another() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        let first = store.claimed().await;
        store.advance(Duration::from_secs(59));
        assert!(store.renew(&first).await.unwrap());
        store.advance(Duration::from_secs(59));
        assert_eq!(store.claim().await.unwrap(), None);
        store.advance(Duration::from_secs(1));
        let second = store.claimed().await;
        assert_eq!((second.attempts, second.fence), (2, first.fence + 1));
        assert!(!store.renew(&first).await.unwrap());
        assert!(!store.finish(&first).await.unwrap());
        assert!(store.finish(&second).await.unwrap());
    }

    #[tokio::test]
    async fn a_row_that_cannot_be_read_does_not_hold_up_the_others() {
        let store = open().await;
        store.trigger(wake(1, 1, 1)).await;
        store.trigger(wake(1, 1, 2)).await;
        sqlx::query("UPDATE targets SET glimpse = '{}' WHERE key = '1/pull/1'")
            .execute(store.inner.database.writer())
            .await
            .unwrap();
        assert_eq!(store.claim_all().await, ["1/pull/2"]);
        assert_eq!(store.depth().await.unwrap().dead, 1);
    }

    #[tokio::test]
    async fn the_next_due_time_is_known() {
        let store = open_with(|settings| settings.debounce = Duration::from_secs(10)).await;
        assert_eq!(store.next_due().await.unwrap(), None);
        store.trigger(wake(1, 1, 7)).await;
        let due = store.next_due().await.unwrap().unwrap();
        assert!(due > Duration::from_secs(8) && due <= Duration::from_secs(10), "{due:?}");
        store.park(InstallationId(1), Duration::from_secs(100)).await.unwrap();
        assert!(store.next_due().await.unwrap().unwrap() > Duration::from_secs(90));
        store.advance(Duration::from_secs(100));
        store.claimed().await;
        assert!(store.next_due().await.unwrap().unwrap() <= Duration::from_secs(60));
    }
}
