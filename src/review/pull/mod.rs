//! One pull request, from the first look to the completed check.

mod head;
mod job;
mod remember;
mod tell;

use sha2::{Digest, Sha256};

use super::memory::Standing;
use super::policy::{self, Drafts, Policy};
use super::publish::Publisher;
use super::read::{self, Listing, Texts};
use super::{Context, Stop};
use crate::domain::{PullNumber, Sha};
use crate::github::{Error, PullStatus, RepoClient};
use crate::store::Claim;
use job::Job;
use tell::Verdict;

/// One run over one pull request.
pub(super) struct Review<'a> {
    cx: &'a Context,
    claim: &'a Claim,
    number: PullNumber,
    repo: &'a RepoClient,
}

/// How a round ended.
enum Ended {
    Told,
    /// GitHub shows another head or base than the one the round is about.
    Elsewhere(Round),
}

/// One head of the pull request, and our name for the check run that is to tell its result.
struct Round {
    head: Sha,
    base_ref: String,
    /// The check run's external id.
    request: String,
}

/// Reviews; what GitHub does not permit is told in the check run, with the remedy.
pub(super) async fn review(cx: &Context, claim: &Claim, number: PullNumber) -> Result<(), Stop> {
    let repo = cx.github.repo(&claim.target.repo);
    let review = Review { cx, claim, number, repo: &repo };
    match review.run().await {
        Err(Stop::GitHub(Error::Forbidden { message, .. })) => review.forbidden(&message).await,
        result => result,
    }
}

pub(super) async fn give_up(
    cx: &Context,
    claim: &Claim,
    number: PullNumber,
    incident: &str,
) -> Result<(), Stop> {
    let repo = cx.github.repo(&claim.target.repo);
    Review { cx, claim, number, repo: &repo }.give_up(incident).await
}

impl Review<'_> {
    async fn run(&self) -> Result<(), Stop> {
        let mut standing = self.remember().await?;
        if !self.claim.glimpse.open {
            return self.close(&standing).await;
        }
        let shown = match self.round(self.delivered(), &mut standing).await? {
            Ended::Told => return Ok(()),
            Ended::Elsewhere(shown) => shown,
        };
        if self.believes(&shown).await?
            && let Ended::Told = self.round(shown, &mut standing).await?
        {
            return Ok(());
        }
        Err(Stop::stale("the pull request has another head or base than its delivery told"))
    }

    /// Makes it true for one head, unless GitHub shows another one.
    async fn round(&self, round: Round, standing: &mut Standing) -> Result<Ended, Stop> {
        if standing.told(&round.head, &round.request).is_some() {
            self.cx.tally.duplicate_prevented();
            return self.tidy(standing, &round).await;
        }
        let listing = read::list(self.repo, self.number).await?;
        if self.needs_no_look(&listing, &round) {
            return match self.claim.glimpse.draft {
                true => self.tidy(standing, &round).await,
                false => self.without_python(standing, &round, &listing).await,
            };
        }
        self.look(round, standing, listing).await
    }

    fn texts(&self, head: &Sha, base_ref: &str) -> Texts<'_> {
        Texts { repo: self.repo, pull: self.number, head: head.clone(), base_ref: base_ref.to_owned() }
    }

    /// A change without Python needs no text, and no state either where our memory is whole and the
    /// listing is of the head that the delivery told.
    fn needs_no_look(&self, listing: &Listing, round: &Round) -> bool {
        let first_sight = matches!(self.claim.glimpse.action.as_str(), "opened" | "synchronize");
        let listed_for_head = listing.head.as_ref().is_none_or(|head| *head == round.head);
        listing.python.is_empty()
            && listing.policy.is_none()
            && listed_for_head
            && (first_sight || !self.claim.fresh)
    }

    /// Says that there was nothing to audit, without asking for anything more.
    async fn without_python(
        &self,
        standing: &mut Standing,
        round: &Round,
        listing: &Listing,
    ) -> Result<Ended, Stop> {
        let policy = Policy::defaults(&self.cx.settings.ceilings);
        let audited = listing.nothing_audited();
        let verdict = Verdict { policy: &policy, audited: &audited, notes: Vec::new(), mistakes: &[] };
        self.publish(standing, round, verdict).await
    }

    /// Looks at the state and the first texts, and goes on if there is something to say.
    async fn look(&self, round: Round, standing: &mut Standing, listing: Listing) -> Result<Ended, Stop> {
        let mut texts = self.texts(&round.head, &round.base_ref);
        let paths = listing.first_paths();
        let (state, mut blobs) = texts.first(&paths).await?;
        standing.see(&self.claim.key, &round.head, &state);
        if state.state != PullStatus::Open {
            self.close(standing).await?;
            return Ok(Ended::Told);
        }
        if state.head != round.head || state.base_ref != round.base_ref {
            return Ok(Ended::Elsewhere(Round::new(self.number, state.head, state.base_ref)));
        }
        if !self.puts_up_with(listing.head.as_ref(), &round) {
            return Err(Stop::stale("the list of files is of another head than the pull request"));
        }
        if standing.told(&round.head, &round.request).is_some() {
            self.cx.tally.duplicate_prevented();
            return self.tidy(standing, &round).await;
        }
        let known = self.cx.engine.rules();
        let mut notes = Vec::new();
        let ceilings = &self.cx.settings.ceilings;
        let policy = policy::at_base(&state, ceilings, known, &mut notes);
        if state.is_draft && policy.drafts == Drafts::Wait {
            return self.tidy(standing, &round).await;
        }
        let proposed = listing.policy.is_some().then(|| blobs.pop().flatten()).flatten();
        let mistakes = policy::proposed(proposed.as_ref(), ceilings, known);
        let job = Job { texts: &texts, state: &state, policy: &policy, listing };
        let audited = self.with_visible_check(standing, &round, job.audit(self.cx, blobs)).await?;
        let verdict = Verdict { policy: &policy, audited: &audited, notes, mistakes: &mistakes };
        self.publish(standing, &round, verdict).await
    }

    fn publisher<'p>(&'p self, head: &'p Sha) -> Publisher<'p> {
        Publisher { cx: self.cx, claim: self.claim, repo: self.repo, pull: self.number, head }
    }
}

impl Round {
    /// The external id comes back with the check run, also for forks, where GitHub's own events name no
    /// pull request. Another base branch is another question, so it is another run.
    fn new(number: PullNumber, head: Sha, base_ref: String) -> Round {
        let digest = hex::encode(Sha256::digest(base_ref.as_bytes()));
        let request = format!("scrutineer:1:pull:{}:{}", number.0, &digest[..8]);
        Round { head, base_ref, request }
    }
}
