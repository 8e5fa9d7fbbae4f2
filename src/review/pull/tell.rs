//! Telling the result: comments first, the check last, and no run of ours left open.

use super::{Ended, Review};
use crate::github::Error;
use crate::report::markdown::notices::{self, Notice};
use crate::review::Stop;
use crate::review::audit::Audited;
use crate::review::memory::{CheckState, Standing};
use crate::review::plan::{self, World};
use crate::review::policy::{Mistake, Policy};
use crate::review::round::Round;

/// What the audit and the policy together give.
pub(super) struct Verdict<'a> {
    pub(super) policy: &'a Policy,
    pub(super) audited: &'a Audited,
    pub(super) notes: Vec<String>,
    pub(super) mistakes: &'a [Mistake],
}

impl Review<'_> {
    /// Comments first, the check's result last.
    pub(super) async fn publish(
        &self,
        standing: &mut Standing,
        round: &Round,
        verdict: Verdict<'_>,
    ) -> Result<Ended, Stop> {
        let first = plan::plan(&self.world(standing, round, &verdict, true));
        let outcome = self.run.publisher(&round.head).comments(self.number, first.comments).await?;
        standing.commented.extend(outcome.posted);
        if outcome.forbidden.is_none() {
            self.run.publisher(&round.head).fold(first.folds).await?;
        }
        if let Some(message) = &outcome.forbidden {
            self.run.not_permitted(message).await?;
        }
        let check = match (outcome.refused, outcome.forbidden) {
            (0, None) => first.check,
            (_, reason) => {
                let note = notices::comments_refused(reason.as_deref());
                let notes = verdict.notes.iter().cloned().chain([note]).collect();
                let verdict = Verdict { notes, ..verdict };
                plan::plan(&self.world(standing, round, &verdict, false)).check
            }
        };
        self.run.tell(standing, round, &check, CheckState::Told).await?;
        Ok(Ended::Told)
    }

    pub(super) fn world<'a>(
        &'a self,
        standing: &'a Standing,
        round: &'a Round,
        verdict: &'a Verdict<'_>,
        may_comment: bool,
    ) -> World<'a> {
        World {
            target: &self.run.claim.key,
            head: &round.head,
            policy: verdict.policy,
            audited: verdict.audited,
            commented: &standing.commented,
            threads: &standing.threads,
            may_comment,
            notes: &verdict.notes,
            mistakes: verdict.mistakes,
        }
    }

    /// Tells that the audit could not be finished, after the last attempt.
    pub(super) async fn give_up(&self, incident: &str) -> Result<(), Stop> {
        let wishes = self.granted().await?;
        let mut standing = self.run.remember(&self.place()).await?;
        if self.run.claim.fresh {
            self.look_back(&mut standing).await;
        }
        self.tell_notice(standing, notices::given_up(incident)).await?;
        self.answered(&wishes).await
    }

    /// Tells that we are not permitted to do our work. Where not even that is permitted, only the log knows.
    pub(super) async fn forbidden(&self, message: &str) -> Result<(), Stop> {
        self.run.not_permitted(message).await?;
        let wishes = self.granted().await?;
        match self.tell_forbidden(message).await {
            Ok(()) | Err(Stop::GitHub(Error::Forbidden { .. })) => self.answered(&wishes).await,
            result => result,
        }
    }

    /// Once is enough: nothing changes until the owner acts.
    async fn tell_forbidden(&self, message: &str) -> Result<(), Stop> {
        let standing = self.run.remember(&self.place()).await?;
        let round = self.wanted(&standing, &self.granted().await?);
        match standing.open(&round.head, &round.request) {
            Some(run) if run.state == CheckState::Unfinished => Ok(()),
            Some(_) | None => self.tell_notice(standing, notices::forbidden(message)).await,
        }
    }

    /// What GitHub shows on the delivered head, as far as it can be read: our memory may be lost.
    async fn look_back(&self, standing: &mut Standing) {
        let round = self.delivered();
        match self.texts(&round.head, &round.base_ref).first(&[]).await {
            Ok(seen) => standing.see(&self.run.claim.target, &round.head, &seen),
            Err(error) => tracing::warn!(%error, "what stands on GitHub cannot be read"),
        }
    }

    async fn tell_notice(&self, mut standing: Standing, notice: Notice) -> Result<(), Stop> {
        let round = self.wanted(&standing, &self.granted().await?);
        match self.glimpse.open {
            true => self.run.tell_notice(&mut standing, &round, notice).await,
            false => self.run.close(&standing, &notices::closed()).await,
        }
    }
}
