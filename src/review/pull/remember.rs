//! What stands on the pull request already, and what became of writes of unknown outcome.

use super::Review;
use crate::domain::Sha;
use crate::review::Stop;
use crate::review::memory::{self, Effect, Standing};

impl Review<'_> {
    /// What stands, from the store; and for writes of unknown outcome from GitHub, once they have settled.
    pub(super) async fn remember(&self) -> Result<Standing, Stop> {
        let writes = self.cx.store.writes(&self.claim.target).await?;
        let mut standing = Standing::remembered(&writes);
        let unsettled = memory::unsettled(&writes);
        if let Some(remaining) = memory::remaining(&writes, self.cx.store.now_ms(), self.cx.settings.settle) {
            return Err(Stop::Unsettled { remaining });
        }
        let before = standing.checks.keys().copied().collect();
        let mut heads: Vec<&Sha> = unsettled.iter().map(|write| &write.head).collect();
        heads.dedup();
        for head in heads {
            let mut texts = self.texts(head, &self.claim.glimpse.base_ref);
            let (state, _) = texts.first(&[]).await?;
            standing.see(&self.claim.key, head, &state);
        }
        for write in &unsettled {
            match standing.effect_of(write, &before) {
                Effect::Seen(id) => {
                    self.cx.tally.duplicate_prevented();
                    self.cx.store.done(write.write, id).await?;
                }
                Effect::None => self.cx.store.void(write.write).await?,
            }
        }
        Ok(standing)
    }
}
