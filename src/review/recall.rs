//! Audits that are remembered file by file: the same blob, changed by the same patch and judged by the same
//! rules and settings, is the same audit, in whatever commit it turns up. Such a file needs no text.
//!
//! It serves commits that are not commented on: a suggestion would need the text.

mod noted;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::audit::Auditor;
use super::base;
use super::policy::Policy;
use super::read::Listing;
use super::{Context, Stop, commit};
use crate::domain::{Sha, Target};
use crate::engine::diff;
use crate::engine::difference::FilePair;
use crate::github::ChangedFile;
use crate::store::VerdictKey;
use noted::Noted;

/// Longer records are not kept: such a file costs less to read than to remember.
const LONGEST: usize = 64 * 1024;

/// Changed files of which an audit is remembered.
#[derive(Default)]
pub(super) struct Recalled(Vec<(ChangedFile, Noted)>);

/// Takes the files out of the listing whose audit is remembered.
pub(super) async fn recall(cx: &Context, target: &Target, listing: &mut Listing) -> Result<Recalled, Stop> {
    let mut recalled = Recalled::default();
    for file in std::mem::take(&mut listing.python) {
        let said = match key(cx, target, &file) {
            Some(key) => cx.store.verdict(&key).await?,
            None => None,
        };
        match said.and_then(|said| serde_json::from_str(&said).ok()) {
            Some(noted) => recalled.0.push((file, noted)),
            None => listing.python.push(file),
        }
    }
    Ok(recalled)
}

impl Recalled {
    /// Hands the audits to the auditor, as far as they were made under this policy. Gives back the files
    /// whose texts are needed after all.
    pub(super) fn tell(self, cx: &Context, policy: &Policy, auditor: &mut Auditor) -> Vec<ChangedFile> {
        let settings = settings(cx, policy);
        let mut rest = Vec::new();
        for (file, noted) in self.0 {
            if policy.ignored.contains(&file.filename) {
                auditor.ignore(&file.filename);
                continue;
            }
            match pair(cx, &file, noted, &settings) {
                Some(pair) => auditor.known(pair),
                None => rest.push(file),
            }
        }
        rest
    }
}

fn pair(cx: &Context, file: &ChangedFile, noted: Noted, settings: &str) -> Option<FilePair> {
    let hunks = diff::parse_patch(file.patch.as_deref()?).ok()?;
    let (head, base) = noted.sides(settings, cx.engine.rules())?;
    Some(FilePair { head, base: Some(base), hunks, old_path: file.previous_filename.clone() })
}

/// Remembers the audits of these files, except those that left something out: they may go better next time.
pub(super) async fn keep(
    cx: &Context,
    target: &Target,
    policy: &Policy,
    files: &[ChangedFile],
    pairs: &[FilePair],
) -> Result<(), Stop> {
    let files: BTreeMap<&str, &ChangedFile> = files.iter().map(|it| (it.filename.as_str(), it)).collect();
    let settings = settings(cx, policy);
    let mut said = Vec::new();
    for pair in pairs {
        let key = files.get(pair.head.path.as_str()).and_then(|file| key(cx, target, file));
        let (Some(key), Some(noted)) = (key, Noted::of(pair, &settings)) else { continue };
        let words = serde_json::to_string(&noted).map_err(|error| Stop::Bug(error.to_string()))?;
        if words.len() <= LONGEST {
            said.push((key, words));
        }
    }
    Ok(cx.store.keep_verdicts(&said).await?)
}

/// The head's blob and the patch prove both texts, so they are what the audit is about.
fn key(cx: &Context, target: &Target, file: &ChangedFile) -> Option<VerdictKey> {
    let blob = Sha::parse(file.sha.as_deref()?)?;
    let (path, patch) = (file.filename.as_str(), file.patch.as_deref()?);
    let old_path = file.previous_filename.as_deref().unwrap_or_default();
    let is_new = if base::is_new(file) { "new" } else { "" };
    let change = Sha::parse(&digest([path, old_path, is_new, patch]))?;
    Some(VerdictKey { repo: target.repo.clone(), tree: blob, base: change, maker: commit::maker(cx) })
}

/// Names what the policy has the engine do, and by which rules: a repository may bring its own.
fn settings(cx: &Context, policy: &Policy) -> String {
    digest([format!("{:?}", policy.options).as_str(), cx.engine.rules().digest()])
}

fn digest<'p>(parts: impl IntoIterator<Item = &'p str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex::encode(hash.finalize())
}
