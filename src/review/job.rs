//! One audit of all changed files, batch by batch.

use super::audit::{Audited, Auditor};
use super::policy::Policy;
use super::read::{self, Allowance, Listing, TEXTS_PER_LOOK, Texts};
use super::{Context, Stop, base, sides};
use crate::domain::Sha;
use crate::github::BlobView;

/// What one audit needs.
pub(super) struct Job<'a> {
    pub(super) texts: &'a Texts<'a>,
    /// The commit the change is to be merged into, where it is known.
    pub(super) tip: Option<&'a Sha>,
    pub(super) policy: &'a Policy,
    pub(super) listing: Listing,
}

impl Job<'_> {
    pub(super) async fn audit(self, cx: &Context, first: Vec<Option<BlobView>>) -> Result<Audited, Stop> {
        let Job { texts, tip, policy, listing } = self;
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
            let sides = sides::of_batch(texts, tip, policy, &mut allowance, batch, &mut auditor).await?;
            auditor.audit(cx, &policy.options, sides).await;
        }
        Ok(auditor.finish())
    }
}
