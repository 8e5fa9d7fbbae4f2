//! What audits said, by the content they were about.

use super::{Error, Store};
use crate::domain::{Repo, Sha};

/// What a verdict depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerdictKey {
    pub repo: Repo,
    /// The content: a tree, or the blob of one file.
    pub tree: Sha,
    /// What makes it a change: the commit it was compared with, whose policy held; of one file its patch.
    pub base: Sha,
    /// Names the version and the settings of whoever made it.
    pub maker: String,
}

impl Store {
    /// What was said of this content, as its writer wrote it.
    pub async fn verdict(&self, key: &VerdictKey) -> Result<Option<String>, Error> {
        let said = sqlx::query_scalar(
            "SELECT said FROM verdicts WHERE repo = $1 AND tree = $2 AND base = $3 AND maker = $4",
        )
        .bind(key.repo.id.0)
        .bind(key.tree.as_str())
        .bind(key.base.as_str())
        .bind(&key.maker)
        .fetch_optional(self.inner.database.reader())
        .await?;
        Ok(said)
    }

    /// Keeps what was said of this content, in place of what was said before.
    pub async fn keep_verdict(&self, key: &VerdictKey, said: &str) -> Result<(), Error> {
        self.keep_verdicts(&[(key.clone(), said.to_owned())]).await
    }

    /// Keeps what was said of each of these contents, all or nothing.
    pub async fn keep_verdicts(&self, verdicts: &[(VerdictKey, String)]) -> Result<(), Error> {
        if verdicts.is_empty() {
            return Ok(());
        }
        let now = self.now_ms();
        let mut tx = self.inner.database.write().await?;
        for (key, said) in verdicts {
            sqlx::query(
                "INSERT INTO verdicts (repo, tree, base, maker, installation, said, at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (repo, tree, base, maker) \
                 DO UPDATE SET said = excluded.said, installation = excluded.installation, at = excluded.at",
            )
            .bind(key.repo.id.0)
            .bind(key.tree.as_str())
            .bind(key.base.as_str())
            .bind(&key.maker)
            .bind(key.repo.installation.0)
            .bind(said)
            .bind(now)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::testing::{open, wake};
    use super::*;

    #[tokio::test]
    async fn a_verdict_holds_for_its_content_and_its_maker_alone_and_not_for_ever() {
        let store = open().await;
        let sha = |digit: &str| Sha::parse(&digit.repeat(40)).unwrap();
        let repo = wake(1, 1, 7).target.repo;
        let key = VerdictKey { repo, tree: sha("a"), base: sha("b"), maker: "m".to_owned() };
        store.keep_verdict(&key, "first").await.unwrap();
        store.keep_verdict(&key, "second").await.unwrap();
        assert_eq!(store.verdict(&key).await.unwrap().as_deref(), Some("second"));
        for other in [
            VerdictKey { tree: sha("c"), ..key.clone() },
            VerdictKey { base: sha("c"), ..key.clone() },
            VerdictKey { maker: "n".to_owned(), ..key.clone() },
        ] {
            assert_eq!(store.verdict(&other).await.unwrap(), None);
        }
        store.advance(Duration::from_secs(31 * 24 * 3600));
        store.prune().await.unwrap();
        assert_eq!(store.verdict(&key).await.unwrap(), None);
    }
}
