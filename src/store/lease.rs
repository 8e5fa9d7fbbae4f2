//! What the holder of a claim may say about it. Each statement holds only while the lease is his: the
//! fence number tells him from whoever claimed the target later.

use std::time::Duration;

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::clock::millis;
use super::{Claim, Error, Store};
use crate::domain::InstallationId;

/// $1 to $3 in every statement of this file.
const OURS: &str = "WHERE key = $1 AND lease_owner = $2 AND fence = $3 AND state = 'running'";

impl Store {
    /// Makes the lease last again from now on. `false`: it was lost, stop.
    pub async fn renew(&self, claim: &Claim) -> Result<bool, Error> {
        let mut tx = self.inner.database.write().await?;
        let renewed = self.renew_in(&mut tx, claim, self.now_ms()).await?;
        tx.commit().await?;
        Ok(renewed)
    }

    /// As part of a transaction that does what only the holder may do.
    pub(super) async fn renew_in(
        &self,
        tx: &mut Transaction<'_, Any>,
        claim: &Claim,
        now: i64,
    ) -> Result<bool, Error> {
        let renewed = sqlx::query(
            "UPDATE targets SET lease_until = $4 \
             WHERE key = $1 AND lease_owner = $2 AND fence = $3 AND state = 'running'",
        )
        .bind(&claim.key)
        .bind(&self.inner.owner)
        .bind(claim.fence)
        .bind(now.saturating_add(millis(self.inner.settings.lease)))
        .execute(&mut **tx)
        .await?;
        Ok(renewed.rows_affected() == 1)
    }

    /// Whether the lease is ours and no newer trigger arrived.
    pub async fn is_current(&self, claim: &Claim) -> Result<bool, Error> {
        let current: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM targets \
             WHERE key = $1 AND lease_owner = $2 AND fence = $3 AND state = 'running' AND generation = $4",
        )
        .bind(&claim.key)
        .bind(&self.inner.owner)
        .bind(claim.fence)
        .bind(claim.generation)
        .fetch_one(self.inner.database.reader())
        .await?;
        Ok(current == 1)
    }

    /// The target says what it should, as of this claim's generation. `false`: the lease was lost.
    ///
    /// A trigger that arrived meanwhile leaves the target waiting.
    pub async fn finish(&self, claim: &Claim) -> Result<bool, Error> {
        let now = self.now_ms();
        self.release(claim, FINISH, |query| query.bind(claim.generation).bind(now)).await
    }

    /// Try the target again after a pause. `false`: the lease was lost.
    ///
    /// What `counts` is a failure: it brings the target nearer to being given up, and a newer trigger
    /// need not wait for the pause. What does not count is a wait that others asked for: the attempt is
    /// taken back, and no trigger shortens the pause.
    pub async fn later(
        &self,
        claim: &Claim,
        delay: Duration,
        why: &str,
        counts: bool,
    ) -> Result<bool, Error> {
        let now = self.now_ms();
        let at = now.saturating_add(millis(delay));
        let sql = if counts { RETRY } else { WAIT };
        self.release(claim, sql, |query| query.bind(claim.generation).bind(now).bind(at).bind(plain(why)))
            .await
    }

    /// Gives the target up until a new trigger arrives. `false`: the lease was lost.
    pub async fn dead(&self, claim: &Claim, incident: &str, error: &str) -> Result<bool, Error> {
        let now = self.now_ms();
        self.release(claim, DEAD, |query| {
            query.bind(claim.generation).bind(now).bind(plain(incident)).bind(plain(error))
        })
        .await
    }

    /// Remembers that for want of a permission the target does not say all it should.
    pub async fn degraded(&self, claim: &Claim) -> Result<(), Error> {
        // Both parts are constants of this file.
        sqlx::query(AssertSqlSafe(format!("UPDATE targets SET degraded = 1 {OURS}")))
            .bind(&claim.key)
            .bind(&self.inner.owner)
            .bind(claim.fence)
            .execute(self.inner.database.writer())
            .await?;
        Ok(())
    }

    /// Nothing of this installation is claimed before this pause is over. Never shortens another pause.
    pub async fn park(&self, installation: InstallationId, pause: Duration) -> Result<(), Error> {
        sqlx::query("UPDATE installations SET parked_until = $1 WHERE id = $2 AND parked_until < $1")
            .bind(self.now_ms().saturating_add(millis(pause)))
            .bind(installation.0)
            .execute(self.inner.database.writer())
            .await?;
        Ok(())
    }

    async fn release<'q>(
        &self,
        claim: &'q Claim,
        set: &str,
        bind: impl FnOnce(Bound<'q>) -> Bound<'q>,
    ) -> Result<bool, Error> {
        // Both parts are constants of this file.
        let sql = AssertSqlSafe(format!(
            "UPDATE targets SET lease_owner = '', lease_until = 0, crashes = 0, {set} {OURS}"
        ));
        let query = sqlx::query(sql).bind(&claim.key).bind(self.inner.owner.clone()).bind(claim.fence);
        let released = bind(query).execute(self.inner.database.writer()).await?;
        self.inner.woken.notify_one();
        Ok(released.rows_affected() == 1)
    }
}

/// PostgreSQL stores no NUL, and words about a failure can hold what a stranger wrote.
fn plain(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}

type Bound<'q> = Query<'q, Any, AnyArguments>;

// In all that follow, $4 is the generation the claim answered and $5 is now.

const FINISH: &str = "state = CASE WHEN generation > $4 THEN 'waiting' ELSE 'idle' END, done_generation = $4, \
                      attempts = 0, parked_until = 0, finished_at = $5, touched_at = $5, incident = '', error = ''";

const RETRY: &str = "state = 'waiting', run_at = CASE WHEN generation > $4 THEN run_at ELSE $6 END, \
                     touched_at = $5, error = $7";

const WAIT: &str = "state = 'waiting', attempts = CASE WHEN attempts > 0 THEN attempts - 1 ELSE 0 END, \
                    run_at = $6, parked_until = $6, touched_at = $5, error = $7";

const DEAD: &str = "state = CASE WHEN generation > $4 THEN 'waiting' ELSE 'dead' END, \
                    touched_at = $5, incident = $6, error = $7";

#[cfg(test)]
mod tests {
    use super::super::testing::{TestStore, open, open_with, wake};
    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    async fn with_claim() -> (TestStore, Claim) {
        let store = open_with(|settings| settings.lease = 24 * HOUR).await;
        store.trigger(wake(1, 1, 7)).await;
        let claim = store.claimed().await;
        (store, claim)
    }

    #[tokio::test]
    async fn a_finished_target_rests_until_a_trigger() {
        let (store, claim) = with_claim().await;
        assert!(store.is_current(&claim).await.unwrap());
        assert!(store.finish(&claim).await.unwrap());
        assert!(!store.finish(&claim).await.unwrap());
        assert_eq!(store.next_due().await.unwrap(), None);
        store.trigger(wake(1, 1, 7)).await;
        assert_eq!(store.claimed().await.attempts, 1);
    }

    #[tokio::test]
    async fn a_trigger_amid_the_work_leaves_the_target_waiting() {
        let (store, claim) = with_claim().await;
        store.trigger(wake(1, 1, 7)).await;
        assert_eq!(store.claim().await.unwrap(), None);
        assert!(!store.is_current(&claim).await.unwrap());
        assert!(store.renew(&claim).await.unwrap());
        assert!(store.finish(&claim).await.unwrap());
        assert_eq!(store.claimed().await.generation, 2);
    }

    #[tokio::test]
    async fn a_failure_is_tried_again_after_its_pause_and_counted() {
        let (store, claim) = with_claim().await;
        assert!(store.later(&claim, HOUR, "GitHub is down", true).await.unwrap());
        assert_eq!(store.claim().await.unwrap(), None);
        store.advance(HOUR);
        assert_eq!(store.claimed().await.attempts, 2);
    }

    #[tokio::test]
    async fn a_trigger_ends_the_pause_after_a_failure() {
        let (store, claim) = with_claim().await;
        store.later(&claim, HOUR, "GitHub is down", true).await.unwrap();
        store.trigger(wake(1, 1, 7)).await;
        assert_eq!(store.claimed().await.attempts, 1);
    }

    #[tokio::test]
    async fn a_failure_amid_which_a_trigger_came_makes_nobody_wait() {
        let (store, claim) = with_claim().await;
        store.trigger(wake(1, 1, 7)).await;
        store.later(&claim, HOUR, "superseded", true).await.unwrap();
        assert_eq!(store.claimed().await.generation, 2);
    }

    #[tokio::test]
    async fn no_trigger_shortens_a_wait_that_others_asked_for() {
        let (store, claim) = with_claim().await;
        store.later(&claim, HOUR, "retry after an hour", false).await.unwrap();
        store.trigger(wake(1, 1, 7)).await;
        assert_eq!(store.claim().await.unwrap(), None);
        store.advance(HOUR);
        assert_eq!(store.claimed().await.attempts, 1);
    }

    #[tokio::test]
    async fn a_parked_installation_waits_whole_and_others_go_on() {
        let store = open().await;
        store.trigger(wake(1, 1, 1)).await;
        store.trigger(wake(1, 2, 2)).await;
        store.trigger(wake(2, 3, 3)).await;
        store.park(InstallationId(1), HOUR).await.unwrap();
        store.park(InstallationId(1), Duration::ZERO).await.unwrap();
        store.trigger(wake(1, 1, 1)).await;
        assert_eq!(store.claim_all().await, ["3/pull/3"]);
        store.advance(HOUR);
        assert_eq!(store.claim_all().await.len(), 3);
    }

    #[tokio::test]
    async fn what_was_given_up_waits_for_a_new_trigger() {
        let (store, claim) = with_claim().await;
        assert!(store.dead(&claim, "4f2a", "it failed").await.unwrap());
        assert_eq!(store.depth().await.unwrap().dead, 1);
        assert_eq!(store.next_due().await.unwrap(), None);
        store.trigger(wake(1, 1, 7)).await;
        let claim = store.claimed().await;
        assert_eq!((claim.attempts, claim.generation), (1, 2));
    }

    #[tokio::test]
    async fn what_was_given_up_amid_a_trigger_is_not_dead() {
        let (store, claim) = with_claim().await;
        store.trigger(wake(1, 1, 7)).await;
        assert!(store.dead(&claim, "4f2a", "it failed").await.unwrap());
        assert_eq!(store.claimed().await.attempts, 1);
    }
}
