//! *Re-run all checks* on a commit: found out which targets have runs there, and handed on to them.

use std::collections::BTreeSet;

use super::{Context, Stop, round};
use crate::domain::{Asked, Glimpse, Subject, Target, Wake};
use crate::store::Claim;

/// Our own record tells which; where it is lost, the names of the suite's runs do.
pub(super) async fn pass_on(cx: &Context, claim: &Claim, suite: i64) -> Result<(), Stop> {
    let (repo, head) = (&claim.target.repo, &claim.glimpse.head);
    let mut targets = cx.store.targets_at(repo.id, head).await?;
    targets.retain(|target| matches!(target.subject, Subject::Pull(_)));
    if targets.is_empty() {
        targets = listed(cx, claim, suite).await?;
    }
    let wake = |target| Wake { target, glimpse: Glimpse::unknown(&claim.glimpse.author) };
    let wakes: Vec<Wake> = targets.into_iter().map(wake).collect();
    tracing::info!(targets = wakes.len(), "a suite is asked for again");
    Ok(cx.store.pass_on(claim, &wakes, &Asked::Rerun { head: Some(head.clone()) }).await?)
}

async fn listed(cx: &Context, claim: &Claim, suite: i64) -> Result<Vec<Target>, Stop> {
    let repo = &claim.target.repo;
    let names = cx.github.repo(repo).suite_runs(suite).await?;
    let subjects: Vec<Subject> = names.iter().filter_map(|name| round::subject_of(name)).collect();
    let mut seen = BTreeSet::new();
    let targets = subjects.into_iter().map(|subject| Target { repo: repo.clone(), subject });
    Ok(targets.filter(|target| seen.insert(target.key())).collect())
}
