//! A trigger: the target may have changed, look at it again.

use sqlx::{Any, Transaction};

use super::clock::millis;
use super::{Error, Settings};
use crate::domain::{Glimpse, Wake};

/// How long a target rests after a trigger, and how long triggers can put it off in all.
pub(super) struct Rest {
    debounce: i64,
    starvation: i64,
}

impl Rest {
    pub(super) fn new(settings: &Settings) -> Rest {
        Rest { debounce: millis(settings.debounce), starvation: millis(settings.starvation) }
    }

    pub(super) async fn wake(
        &self,
        tx: &mut Transaction<'_, Any>,
        wake: &Wake,
        guid: &str,
        now: i64,
    ) -> Result<(), Error> {
        let Wake { target, glimpse } = wake;
        sqlx::query("INSERT INTO installations (id) VALUES ($1) ON CONFLICT (id) DO NOTHING")
            .bind(target.repo.installation.0)
            .execute(&mut **tx)
            .await?;
        sqlx::query(WAKE)
            .bind(target.key())
            .bind(target.repo.installation.0)
            .bind(target.repo.id.0)
            .bind(&target.repo.name.owner)
            .bind(&target.repo.name.name)
            .bind(json(&target.subject)?)
            .bind(json(glimpse)?)
            .bind(seen_at(glimpse))
            .bind(&glimpse.author)
            .bind(guid)
            .bind(now + self.debounce)
            .bind(now)
            .bind(self.starvation)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}

/// A target that was given up is tried again.
pub(super) async fn revive(tx: &mut Transaction<'_, Any>, wake: &Wake, now: i64) -> Result<(), Error> {
    sqlx::query(
        "UPDATE targets SET state = 'waiting', generation = generation + 1, attempts = 0, run_at = $1, \
         touched_at = $1 WHERE key = $2 AND state = 'dead'",
    )
    .bind(now)
    .bind(wake.target.key())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// What orders the glimpses of a target. GitHub tells whole seconds; of two glimpses of one second the open
/// one counts, because its review looks at GitHub and finds out, while nobody looks at what is closed.
fn seen_at(glimpse: &Glimpse) -> String {
    format!("{}{}", glimpse.updated_at, if glimpse.open { "+" } else { "" })
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Corrupt(error.to_string()))
}

/// $11 is the end of the rest after this trigger, $12 now, $13 the longest time triggers can put off.
///
/// Deliveries arrive in any order: what the newest `updated_at` told is kept, of equals the later arrival.
/// A newer trigger is new content: the attempts begin anew.
const WAKE: &str = "
INSERT INTO targets (key, installation, repo, owner, name, subject, glimpse, glimpse_at, author, delivery,
                     state, generation, run_at, first_waiting, touched_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', 1, $11, $12, $12)
ON CONFLICT (key) DO UPDATE SET
    installation = CASE WHEN excluded.glimpse_at >= targets.glimpse_at
                        THEN excluded.installation ELSE targets.installation END,
    owner = CASE WHEN excluded.glimpse_at >= targets.glimpse_at THEN excluded.owner ELSE targets.owner END,
    name = CASE WHEN excluded.glimpse_at >= targets.glimpse_at THEN excluded.name ELSE targets.name END,
    glimpse = CASE WHEN excluded.glimpse_at >= targets.glimpse_at THEN excluded.glimpse ELSE targets.glimpse END,
    author = CASE WHEN excluded.glimpse_at >= targets.glimpse_at THEN excluded.author ELSE targets.author END,
    glimpse_at = CASE WHEN excluded.glimpse_at >= targets.glimpse_at
                      THEN excluded.glimpse_at ELSE targets.glimpse_at END,
    delivery = excluded.delivery,
    state = CASE WHEN targets.state = 'running' THEN 'running' ELSE 'waiting' END,
    generation = targets.generation + 1,
    attempts = 0,
    degraded = 0,
    first_waiting = CASE WHEN targets.first_waiting = 0
                         THEN excluded.first_waiting ELSE targets.first_waiting END,
    run_at = CASE
        WHEN targets.first_waiting = 0 OR targets.first_waiting + $13 >= excluded.run_at THEN
            CASE WHEN targets.parked_until > excluded.run_at THEN targets.parked_until ELSE excluded.run_at END
        WHEN targets.parked_until > targets.first_waiting + $13 THEN targets.parked_until
        ELSE targets.first_waiting + $13 END,
    touched_at = excluded.touched_at";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::Accepted;
    use super::super::testing::{delivery, open, open_with, wake};

    async fn newest_of(updates: &[(&str, &str)]) -> String {
        let store = open().await;
        for (updated_at, action) in updates {
            let mut wake = wake(1, 1, 7);
            wake.glimpse.updated_at = (*updated_at).to_owned();
            wake.glimpse.action = (*action).to_owned();
            store.trigger(wake).await;
        }
        store.claimed().await.glimpse.action
    }

    #[tokio::test]
    async fn pushes_in_quick_succession_are_one_claim() {
        let store = open_with(|settings| settings.debounce = Duration::from_secs(2)).await;
        for _ in 0..5 {
            store.trigger(wake(1, 1, 7)).await;
            assert_eq!(store.claim().await.unwrap(), None);
            store.advance(Duration::from_secs(1));
        }
        store.advance(Duration::from_secs(1));
        assert_eq!(store.claimed().await.generation, 5);
        assert_eq!(store.claim().await.unwrap(), None);
    }

    #[tokio::test]
    async fn steady_pushes_do_not_starve_a_target() {
        let store = open_with(|settings| settings.debounce = Duration::from_secs(2)).await;
        for _ in 0..30 {
            store.trigger(wake(1, 1, 7)).await;
            store.advance(Duration::from_secs(1));
        }
        assert_eq!(store.claimed().await.generation, 30);
    }

    #[tokio::test]
    async fn the_newest_glimpse_is_kept_in_whatever_order_deliveries_arrive() {
        let (early, late) = ("2026-11-21T10:00:00Z", "2026-11-21T10:00:01Z");
        assert_eq!(newest_of(&[(early, "opened"), (late, "closed")]).await, "closed");
        assert_eq!(newest_of(&[(late, "closed"), (early, "opened")]).await, "closed");
        assert_eq!(newest_of(&[(late, "closed"), (late, "reopened")]).await, "reopened");
    }

    #[tokio::test]
    async fn a_redelivery_tries_again_what_was_given_up() {
        let store = open().await;
        store.accept(delivery("a"), Some(wake(1, 1, 7))).await.unwrap();
        let claim = store.claimed().await;
        assert!(store.dead(&claim, "incident", "error").await.unwrap());
        assert_eq!(store.claim().await.unwrap(), None);
        assert_eq!(store.accept(delivery("a"), Some(wake(1, 1, 7))).await.unwrap(), Accepted::Known);
        assert_eq!(store.claimed().await.attempts, 1);
    }
}
