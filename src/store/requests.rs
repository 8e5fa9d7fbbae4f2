//! What people asked about a target, from its delivery to its answer.

use std::time::Duration;

use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};

use super::clock::millis;
use super::database::undisturbed;
use super::wake::Rest;
use super::{Claim, Error, Store};
use crate::domain::{Asked, InstallationId, Target, Wake};

/// A request that is not answered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The id of the delivery that brought it.
    pub id: String,
    pub asked: Asked,
    /// Whether whoever asked was found to be allowed to.
    pub granted: bool,
    pub at_ms: i64,
}

/// How far a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestState {
    /// Whoever asked may ask; what was asked is still to be done.
    Granted,
    /// Whoever asked may not.
    Refused,
    Done,
}

impl Store {
    /// What was asked about the target and is not answered yet, in the order it came.
    pub async fn requests(&self, target: &Target) -> Result<Vec<Request>, Error> {
        let rows = sqlx::query(
            "SELECT id, asked, state, at FROM requests \
             WHERE target_key = $1 AND state IN ('open', 'granted') ORDER BY at, id",
        )
        .bind(target.key())
        .fetch_all(self.inner.database.reader())
        .await?;
        rows.iter().map(read).collect()
    }

    /// Records how far a request of the claimed target is.
    pub async fn answer(&self, claim: &Claim, request: &str, state: RequestState) -> Result<(), Error> {
        sqlx::query("UPDATE requests SET state = $1 WHERE id = $2 AND target_key = $3")
            .bind(state.name())
            .bind(request)
            .bind(&claim.key)
            .execute(self.inner.database.writer())
            .await?;
        Ok(())
    }

    /// Whether this person had another command granted in the time before this request.
    pub async fn asked_lately(
        &self,
        claim: &Claim,
        request: &Request,
        within: Duration,
    ) -> Result<bool, Error> {
        let Asked::Commands { user, .. } = &request.asked else { return Ok(false) };
        let count: i64 = sqlx::query_scalar(
            "SELECT COUNT(*) FROM requests WHERE installation = $1 AND who = $2 AND id <> $3 \
             AND state IN ('granted', 'done') AND at > $4 AND at <= $5",
        )
        .bind(claim.target.repo.installation.0)
        .bind(user)
        .bind(&request.id)
        .bind(request.at_ms.saturating_sub(millis(within)))
        .bind(request.at_ms)
        .fetch_one(self.inner.database.reader())
        .await?;
        Ok(count > 0)
    }

    /// Hands what the claimed target was asked on to others. What was handed on before changes nothing.
    pub async fn pass_on(&self, claim: &Claim, wakes: &[Wake], asked: &Asked) -> Result<(), Error> {
        let mut new = Vec::new();
        for wake in wakes {
            if !self.is_known(&claim.delivery, &wake.target).await? {
                new.push((wake, claim.delivery.as_str()));
            }
        }
        undisturbed(|| self.pass_on_new(claim, &new, asked)).await?;
        self.inner.woken.notify_one();
        Ok(())
    }

    async fn is_known(&self, id: &str, target: &Target) -> Result<bool, Error> {
        let count: i64 =
            sqlx::query_scalar("SELECT COUNT(*) FROM requests WHERE id = $1 AND target_key = $2")
                .bind(id)
                .bind(target.key())
                .fetch_one(self.inner.database.reader())
                .await?;
        Ok(count > 0)
    }

    /// The claimed row comes last: its key does.
    async fn pass_on_new(&self, claim: &Claim, new: &[(&Wake, &str)], asked: &Asked) -> Result<(), Error> {
        let now = self.now_ms();
        let mut tx = self.inner.database.write().await?;
        Rest::new(&self.inner.settings).wake(&mut tx, new, now).await?;
        for (wake, id) in new {
            add(&mut tx, id, (wake.target.repo.installation, &wake.target.key()), asked, now).await?;
        }
        if !self.renew_in(&mut tx, claim, now).await? {
            return Err(Error::LeaseLost);
        }
        Ok(tx.commit().await?)
    }
}

pub(super) async fn add(
    tx: &mut Transaction<'_, Any>,
    id: &str,
    (installation, key): (InstallationId, &str),
    asked: &Asked,
    now: i64,
) -> Result<(), Error> {
    let who = match asked {
        Asked::Commands { user, .. } => user.as_str(),
        Asked::Rerun { .. } => "",
    };
    sqlx::query(
        "INSERT INTO requests (id, target_key, installation, who, asked, state, at) \
         VALUES ($1, $2, $3, $4, $5, 'open', $6) ON CONFLICT (id, target_key) DO NOTHING",
    )
    .bind(id)
    .bind(key)
    .bind(installation.0)
    .bind(who)
    .bind(json(asked)?)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<Request, Error> {
    let (asked, state): (String, String) = (row.try_get("asked")?, row.try_get("state")?);
    let asked = serde_json::from_str(&asked).map_err(|error| Error::Corrupt(format!("requests: {error}")))?;
    Ok(Request { id: row.try_get("id")?, asked, granted: state == "granted", at_ms: row.try_get("at")? })
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Corrupt(error.to_string()))
}

impl RequestState {
    fn name(self) -> &'static str {
        match self {
            RequestState::Granted => "granted",
            RequestState::Refused => "refused",
            RequestState::Done => "done",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Accepted;
    use super::super::testing::{TestStore, delivery, open, wake};
    use super::*;
    use crate::domain::{Command, CommentPlace, CommentRef, Glimpse, Order};

    const MINUTE: Duration = Duration::from_secs(60);

    fn commands(user: &str) -> Asked {
        let comment = CommentRef { id: 5, place: CommentPlace::Conversation, thread: None };
        Asked::Commands { comment, user: user.to_owned(), commands: vec![Command::Rescan] }
    }

    async fn ask(store: &TestStore, id: &str, wake: Wake, asked: Asked) -> Accepted {
        store.obey(delivery(id), &Order::Ask { wake: Box::new(wake), asked }).await.unwrap()
    }

    #[tokio::test]
    async fn a_request_waits_until_it_is_answered() {
        let store = open().await;
        let rerun = Asked::Rerun { head: None };
        assert_eq!(ask(&store, "a", wake(1, 1, 7), rerun.clone()).await, Accepted::New);
        assert_eq!(ask(&store, "a", wake(1, 1, 7), rerun.clone()).await, Accepted::Known);
        ask(&store, "b", wake(1, 1, 7), commands("maintainer")).await;
        let claim = store.claimed().await;
        assert_eq!(claim.generation, 2);
        let ids =
            |requests: Vec<Request>| requests.into_iter().map(|it| (it.id, it.granted)).collect::<Vec<_>>();
        let both = [("a".to_owned(), false), ("b".to_owned(), false)];
        assert_eq!(ids(store.requests(&claim.target).await.unwrap()), both);
        store.answer(&claim, "a", RequestState::Done).await.unwrap();
        store.answer(&claim, "b", RequestState::Granted).await.unwrap();
        assert_eq!(ids(store.requests(&claim.target).await.unwrap()), [("b".to_owned(), true)]);
        store.answer(&claim, "b", RequestState::Refused).await.unwrap();
        assert!(store.requests(&claim.target).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn what_is_asked_tells_nothing_about_the_pull_request() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        let known = store.claimed().await;
        store.finish(&known).await.unwrap();
        let unknown = Wake { glimpse: Glimpse::unknown("octocat"), ..wake(1, 1, 7) };
        ask(&store, "a", unknown, Asked::Rerun { head: None }).await;
        assert_eq!(store.claimed().await.glimpse, known.glimpse);
    }

    #[tokio::test]
    async fn who_asks_too_often_is_known_over_all_pull_requests() {
        let store = open().await;
        ask(&store, "a", wake(1, 1, 7), commands("eager")).await;
        let first = store.claimed().await;
        let request = store.requests(&first.target).await.unwrap().remove(0);
        assert!(!store.asked_lately(&first, &request, MINUTE).await.unwrap());
        store.answer(&first, "a", RequestState::Done).await.unwrap();
        store.advance(MINUTE / 2);
        ask(&store, "b", wake(1, 1, 8), commands("eager")).await;
        ask(&store, "c", wake(1, 1, 8), commands("patient")).await;
        let second = store.claimed().await;
        let requests = store.requests(&second.target).await.unwrap();
        assert!(store.asked_lately(&second, &requests[0], MINUTE).await.unwrap());
        assert!(!store.asked_lately(&second, &requests[0], MINUTE / 4).await.unwrap());
        assert!(!store.asked_lately(&second, &requests[1], MINUTE).await.unwrap());
    }

    #[tokio::test]
    async fn a_request_is_handed_on_once() {
        let store = open().await;
        store.trigger(wake(1, 1, 9)).await;
        let claim = store.claimed().await;
        let wakes = [wake(1, 1, 7), wake(1, 1, 8)];
        for _ in 0..2 {
            store.pass_on(&claim, &wakes, &Asked::Rerun { head: None }).await.unwrap();
        }
        let claims = [store.claimed().await, store.claimed().await];
        assert_eq!(claims.map(|claim| claim.generation), [1, 1]);
        assert_eq!(store.requests(&wakes[1].target).await.unwrap().len(), 1);
    }
}
