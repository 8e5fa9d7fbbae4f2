//! One audit of all changed files, batch by batch.

use super::audit::{Audited, Auditor};
use super::policy::Policy;
use super::read::{self, Allowance, Listing, TEXTS_PER_LOOK, Texts};
use super::recall::{self, Recalled};
use super::{Context, Stop, base, sides};
use crate::domain::{Sha, Target};
use crate::github::BlobView;

/// What one audit needs.
pub(super) struct Job<'a> {
    pub(super) target: &'a Target,
    pub(super) texts: &'a Texts<'a>,
    /// The commit the change is to be merged into, where it is known.
    pub(super) tip: Option<&'a Sha>,
    pub(super) policy: &'a Policy,
    pub(super) listing: Listing,
    /// What is known of files that are not in the listing any more.
    pub(super) recalled: Recalled,
}

impl Job<'_> {
    /// `first` holds the texts of the first files of the listing.
    pub(super) async fn audit(self, cx: &Context, first: Vec<Option<BlobView>>) -> Result<Audited, Stop> {
        let Job { target, texts, tip, policy, listing, recalled } = self;
        let mut auditor = Auditor::new(listing.nothing_audited());
        let mut allowance = Allowance::new(policy.scan_bytes);
        auditor
            .audit(cx, &policy.options, listing.removed.iter().filter_map(base::of_removed).collect())
            .await;
        let read = first.len().min(TEXTS_PER_LOOK).min(listing.python.len());
        let mut files = listing.python;
        files.extend(recalled.tell(cx, policy, &mut auditor));
        let (here, rest) = files.split_at(read);
        let mut first = Some(first);
        for batch in std::iter::once(here).chain(rest.chunks(TEXTS_PER_LOOK)) {
            let blobs = match first.take() {
                Some(blobs) => blobs,
                None => texts.more(&read::paths(batch)).await?,
            };
            let batch = batch.iter().cloned().zip(blobs).collect();
            let sides = sides::of_batch(texts, tip, policy, &mut allowance, batch, &mut auditor).await?;
            auditor.audit(cx, &policy.options, sides).await;
        }
        recall::keep(cx, target, policy, &files, auditor.pairs()).await?;
        Ok(auditor.finish())
    }
}
