//! Source texts and why some are not read.

/// A file that was not audited, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub reason: SkipReason,
}

/// Why a file was not audited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    NotText,
}
