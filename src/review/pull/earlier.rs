//! A run that is wanted once more on a commit which is not the head: audited as it was, told in a run of
//! its own, without comments.

use super::job::Job;
use super::tell::Verdict;
use super::{Review, Round};
use crate::domain::Sha;
use crate::report::markdown::notices;
use crate::review::Stop;
use crate::review::memory::Standing;
use crate::review::plan;
use crate::review::policy;
use crate::review::read::Listing;

impl Review<'_> {
    pub(super) async fn audit_earlier(
        &self,
        standing: &mut Standing,
        head: &Sha,
        asking: &str,
    ) -> Result<(), Stop> {
        let round = Round::of_pull(self.number, head.clone(), self.glimpse.base_ref.clone()).asked_by(asking);
        let mut texts = self.texts(head, &round.base_ref);
        let (state, _) = texts.first(&[]).await?;
        standing.see(&self.claim.key, head, &state);
        let told = standing.told(head, &round.request).is_some();
        let Some(tip) = state.base_tip.as_ref().filter(|_| !told) else {
            return Ok(());
        };
        let listing = Listing::of(self.repo.compare(tip, head).await?);
        let blobs = texts.more(&listing.first_paths()).await?;
        let mut notes = vec![notices::earlier_commit()];
        let policy = policy::at_base(&state, &self.cx.settings.ceilings, self.cx.engine.rules(), &mut notes);
        let job = Job { texts: &texts, state: &state, policy: &policy, listing };
        let audited = self.with_visible_check(standing, &round, job.audit(self.cx, blobs)).await?;
        let verdict = Verdict { policy: &policy, audited: &audited, notes, mistakes: &[] };
        let check = plan::plan(&self.world(standing, &round, &verdict, false)).check;
        let open = standing.open(head, &round.request).cloned();
        self.publisher(head).tell(&round.request, open.as_ref(), &check).await?;
        if let Some(open) = open {
            standing.checks.remove(&open.id.0);
        }
        Ok(())
    }
}
