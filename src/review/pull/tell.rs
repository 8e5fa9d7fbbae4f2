//! Telling the result: comments first, the check last, and no run of ours left open.

use std::future::Future;

use super::{Ended, Review, Round};
use crate::github::{Conclusion, Error};
use crate::report::markdown::notices::{self, Notice};
use crate::review::Stop;
use crate::review::audit::Audited;
use crate::review::memory::{CheckState, Standing};
use crate::review::plan::{self, PlannedCheck, World};
use crate::review::policy::{Mistake, Policy};

/// What the audit and the policy together give.
pub(super) struct Verdict<'a> {
    pub(super) policy: &'a Policy,
    pub(super) audited: &'a Audited,
    pub(super) notes: Vec<String>,
    pub(super) mistakes: &'a [Mistake],
}

impl Review<'_> {
    /// Lets the audit run; one that takes its time gets a check run that says so.
    pub(super) async fn with_visible_check(
        &self,
        standing: &mut Standing,
        round: &Round,
        audit: impl Future<Output = Result<Audited, Stop>>,
    ) -> Result<Audited, Stop> {
        tokio::pin!(audit);
        // A timer of zero is not over at once, and zero means every audit.
        if !self.cx.settings.check_start.is_zero() {
            tokio::select! {
                biased;
                audited = &mut audit => return audited,
                () = tokio::time::sleep(self.cx.settings.check_start) => {}
            }
        }
        if standing.open(&round.head, &round.request).is_none() {
            let check = self.publisher(&round.head).start_check(&round.request).await?;
            standing.checks.insert(check.id.0, check);
        }
        audit.await
    }

    /// Comments first, the check's result last.
    pub(super) async fn publish(
        &self,
        standing: &mut Standing,
        round: &Round,
        verdict: Verdict<'_>,
    ) -> Result<Ended, Stop> {
        let first = plan::plan(&self.world(standing, round, &verdict, true));
        let outcome = self.publisher(&round.head).comments(first.comments).await?;
        standing.commented.extend(outcome.posted);
        let check = match (outcome.refused, outcome.forbidden) {
            (0, None) => first.check,
            (_, reason) => {
                let note = notices::comments_refused(reason.as_deref());
                let notes = verdict.notes.iter().cloned().chain([note]).collect();
                let verdict = Verdict { notes, ..verdict };
                plan::plan(&self.world(standing, round, &verdict, false)).check
            }
        };
        self.tell(standing, round, &check, CheckState::Told).await
    }

    fn world<'a>(
        &'a self,
        standing: &'a Standing,
        round: &'a Round,
        verdict: &'a Verdict<'_>,
        may_comment: bool,
    ) -> World<'a> {
        World {
            target: &self.claim.key,
            head: &round.head,
            policy: verdict.policy,
            audited: verdict.audited,
            commented: &standing.commented,
            may_comment,
            notes: &verdict.notes,
            mistakes: verdict.mistakes,
        }
    }

    async fn tell(
        &self,
        standing: &mut Standing,
        round: &Round,
        check: &PlannedCheck,
        end: CheckState,
    ) -> Result<Ended, Stop> {
        let open = standing.open(&round.head, &round.request).cloned();
        self.publisher(&round.head).tell(&round.request, open.as_ref(), check, end).await?;
        if let Some(open) = open {
            standing.checks.remove(&open.id.0);
        }
        self.tidy(standing, round).await
    }

    /// Closes the runs of earlier heads and requests, after the current one stands.
    pub(super) async fn tidy(&self, standing: &Standing, round: &Round) -> Result<Ended, Stop> {
        let notice = notices::superseded(round.head.short());
        let current = Some((&round.head, round.request.as_str()));
        for check in standing.leftover(current) {
            self.publisher(&round.head).cancel_check(&check, &notice).await?;
        }
        Ok(Ended::Told)
    }

    /// Nobody waits for the result any more: no run stays open.
    pub(super) async fn close(&self, standing: &Standing) -> Result<(), Stop> {
        let notice = notices::closed();
        for check in standing.leftover(None) {
            self.publisher(&check.head).cancel_check(&check, &notice).await?;
        }
        Ok(())
    }

    /// Tells that the audit could not be finished, after the last attempt.
    pub(super) async fn give_up(&self, incident: &str) -> Result<(), Stop> {
        let mut standing = self.remember().await?;
        if self.claim.fresh {
            self.look_back(&mut standing).await;
        }
        self.tell_notice(standing, notices::given_up(incident)).await
    }

    /// Tells that we are not permitted to do our work. Where not even that is permitted, only the log knows.
    pub(super) async fn forbidden(&self, message: &str) -> Result<(), Stop> {
        tracing::warn!(target = self.claim.key, message, "GitHub does not permit the review");
        match self.tell_forbidden(message).await {
            Err(Stop::GitHub(Error::Forbidden { .. })) => Ok(()),
            result => result,
        }
    }

    /// Once is enough: nothing changes until the owner acts.
    async fn tell_forbidden(&self, message: &str) -> Result<(), Stop> {
        let standing = self.remember().await?;
        let round = self.delivered();
        match standing.open(&round.head, &round.request) {
            Some(run) if run.state == CheckState::Unfinished => Ok(()),
            Some(_) | None => self.tell_notice(standing, notices::forbidden(message)).await,
        }
    }

    /// What GitHub shows on the delivered head, as far as it can be read: our memory may be lost.
    async fn look_back(&self, standing: &mut Standing) {
        let round = self.delivered();
        match self.texts(&round.head, &round.base_ref).first(&[]).await {
            Ok((state, _)) => standing.see(&self.claim.key, &round.head, &state),
            Err(error) => tracing::warn!(%error, "what stands on GitHub cannot be read"),
        }
    }

    async fn tell_notice(&self, mut standing: Standing, notice: Notice) -> Result<(), Stop> {
        let round = self.delivered();
        if !self.claim.glimpse.open || standing.told(&round.head, &round.request).is_some() {
            return self.close(&standing).await;
        }
        let check = PlannedCheck {
            conclusion: Conclusion::Neutral,
            title: notice.title,
            summary: notice.summary,
            text: String::new(),
            annotations: Vec::new(),
        };
        self.tell(&mut standing, &round, &check, CheckState::Unfinished).await.map(drop)
    }
}
