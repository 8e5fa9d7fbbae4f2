//! What every review does, whatever it is about: remember what stands, tell the result, leave no run open.

use std::future::Future;

use super::audit::Audited;
use super::memory::{self, CheckState, Effect, Standing};
use super::plan::PlannedCheck;
use super::publish::Publisher;
use super::read::{Place, Texts};
use super::round::Round;
use super::{Context, Stop};
use crate::domain::Sha;
use crate::github::{Conclusion, RepoClient};
use crate::report::markdown::notices::{self, Notice};
use crate::store::Claim;

/// One run over one target.
pub(super) struct Run<'a> {
    pub cx: &'a Context,
    pub claim: &'a Claim,
    pub repo: &'a RepoClient,
}

impl Run<'_> {
    pub(super) fn publisher<'p>(&'p self, head: &'p Sha) -> Publisher<'p> {
        Publisher { cx: self.cx, claim: self.claim, repo: self.repo, head }
    }

    /// Remembers that GitHub does not permit all of the review. The log is told once for an installation:
    /// its owner has one thing to do, however many pull requests wait for it.
    pub(super) async fn not_permitted(&self, message: &str) -> Result<(), Stop> {
        let Claim { key, target, .. } = self.claim;
        let installation = target.repo.installation;
        if self.cx.tally.not_permitted(installation) {
            let installation = installation.0;
            tracing::warn!(target = key, installation, message, "GitHub does not permit all of a review");
        } else {
            tracing::debug!(target = key, message, "GitHub does not permit all of a review");
        }
        Ok(self.cx.store.degraded(self.claim).await?)
    }

    /// What could not be done may be permitted by now, but not to the token in use.
    pub(super) fn permitted_anew(&self) {
        self.repo.renew();
        self.cx.tally.permits_more(self.claim.target.repo.installation);
    }

    /// What stands, from the store; and for writes of unknown outcome from GitHub, once they have settled.
    pub(super) async fn remember(&self, place: &Place) -> Result<Standing, Stop> {
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
            let mut texts = Texts { repo: self.repo, place: place.clone(), head: head.clone(), fork: None };
            let seen = texts.first(&[]).await?;
            standing.see(&self.claim.target, head, &seen);
        }
        for write in &unsettled {
            match standing.effect_of(write, &before) {
                Effect::Seen(id) => {
                    self.cx.tally.duplicate_prevented();
                    self.cx.store.done(write.write, id).await?;
                }
                Effect::None => self.cx.store.void(write.write).await?,
            }
            self.cx.store.let_go(self.claim, &write.head).await?;
        }
        Ok(standing)
    }

    /// Lets the audit run; one that takes its time gets a check run that says so.
    pub(super) async fn with_visible_check(
        &self,
        standing: &mut Standing,
        round: &Round,
        audit: impl Future<Output = Result<Audited, Stop>>,
    ) -> Result<Audited, Stop> {
        tokio::pin!(audit);
        let patience = self.cx.settings.check_start;
        // Without any patience it is no race: the run is opened first.
        if !patience.is_zero() {
            tokio::select! {
                biased;
                audited = &mut audit => return audited,
                () = tokio::time::sleep(patience) => {}
            }
        }
        if standing.open(&round.head, &round.request).is_none() {
            let check = self.publisher(&round.head).start_check(&round.request).await?;
            standing.checks.insert(check.id.0, check);
        }
        audit.await
    }

    /// Tells the result, and closes what it leaves behind.
    pub(super) async fn tell(
        &self,
        standing: &mut Standing,
        round: &Round,
        check: &PlannedCheck,
        end: CheckState,
    ) -> Result<(), Stop> {
        let open = standing.open(&round.head, &round.request).cloned();
        self.publisher(&round.head).tell(&round.request, open.as_ref(), check, end).await?;
        if let Some(open) = open {
            standing.checks.remove(&open.id.0);
        }
        self.tidy(standing, round).await
    }

    /// Closes the runs of earlier heads and requests, after the current one stands.
    pub(super) async fn tidy(&self, standing: &Standing, round: &Round) -> Result<(), Stop> {
        let notice = notices::superseded(round.head.short());
        let current = Some((&round.head, round.request.as_str()));
        for check in standing.leftover(current) {
            self.publisher(&round.head).cancel_check(&check, &notice).await?;
        }
        self.agree().await
    }

    /// Nobody waits for the result any more: no run stays open.
    pub(super) async fn close(&self, standing: &Standing, notice: &Notice) -> Result<(), Stop> {
        for check in standing.leftover(None) {
            self.publisher(&check.head).cancel_check(&check, notice).await?;
        }
        self.agree().await
    }

    /// On commits that others speak about too, what we say or no longer say counts for their runs.
    async fn agree(&self) -> Result<(), Stop> {
        for head in self.cx.store.shared_heads(&self.claim.target).await? {
            self.publisher(&head).agree().await?;
        }
        Ok(())
    }

    /// Tells that there is no result, unless there is one already.
    pub(super) async fn tell_notice(
        &self,
        standing: &mut Standing,
        round: &Round,
        notice: Notice,
    ) -> Result<(), Stop> {
        if standing.told(&round.head, &round.request).is_some() {
            return self.tidy(standing, round).await;
        }
        let check = PlannedCheck {
            conclusion: Conclusion::Neutral,
            title: notice.title,
            summary: notice.summary,
            text: String::new(),
            annotations: Vec::new(),
        };
        self.tell(standing, round, &check, CheckState::Unfinished).await
    }
}
