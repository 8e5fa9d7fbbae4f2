//! Whose turn it is.
//!
//! Fair at three levels: installations, the repositories of one, the authors of one repository. At each
//! level whoever has the fewest running comes first, then whoever was served longest ago.

use sqlx::{Any, Transaction};

use super::Error;

/// A target whose claims ended without a word this often is worked on while no other such target is:
/// one of them kills the process, and the others must not be given up for it.
const SUSPECT: i64 = 2;

/// Whose turn it is.
pub(super) struct Turn {
    pub(super) installation: i64,
    pub(super) repo: i64,
    pub(super) author: String,
    /// The place of this claim in the order of claims.
    pub(super) served: i64,
    /// Targets that crashed more often than this are left alone.
    pub(super) crashes: i64,
}

pub(super) enum Next {
    /// Nothing is due.
    Nobody,
    /// Another replica took what was due; something else may be.
    Overtaken,
    Turn(Turn),
}

pub(super) async fn next(tx: &mut Transaction<'_, Any>, now: i64) -> Result<Next, Error> {
    let suspects: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM targets WHERE state = 'running' AND crashes >= $1")
            .bind(SUSPECT)
            .fetch_one(&mut **tx)
            .await?;
    let crashes = if suspects == 0 { i64::MAX } else { SUSPECT - 1 };
    let installation: Option<i64> =
        sqlx::query_scalar(INSTALLATION).bind(now).bind(crashes).fetch_optional(&mut **tx).await?;
    match installation {
        Some(installation) => within(tx, now, crashes, installation).await,
        None => Ok(Next::Nobody),
    }
}

/// To serve an installation locks its row: of one installation, one claim is made at a time, by what the
/// others left.
async fn within(
    tx: &mut Transaction<'_, Any>,
    now: i64,
    crashes: i64,
    installation: i64,
) -> Result<Next, Error> {
    let served = sqlx::query_scalar(SERVE).bind(installation);
    let Some(served): Option<i64> = served.fetch_optional(&mut **tx).await? else {
        return Ok(Next::Overtaken);
    };
    let repo = sqlx::query_scalar(REPO).bind(now).bind(crashes).bind(installation);
    let Some(repo): Option<i64> = repo.fetch_optional(&mut **tx).await? else {
        return Ok(Next::Overtaken);
    };
    let author = sqlx::query_scalar(AUTHOR).bind(now).bind(crashes).bind(installation).bind(repo);
    let Some(author): Option<String> = author.fetch_optional(&mut **tx).await? else {
        return Ok(Next::Overtaken);
    };
    Ok(Next::Turn(Turn { installation, repo, author, served, crashes }))
}

const SERVE: &str = "
UPDATE installations SET served = (SELECT MAX(served) FROM installations) + 1 WHERE id = $1
RETURNING served";

const INSTALLATION: &str = "
SELECT i.id FROM installations i
WHERE i.parked_until <= $1
  AND EXISTS (SELECT 1 FROM targets t
              WHERE t.installation = i.id AND t.state = 'waiting' AND t.run_at <= $1 AND t.crashes <= $2)
ORDER BY (SELECT COUNT(*) FROM targets r WHERE r.installation = i.id AND r.state = 'running'), i.served, i.id
LIMIT 1";

const REPO: &str = "
SELECT t.repo FROM targets t
WHERE t.installation = $3 AND t.state = 'waiting' AND t.run_at <= $1 AND t.crashes <= $2
GROUP BY t.repo
ORDER BY (SELECT COUNT(*) FROM targets r WHERE r.repo = t.repo AND r.state = 'running'),
         (SELECT MAX(s.served) FROM targets s WHERE s.repo = t.repo), t.repo
LIMIT 1";

const AUTHOR: &str = "
SELECT t.author FROM targets t
WHERE t.installation = $3 AND t.repo = $4 AND t.state = 'waiting' AND t.run_at <= $1 AND t.crashes <= $2
GROUP BY t.author
ORDER BY (SELECT COUNT(*) FROM targets r WHERE r.repo = $4 AND r.author = t.author AND r.state = 'running'),
         (SELECT MAX(s.served) FROM targets s WHERE s.repo = $4 AND s.author = t.author), t.author
LIMIT 1";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::testing::{open, wake, wake_by};

    #[tokio::test]
    async fn installations_take_turns() {
        let store = open().await;
        for number in 0..3 {
            store.trigger(wake(1, 1, number)).await;
        }
        store.trigger(wake(2, 2, 0)).await;
        store.trigger(wake(3, 3, 0)).await;
        let keys = store.claim_all().await;
        assert_eq!(keys, ["1/pull/0", "2/pull/0", "3/pull/0", "1/pull/1", "1/pull/2"]);
    }

    #[tokio::test]
    async fn of_equals_the_one_served_longest_ago_comes_first() {
        let store = open().await;
        for number in 0..3 {
            store.trigger(wake(1, 1, number)).await;
            store.trigger(wake(2, 2, number)).await;
        }
        let mut keys = Vec::new();
        while let Some(claim) = store.claim().await.unwrap() {
            store.finish(&claim).await.unwrap();
            keys.push(claim.key);
        }
        assert_eq!(keys, ["1/pull/0", "2/pull/0", "1/pull/1", "2/pull/1", "1/pull/2", "2/pull/2"]);
    }

    #[tokio::test]
    async fn within_an_installation_repositories_and_authors_take_turns() {
        let store = open().await;
        for number in 0..3 {
            store.trigger(wake_by("eager", number)).await;
        }
        store.trigger(wake_by("patient", 8)).await;
        store.trigger(wake(1, 2, 9)).await;
        let keys = store.claim_all().await;
        assert_eq!(keys, ["1/pull/0", "2/pull/9", "1/pull/8", "1/pull/1", "1/pull/2"]);
    }

    #[tokio::test]
    async fn what_kills_the_process_does_not_take_others_with_it() {
        let store = open().await;
        for number in 0..3 {
            store.trigger(wake(1, 1, number)).await;
        }
        for _ in 0..2 {
            assert_eq!(store.claim_all().await.len(), 3);
            store.advance(Duration::from_secs(60));
        }
        let alone = store.claimed().await;
        assert_eq!(alone.attempts, 3);
        store.trigger(wake(2, 2, 9)).await;
        assert_eq!(store.claim_all().await, ["2/pull/9"]);
        store.finish(&alone).await.unwrap();
        assert_eq!(store.claim_all().await.len(), 1);
    }
}
