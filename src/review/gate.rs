//! The conclusion of a check run.

use super::policy::{Incomplete, Policy};
use crate::engine::{Finding, Tier};
use crate::github::Conclusion;

/// Only findings precise enough to be commented on can fail a check; and a check never says
/// "success" where a Python file of the change was not audited.
pub(super) fn conclude(reported: &[Finding], complete: bool, policy: &Policy) -> Conclusion {
    let fails =
        |finding: &Finding| finding.tier == Tier::Comment && policy.fail_on.reached_by(finding.severity);
    if reported.iter().any(fails) {
        return Conclusion::Failure;
    }
    match (complete, policy.on_incomplete) {
        (true, _) => Conclusion::Success,
        (false, Incomplete::Neutral) => Conclusion::Neutral,
        (false, Incomplete::Failure) => Conclusion::Failure,
    }
}
