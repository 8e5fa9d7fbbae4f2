//! Commits that several targets speak about: what each said there, and whose turn it is to speak.

use sqlx::Row;
use sqlx::any::AnyRow;

use super::clock::millis;
use super::{Claim, Error, Store, Write, outbox};
use crate::domain::{Glimpse, InstallationId, Repo, RepoId, RepoName, Sha, Subject, Target};

/// A check run that was made or changed, and the target that did it as it is now.
#[derive(Clone, Debug)]
pub struct Said {
    pub key: String,
    pub subject: Subject,
    pub glimpse: Glimpse,
    pub write: Write,
}

impl Store {
    /// Takes the turn to speak about this commit, for as long as a lease lasts.
    ///
    /// Fails with [`Error::Occupied`] while another target has it.
    pub async fn hold(&self, claim: &Claim, head: &Sha) -> Result<(), Error> {
        let now = self.now_ms();
        let held = sqlx::query(
            "INSERT INTO slots (repo, head, holder, until) VALUES ($1, $2, $3, $4) \
             ON CONFLICT (repo, head) DO UPDATE SET holder = excluded.holder, until = excluded.until \
             WHERE slots.holder = excluded.holder OR slots.until <= $5",
        )
        .bind(claim.target.repo.id.0)
        .bind(head.as_str())
        .bind(&claim.key)
        .bind(now.saturating_add(millis(self.inner.settings.lease)))
        .bind(now)
        .execute(self.inner.database.writer())
        .await?;
        match held.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Occupied),
        }
    }

    /// Gives the turn back.
    pub async fn let_go(&self, claim: &Claim, head: &Sha) -> Result<(), Error> {
        sqlx::query("DELETE FROM slots WHERE repo = $1 AND head = $2 AND holder = $3")
            .bind(claim.target.repo.id.0)
            .bind(head.as_str())
            .bind(&claim.key)
            .execute(self.inner.database.writer())
            .await?;
        Ok(())
    }

    /// The commits that this target has a check run on, and another target as well.
    pub async fn shared_heads(&self, target: &Target) -> Result<Vec<Sha>, Error> {
        let heads: Vec<String> = sqlx::query_scalar(SHARED)
            .bind(target.key())
            .bind(target.repo.id.0)
            .fetch_all(self.inner.database.reader())
            .await?;
        Ok(heads.iter().filter_map(|head| Sha::parse(head)).collect())
    }

    /// The targets that have a check run of ours on this commit, as far as we remember.
    pub async fn targets_at(&self, repo: RepoId, head: &Sha) -> Result<Vec<Target>, Error> {
        let rows = sqlx::query(TARGETS)
            .bind(repo.0)
            .bind(head.as_str())
            .fetch_all(self.inner.database.reader())
            .await?;
        rows.iter().map(target).collect()
    }

    /// The check runs that were made or changed on a commit, oldest first.
    pub async fn said_at(&self, repo: RepoId, head: &Sha) -> Result<Vec<Said>, Error> {
        let rows = sqlx::query(SAID)
            .bind(repo.0)
            .bind(head.as_str())
            .fetch_all(self.inner.database.reader())
            .await?;
        rows.iter().map(said).collect()
    }
}

fn said(row: &AnyRow) -> Result<Said, Error> {
    let json = |column: &str| row.try_get::<String, _>(column);
    let unreadable = |error: serde_json::Error| Error::Corrupt(format!("targets: {error}"));
    Ok(Said {
        key: row.try_get("key")?,
        subject: serde_json::from_str(&json("subject")?).map_err(unreadable)?,
        glimpse: serde_json::from_str(&json("glimpse")?).map_err(unreadable)?,
        write: outbox::read(row)?,
    })
}

fn target(row: &AnyRow) -> Result<Target, Error> {
    let (owner, name): (String, String) = (row.try_get("owner")?, row.try_get("name")?);
    let subject: String = row.try_get("subject")?;
    let subject: Subject =
        serde_json::from_str(&subject).map_err(|error| Error::Corrupt(format!("subject: {error}")))?;
    let repo = Repo {
        installation: InstallationId(row.try_get("installation")?),
        id: RepoId(row.try_get("repo")?),
        name: RepoName { owner, name },
    };
    Ok(Target { repo, subject })
}

const TARGETS: &str = "
SELECT DISTINCT t.installation, t.repo, t.owner, t.name, t.subject, t.key
FROM targets t JOIN writes w ON w.target_key = t.key
WHERE t.repo = $1 AND w.head = $2 AND w.kind = 'check' AND w.state = 'done' ORDER BY t.key";

const SHARED: &str = "
SELECT DISTINCT w.head FROM writes w
WHERE w.target_key = $1 AND w.kind = 'check' AND w.state = 'done' AND EXISTS (
    SELECT 1 FROM writes o JOIN targets t ON t.key = o.target_key
    WHERE o.head = w.head AND o.target_key <> w.target_key AND t.repo = $2
      AND o.kind = 'check' AND o.state = 'done')";

const SAID: &str = "
SELECT t.key, t.subject, t.glimpse, w.id, w.kind, w.head, w.state, w.at, w.github_id, w.detail
FROM writes w JOIN targets t ON t.key = w.target_key
WHERE t.repo = $1 AND w.head = $2 AND w.kind IN ('check', 'check update') AND w.state = 'done' ORDER BY w.id";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::testing::{open, wake};
    use super::super::{Intent, WriteKind};
    use super::*;

    #[tokio::test]
    async fn one_target_at_a_time_speaks_about_a_commit() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        store.trigger(wake(1, 1, 8)).await;
        let (one, other) = (store.claimed().await, store.claimed().await);
        let head = Sha::parse(&"a".repeat(40)).unwrap();
        store.hold(&one, &head).await.unwrap();
        store.hold(&one, &head).await.unwrap();
        assert!(matches!(store.hold(&other, &head).await, Err(Error::Occupied)));
        store.let_go(&other, &head).await.unwrap();
        assert!(store.hold(&other, &head).await.is_err());
        store.let_go(&one, &head).await.unwrap();
        store.hold(&other, &head).await.unwrap();
        store.advance(Duration::from_secs(61));
        store.hold(&one, &head).await.unwrap();
    }

    #[tokio::test]
    async fn a_commit_is_shared_where_two_targets_have_runs_on_it() {
        let store = open().await;
        let head = Sha::parse(&"a".repeat(40)).unwrap();
        for number in [7, 8] {
            store.trigger(wake(1, 1, number)).await;
            let claim = store.claimed().await;
            assert!(store.shared_heads(&claim.target).await.unwrap().is_empty());
            let intent = Intent { kind: WriteKind::Check, head: head.clone(), detail: "{}".to_owned() };
            let write = store.intend(&claim, &intent).await.unwrap();
            store.done(write, Some(number)).await.unwrap();
        }
        let target = wake(1, 1, 7).target;
        assert_eq!(store.shared_heads(&target).await.unwrap(), std::slice::from_ref(&head));
        let targets = store.targets_at(target.repo.id, &head).await.unwrap();
        assert_eq!(targets, [target.clone(), wake(1, 1, 8).target]);
        let said = store.said_at(target.repo.id, &head).await.unwrap();
        let keys: Vec<&str> = said.iter().map(|said| said.key.as_str()).collect();
        assert_eq!(keys, ["1/pull/7", "1/pull/8"]);
    }
}
