//! Why a file was not audited, in words for the people who wrote it. Nothing is skipped without one of these.

use std::fmt;

/// A file that was not audited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    pub path: String,
    pub reason: SkipReason,
}

/// What kept a file from being audited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SkipReason {
    TooLarge {
        bytes: usize,
        limit: usize,
    },
    TooManyLines {
        lines: usize,
        limit: usize,
    },
    /// It holds a NUL byte: Python refuses it, git calls it binary.
    NotText,
    /// Declared or detected encoding, and what is wrong with it.
    Encoding(String),
    LfsPointer,
    Symlink,
    Submodule,
    /// The parser or the model reached a ceiling; the text names it.
    Budget(&'static str),
    /// The text could not be had: the reason in words.
    Unreadable(String),
    /// We failed, not the file; the text is an incident id or a cause.
    Internal(String),
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SkipReason::TooLarge { bytes, limit } => {
                write!(f, "larger than the limit: {bytes} bytes, the limit is {limit}")
            }
            SkipReason::TooManyLines { lines, limit } => {
                write!(f, "longer than the limit: {lines} lines, the limit is {limit}")
            }
            SkipReason::NotText => f.write_str("not text: it contains a NUL byte"),
            SkipReason::Encoding(problem) => write!(f, "unreadable encoding: {problem}"),
            SkipReason::LfsPointer => f.write_str("a Git LFS pointer: its content is not in the repository"),
            SkipReason::Symlink => f.write_str("a symbolic link: links are not followed"),
            SkipReason::Submodule => f.write_str("a submodule: its content is another repository's"),
            SkipReason::Budget(what) => write!(f, "too complex to audit within the limits: {what}"),
            SkipReason::Unreadable(why) => write!(f, "could not be read: {why}"),
            SkipReason::Internal(why) => {
                write!(f, "the audit of this file failed, which is our fault: {why}")
            }
        }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.reason)
    }
}
