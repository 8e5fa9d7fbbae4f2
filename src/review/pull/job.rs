//! One audit of all changed files, batch by batch.

use crate::github::{BlobView, PullState};
use crate::review::audit::{Audited, Auditor};
use crate::review::policy::Policy;
use crate::review::read::{self, Allowance, Listing, TEXTS_PER_LOOK, Texts};
use crate::review::{Context, Stop, base, sides};

/// What one audit needs.
pub(super) struct Job<'a> {
    pub(super) texts: &'a Texts<'a>,
    pub(super) state: &'a PullState,
    pub(super) policy: &'a Policy,
    pub(super) listing: Listing,
}

impl Job<'_> {
    pub(super) async fn audit(self, cx: &Context, first: Vec<Option<BlobView>>) -> Result<Audited, Stop> {
        let Job { texts, state, policy, listing } = self;
        let mut auditor = Auditor::new(listing.nothing_audited());
        let mut allowance = Allowance::new(policy.scan_bytes);
        auditor
            .audit(cx, &policy.options, listing.removed.iter().filter_map(base::of_removed).collect())
            .await;
        let mut first = Some(first);
        for batch in listing.python.chunks(TEXTS_PER_LOOK) {
            let blobs = match first.take() {
                Some(blobs) => blobs,
                None => texts.more(&read::paths(batch)).await?,
            };
            let batch = batch.iter().cloned().zip(blobs).collect();
            let sides =
                sides::of_batch(texts, state.base_tip.as_ref(), policy, &mut allowance, batch, &mut auditor)
                    .await?;
            auditor.audit(cx, &policy.options, sides).await;
        }
        Ok(auditor.finish())
    }
}
