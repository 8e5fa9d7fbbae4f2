//! Suggestions are made only where they hold: the edit is carried out and the file audited once more, before anybody
//! is offered a button that does the same.

use super::anchor::Anchor;
use crate::engine::diff::Hunk;
use crate::engine::{Engine, FileAudit, Finding, Options, Tier};

/// How much text the audits after the edits of one file may read, in bytes, and how many there may be. What is beyond
/// is told without a suggestion.
const BYTES: usize = 4 << 20;
const EDITS: usize = 20;

/// Takes the suggestions away that no comment could show, or that do not hold.
pub(super) fn keep_proven(
    engine: &Engine,
    options: &Options,
    audit: &mut FileAudit,
    text: Option<&str>,
    hunks: &[Hunk],
) {
    let mut left = text.map_or(0, |text| EDITS.min(BYTES / text.len().max(1)));
    let mut is_proven = |finding: &Finding, before: &FileAudit| {
        let suggests = finding.suggestion.as_ref().is_some_and(|suggestion| suggestion.safe);
        let is_shown = finding.tier == Tier::Comment && Anchor::prove(&finding.span, hunks).is_some();
        if !suggests || !is_shown || left == 0 {
            return false;
        }
        left -= 1;
        text.is_some_and(|text| engine.holds(finding, text, before, options))
    };
    let proven: Vec<bool> = audit.findings.iter().map(|finding| is_proven(finding, audit)).collect();
    for (finding, proven) in audit.findings.iter_mut().zip(proven) {
        finding.suggestion = finding.suggestion.take().filter(|_| proven);
    }
}
