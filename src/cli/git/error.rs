//! What can go wrong with the local repository, and what its owner does about it.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub(in crate::cli) enum Error {
    #[error("git could not be started; install git, or leave out --diff")]
    NotStarted {
        #[source]
        cause: io::Error,
    },
    #[error("there is no git repository here; run it inside of one, or leave out --diff")]
    NoRepository,
    #[error("git refuses this repository: {told}")]
    Refused { told: String },
    #[error(
        "the repository is configured to have its files in {}, outside of this directory; \
         remove `core.worktree` from its configuration, or run the audit there",
        root.display()
    )]
    ForeignWorkTree { root: PathBuf },
    #[error(
        "this repository is bare, so there are no files to compare with; name two revisions: A..B or A...B"
    )]
    Bare,
    #[error("{revision:?} is no revision of this repository; {}", fetch_hint(*shallow))]
    UnknownRevision { revision: String, shallow: bool },
    #[error("{a} and {b} have no common ancestor here; {}", merge_base_hint(*shallow))]
    NoMergeBase { a: String, b: String, shallow: bool },
    #[error("git {plumbing} failed: {told}")]
    Failed { plumbing: String, told: String },
    #[error("git {plumbing} answered what we do not understand; please report this as a bug")]
    Unintelligible { plumbing: &'static str },
    #[error("git cat-file ended before it answered")]
    BlobsEnded {
        #[source]
        cause: io::Error,
    },
}

impl Error {
    /// What a failure of the very first call means.
    pub(super) fn or_no_repository(self) -> Error {
        match self {
            Error::Failed { told, .. } if told.contains("not a git repository") => Error::NoRepository,
            Error::Failed { told, .. } => Error::Refused { told },
            other => other,
        }
    }
}

fn fetch_hint(shallow: bool) -> &'static str {
    if shallow {
        "this clone is shallow: fetch the revision first, with `git fetch --unshallow` or `git fetch origin REVISION`"
    } else {
        "check its spelling, or fetch it first with `git fetch origin REVISION`"
    }
}

fn merge_base_hint(shallow: bool) -> &'static str {
    if shallow {
        "this clone is shallow: fetch the history with `git fetch --unshallow`, \
         or compare the two trees as they are with A..B"
    } else {
        "compare the two trees as they are with A..B"
    }
}
