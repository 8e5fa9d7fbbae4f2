//! What rests and should not: targets of whose writes something is still open.

use std::time::Duration;

use super::beside::AGAIN;
use super::clock::millis;
use super::{Error, Store};

/// GitHub itself closes what was left open for two weeks.
const LONGEST: Duration = Duration::from_secs(14 * 24 * 3600);

impl Store {
    /// Keys of targets that rest, or were given up, for at least this long, with a write of unknown
    /// outcome or one whose detail holds these words of its writer.
    pub async fn resting_with(&self, words: &str, rested: Duration) -> Result<Vec<String>, Error> {
        let now = self.now_ms();
        let keys = sqlx::query_scalar(RESTING)
            .bind(now.saturating_sub(millis(rested)))
            .bind(now.saturating_sub(millis(LONGEST)))
            .bind(format!("%{words}%"))
            .fetch_all(self.inner.database.reader())
            .await?;
        Ok(keys)
    }

    /// Has a resting target worked on again. `false`: somebody was faster, or it is gone.
    pub async fn again(&self, key: &str) -> Result<bool, Error> {
        // Both parts are constants of this room.
        let sql = sqlx::AssertSqlSafe(format!("{AGAIN} AND state IN ('idle', 'dead')"));
        let done =
            sqlx::query(sql).bind(self.now_ms()).bind(key).execute(self.inner.database.writer()).await?;
        self.inner.woken.notify_one();
        Ok(done.rows_affected() == 1)
    }

    /// Whether this delivery arrived and was stored.
    pub async fn knows(&self, guid: &str) -> Result<bool, Error> {
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM deliveries WHERE guid = $1")
            .bind(guid)
            .fetch_one(self.inner.database.reader())
            .await?;
        Ok(count > 0)
    }
}

const RESTING: &str = "
SELECT DISTINCT w.target_key FROM writes w JOIN targets t ON t.key = w.target_key
WHERE t.state IN ('idle', 'dead') AND t.touched_at <= $1 AND t.touched_at > $2
  AND (w.state = 'intended' OR w.detail LIKE $3)
ORDER BY w.target_key";

#[cfg(test)]
mod tests {
    use super::super::testing::{delivery, open, wake};
    use super::super::{Intent, WriteKind};
    use super::*;
    use crate::domain::Sha;

    #[tokio::test]
    async fn what_rests_with_something_open_is_found_and_worked_on_again() {
        let store = open().await;
        let mut writes = Vec::new();
        for (number, detail) in [(1, "open"), (2, "told"), (3, "told")] {
            store.trigger(wake(1, 1, number)).await;
            let claim = store.claimed().await;
            let head = Sha::parse(&"b".repeat(40)).unwrap();
            let intent = Intent { kind: WriteKind::Check, head, detail: detail.to_owned() };
            writes.push(store.intend(&claim, &intent).await.unwrap());
            assert!(
                store.resting_with("open", Duration::ZERO).await.unwrap().iter().all(|k| *k != claim.key)
            );
            store.finish(&claim).await.unwrap();
        }
        for write in &writes[..2] {
            store.done(*write, Some(1)).await.unwrap();
        }
        let found = store.resting_with("open", Duration::ZERO).await.unwrap();
        assert_eq!(found, ["1/pull/1", "1/pull/3"], "one is open, of one the outcome is unknown");
        assert_eq!(store.resting_with("open", Duration::from_secs(60)).await.unwrap(), [""; 0]);
        assert!(store.again("1/pull/1").await.unwrap());
        assert!(!store.again("1/pull/1").await.unwrap(), "it waits already");
        assert_eq!(store.claim_all().await, ["1/pull/1"]);
    }

    #[tokio::test]
    async fn a_delivery_that_was_stored_is_known() {
        let store = open().await;
        store.accept(delivery("a"), None).await.unwrap();
        assert!(store.knows("a").await.unwrap());
        assert!(!store.knows("b").await.unwrap());
    }
}
