//! What GitHub tried to tell us and could not, and what we left open: GitHub delivers once only, so we ask
//! for what failed; and a check run of ours that waits for a review nobody will do is looked at again.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Context, Stop, memory};
use crate::github::Attempt;

/// So many attempts at one event are enough: the next ones would fail as well.
const ATTEMPTS: usize = 4;
/// An attempt younger than this may still succeed, or its success is not listed yet.
const SETTLED: i64 = 60;
/// A page holds a hundred attempts.
const PAGES: usize = 50;

/// Asks GitHub for the deliveries of this last while that failed. Returns how many.
pub async fn ask_again(cx: &Context, back: Duration) -> Result<usize, Stop> {
    let now = cx.store.now_ms() / 1000;
    let since = now.saturating_sub(i64::try_from(back.as_secs()).unwrap_or(i64::MAX));
    let mut asked = 0;
    for attempt in missed(&attempts(cx, since).await?, now) {
        if !cx.store.knows(&attempt.guid).await? {
            cx.github.redeliver(attempt.id).await?;
            tracing::info!(
                delivery = attempt.guid,
                event = attempt.event,
                "asked for a delivery that failed"
            );
            asked += 1;
        }
    }
    Ok(asked)
}

async fn attempts(cx: &Context, since: i64) -> Result<Vec<Attempt>, Stop> {
    let mut all = Vec::new();
    let mut page = None;
    for _ in 0..PAGES {
        let attempts = cx.github.attempts(page).await?;
        let is_last = attempts.page.last().is_none_or(|oldest| oldest.at < since);
        all.extend(attempts.page.into_iter().filter(|attempt| attempt.at >= since));
        page = attempts.next;
        if is_last || page.is_none() {
            break;
        }
    }
    Ok(all)
}

/// The newest attempt of each event that never arrived.
fn missed(attempts: &[Attempt], now: i64) -> Vec<&Attempt> {
    let mut events: BTreeMap<&str, Vec<&Attempt>> = BTreeMap::new();
    for attempt in attempts {
        events.entry(&attempt.guid).or_default().push(attempt);
    }
    let failed = events.into_values().filter(|tries| {
        tries.len() < ATTEMPTS
            && tries.iter().all(|attempt| !attempt.delivered && attempt.at <= now - SETTLED)
    });
    failed.filter_map(|tries| tries.into_iter().max_by_key(|attempt| attempt.at)).collect()
}

/// Has targets looked at again that rest for so long while a check run of theirs is open, or a write
/// of theirs never got its outcome. Returns how many.
pub async fn sweep(cx: &Context, rested: Duration) -> Result<usize, Stop> {
    let mut swept = 0;
    for key in cx.store.resting_with(memory::OPEN, rested).await? {
        let writes = cx.store.writes_of(&key).await?;
        if memory::leaves_open(&writes) && cx.store.again(&key).await? {
            tracing::warn!(target = key, "a check run was left open; its target is looked at again");
            swept += 1;
        }
    }
    Ok(swept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(id: i64, guid: &str, at: i64, delivered: bool) -> Attempt {
        Attempt { id, guid: guid.to_owned(), event: "pull_request".to_owned(), at, delivered }
    }

    #[test]
    fn only_what_never_arrived_is_asked_for() {
        let attempts = [
            attempt(9, "fresh", 990, false),
            attempt(8, "lost", 800, false),
            attempt(7, "lost", 700, false),
            attempt(6, "late", 600, true),
            attempt(5, "late", 500, false),
            attempt(4, "hopeless", 400, false),
            attempt(3, "hopeless", 300, false),
            attempt(2, "hopeless", 200, false),
            attempt(1, "hopeless", 100, false),
        ];
        let asked: Vec<i64> = missed(&attempts, 1_000).iter().map(|attempt| attempt.id).collect();
        assert_eq!(asked, [8]);
    }
}
