//! One commit without a pull request: a merge group, or what was pushed to the default branch.
//!
//! There is nobody to comment to, so every finding is an annotation.

mod verdict;

use super::audit::Audited;
use super::job::Job;
use super::memory::{CheckState, Standing};
use super::plan::{self, World};
use super::policy::{self, Mistake, Policy};
use super::read::{Listing, Place, Texts};
use super::recall;
use super::round::{self, Round};
use super::run::Run;
use super::{Context, Stop, own_rules};
use crate::domain::{Asked, Sha, Subject, Target};
use crate::github::{Comparison, Error, StandingCheck};
use crate::report::markdown::notices::{self, Notice};
use crate::store::{Claim, RequestState};

pub(super) use verdict::{keep, known, maker};

/// One run over one commit.
struct Review<'a> {
    run: Run<'a>,
    round: Round,
    /// The commit it is compared with, and whose policy holds.
    base: Sha,
    /// Who asked for another run, newest last.
    asked: Vec<String>,
}

/// Reviews; what GitHub does not permit is told in the check run, with the remedy.
pub(super) async fn review(cx: &Context, claim: &Claim) -> Result<(), Stop> {
    let repo = cx.github.repo(&claim.target.repo);
    let Some(review) = Review::open(Run { cx, claim, repo: &repo }).await? else { return Ok(()) };
    match review.review().await {
        Err(Stop::GitHub(Error::Forbidden { message, .. })) => {
            review.run.not_permitted(&message).await?;
            match review.tell_notice(notices::forbidden(&message)).await {
                Err(Stop::GitHub(Error::Forbidden { .. })) => review.answered().await,
                result => result,
            }
        }
        result => result,
    }
}

/// Tells that the audit could not be finished, after the last attempt.
pub(super) async fn give_up(cx: &Context, claim: &Claim, incident: &str) -> Result<(), Stop> {
    let repo = cx.github.repo(&claim.target.repo);
    match Review::open(Run { cx, claim, repo: &repo }).await? {
        Some(review) => review.tell_notice(notices::given_up(incident)).await,
        None => Ok(()),
    }
}

impl<'a> Review<'a> {
    /// Nothing, where nobody told what the commit is to be compared with: a lost database knows no base,
    /// and neither does GitHub.
    async fn open(run: Run<'a>) -> Result<Option<Review<'a>>, Stop> {
        let claim = run.claim;
        let Some(base) = claim.glimpse.base.clone().filter(|_| claim.glimpse.is_known()) else {
            tracing::warn!(target = claim.key, "a commit is asked for again, but its base is not known");
            return Ok(None);
        };
        let requests = run.cx.store.requests(&claim.target).await?;
        if requests.iter().any(|request| request.asked == Asked::Rerun { head: None }) {
            run.permitted_anew();
        }
        let asked = requests.into_iter().map(|request| request.id).collect();
        let subject = &claim.target.subject;
        let round = Round::new(subject, claim.glimpse.head.clone(), claim.glimpse.base_ref.clone());
        Ok(Some(Review { run, round, base, asked }))
    }

    /// The round at the newest asking, unless a run answers it already.
    fn round(&self, standing: &Standing) -> Round {
        let newest = self.asked.last().map(|id| self.round.clone().asked_by(id));
        let open = newest.filter(|round| standing.told(&round.head, &round.request).is_none());
        open.unwrap_or_else(|| self.round.clone())
    }

    /// Whoever asked has the answer.
    async fn answered(&self) -> Result<(), Stop> {
        for id in &self.asked {
            self.run.cx.store.answer(self.run.claim, id, RequestState::Done).await?;
        }
        Ok(())
    }

    async fn review(&self) -> Result<(), Stop> {
        let mut standing = self.run.remember(&self.place()).await?;
        match self.run.claim.glimpse.open {
            true => self.present(&mut standing).await?,
            false => self.run.close(&standing, &notices::group_destroyed()).await?,
        }
        self.answered().await
    }

    /// Has the commit told.
    async fn present(&self, standing: &mut Standing) -> Result<(), Stop> {
        let round = self.round(standing);
        if standing.told(&round.head, &round.request).is_some() {
            return self.run.tidy(standing, &round).await;
        }
        if !round.asked && self.told_by_the_queue().await? {
            return Ok(());
        }
        let Claim { target, glimpse, .. } = self.run.claim;
        if let Some(check) = known(self.run.cx, target, glimpse.tree.as_ref(), &self.base).await? {
            return self.run.tell(standing, &round, &check, CheckState::Told).await;
        }
        match self.compare().await? {
            Ok(comparison) => self.look(standing, &round, comparison).await,
            Err(notice) => self.run.tell_notice(standing, &round, notice).await,
        }
    }

    fn place(&self) -> Place {
        Place::Commit(self.base.clone())
    }

    fn is_push(&self) -> bool {
        matches!(self.run.claim.target.subject, Subject::Push(_))
    }

    /// What the merge queue pushes was audited as a merge group, under the same id.
    async fn told_by_the_queue(&self) -> Result<bool, Stop> {
        if !self.is_push() {
            return Ok(false);
        }
        let subject = Subject::MergeGroup(self.round.head.clone());
        let round = Round::new(&subject, self.round.head.clone(), self.round.base_ref.clone());
        let group = Target { repo: self.run.claim.target.repo.clone(), subject };
        let writes = self.run.cx.store.writes(&group).await?;
        Ok(Standing::remembered(&writes).told(&round.head, &round.request).is_some())
    }

    /// What the commit changes; or why nobody can know.
    async fn compare(&self) -> Result<Result<Comparison, Notice>, Stop> {
        if self.base.is_zero() {
            return Ok(Err(notices::nothing_before()));
        }
        match self.run.repo.compare(&self.base, &self.round.head).await {
            Ok(comparison) => Ok(Ok(comparison)),
            Err(Error::NotFound { .. }) if self.is_push() => {
                Ok(Err(notices::unreachable_before(self.base.short())))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Looks at the first texts, and goes on unless GitHub shows that all was said already.
    async fn look(&self, standing: &mut Standing, round: &Round, comparison: Comparison) -> Result<(), Stop> {
        let cx = self.run.cx;
        let fork = Some(comparison.merge_base.clone());
        let mut texts = Texts { repo: self.run.repo, place: self.place(), head: round.head.clone(), fork };
        let mut listing = Listing::of(comparison);
        let ceilings = &cx.settings.ceilings;
        if listing.needs_no_text() {
            let policy = Policy::defaults(ceilings);
            return self.publish(standing, round, &policy, &listing.nothing_audited(), (&[], &[])).await;
        }
        let recalled = recall::recall(cx, &self.run.claim.target, &mut listing).await?;
        let mut seen = texts.first(&listing.first_paths()).await?;
        standing.see(&self.run.claim.target, &round.head, &seen);
        let told = standing.told(&round.head, &round.request).is_some();
        if told || self.is_push() && !round.asked && shown_by_the_queue(&seen.standing.checks) {
            return self.run.tidy(standing, round).await;
        }
        let mut notes = Vec::new();
        let cx = &own_rules::context(cx, &seen.standing.rules, &mut notes);
        let known = cx.engine.rules();
        let policy = policy::at_base(seen.standing.policy.as_ref(), ceilings, known, &mut notes);
        let proposed = listing.policy.is_some().then(|| seen.blobs.pop().flatten()).flatten();
        let mistakes = policy::proposed(proposed.as_ref(), ceilings, known);
        let target = &self.run.claim.target;
        let job = Job { target, texts: &texts, tip: Some(&self.base), policy: &policy, listing, recalled };
        let audited = self.run.with_visible_check(standing, round, job.audit(cx, seen.blobs)).await?;
        self.publish(standing, round, &policy, &audited, (&notes, &mistakes)).await
    }

    async fn publish(
        &self,
        standing: &mut Standing,
        round: &Round,
        policy: &Policy,
        audited: &Audited,
        (notes, mistakes): (&[String], &[Mistake]),
    ) -> Result<(), Stop> {
        let claim = self.run.claim;
        let world = World {
            target: &claim.key,
            head: &round.head,
            policy,
            audited,
            commented: &[],
            threads: &[],
            may_comment: false,
            notes,
            mistakes,
        };
        let check = plan::plan(&world).check;
        keep(self.run.cx, &claim.target, claim.glimpse.tree.as_ref(), Some(&self.base), &world).await?;
        self.run.tell(standing, round, &check, CheckState::Told).await
    }

    async fn tell_notice(&self, notice: Notice) -> Result<(), Stop> {
        let mut standing = self.run.remember(&self.place()).await?;
        match self.run.claim.glimpse.open {
            true => {
                let round = self.round(&standing);
                self.run.tell_notice(&mut standing, &round, notice).await?;
            }
            false => self.run.close(&standing, &notices::group_destroyed()).await?,
        }
        self.answered().await
    }
}

/// Whether one of these runs tells the result of the merge group that this commit was.
fn shown_by_the_queue(checks: &[StandingCheck]) -> bool {
    let group = round::requests_of(&Subject::MergeGroup(Sha::zero()));
    let of_group =
        |check: &&StandingCheck| check.external_id.as_deref().is_some_and(|id| id.starts_with(&group));
    checks.iter().filter(of_group).any(super::memory::tells)
}
