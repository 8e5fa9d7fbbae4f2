//! Verdicts that hold for a commit because they hold for its content.
//!
//! A merge commit of a pull request that is up to date has the very tree of its head, and so has what a
//! squash makes of it. The tree names every file by content, the base names what it is compared with and
//! whose policy holds: the same tree on the same base is the same audit, and needs no call.

use sha2::{Digest, Sha256};

use crate::domain::{Sha, Target};
use crate::review::plan::{self, PlannedCheck, World};
use crate::review::{Context, Stop};
use crate::store::VerdictKey;

/// What the audit of this tree on this base said, if there was one.
pub(in crate::review) async fn known(
    cx: &Context,
    target: &Target,
    tree: Option<&Sha>,
    base: &Sha,
) -> Result<Option<PlannedCheck>, Stop> {
    let Some(tree) = tree else { return Ok(None) };
    let said = cx.store.verdict(&key(cx, target, tree, base)).await?;
    Ok(said.and_then(|said| serde_json::from_str(&said).ok()))
}

/// Keeps what the audit of this world says to a commit. One that left something out is not kept: it may go
/// better next time.
pub(in crate::review) async fn keep(
    cx: &Context,
    target: &Target,
    tree: Option<&Sha>,
    base: Option<&Sha>,
    world: &World<'_>,
) -> Result<(), Stop> {
    let (Some(tree), Some(base), true) = (tree, base, world.audited.is_complete()) else { return Ok(()) };
    let check = plan::plan(&World { commented: &[], may_comment: false, ..*world }).check;
    let said = serde_json::to_string(&check).map_err(|error| Stop::Bug(error.to_string()))?;
    Ok(cx.store.keep_verdict(&key(cx, target, tree, base), &said).await?)
}

fn key(cx: &Context, target: &Target, tree: &Sha, base: &Sha) -> VerdictKey {
    VerdictKey { repo: target.repo.clone(), tree: tree.clone(), base: base.clone(), maker: maker(cx) }
}

/// Names what an audit depends on besides the change: this version, its rules, the operator's ceilings.
pub(in crate::review) fn maker(cx: &Context) -> String {
    let mut digest = Sha256::new();
    digest.update(env!("CARGO_PKG_VERSION"));
    digest.update(format!("{:?}", cx.settings.ceilings));
    digest.update(cx.engine.rules().digest());
    hex::encode(&digest.finalize()[..16])
}
