//! The engine: text in, findings out. No files, no network, no clock; the same input gives the same output.

pub mod diff;
pub mod finding;
pub mod rule;

pub use finding::{
    Confidence, Edit, Finding, Fingerprint, Position, Related, Severity, Span, Suggestion, Suppressed, Tier,
};
