//! What the audit of one file says.

use super::finding::Finding;
use super::foreign::Foreign;
use super::skip::Skipped;
use super::suppress::{Malformed, SuppressionComment};

/// The answer for one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileAudit {
    pub path: String,
    /// In the order of the text; suppressed ones are included and say so.
    pub findings: Vec<Finding>,
    /// Why the file was not audited at all.
    pub skipped: Option<Skipped>,
    /// Whose making the file is, if not the project's own: no rule speaks there.
    pub foreign: Option<Foreign>,
    /// Lines, first and last, that did not parse.
    pub broken: Vec<(u32, u32)>,
    /// The statements and functions around them: nothing was concluded there.
    pub blind: Vec<(u32, u32)>,
    /// Comments that silence findings, or would.
    pub suppressions: Vec<SuppressionComment>,
    /// Comments meant for us that we could not read.
    pub malformed: Vec<Malformed>,
    /// Rules that needed more steps than a rule has for a file: they found nothing here.
    pub exhausted: Vec<String>,
}
