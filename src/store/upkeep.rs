//! What an operator wants to know of the queue, and what is forgotten in time.

use std::time::Duration;

use sqlx::{AssertSqlSafe, Row};

use super::clock::millis;
use super::{Error, Store};

/// How full the queue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Targets that wait for their time, due ones included.
    pub waiting: i64,
    /// Targets that could be worked on now.
    pub due: i64,
    pub running: i64,
    /// Targets that were given up.
    pub dead: i64,
    /// How long the oldest due target has been due.
    pub oldest_due: Duration,
}

impl Store {
    /// Whether the database can be written now.
    pub async fn ping(&self) -> Result<(), Error> {
        // It changes no row, but needs all that a change needs.
        sqlx::query("UPDATE installations SET served = served WHERE id < 0 AND id > 0")
            .execute(self.inner.database.writer())
            .await?;
        Ok(())
    }

    pub async fn depth(&self) -> Result<Depth, Error> {
        let now = self.now_ms();
        let row = sqlx::query(DEPTH).bind(now).fetch_one(self.inner.database.reader()).await?;
        let oldest: Option<i64> = row.try_get("oldest")?;
        let oldest = oldest.map_or(0, |oldest| now.saturating_sub(oldest));
        Ok(Depth {
            waiting: row.try_get("waiting")?,
            due: row.try_get("due")?,
            running: row.try_get("running")?,
            dead: row.try_get("dead")?,
            oldest_due: Duration::from_millis(u64::try_from(oldest).unwrap_or(0)),
        })
    }

    /// Forgets old delivery ids, and targets nobody asked about for long, with what was written for them.
    /// Should such a target wake again, GitHub itself shows what stands there.
    pub async fn prune(&self) -> Result<(), Error> {
        let now = self.now_ms();
        let settings = &self.inner.settings;
        let mut tx = self.inner.database.write().await?;
        let forget = [
            (OLD_DELIVERIES, settings.remember_deliveries),
            (OLD_REQUESTS, settings.remember_deliveries),
            (OLD_TARGETS, settings.remember_targets),
            (OLD_VERDICTS, settings.remember_verdicts),
        ];
        for (sql, remember) in forget {
            // Both parts are constants.
            let sql = AssertSqlSafe(format!("{sql} {})", self.inner.database.unless_locked()));
            let before = now.saturating_sub(millis(remember));
            sqlx::query(sql).bind(before).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

const OLD_DELIVERIES: &str =
    "DELETE FROM deliveries WHERE guid IN (SELECT guid FROM deliveries WHERE received_at < $1";

const OLD_REQUESTS: &str = "DELETE FROM requests WHERE (id, target_key) IN \
     (SELECT id, target_key FROM requests WHERE state IN ('done', 'refused') AND at < $1";

const OLD_TARGETS: &str = "DELETE FROM targets WHERE key IN \
     (SELECT key FROM targets WHERE state IN ('idle', 'dead') AND touched_at < $1";

const OLD_VERDICTS: &str = "DELETE FROM verdicts WHERE (repo, tree, base, maker) IN \
     (SELECT repo, tree, base, maker FROM verdicts WHERE at < $1";

const DEPTH: &str = "
SELECT (SELECT COUNT(*) FROM targets WHERE state = 'waiting') AS waiting,
       (SELECT COUNT(*) FROM targets WHERE state = 'waiting' AND run_at <= $1) AS due,
       (SELECT COUNT(*) FROM targets WHERE state = 'running') AS running,
       (SELECT COUNT(*) FROM targets WHERE state = 'dead') AS dead,
       (SELECT MIN(run_at) FROM targets WHERE state = 'waiting' AND run_at <= $1) AS oldest";

#[cfg(test)]
mod tests {
    use super::super::testing::{delivery, open, wake};
    use super::super::{Accepted, Intent, WriteKind};
    use super::*;
    use crate::domain::Sha;

    const DAY: Duration = Duration::from_secs(24 * 3600);

    #[tokio::test]
    async fn deliveries_are_forgotten_after_a_week() {
        let store = open().await;
        store.accept(delivery("a"), None).await.unwrap();
        store.advance(6 * DAY);
        store.prune().await.unwrap();
        assert_eq!(store.accept(delivery("a"), None).await.unwrap(), Accepted::Known);
        store.advance(2 * DAY);
        store.prune().await.unwrap();
        assert_eq!(store.accept(delivery("a"), None).await.unwrap(), Accepted::New);
    }

    #[tokio::test]
    async fn targets_at_rest_are_forgotten_with_their_writes() {
        let store = open().await;
        store.trigger(wake(1, 1, 1)).await;
        let claim = store.claimed().await;
        let head = Sha::parse(&"a".repeat(40)).unwrap();
        let intent = Intent { kind: WriteKind::Check, head, detail: "{}".to_owned() };
        store.intend(&claim, &intent).await.unwrap();
        store.finish(&claim).await.unwrap();
        store.trigger(wake(1, 1, 2)).await;
        store.advance(181 * DAY);
        store.prune().await.unwrap();
        assert!(store.writes(&claim.target).await.unwrap().is_empty());
        assert_eq!(store.claim_all().await, ["1/pull/2"]);
        store.trigger(wake(1, 1, 1)).await;
        assert!(store.claimed().await.fresh);
    }

    #[tokio::test]
    async fn the_depth_tells_what_waits_and_since_when() {
        let store = open().await;
        for number in 0..3 {
            store.trigger(wake(1, 1, number)).await;
        }
        store.claimed().await;
        store.advance(Duration::from_secs(9));
        let depth = store.depth().await.unwrap();
        assert_eq!((depth.waiting, depth.due, depth.running, depth.dead), (2, 2, 1, 0));
        assert!(depth.oldest_due >= Duration::from_secs(9));
        store.ping().await.unwrap();
    }
}
