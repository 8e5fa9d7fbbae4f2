//! The engine: text in, findings out. No files, no network, no clock; the same input gives the same output.

mod analysis;
mod audit;
pub mod finding;
mod fingerprint;
pub mod limits;
pub mod matching;
mod options;
pub mod python;
pub mod rule;
pub mod skip;
pub mod source;

pub use audit::{Engine, FileAudit};
pub use finding::{
    Confidence, Edit, Finding, Fingerprint, Position, Related, Severity, Span, Suggestion, Suppressed, Tier,
};
pub use limits::Limits;
pub use options::{Options, Setting};
pub use rule::{Rule, RuleSet};
pub use skip::{SkipReason, Skipped};
pub use source::Source;
