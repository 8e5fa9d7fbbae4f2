//! The engine: text in, findings out. No files, no network, no clock; the same input gives the same output.

mod audit;
pub mod diff;
pub mod difference;
pub mod finding;
pub mod limits;
pub mod python;
pub mod rule;
pub mod skip;
pub mod source;
pub mod suppress;

pub use audit::FileAudit;
pub use finding::{
    Confidence, Edit, Finding, Fingerprint, Position, Related, Severity, Span, Suggestion, Suppressed, Tier,
};
pub use limits::Limits;
pub use skip::{SkipReason, Skipped};
pub use source::Source;
