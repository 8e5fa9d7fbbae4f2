//! What was written where: one row per write to GitHub, recorded before it is sent.

use super::{Claim, Error, Store};
use crate::domain::{Sha, Target};

/// Names one recorded write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct WriteId(pub i64);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteKind {
    Check,
    CheckUpdate,
    Review,
    FileComment,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriteState {
    /// About to be sent, or sent with an unknown outcome.
    Intended,
    /// GitHub carried it out.
    Done,
    /// GitHub refused it, or it never left.
    Void,
}

/// A write about to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intent {
    pub kind: WriteKind,
    /// The commit it speaks about.
    pub head: Sha,
    /// Whatever the writer needs to recognise it later, as JSON. The store does not read it.
    pub detail: String,
}

/// A recorded write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    pub id: WriteId,
    pub kind: WriteKind,
    pub head: Sha,
    pub state: WriteState,
    /// When it was intended, in milliseconds since 1970.
    pub at_ms: i64,
    /// GitHub's id of what was written, once known.
    pub github_id: Option<i64>,
    pub detail: String,
}

impl Store {
    /// Records that a write is about to be sent, and renews the lease, so that the write ends before it does.
    ///
    /// Fails with [`Error::LeaseLost`] where the claim is no longer ours: then nothing may be sent.
    pub async fn intend(&self, claim: &Claim, intent: &Intent) -> Result<WriteId, Error> {
        let _ = (claim, intent);
        Err(Error::LeaseLost)
    }

    /// GitHub carried the write out.
    pub async fn done(&self, write: WriteId, github_id: Option<i64>) -> Result<(), Error> {
        let _ = (write, github_id);
        Ok(())
    }

    /// The write was not carried out and never will be.
    pub async fn void(&self, write: WriteId) -> Result<(), Error> {
        let _ = write;
        Ok(())
    }

    /// All recorded writes of a target, oldest first.
    pub async fn writes(&self, target: &Target) -> Result<Vec<Write>, Error> {
        let _ = target;
        Ok(Vec::new())
    }
}
