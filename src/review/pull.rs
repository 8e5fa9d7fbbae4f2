//! One pull request, from the first look to the completed check.

use std::future::Future;

use sha2::{Digest, Sha256};

use super::audit::{Audited, Auditor};
use super::memory::{self, Effect, Standing};
use super::plan::{self, PlannedCheck, World};
use super::policy::{self, Drafts, Mistake, Policy};
use super::publish::Publisher;
use super::read::{self, Allowance, Listing, TEXTS_PER_LOOK, Texts};
use super::{Context, Stop, base, sides};
use crate::domain::{PullNumber, Sha};
use crate::github::{BlobView, Conclusion, PullState, PullStatus, RepoClient};
use crate::report::markdown::notices;
use crate::store::Claim;

pub(super) async fn review(cx: &Context, claim: &Claim, number: PullNumber) -> Result<(), Stop> {
    let repo = cx.github.repo(&claim.target.repo);
    Review {
        cx,
        claim,
        number,
        repo: &repo,
    }
    .run()
    .await
}

pub(super) async fn give_up(
    cx: &Context,
    claim: &Claim,
    number: PullNumber,
    incident: &str,
) -> Result<(), Stop> {
    let repo = cx.github.repo(&claim.target.repo);
    Review {
        cx,
        claim,
        number,
        repo: &repo,
    }
    .give_up(incident)
    .await
}

/// After so many attempts the delivery's head is no longer believed: GitHub is asked for the head.
const ATTEMPTS_ON_THE_GLIMPSE: i64 = 2;

struct Review<'a> {
    cx: &'a Context,
    claim: &'a Claim,
    number: PullNumber,
    repo: &'a RepoClient,
}

/// One head of the pull request, and our name for the check run that is to tell its result.
struct Round {
    head: Sha,
    base_ref: String,
    /// The check run's external id.
    request: String,
}

impl Review<'_> {
    async fn run(&self) -> Result<(), Stop> {
        let mut standing = self.remember().await?;
        if !self.claim.glimpse.open {
            return self.close(&standing).await;
        }
        let round = self.round().await?;
        if standing.told(&round.head, &round.request).is_some() {
            return self.tidy(&standing, &round).await;
        }
        let listing = read::list(self.repo, self.number).await?;
        if self.needs_no_look(&listing, &round) {
            return match self.claim.glimpse.draft {
                true => self.tidy(&standing, &round).await,
                false => self.without_python(&mut standing, &round, &listing).await,
            };
        }
        self.look(round, &mut standing, listing).await
    }

    /// What stands, from the store; and for writes of unknown outcome from GitHub, once they have settled.
    async fn remember(&self) -> Result<Standing, Stop> {
        let writes = self.cx.store.writes(&self.claim.target).await?;
        let mut standing = Standing::remembered(&writes);
        let unsettled = memory::unsettled(&writes);
        if let Some(remaining) = memory::remaining(&writes, self.cx.store.now_ms(), self.cx.settings.settle) {
            return Err(Stop::Unsettled { remaining });
        }
        let mut heads: Vec<&Sha> = unsettled.iter().map(|write| &write.head).collect();
        heads.dedup();
        for head in heads {
            let mut texts = self.texts(head, &self.claim.glimpse.base_ref);
            let (state, _) = texts.first(&[]).await?;
            standing.see(&self.claim.key, head, &state);
        }
        for write in &unsettled {
            match standing.effect_of(write) {
                Effect::Seen(id) => self.cx.store.done(write.write, id).await?,
                Effect::None => self.cx.store.void(write.write).await?,
            }
        }
        Ok(standing)
    }

    /// The head to review: the delivery's, unless GitHub keeps contradicting it.
    async fn round(&self) -> Result<Round, Stop> {
        let glimpse = &self.claim.glimpse;
        let (head, base_ref) = if self.claim.attempts <= ATTEMPTS_ON_THE_GLIMPSE {
            (glimpse.head.clone(), glimpse.base_ref.clone())
        } else {
            let (state, _) = self.texts(&glimpse.head, &glimpse.base_ref).first(&[]).await?;
            (state.head, state.base_ref)
        };
        let request = request(self.number, &base_ref);
        Ok(Round {
            head,
            base_ref,
            request,
        })
    }

    fn texts(&self, head: &Sha, base_ref: &str) -> Texts<'_> {
        Texts {
            repo: self.repo,
            pull: self.number,
            head: head.clone(),
            base_ref: base_ref.to_owned(),
        }
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
    ) -> Result<(), Stop> {
        let policy = Policy::defaults(&self.cx.settings.ceilings);
        let audited = listing.nothing_audited();
        let verdict = Verdict {
            policy: &policy,
            audited: &audited,
            notes: Vec::new(),
            mistakes: &[],
        };
        self.publish(standing, round, verdict).await
    }

    /// Looks at the state and the first texts, and goes on if there is something to say.
    async fn look(&self, round: Round, standing: &mut Standing, listing: Listing) -> Result<(), Stop> {
        let mut texts = self.texts(&round.head, &round.base_ref);
        let paths = listing.first_paths();
        let (state, mut blobs) = texts.first(&paths).await?;
        standing.see(&self.claim.key, &round.head, &state);
        if state.state != PullStatus::Open {
            return self.close(standing).await;
        }
        if state.head != round.head {
            return Err(Stop::stale(
                "the pull request has another head than its delivery told",
            ));
        }
        if standing.told(&round.head, &round.request).is_some() {
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
        let job = Job {
            texts: &texts,
            state: &state,
            policy: &policy,
            listing,
        };
        let audited = self
            .with_visible_check(standing, &round, job.audit(self.cx, blobs))
            .await?;
        let verdict = Verdict {
            policy: &policy,
            audited: &audited,
            notes,
            mistakes: &mistakes,
        };
        self.publish(standing, &round, verdict).await
    }

    /// Lets the audit run; one that takes its time gets a check run that says so.
    async fn with_visible_check(
        &self,
        standing: &mut Standing,
        round: &Round,
        audit: impl Future<Output = Result<Audited, Stop>>,
    ) -> Result<Audited, Stop> {
        tokio::pin!(audit);
        tokio::select! {
            biased;
            audited = &mut audit => return audited,
            () = tokio::time::sleep(self.cx.settings.check_start) => {}
        }
        if standing.open(&round.head, &round.request).is_none() {
            let check = self.publisher(&round.head).start_check(&round.request).await?;
            standing.checks.insert(check.id.0, check);
        }
        audit.await
    }

    /// Comments first, the check's result last.
    async fn publish(
        &self,
        standing: &mut Standing,
        round: &Round,
        verdict: Verdict<'_>,
    ) -> Result<(), Stop> {
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
        self.tell(standing, round, &check).await
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

    async fn tell(&self, standing: &mut Standing, round: &Round, check: &PlannedCheck) -> Result<(), Stop> {
        let open = standing.open(&round.head, &round.request).cloned();
        self.publisher(&round.head)
            .tell(&round.request, open.as_ref(), check)
            .await?;
        if let Some(open) = open {
            standing.checks.remove(&open.id.0);
        }
        self.tidy(standing, round).await
    }

    /// Closes the runs of earlier heads and requests, after the current one stands.
    async fn tidy(&self, standing: &Standing, round: &Round) -> Result<(), Stop> {
        let notice = notices::superseded(round.head.short());
        let current = Some((&round.head, round.request.as_str()));
        for check in standing.leftover(current) {
            self.publisher(&round.head).cancel_check(&check, &notice).await?;
        }
        Ok(())
    }

    /// Nobody waits for the result any more: no run stays open.
    async fn close(&self, standing: &Standing) -> Result<(), Stop> {
        let notice = notices::closed();
        for check in standing.leftover(None) {
            self.publisher(&check.head).cancel_check(&check, &notice).await?;
        }
        Ok(())
    }

    async fn give_up(&self, incident: &str) -> Result<(), Stop> {
        let mut standing = self.remember().await?;
        let glimpse = &self.claim.glimpse;
        let request = request(self.number, &glimpse.base_ref);
        let round = Round {
            head: glimpse.head.clone(),
            base_ref: glimpse.base_ref.clone(),
            request,
        };
        if !glimpse.open || standing.told(&round.head, &round.request).is_some() {
            return self.close(&standing).await;
        }
        let notices::Notice { title, summary } = notices::given_up(incident);
        let check = PlannedCheck {
            conclusion: Conclusion::Neutral,
            title,
            summary,
            text: String::new(),
            annotations: Vec::new(),
        };
        self.tell(&mut standing, &round, &check).await
    }

    fn publisher<'a>(&'a self, head: &'a Sha) -> Publisher<'a> {
        Publisher {
            cx: self.cx,
            claim: self.claim,
            repo: self.repo,
            pull: self.number,
            head,
        }
    }
}

/// What the audit and the policy together give.
struct Verdict<'a> {
    policy: &'a Policy,
    audited: &'a Audited,
    notes: Vec<String>,
    mistakes: &'a [Mistake],
}

/// One audit of all changed files, batch by batch.
struct Job<'a> {
    texts: &'a Texts<'a>,
    state: &'a PullState,
    policy: &'a Policy,
    listing: Listing,
}

impl Job<'_> {
    async fn audit(self, cx: &Context, first: Vec<Option<BlobView>>) -> Result<Audited, Stop> {
        let Job {
            texts,
            state,
            policy,
            listing,
        } = self;
        let mut auditor = Auditor::new(listing.nothing_audited());
        let mut allowance = Allowance::new(policy.scan_bytes);
        auditor
            .audit(
                cx,
                &policy.options,
                listing.removed.iter().filter_map(base::of_removed).collect(),
            )
            .await;
        let mut first = Some(first);
        for batch in listing.python.chunks(TEXTS_PER_LOOK) {
            let blobs = match first.take() {
                Some(blobs) => blobs,
                None => texts.more(&read::paths(batch)).await?,
            };
            let batch = batch.iter().cloned().zip(blobs).collect();
            let sides = sides::of_batch(
                texts,
                state.base_tip.as_ref(),
                policy,
                &mut allowance,
                batch,
                &mut auditor,
            )
            .await?;
            auditor.audit(cx, &policy.options, sides).await;
        }
        Ok(auditor.finish())
    }
}

/// Our name for one result: it comes back with the check run, also for forks, where GitHub's own
/// events name no pull request. Another base branch is another question, so it is another run.
fn request(number: PullNumber, base_ref: &str) -> String {
    let digest = hex::encode(Sha256::digest(base_ref.as_bytes()));
    format!("scrutineer:1:pull:{}:{}", number.0, &digest[..8])
}
