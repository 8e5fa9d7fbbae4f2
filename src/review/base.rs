//! The text before the change. It comes free: the patch, applied backwards to the head's text, gives
//! the merge base's text byte for byte. Where that cannot be proven, the base blob is fetched.

use crate::domain::Sha;
use crate::engine::diff::{self, Hunk};
use crate::github::{BlobView, ChangedFile, FileStatus, Look, RepoClient};

use super::Stop;
use super::read::Texts;

/// A changed file with its two sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sides {
    pub path: String,
    /// Its path before, if it was renamed.
    pub old_path: Option<String>,
    pub head: Vec<u8>,
    pub base: Base,
    pub hunks: Vec<Hunk>,
    /// Whether the hunks are GitHub's own, so that a comment may stand on them.
    pub anchors: bool,
}

/// What is known of the text before the change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// There was no such file.
    Absent,
    Text(Vec<u8>),
    Unknown,
}

/// Whether nothing was there before. A copy counts as new: what it was copied from is still there.
pub(super) fn is_new(file: &ChangedFile) -> bool {
    matches!(file.status, FileStatus::Added | FileStatus::Copied)
}

/// The base of a file from its patch alone, or `None` where the patch does not prove it.
pub(super) fn from_patch(file: &ChangedFile, head: &[u8]) -> Option<(Base, Vec<Hunk>)> {
    let hunks = diff::parse_patch(file.patch.as_deref()?).ok()?;
    let text = std::str::from_utf8(head).ok()?;
    let before = diff::reverse_apply(text, &hunks).ok()?;
    let base = if is_new(file) { Base::Absent } else { Base::Text(before.into_bytes()) };
    Some((base, hunks))
}

/// The text of a removed file, which its patch shows whole, as a file that is now empty.
pub(super) fn of_removed(file: &ChangedFile) -> Option<Sides> {
    let hunks = diff::parse_patch(file.patch.as_deref()?).ok()?;
    let before = diff::reverse_apply("", &hunks).ok()?;
    let base = Base::Text(before.into_bytes());
    let path = file.filename.clone();
    Some(Sides { path, old_path: None, head: Vec::new(), base, hunks, anchors: false })
}

/// The bases that the patches did not prove, from the merge base itself: one call for its name and
/// one look for all texts.
pub(super) async fn fetch(
    texts: &Texts<'_>,
    tip: Option<&Sha>,
    files: &[ChangedFile],
) -> Result<Vec<Base>, Stop> {
    let old_paths: Vec<String> = files.iter().map(old_path).collect();
    let Some(tip) = tip else {
        return Ok(vec![Base::Unknown; files.len()]);
    };
    let fork = texts.repo.merge_base(tip, &texts.head).await?;
    let look = Look {
        pull: texts.pull,
        head: fork,
        base_ref: texts.base_ref.clone(),
        paths: old_paths,
        with_state: false,
        threads_after: None,
    };
    let blobs = texts.repo.look(&look).await?.blobs;
    let mut bases = Vec::with_capacity(files.len());
    for blob in blobs {
        bases.push(match blob {
            Some(blob) => base_of(texts.repo, &blob).await?,
            None => Base::Unknown,
        });
    }
    Ok(bases)
}

async fn base_of(repo: &RepoClient, blob: &BlobView) -> Result<Base, Stop> {
    match blob.whole_text() {
        Some(text) => Ok(Base::Text(text.as_bytes().to_vec())),
        None => Ok(Base::Text(repo.blob(&blob.oid).await?)),
    }
}

fn old_path(file: &ChangedFile) -> String {
    file.previous_filename.clone().unwrap_or_else(|| file.filename.clone())
}

/// The sides of a file whose base did not come from its patch. Its hunks are ours, not GitHub's.
pub(super) fn with_base(file: &ChangedFile, head: Vec<u8>, base: Base) -> Sides {
    let hunks = match (&base, std::str::from_utf8(&head)) {
        (Base::Text(before), Ok(after)) => match std::str::from_utf8(before) {
            Ok(before) => diff::between(before, after),
            Err(_) => Vec::new(),
        },
        (Base::Absent, Ok(after)) => diff::between("", after),
        (_, _) => Vec::new(),
    };
    Sides {
        path: file.filename.clone(),
        old_path: file.previous_filename.clone(),
        head,
        base,
        hunks,
        anchors: false,
    }
}
