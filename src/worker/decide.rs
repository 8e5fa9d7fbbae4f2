//! What becomes of a claim, given how its review ended. Pure.

use std::time::Duration;

use sha2::{Digest, Sha256};

use super::Settings;
use crate::review::Outcome;
use crate::store::Claim;

/// The longest pause after a failure.
const LONGEST: Duration = Duration::from_secs(600);
/// How often telling the readers that we give up is tried, before we give up without telling them.
const FAREWELLS: i64 = 10;

/// What the worker does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Finish,
    Later {
        after: Duration,
        why: String,
        counts: bool,
    },
    Park {
        after: Duration,
        why: String,
    },
    /// The attempts are used up: tell the readers, then give up.
    GiveUp {
        why: String,
    },
    Dead {
        why: String,
    },
}

/// What to do with a fresh claim: `None` means review it. Attempts beyond the last one mean that the last
/// one ended without a word: it took the process with it.
pub(super) fn first(claim: &Claim, settings: &Settings) -> Option<Step> {
    let beyond = claim.attempts - settings.attempts;
    let why = "earlier attempts ended without a word".to_owned();
    match beyond {
        ..=0 => None,
        1..=FAREWELLS => Some(Step::GiveUp { why }),
        _ => Some(Step::Dead { why }),
    }
}

/// What to do after the review said how it ended, or failed to.
pub(super) fn after_review(ending: Result<Outcome, String>, claim: &Claim, settings: &Settings) -> Step {
    match step(ending, claim, settings) {
        Step::Later { why, counts: true, .. } if claim.attempts >= settings.attempts => Step::GiveUp { why },
        other => other,
    }
}

/// What to do after the readers were told that we give up, or could not be told.
pub(super) fn after_farewell(
    ending: Result<Outcome, String>,
    why: String,
    claim: &Claim,
    settings: &Settings,
) -> Step {
    match step(ending, claim, settings) {
        Step::Finish => Step::Dead { why },
        Step::Later { why, counts: true, .. } if claim.attempts >= settings.attempts + FAREWELLS => {
            Step::Dead { why }
        }
        other => other,
    }
}

fn step(ending: Result<Outcome, String>, claim: &Claim, settings: &Settings) -> Step {
    match ending {
        Ok(Outcome::Done) => Step::Finish,
        Ok(Outcome::Park { after, why }) => Step::Park { after, why },
        Ok(Outcome::Later { after, why, counts: false }) => Step::Later { after, why, counts: false },
        Ok(Outcome::Later { after, why, counts: true }) => failed(after, why, claim),
        // The store knows whether a newer trigger waits; if none does, we were wrong, and that counts.
        Ok(Outcome::Superseded) => failed(backoff(claim, settings), "superseded".to_owned(), claim),
        Err(why) => failed(backoff(claim, settings), why, claim),
    }
}

fn failed(after: Duration, why: String, claim: &Claim) -> Step {
    let after = after + jitter(after, claim);
    Step::Later { after, why, counts: true }
}

/// Doubles with each attempt.
fn backoff(claim: &Claim, settings: &Settings) -> Duration {
    let doublings = u32::try_from(claim.attempts.clamp(1, 16)).unwrap_or(16) - 1;
    settings.retry.saturating_mul(1 << doublings).min(LONGEST)
}

/// Up to a quarter more, so that what failed together is not tried again together. Drawn from the claim:
/// the same history gives the same pauses.
fn jitter(after: Duration, claim: &Claim) -> Duration {
    let draw = digest(&[&claim.key, &claim.attempts.to_string(), &claim.delivery]);
    after / 4 * u32::from(draw[0]) / 256
}

/// Leads from what readers are shown to our logs; the same however often the farewell is tried.
pub(super) fn incident(claim: &Claim) -> String {
    hex::encode(&digest(&["incident", &claim.key, &claim.generation.to_string(), &claim.delivery])[..6])
}

fn digest(parts: &[&str]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing;

    const SETTLE: Duration = Duration::from_secs(15);

    fn settings() -> Settings {
        Settings::new(Duration::from_secs(60))
    }

    async fn claim(attempts: i64) -> Claim {
        let store = testing::open().await;
        store.trigger(testing::wake(1, 1, 7)).await;
        let mut claim = store.claimed().await;
        claim.attempts = attempts;
        claim
    }

    fn later(counts: bool) -> Result<Outcome, String> {
        Ok(Outcome::Later { after: SETTLE, why: "why".to_owned(), counts })
    }

    #[tokio::test]
    async fn only_what_counts_leads_to_giving_up() {
        let last = claim(5).await;
        let why = "why".to_owned();
        assert_eq!(after_review(Ok(Outcome::Done), &last, &settings()), Step::Finish);
        assert_eq!(after_review(later(true), &last, &settings()), Step::GiveUp { why: why.clone() });
        assert_eq!(after_review(Err(why.clone()), &last, &settings()), Step::GiveUp { why: why.clone() });
        let waits = Step::Later { after: SETTLE, why: why.clone(), counts: false };
        assert_eq!(after_review(later(false), &last, &settings()), waits);
        let park = Ok(Outcome::Park { after: SETTLE, why: why.clone() });
        assert_eq!(after_review(park, &last, &settings()), Step::Park { after: SETTLE, why });
    }

    #[tokio::test]
    async fn pauses_double_and_differ_between_targets() {
        let mut last = Duration::ZERO;
        for attempts in 1..5 {
            let claim = claim(attempts).await;
            let Step::Later { after, .. } = after_review(Err("x".to_owned()), &claim, &settings()) else {
                panic!()
            };
            let base = Duration::from_secs(1 << attempts);
            assert!(after >= base && after <= base * 5 / 4 && after > last, "{attempts}: {after:?}");
            last = after;
        }
        assert_eq!(backoff(&claim(60).await, &settings()), LONGEST);
    }

    #[tokio::test]
    async fn attempts_that_ended_without_a_word_end_in_a_farewell_and_at_last_without_one() {
        assert_eq!(first(&claim(5).await, &settings()), None);
        assert!(matches!(first(&claim(6).await, &settings()), Some(Step::GiveUp { .. })));
        assert!(matches!(first(&claim(15).await, &settings()), Some(Step::GiveUp { .. })));
        assert!(matches!(first(&claim(16).await, &settings()), Some(Step::Dead { .. })));
    }

    #[tokio::test]
    async fn a_farewell_that_cannot_be_told_is_tried_again_for_a_while() {
        let why = || "why".to_owned();
        let told = after_farewell(Ok(Outcome::Done), why(), &claim(5).await, &settings());
        assert_eq!(told, Step::Dead { why: why() });
        let untold = after_farewell(later(true), why(), &claim(5).await, &settings());
        assert!(matches!(untold, Step::Later { counts: true, .. }), "{untold:?}");
        let never = after_farewell(later(true), why(), &claim(15).await, &settings());
        assert!(matches!(never, Step::Dead { .. }), "{never:?}");
    }

    #[tokio::test]
    async fn an_incident_keeps_its_name_over_its_attempts() {
        let first = claim(5).await;
        let (mut again, mut other) = (first.clone(), first.clone());
        again.attempts = 6;
        other.generation = 9;
        assert_eq!(incident(&first), incident(&again));
        assert_ne!(incident(&first), incident(&other));
        assert_eq!(incident(&first).len(), 12);
    }
}
