//! What this target has already been told: what our store remembers, and what GitHub shows.
//!
//! Either may be missing: the store can be lost, a person can delete a comment, a read can lag behind
//! a write. Both together decide, so that nothing is said twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::marker::Marker;
use super::read::Seen;
use super::round;
use crate::domain::{Sha, Target};
use crate::github::{CheckId, CheckStatus, Conclusion, StandingCheck, Thread};
use crate::report::markdown::notices;
use crate::store::{Write, WriteId, WriteState};

/// One of our comments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Commented {
    pub marker: Marker,
    pub path: String,
    /// Where it stands now, if it is not outdated.
    pub line: Option<u32>,
}

/// One of our check runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    pub id: CheckId,
    pub head: Sha,
    pub external_id: String,
    pub state: CheckState,
    /// How many annotations it holds.
    pub annotations: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum CheckState {
    Open,
    /// It is completed and tells why there is no result. Another attempt may still put one there.
    Unfinished,
    /// It tells the result of its head.
    Told,
    /// It was closed without a result: superseded, or the pull request was closed.
    Cancelled,
}

/// The result that a run tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Word {
    /// What its own target concludes; nothing where another target only changed what is shown.
    pub own: Option<Conclusion>,
    /// What the run concludes: the worst of all targets on its commit.
    pub shown: Conclusion,
    pub title: String,
}

/// What an intended write carries, so that it can be recognised after a crash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Detail {
    Review {
        comments: Vec<Commented>,
    },
    Check {
        external_id: String,
        state: CheckState,
        annotations: usize,
        #[serde(default)]
        word: Option<Word>,
    },
    Update {
        check: i64,
        state: CheckState,
        annotations: usize,
        #[serde(default)]
        word: Option<Word>,
    },
    /// A sign under the comment that brought this request.
    Reaction {
        request: String,
    },
    /// Words to whoever brought this request.
    Reply {
        request: String,
    },
    /// Comments of findings that are gone.
    Fold {
        comments: Vec<Marker>,
    },
}

/// Everything known to stand on GitHub for one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// Comments that stand for their findings.
    pub commented: Vec<Commented>,
    /// Our own comments that were folded away: should their finding come back, it is told again.
    folded: BTreeSet<Marker>,
    /// What the last look showed of our comments.
    pub threads: Vec<OwnThread>,
    pub checks: BTreeMap<i64, Check>,
}

/// One of our comments as a look shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct OwnThread {
    pub marker: Marker,
    pub thread: Thread,
}

impl Standing {
    /// What the store remembers of finished writes, oldest first.
    pub(super) fn remembered(writes: &[Write]) -> Standing {
        let mut standing = Standing::default();
        for write in writes.iter().filter(|write| write.state == WriteState::Done) {
            standing.take(write);
        }
        standing
    }

    fn take(&mut self, write: &Write) {
        let Ok(detail) = serde_json::from_str::<Detail>(&write.detail) else {
            tracing::warn!(write = write.id.0, "an old record of a write cannot be read and is left aside");
            return;
        };
        match detail {
            Detail::Review { comments } => self.commented.extend(comments),
            Detail::Check { external_id, state, annotations, .. } => {
                let Some(id) = write.github_id else { return };
                let head = write.head.clone();
                let check = Check { id: CheckId(id), head, external_id, state, annotations };
                self.checks.insert(id, check);
            }
            Detail::Update { check, state, annotations, .. } => {
                if let Some(check) = self.checks.get_mut(&check) {
                    check.state = state;
                    check.annotations = check.annotations.max(annotations);
                }
            }
            Detail::Fold { comments } => {
                self.folded.extend(comments);
                self.commented.retain(|known| !self.folded.contains(&known.marker));
            }
            Detail::Reaction { .. } | Detail::Reply { .. } => {}
        }
    }

    /// Adds what a look at `head` shows: comments of ours by their markers, and of our check runs on that
    /// commit those of this target, which others may share it with.
    pub(super) fn see(&mut self, target: &Target, head: &Sha, seen: &Seen) {
        let (key, requests) = (target.key(), round::requests_of(&target.subject));
        let threads = seen.pull.iter().flat_map(|pull| &pull.threads);
        for thread in threads.filter(|thread| thread.ours) {
            let Some(marker) = Marker::read(&thread.body).filter(|marker| marker.target == key) else {
                continue;
            };
            self.threads.retain(|own| own.marker != marker);
            self.threads.push(OwnThread { marker: marker.clone(), thread: thread.clone() });
            self.commented.retain(|known| known.marker != marker);
            if !self.folded.contains(&marker) {
                self.commented.push(Commented { marker, path: thread.path.clone(), line: thread.line });
            }
        }
        let of_target = |id: &str| id.starts_with(&requests);
        let checks = seen.standing.checks.iter();
        for check in checks.filter(|check| check.external_id.as_deref().is_some_and(of_target)) {
            let seen = Check {
                id: check.id,
                head: head.clone(),
                external_id: check.external_id.clone().unwrap_or_default(),
                state: state_of(check),
                annotations: usize::try_from(check.annotations).unwrap_or(usize::MAX),
            };
            self.checks.entry(check.id.0).and_modify(|known| known.advance(&seen)).or_insert(seen);
        }
    }

    /// The run that tells the result of this head for this request, at whoever's asking, if there is one.
    pub(super) fn told(&self, head: &Sha, external_id: &str) -> Option<&Check> {
        let answers = |check: &&Check| check.head == *head && round::answers(&check.external_id, external_id);
        self.checks.values().filter(answers).find(|check| check.state == CheckState::Told)
    }

    /// The run of this head and request that may still be given its result.
    pub(super) fn open(&self, head: &Sha, external_id: &str) -> Option<&Check> {
        self.of(head, external_id).find(|check| check.state <= CheckState::Unfinished)
    }

    fn of(&self, head: &Sha, external_id: &str) -> impl Iterator<Item = &Check> {
        self.checks.values().filter(move |check| check.head == *head && check.external_id == external_id)
    }

    /// Runs that nobody will complete any more: they belong to another head or another request.
    pub(super) fn leftover(&self, current: Option<(&Sha, &str)>) -> Vec<Check> {
        self.checks
            .values()
            .filter(|check| check.state == CheckState::Open)
            .filter(|check| current != Some((&check.head, check.external_id.as_str())))
            .cloned()
            .collect()
    }
}

impl Check {
    /// A read may lag behind our own write: a run never goes back from completed to open, and
    /// annotations are only ever added.
    fn advance(&mut self, seen: &Check) {
        if seen.state > self.state {
            self.state = seen.state;
        }
        self.annotations = self.annotations.max(seen.annotations);
    }

    /// Whether an update to this state stands. One that leaves the run open shows in its annotations only.
    fn shows(&self, state: CheckState, annotations: usize) -> bool {
        self.state == state && (state != CheckState::Open || self.annotations >= annotations)
    }
}

/// Whether a run tells a result.
pub(super) fn tells(check: &StandingCheck) -> bool {
    state_of(check) == CheckState::Told
}

fn state_of(check: &StandingCheck) -> CheckState {
    match check.status {
        CheckStatus::Completed(Conclusion::Cancelled | Conclusion::Stale) => CheckState::Cancelled,
        CheckStatus::Completed(_) if check.title.as_deref().is_some_and(notices::is_unfinished) => {
            CheckState::Unfinished
        }
        CheckStatus::Completed(_) => CheckState::Told,
        CheckStatus::InProgress => CheckState::Open,
    }
}

/// A write of which nobody knows yet whether GitHub carried it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unsettled {
    pub write: WriteId,
    pub head: Sha,
    pub detail: Detail,
}

/// The writes that were begun and of which nobody recorded the end.
pub(super) fn unsettled(writes: &[Write]) -> Vec<Unsettled> {
    let begun = writes.iter().filter(|write| write.state == WriteState::Intended);
    begun
        .filter_map(|write| {
            let detail = serde_json::from_str(&write.detail).ok()?;
            Some(Unsettled { write: write.id, head: write.head.clone(), detail })
        })
        .collect()
}

/// What the stored detail of a check run says that is open.
pub(super) const OPEN: &str = "\"Open\"";

/// Whether a run of ours is open, or may be.
pub(super) fn leaves_open(writes: &[Write]) -> bool {
    !unsettled(writes).is_empty() || !Standing::remembered(writes).leftover(None).is_empty()
}

/// How long to wait until the last of these writes has settled, or nothing if all have.
pub(super) fn remaining(writes: &[Write], now_ms: i64, settle: Duration) -> Option<Duration> {
    let begun = writes.iter().filter(|write| write.state == WriteState::Intended);
    let last = begun.map(|write| write.at_ms).max()?;
    let settled_at = last.saturating_add(i64::try_from(settle.as_millis()).unwrap_or(i64::MAX));
    let remaining = u64::try_from(settled_at.saturating_sub(now_ms)).ok().filter(|left| *left > 0)?;
    Some(Duration::from_millis(remaining))
}

/// Whether the write took effect, and under which id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Seen(Option<i64>),
    None,
}

impl Standing {
    /// Looks for the effect of an unsettled write in what GitHub shows after it can have settled. `before`
    /// holds the runs that stood before it: a new run is none of them.
    pub(super) fn effect_of(&self, unsettled: &Unsettled, before: &BTreeSet<i64>) -> Effect {
        match &unsettled.detail {
            Detail::Review { comments } => {
                let stands =
                    |comment: &Commented| self.commented.iter().any(|seen| seen.marker == comment.marker);
                match !comments.is_empty() && comments.iter().all(stands) {
                    true => Effect::Seen(None),
                    false => Effect::None,
                }
            }
            Detail::Check { external_id, .. } => {
                let runs = self.of(&unsettled.head, external_id);
                let made = |run: &&Check| !before.contains(&run.id.0) && run.state != CheckState::Cancelled;
                match runs.filter(made).last() {
                    Some(check) => Effect::Seen(Some(check.id.0)),
                    None => Effect::None,
                }
            }
            Detail::Update { check, state, annotations, .. } => match self.checks.get(check) {
                Some(seen) if seen.shows(*state, *annotations) => Effect::Seen(None),
                Some(_) | None => Effect::None,
            },
            Detail::Fold { comments } => {
                let is_folded = |own: &OwnThread| own.thread.minimized || own.thread.resolved;
                let folded =
                    |marker: &Marker| self.threads.iter().any(|own| own.marker == *marker && is_folded(own));
                match comments.iter().all(folded) {
                    true => Effect::Seen(None),
                    false => Effect::None,
                }
            }
            // A sign given twice stands once; a reply is looked for before it is written.
            Detail::Reaction { .. } | Detail::Reply { .. } => Effect::None,
        }
    }
}
