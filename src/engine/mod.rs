//! The engine: text in, findings out. No files, no network, no clock; the same input gives the same output.

mod analysis;
mod audit;
mod cost;
mod decode;
pub mod diff;
pub mod difference;
pub mod examples;
pub mod finding;
mod fingerprint;
mod foreign;
pub mod labels;
pub mod language;
mod layout;
pub mod limits;
pub mod matching;
pub mod oid;
mod options;
pub mod python;
pub mod rule;
mod run;
pub mod skip;
pub mod source;
pub mod suggestion;
pub mod suppress;

pub use audit::FileAudit;
pub use cost::{Costs, RuleCost};
pub use finding::{
    Confidence, Edit, Finding, Fingerprint, Position, Related, Severity, Span, Suggestion, Suppressed, Tier,
};
pub use foreign::Foreign;
pub use limits::Limits;
pub use options::{Options, Setting};
pub use rule::{Rule, RuleSet};
pub use run::Engine;
pub use skip::{SkipReason, Skipped};
pub use source::Source;
