//! What was written where: one row per write to GitHub, recorded before it is sent.

use sqlx::Row;
use sqlx::any::AnyRow;

use super::{Claim, Error, Store};
use crate::domain::{Sha, Target};

/// Names one recorded write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WriteId(pub i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    Check,
    CheckUpdate,
    Review,
    FileComment,
    /// A sign under somebody's comment.
    Reaction,
    /// Words in the conversation, to somebody who asked.
    Reply,
    /// Our own comments, folded away.
    Fold,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteState {
    /// About to be sent, or sent with an unknown outcome.
    Intended,
    /// GitHub carried it out.
    Done,
    /// GitHub refused it, or it never left.
    Void,
}

/// A write about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub kind: WriteKind,
    /// The commit it speaks about.
    pub head: Sha,
    /// Whatever the writer needs to recognise it later, as JSON. The store does not read it.
    pub detail: String,
}

/// A recorded write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    pub id: WriteId,
    pub kind: WriteKind,
    pub head: Sha,
    pub state: WriteState,
    /// When it was intended, in milliseconds since 1970.
    pub at_ms: i64,
    /// GitHub's id of what was written, once known.
    pub github_id: Option<i64>,
    pub detail: String,
}

impl Store {
    /// Records that a write is about to be sent, and renews the lease, so that the write ends before it does.
    ///
    /// Fails with [`Error::LeaseLost`] where the claim is no longer ours: then nothing may be sent.
    pub async fn intend(&self, claim: &Claim, intent: &Intent) -> Result<WriteId, Error> {
        let now = self.now_ms();
        let mut tx = self.inner.database.write().await?;
        if !self.renew_in(&mut tx, claim, now).await? {
            return Err(Error::LeaseLost);
        }
        let id: i64 = sqlx::query_scalar(
            "INSERT INTO writes (target_key, kind, head, state, at, detail) \
             VALUES ($1, $2, $3, 'intended', $4, $5) RETURNING id",
        )
        .bind(&claim.key)
        .bind(intent.kind.name())
        .bind(intent.head.as_str())
        .bind(now)
        .bind(&intent.detail)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(WriteId(id))
    }

    /// GitHub carried the write out.
    pub async fn done(&self, write: WriteId, github_id: Option<i64>) -> Result<(), Error> {
        sqlx::query("UPDATE writes SET state = 'done', github_id = $1 WHERE id = $2")
            .bind(github_id)
            .bind(write.0)
            .execute(self.inner.database.writer())
            .await?;
        Ok(())
    }

    /// The write was not carried out and never will be.
    pub async fn void(&self, write: WriteId) -> Result<(), Error> {
        sqlx::query("UPDATE writes SET state = 'void' WHERE id = $1")
            .bind(write.0)
            .execute(self.inner.database.writer())
            .await?;
        Ok(())
    }

    /// All recorded writes of a target, oldest first.
    pub async fn writes(&self, target: &Target) -> Result<Vec<Write>, Error> {
        self.writes_of(&target.key()).await
    }

    /// The same, for the target of this key.
    pub async fn writes_of(&self, key: &str) -> Result<Vec<Write>, Error> {
        let rows = sqlx::query(
            "SELECT id, kind, head, state, at, github_id, detail FROM writes WHERE target_key = $1 ORDER BY id",
        )
        .bind(key)
        .fetch_all(self.inner.database.reader())
        .await?;
        rows.iter().map(read).collect()
    }
}

pub(super) fn read(row: &AnyRow) -> Result<Write, Error> {
    let (kind, state): (String, String) = (row.try_get("kind")?, row.try_get("state")?);
    let head: String = row.try_get("head")?;
    let unknown = |what: &str| Error::Corrupt(format!("writes: {what}"));
    Ok(Write {
        id: WriteId(row.try_get("id")?),
        kind: WriteKind::named(&kind).ok_or_else(|| unknown(&kind))?,
        head: Sha::parse(&head).ok_or_else(|| unknown(&head))?,
        state: WriteState::named(&state).ok_or_else(|| unknown(&state))?,
        at_ms: row.try_get("at")?,
        github_id: row.try_get("github_id")?,
        detail: row.try_get("detail")?,
    })
}

impl WriteKind {
    const ALL: [WriteKind; 7] = [
        WriteKind::Check,
        WriteKind::CheckUpdate,
        WriteKind::Review,
        WriteKind::FileComment,
        WriteKind::Reaction,
        WriteKind::Reply,
        WriteKind::Fold,
    ];

    fn name(self) -> &'static str {
        match self {
            WriteKind::Check => "check",
            WriteKind::CheckUpdate => "check update",
            WriteKind::Review => "review",
            WriteKind::FileComment => "file comment",
            WriteKind::Reaction => "reaction",
            WriteKind::Reply => "reply",
            WriteKind::Fold => "fold",
        }
    }

    fn named(name: &str) -> Option<WriteKind> {
        WriteKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl WriteState {
    fn named(name: &str) -> Option<WriteState> {
        match name {
            "intended" => Some(WriteState::Intended),
            "done" => Some(WriteState::Done),
            "void" => Some(WriteState::Void),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::testing::{open, wake};
    use super::*;

    fn intent(kind: WriteKind) -> Intent {
        Intent { kind, head: Sha::parse(&"b".repeat(40)).unwrap(), detail: r#"{"a":"é"}"#.to_owned() }
    }

    #[tokio::test]
    async fn what_was_written_is_remembered_in_order() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        let claim = store.claimed().await;
        for kind in WriteKind::ALL {
            store.intend(&claim, &intent(kind)).await.unwrap();
        }
        let ids: Vec<WriteId> = store.writes(&claim.target).await.unwrap().iter().map(|w| w.id).collect();
        store.done(ids[0], Some(77)).await.unwrap();
        store.done(ids[1], None).await.unwrap();
        store.void(ids[2]).await.unwrap();
        let writes = store.writes(&claim.target).await.unwrap();
        let states: Vec<_> = writes.iter().map(|w| (w.kind, w.state, w.github_id)).collect();
        assert_eq!(
            states,
            [
                (WriteKind::Check, WriteState::Done, Some(77)),
                (WriteKind::CheckUpdate, WriteState::Done, None),
                (WriteKind::Review, WriteState::Void, None),
                (WriteKind::FileComment, WriteState::Intended, None),
                (WriteKind::Reaction, WriteState::Intended, None),
                (WriteKind::Reply, WriteState::Intended, None),
                (WriteKind::Fold, WriteState::Intended, None),
            ]
        );
        assert_eq!(writes[0].detail, r#"{"a":"é"}"#);
        assert!(store.writes(&wake(1, 1, 8).target).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn nothing_is_intended_without_a_lease() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        let claim = store.claimed().await;
        store.advance(Duration::from_secs(60));
        store.claimed().await;
        let refused = store.intend(&claim, &intent(WriteKind::Review)).await;
        assert!(matches!(refused, Err(Error::LeaseLost)), "{refused:?}");
        assert!(store.writes(&claim.target).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn an_intent_renews_the_lease() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        let claim = store.claimed().await;
        store.advance(Duration::from_secs(50));
        store.intend(&claim, &intent(WriteKind::Check)).await.unwrap();
        store.advance(Duration::from_secs(50));
        assert_eq!(store.claim().await.unwrap(), None);
    }
}
