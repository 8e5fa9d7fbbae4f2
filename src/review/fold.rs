//! Folding away our own comments that are answered by the change. A courtesy: whether it succeeds or not, the
//! check tells its result.

use super::Stop;
use super::memory::Detail;
use super::plan::PlannedFold;
use super::publish::Publisher;
use crate::github::Error;
use crate::store::WriteKind;

impl Publisher<'_> {
    /// Folds in one request. What GitHub refuses, or may not have done, is tried again at the next push:
    /// done twice it changes nothing.
    pub(super) async fn fold(&self, folds: Vec<PlannedFold>) -> Result<(), Stop> {
        if folds.is_empty() {
            return Ok(());
        }
        let (comments, ids): (Vec<_>, Vec<_>) =
            folds.into_iter().map(|fold| (fold.marker, fold.comment)).unzip();
        let write = self.intend(WriteKind::Fold, &Detail::Fold { comments }).await?;
        match self.repo.hide(&ids).await {
            Err(error @ (Error::RateLimited { .. } | Error::Unauthorized { .. })) => {
                self.settle(write, Err(error)).await.map(drop)
            }
            Err(error) => {
                tracing::info!(%error, "comments of findings that are gone were not folded");
                Ok(self.cx.store.void(write).await?)
            }
            Ok(()) => self.settle(write, Ok(None)).await.map(drop),
        }
    }
}
