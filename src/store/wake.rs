//! A trigger: the target may have changed, look at it again.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AssertSqlSafe, Transaction};

use super::clock::millis;
use super::database::Database;
use super::rows::{Rows, Shape};
use super::{Error, Settings};
use crate::domain::{Glimpse, Wake};

/// How long a target rests after a trigger, and how long triggers can put it off in all.
pub(super) struct Rest {
    debounce: i64,
    starvation: i64,
    installations: Rows,
    targets: Rows,
}

impl Rest {
    pub(super) fn new(settings: &Settings) -> Rest {
        Rest {
            debounce: millis(settings.debounce),
            starvation: millis(settings.starvation),
            installations: Rows::new(&INSTALLATIONS),
            targets: Rows::new(&TARGETS),
        }
    }

    /// Each trigger with the delivery that brought it, in the order of their arrival.
    pub(super) async fn wake(
        &self,
        tx: &mut Transaction<'_, Any>,
        triggers: &[(&Wake, &str)],
        now: i64,
    ) -> Result<(), Error> {
        self.know(tx, triggers.iter().map(|(wake, _)| wake.target.repo.installation.0).collect()).await?;
        for triggers in apart(triggers) {
            for (sql, triggers) in self.targets.of(&triggers) {
                let shared = sqlx::query(sql).bind(now + self.debounce).bind(now).bind(self.starvation);
                triggers.iter().try_fold(shared, bind)?.execute(&mut **tx).await?;
            }
        }
        Ok(())
    }

    async fn know(&self, tx: &mut Transaction<'_, Any>, ids: BTreeSet<i64>) -> Result<(), Error> {
        let ids: Vec<i64> = ids.into_iter().collect();
        for (sql, ids) in self.installations.of(&ids) {
            let query = ids.iter().fold(sqlx::query(sql), |query, id| query.bind(*id));
            query.execute(&mut **tx).await?;
        }
        Ok(())
    }
}

fn bind<'q>(query: Bound<'q>, trigger: &'q Trigger<'q>) -> Result<Bound<'q>, Error> {
    let (key, Wake { target, glimpse }, guid) = trigger;
    Ok(query
        .bind(key)
        .bind(target.repo.installation.0)
        .bind(target.repo.id.0)
        .bind(&target.repo.name.owner)
        .bind(&target.repo.name.name)
        .bind(json(&target.subject)?)
        .bind(json(glimpse)?)
        .bind(seen_at(glimpse))
        .bind(&glimpse.author)
        .bind(*guid))
}

type Bound<'q> = Query<'q, Any, AnyArguments>;
type Trigger<'t> = (String, &'t Wake, &'t str);

/// The triggers in groups, in none of which a target occurs twice: one statement changes a row once.
/// Each group is in the order of keys; of one target, the earlier trigger is in the earlier group.
fn apart<'t>(triggers: &[(&'t Wake, &'t str)]) -> Vec<Vec<Trigger<'t>>> {
    let mut groups: Vec<BTreeMap<String, Trigger<'t>>> = Vec::new();
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (wake, guid) in triggers {
        let key = wake.target.key();
        let group = seen.entry(key.clone()).or_default();
        if *group == groups.len() {
            groups.push(BTreeMap::new());
        }
        groups[*group].insert(key.clone(), (key, wake, guid));
        *group += 1;
    }
    groups.into_iter().map(|group| group.into_values().collect()).collect()
}

/// Targets that were given up are tried again; one that another is just changing is not given up.
pub(super) async fn revive(
    database: &Database,
    tx: &mut Transaction<'_, Any>,
    wakes: &[&Wake],
    now: i64,
) -> Result<(), Error> {
    // Both parts are constants.
    let sql: Arc<str> = format!("{REVIVE} {})", database.unless_locked()).into();
    for key in wakes.iter().map(|wake| wake.target.key()).collect::<BTreeSet<_>>() {
        sqlx::query(AssertSqlSafe(sql.clone())).bind(now).bind(key).execute(&mut **tx).await?;
    }
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

const REVIVE: &str = "
UPDATE targets SET state = 'waiting', generation = generation + 1, attempts = 0, run_at = $1, touched_at = $1
WHERE key IN (SELECT key FROM targets WHERE key = $2 AND state = 'dead'";

const INSTALLATIONS: Shape = Shape {
    head: "INSERT INTO installations (id) VALUES",
    shared: 0,
    own: 1,
    also: "",
    tail: "ON CONFLICT (id) DO NOTHING",
};

/// $1 is the end of the rest after this trigger, $2 now, $3 the longest time triggers can put off.
const TARGETS: Shape = Shape {
    head: "INSERT INTO targets (key, installation, repo, owner, name, subject, glimpse, glimpse_at, author, delivery,
                                state, generation, run_at, first_waiting, touched_at)
           VALUES",
    shared: 3,
    own: 10,
    also: ", 'waiting', 1, $1, $2, $2",
    tail: AGAIN,
};

/// Deliveries arrive in any order: what the newest `updated_at` told is kept, of equals the later arrival.
/// A newer trigger is new content: the attempts begin anew.
const AGAIN: &str = "
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
        WHEN targets.first_waiting = 0 OR targets.first_waiting + $3 >= excluded.run_at THEN
            CASE WHEN targets.parked_until > excluded.run_at THEN targets.parked_until ELSE excluded.run_at END
        WHEN targets.parked_until > targets.first_waiting + $3 THEN targets.parked_until
        ELSE targets.first_waiting + $3 END,
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
