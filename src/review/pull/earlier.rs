//! A run that is wanted once more on a commit which is not the head: audited as it was, told in a run of
//! its own, without comments.

use super::Review;
use super::tell::Verdict;
use crate::domain::Sha;
use crate::report::markdown::notices;
use crate::review::Stop;
use crate::review::job::Job;
use crate::review::memory::{CheckState, Standing};
use crate::review::own_rules;
use crate::review::plan;
use crate::review::policy;
use crate::review::read::Listing;
use crate::review::recall::Recalled;
use crate::review::round::Round;

impl Review<'_> {
    pub(super) async fn audit_earlier(
        &self,
        standing: &mut Standing,
        head: &Sha,
        asking: &str,
    ) -> Result<(), Stop> {
        let round = Round::of_pull(self.number, head.clone(), self.glimpse.base_ref.clone()).asked_by(asking);
        let mut texts = self.texts(head, &round.base_ref);
        let seen = texts.first(&[]).await?;
        standing.see(&self.run.claim.target, head, &seen);
        let told = standing.told(head, &round.request).is_some();
        let Some(tip) = seen.pull.as_ref().and_then(|pull| pull.base_tip.as_ref()).filter(|_| !told) else {
            return Ok(());
        };
        let listing = Listing::of(self.run.repo.compare(tip, head).await?);
        let blobs = texts.more(&listing.first_paths()).await?;
        let mut notes = vec![notices::earlier_commit()];
        let cx = &own_rules::context(self.run.cx, &seen.standing.rules, &mut notes);
        let policy = policy::at_base(
            seen.standing.policy.as_ref(),
            &cx.settings.ceilings,
            cx.engine.rules(),
            &mut notes,
        );
        let (target, recalled) = (&self.run.claim.target, Recalled::default());
        let job = Job { target, texts: &texts, tip: Some(tip), policy: &policy, listing, recalled };
        let audited = self.run.with_visible_check(standing, &round, job.audit(cx, blobs)).await?;
        let verdict = Verdict { policy: &policy, audited: &audited, notes, mistakes: &[] };
        let check = plan::plan(&self.world(standing, &round, &verdict, false)).check;
        let open = standing.open(head, &round.request).cloned();
        self.run.publisher(head).tell(&round.request, open.as_ref(), &check, CheckState::Told).await?;
        if let Some(open) = open {
            standing.checks.remove(&open.id.0);
        }
        Ok(())
    }
}
