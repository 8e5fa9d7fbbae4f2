//! From a listed file and the text GitHub gave for it to the two sides the engine compares.

use super::Stop;
use super::audit::Auditor;
use super::base::{self, Base, Sides};
use super::policy::Policy;
use super::read::{Allowance, Texts};
use crate::domain::Sha;
use crate::engine::{SkipReason, language};
use crate::github::{BlobView, ChangedFile, Error};

/// What the look tells of one file's text.
#[derive(Debug, PartialEq, Eq)]
enum Text {
    Here(Vec<u8>),
    /// GraphQL cannot give all of it: fetch the blob.
    Fetch(String),
    Skip(SkipReason),
}

/// Turns one batch of files into sides, fetching what the look could not bring. Files that are not to
/// be audited are noted with the auditor.
pub(super) async fn of_batch(
    texts: &Texts<'_>,
    tip: Option<&Sha>,
    policy: &Policy,
    allowance: &mut Allowance,
    batch: Vec<(ChangedFile, Option<BlobView>)>,
    auditor: &mut Auditor,
) -> Result<Vec<Sides>, Stop> {
    let mut ready = Vec::new();
    let mut unproven = Vec::new();
    for (file, blob) in batch {
        let Some(head) = head(texts, policy, allowance, &file, blob.as_ref(), auditor).await? else {
            continue;
        };
        match base::from_patch(&file, &head) {
            Some((base, hunks)) => {
                let old_path = file.previous_filename;
                ready.push(Sides { path: file.filename, old_path, head, base, hunks, anchors: true });
            }
            None if base::is_new(&file) => ready.push(base::with_base(&file, head, Base::Absent)),
            None => unproven.push((file, head)),
        }
    }
    if !unproven.is_empty() {
        ready.extend(fetch_bases(texts, tip, unproven).await?);
    }
    Ok(ready)
}

async fn fetch_bases(
    texts: &Texts<'_>,
    tip: Option<&Sha>,
    unproven: Vec<(ChangedFile, Vec<u8>)>,
) -> Result<Vec<Sides>, Stop> {
    let (files, heads): (Vec<_>, Vec<_>) = unproven.into_iter().unzip();
    let bases = base::fetch(texts, tip, &files).await?;
    let sides = files.iter().zip(heads).zip(bases);
    Ok(sides.map(|((file, head), base)| base::with_base(file, head, base)).collect())
}

/// The head's bytes, or nothing where the file is not to be audited.
async fn head(
    texts: &Texts<'_>,
    policy: &Policy,
    allowance: &mut Allowance,
    file: &ChangedFile,
    blob: Option<&BlobView>,
    auditor: &mut Auditor,
) -> Result<Option<Vec<u8>>, Stop> {
    if policy.ignored.contains(&file.filename) {
        auditor.ignore(&file.filename);
        return Ok(None);
    }
    let bytes = match text(policy, file, blob)? {
        Text::Here(bytes) => Ok(bytes),
        Text::Fetch(oid) => fetch(texts, &oid).await?,
        Text::Skip(reason) => Err(reason),
    };
    let bytes = bytes.and_then(|bytes| within(allowance, bytes));
    match bytes {
        Ok(bytes) if !is_python(&file.filename, &bytes) => auditor.not_python(),
        Ok(bytes) if is_link(&bytes) => auditor.skip(&file.filename, SkipReason::Symlink),
        Ok(bytes) => return Ok(Some(bytes)),
        Err(reason) => auditor.skip(&file.filename, reason),
    }
    Ok(None)
}

fn text(policy: &Policy, file: &ChangedFile, blob: Option<&BlobView>) -> Result<Text, Stop> {
    let Some(blob) = blob else {
        return Ok(match &file.sha {
            Some(oid) => Text::Fetch(oid.clone()),
            None => Text::Skip(SkipReason::Unreadable("GitHub names no content for it".to_owned())),
        });
    };
    if file.sha.as_ref().is_some_and(|listed| *listed != blob.oid) {
        return Err(Stop::stale("the list of files is of another head than their texts"));
    }
    let limit = policy.options.limits.unwrap_or_default().file_bytes;
    let bytes = usize::try_from(blob.byte_size).unwrap_or(usize::MAX);
    Ok(match blob.whole_text() {
        _ if bytes > limit => Text::Skip(SkipReason::TooLarge { bytes, limit }),
        _ if blob.is_binary => Text::Skip(SkipReason::NotText),
        Some(text) => Text::Here(text.as_bytes().to_vec()),
        None => Text::Fetch(blob.oid.clone()),
    })
}

/// A blob that is not there although the listing names it is a submodule: its id is of a commit.
async fn fetch(texts: &Texts<'_>, oid: &str) -> Result<Result<Vec<u8>, SkipReason>, Stop> {
    match texts.repo.blob(oid).await {
        Ok(bytes) => Ok(Ok(bytes)),
        Err(Error::NotFound { .. } | Error::Unprocessable { .. }) => Ok(Err(SkipReason::Submodule)),
        Err(error) => Err(error.into()),
    }
}

fn within(allowance: &mut Allowance, bytes: Vec<u8>) -> Result<Vec<u8>, SkipReason> {
    match allowance.take(bytes.len()) {
        true => Ok(bytes),
        false => Err(SkipReason::Budget("the pull request changes more text than one audit takes in")),
    }
}

fn is_python(path: &str, bytes: &[u8]) -> bool {
    language::is_python_path(path) || language::has_python_shebang(bytes)
}

/// GitHub gives a symbolic link as a text that holds its destination.
fn is_link(bytes: &[u8]) -> bool {
    let plain = bytes.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'/'));
    plain && (bytes.ends_with(b".py") || bytes.ends_with(b".pyi"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_only_a_path_is_a_link() {
        assert!(is_link(b"../shared/settings.py"));
        for text in ["", "x = 1\n", "import os", "shared/settings.py\n", "a.b"] {
            assert!(!is_link(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn a_file_without_extension_is_python_by_its_first_line() {
        assert!(is_python("bin/tool", b"#!/usr/bin/env python3\nx = 1\n"));
        assert!(!is_python("bin/tool", b"#!/bin/sh\n# python\n"));
        assert!(is_python("tool.py", b"#!/bin/sh\n"));
    }
}
