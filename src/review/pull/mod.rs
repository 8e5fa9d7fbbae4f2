//! One pull request, from the first look to the completed check.

mod asked;
mod earlier;
mod head;
mod tell;

use super::job::Job;
use super::memory::Standing;
use super::policy::{self, Drafts, Policy};
use super::read::{self, Listing, Place, Texts};
use super::recall::Recalled;
use super::round::Round;
use super::run::Run;
use super::{Context, Stop, commit, own_rules, trigger};
use crate::domain::{Glimpse, PullNumber, Sha};
use crate::github::{Error, PullStatus, RepoClient};
use crate::report::markdown::notices;
use crate::store::Claim;
use asked::Wish;
use tell::Verdict;

/// One run over one pull request.
pub(super) struct Review<'a> {
    run: Run<'a>,
    number: PullNumber,
    /// What is known of the pull request without a look.
    glimpse: Glimpse,
}

/// How a round ended.
enum Ended {
    Told,
    /// GitHub shows another head or base than the one the round is about.
    Elsewhere(Round),
}

/// Reviews; what GitHub does not permit is told in the check run, with the remedy.
pub(super) async fn review(cx: &Context, claim: &Claim, number: PullNumber) -> Result<(), Stop> {
    let repo = cx.github.repo(&claim.target.repo);
    let review = Review::open(cx, claim, number, &repo).await?;
    match review.review().await {
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
    Review::open(cx, claim, number, &repo).await?.give_up(incident).await
}

impl<'a> Review<'a> {
    /// Where no delivery told about the pull request itself, GitHub is asked.
    async fn open(
        cx: &'a Context,
        claim: &'a Claim,
        number: PullNumber,
        repo: &'a RepoClient,
    ) -> Result<Review<'a>, Stop> {
        let glimpse = match claim.glimpse.is_known() {
            true => claim.glimpse.clone(),
            false => trigger::glimpse("asked", &repo.pull(number).await?),
        };
        Ok(Review { run: Run { cx, claim, repo }, number, glimpse })
    }
}

impl Review<'_> {
    async fn review(&self) -> Result<(), Stop> {
        let mut standing = self.run.remember(&self.place()).await?;
        let wishes = self.heard().await?;
        let present = match self.glimpse.open {
            true => Some(self.present(&mut standing, &wishes).await?),
            false => {
                self.run.close(&standing, &notices::closed()).await?;
                None
            }
        };
        for (head, asking) in asked::elsewhere(&wishes, present.as_ref()) {
            self.audit_earlier(&mut standing, &head, &asking).await?;
        }
        self.answered(&wishes).await
    }

    /// Has the present head told, and gives it back.
    async fn present(&self, standing: &mut Standing, wishes: &[Wish]) -> Result<Sha, Stop> {
        let round = self.wanted(standing, wishes);
        let head = round.head.clone();
        let shown = match self.round(round, standing).await? {
            Ended::Told => return Ok(head),
            Ended::Elsewhere(shown) => asked::round_for(shown, standing, wishes),
        };
        let head = shown.head.clone();
        if self.believes(&shown).await?
            && let Ended::Told = self.round(shown, standing).await?
        {
            return Ok(head);
        }
        Err(Stop::stale("the pull request has another head or base than its delivery told"))
    }

    /// The delivery's round, at the asking of whoever asked last.
    fn wanted(&self, standing: &Standing, wishes: &[Wish]) -> Round {
        asked::round_for(self.delivered(), standing, wishes)
    }

    /// Makes it true for one head, unless GitHub shows another one.
    async fn round(&self, round: Round, standing: &mut Standing) -> Result<Ended, Stop> {
        if standing.told(&round.head, &round.request).is_some() {
            self.run.cx.tally.duplicate_prevented();
            return self.tidy(standing, &round).await;
        }
        let listing = read::list(self.run.repo, self.number).await?;
        if !self.needs_no_look(&listing, &round) {
            return self.look(round, standing, listing).await;
        }
        match self.glimpse.draft && !round.asked {
            true => self.tidy(standing, &round).await,
            false => self.without_python(standing, &round, &listing).await,
        }
    }

    async fn tidy(&self, standing: &Standing, round: &Round) -> Result<Ended, Stop> {
        self.run.tidy(standing, round).await?;
        Ok(Ended::Told)
    }

    fn texts(&self, head: &Sha, base_ref: &str) -> Texts<'_> {
        let place = Place::Pull(self.number, base_ref.to_owned());
        Texts { repo: self.run.repo, place, head: head.clone(), fork: None }
    }

    fn place(&self) -> Place {
        Place::Pull(self.number, self.glimpse.base_ref.clone())
    }

    /// A change without Python needs no text, and no state either where our memory is whole and the
    /// listing is of the head that the delivery told.
    fn needs_no_look(&self, listing: &Listing, round: &Round) -> bool {
        let first_sight = matches!(self.glimpse.action.as_str(), "opened" | "synchronize");
        let listed_for_head = listing.head.as_ref().is_none_or(|head| *head == round.head);
        listing.needs_no_text() && listed_for_head && (first_sight || !self.run.claim.fresh)
    }

    /// Says that there was nothing to audit, without asking for anything more.
    async fn without_python(
        &self,
        standing: &mut Standing,
        round: &Round,
        listing: &Listing,
    ) -> Result<Ended, Stop> {
        let policy = Policy::defaults(&self.run.cx.settings.ceilings);
        let audited = listing.nothing_audited();
        let verdict = Verdict { policy: &policy, audited: &audited, notes: Vec::new(), mistakes: &[] };
        self.publish(standing, round, verdict).await
    }

    /// Looks at the state and the first texts, and goes on if there is something to say.
    async fn look(&self, round: Round, standing: &mut Standing, listing: Listing) -> Result<Ended, Stop> {
        let mut texts = self.texts(&round.head, &round.base_ref);
        let paths = listing.first_paths();
        let mut seen = texts.first(&paths).await?;
        standing.see(&self.run.claim.target, &round.head, &seen);
        let state = seen.pull.take().ok_or_else(|| Stop::stale("the look brought no state"))?;
        if state.state != PullStatus::Open {
            self.run.close(standing, &notices::closed()).await?;
            return Ok(Ended::Told);
        }
        if state.head != round.head || state.base_ref != round.base_ref {
            return Ok(Ended::Elsewhere(Round::of_pull(self.number, state.head, state.base_ref)));
        }
        if !self.puts_up_with(listing.head.as_ref(), &round) {
            return Err(Stop::stale("the list of files is of another head than the pull request"));
        }
        if standing.told(&round.head, &round.request).is_some() {
            self.run.cx.tally.duplicate_prevented();
            return self.tidy(standing, &round).await;
        }
        let mut notes = Vec::new();
        let cx = &own_rules::context(self.run.cx, &seen.standing.rules, &mut notes);
        let known = cx.engine.rules();
        let ceilings = &cx.settings.ceilings;
        let policy = policy::at_base(seen.standing.policy.as_ref(), ceilings, known, &mut notes);
        if state.is_draft && policy.drafts == Drafts::Wait && !round.asked {
            return self.tidy(standing, &round).await;
        }
        let proposed = listing.policy.is_some().then(|| seen.blobs.pop().flatten()).flatten();
        let mistakes = policy::proposed(proposed.as_ref(), ceilings, known);
        let (target, recalled) = (&self.run.claim.target, Recalled::default());
        let tip = state.base_tip.as_ref();
        let job = Job { target, texts: &texts, tip, policy: &policy, listing, recalled };
        let audited = self.run.with_visible_check(standing, &round, job.audit(cx, seen.blobs)).await?;
        let verdict = Verdict { policy: &policy, audited: &audited, notes, mistakes: &mistakes };
        let tree = seen.standing.tree.as_ref();
        let world = self.world(standing, &round, &verdict, false);
        commit::keep(self.run.cx, target, tree, tip, &world).await?;
        self.publish(standing, &round, verdict).await
    }
}
