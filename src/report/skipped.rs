//! Skipped files as readers are told of them: the engine's reasons in words, and whose matter they are.

use crate::engine::{self, SkipReason};

use super::{Cause, Skipped};

impl From<&engine::Skipped> for Skipped {
    fn from(skipped: &engine::Skipped) -> Skipped {
        let cause = match skipped.reason {
            SkipReason::TooLarge { .. }
            | SkipReason::TooManyLines { .. }
            | SkipReason::NotText
            | SkipReason::Encoding(_)
            | SkipReason::LfsPointer
            | SkipReason::Symlink
            | SkipReason::Submodule
            | SkipReason::Budget(_) => Cause::File,
            SkipReason::Unreadable(_) | SkipReason::Internal(_) => Cause::Us,
        };
        Skipped { path: skipped.path.clone(), reason: skipped.reason.to_string(), cause }
    }
}
