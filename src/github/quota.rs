//! Etiquette towards GitHub, per installation: a pause between writes, and a reserve of the hourly
//! quota that reads leave untouched, so that a review under way can still tell its result.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::transport::Answer;
use super::{Settings, clock};
use crate::domain::InstallationId;

/// Installations whose quota is told to an operator: those with the least left.
const TOLD: usize = 50;

#[derive(Default)]
pub(super) struct Quota {
    pause: Duration,
    reserve: u64,
    installations: Mutex<BTreeMap<InstallationId, Use>>,
}

#[derive(Default)]
struct Use {
    /// When the next write may be sent.
    next_write: Option<Instant>,
    left: BTreeMap<&'static str, Left>,
}

/// What GitHub said of one quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Left {
    limit: u64,
    remaining: u64,
    reset: i64,
}

/// What is left of one quota of one installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remaining {
    pub installation: InstallationId,
    /// `core` or `graphql`.
    pub resource: &'static str,
    pub requests: u64,
}

impl Quota {
    pub(super) fn new(settings: &Settings) -> Quota {
        Quota { pause: settings.write_pause, reserve: settings.reserve, installations: Mutex::default() }
    }

    /// Takes the next place in the row of writes, and says how long to wait for it.
    pub(super) fn turn(&self, installation: InstallationId, now: Instant) -> Duration {
        self.with(|installations| {
            let next = &mut installations.entry(installation).or_default().next_write;
            let at = next.map_or(now, |next| next.max(now));
            *next = Some(at + self.pause);
            at.duration_since(now)
        })
    }

    /// Keeps what an answer tells of the quota. Answers overtake each other: of one hour the least counts.
    pub(super) fn learn(&self, installation: InstallationId, answer: &Answer) {
        let number = |name: &str| answer.header(name).and_then(|text| text.parse::<u64>().ok());
        let (Some(limit), Some(remaining), Some(reset)) = (
            number("x-ratelimit-limit"),
            number("x-ratelimit-remaining"),
            number("x-ratelimit-reset").and_then(|reset| i64::try_from(reset).ok()),
        ) else {
            return;
        };
        let resource = resource(answer.header("x-ratelimit-resource").unwrap_or("core"));
        let told = Left { limit, remaining, reset };
        self.with(|installations| {
            let known = installations.entry(installation).or_default().left.entry(resource).or_insert(told);
            let older = told.reset < known.reset;
            let lower = told.reset == known.reset && known.remaining < told.remaining;
            if !older && !lower {
                *known = told;
            }
        });
    }

    /// How long to wait where only the reserve is left; `None` where there is enough.
    pub(super) fn wait(&self, installation: InstallationId, resource: &str, now: i64) -> Option<Duration> {
        let left =
            self.with(|installations| installations.get(&installation)?.left.get(resource).copied())?;
        // A small quota keeps a small reserve, or nothing would ever be read.
        let reserve = self.reserve.min(left.limit / 10);
        let wait = u64::try_from(left.reset.saturating_sub(now)).ok().filter(|wait| *wait > 0)?;
        (left.remaining <= reserve).then(|| Duration::from_secs(wait + 1))
    }

    /// What is left, the least first.
    pub(super) fn remaining(&self) -> Vec<Remaining> {
        let mut all = self.with(|installations| {
            let each = |(installation, used): (&InstallationId, &Use)| {
                let installation = *installation;
                let told = move |(resource, left): (&&'static str, &Left)| Remaining {
                    installation,
                    resource,
                    requests: left.remaining,
                };
                used.left.iter().map(told).collect::<Vec<_>>()
            };
            installations.iter().flat_map(each).collect::<Vec<_>>()
        });
        all.sort_by_key(|remaining| remaining.requests);
        all.truncate(TOLD);
        all
    }

    fn with<T>(&self, look: impl FnOnce(&mut BTreeMap<InstallationId, Use>) -> T) -> T {
        look(&mut self.installations.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn resource(name: &str) -> &'static str {
    if name == "graphql" { "graphql" } else { "core" }
}

impl super::RepoClient {
    /// Waits until this installation may write again. Called before a write is recorded, so that the
    /// record is as old as the write.
    pub async fn turn_to_write(&self) {
        let quota = &self.connection.quota;
        tokio::time::sleep(quota.turn(self.repo.installation, clock::monotonic())).await;
    }
}

impl super::GitHub {
    /// What is left of the quotas that GitHub last told, the least first.
    pub fn remaining(&self) -> Vec<Remaining> {
        self.connection.quota.remaining()
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName, StatusCode};

    use super::*;

    const ONE: InstallationId = InstallationId(1);

    fn quota() -> Quota {
        Quota { pause: Duration::from_secs(1), reserve: 100, installations: Mutex::default() }
    }

    fn told(limit: u64, remaining: u64, reset: u64) -> Answer {
        let header = |name: &'static str, value: u64| {
            (HeaderName::from_static(name), value.to_string().parse().unwrap())
        };
        let headers = [
            header("x-ratelimit-limit", limit),
            header("x-ratelimit-remaining", remaining),
            header("x-ratelimit-reset", reset),
        ];
        Answer { status: StatusCode::OK, headers: HeaderMap::from_iter(headers), body: bytes::Bytes::new() }
    }

    #[test]
    fn writes_of_one_installation_keep_their_distance() {
        let (quota, now) = (quota(), clock::monotonic());
        let waits: Vec<u64> = (0..3).map(|_| quota.turn(ONE, now).as_secs()).collect();
        assert_eq!(waits, [0, 1, 2]);
        assert_eq!(quota.turn(InstallationId(2), now), Duration::ZERO);
        assert_eq!(quota.turn(ONE, now + Duration::from_secs(9)), Duration::ZERO);
    }

    #[test]
    fn reads_stop_before_the_quota_is_empty() {
        let quota = quota();
        assert_eq!(quota.wait(ONE, "core", 1_000), None);
        quota.learn(ONE, &told(5_000, 101, 1_060));
        assert_eq!(quota.wait(ONE, "core", 1_000), None);
        quota.learn(ONE, &told(5_000, 100, 1_060));
        assert_eq!(quota.wait(ONE, "core", 1_000), Some(Duration::from_secs(61)));
        assert_eq!(quota.wait(ONE, "graphql", 1_000), None);
        assert_eq!(quota.wait(ONE, "core", 1_061), None, "the hour is over");
    }

    #[test]
    fn an_answer_that_was_overtaken_changes_nothing() {
        let quota = quota();
        quota.learn(ONE, &told(5_000, 90, 1_060));
        quota.learn(ONE, &told(5_000, 95, 1_060));
        assert_eq!(quota.remaining()[0].requests, 90);
        quota.learn(ONE, &told(5_000, 4_999, 4_660));
        quota.learn(ONE, &told(5_000, 89, 1_060));
        assert_eq!(quota.remaining()[0].requests, 4_999);
    }

    #[test]
    fn a_small_quota_keeps_a_small_reserve() {
        let quota = quota();
        quota.learn(ONE, &told(60, 7, 1_060));
        assert_eq!(quota.wait(ONE, "core", 1_000), None);
    }
}
