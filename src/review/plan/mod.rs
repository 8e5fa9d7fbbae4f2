//! What the pull request should say, as a value. Pure: the same world gives the same plan.

mod comments;
mod folds;
#[cfg(test)]
mod tests;
mod told;

use std::cmp::Reverse;

use super::anchor::Anchor;
use super::audit::Audited;
use super::marker::Marker;
use super::memory::{Commented, OwnThread};
use super::policy::{Mistake, Policy, Suppressions};
use crate::domain::Sha;
use crate::engine::Finding;
use crate::github::{Annotation, Conclusion};

/// Everything the plan depends on.
#[derive(Clone, Copy)]
pub(super) struct World<'a> {
    /// The target's key.
    pub target: &'a str,
    pub head: &'a Sha,
    pub policy: &'a Policy,
    pub audited: &'a Audited,
    /// Our comments that stand already.
    pub commented: &'a [Commented],
    /// What is seen of our comments, where a look brought them.
    pub threads: &'a [OwnThread],
    /// Whether the installation lets us comment.
    pub may_comment: bool,
    /// What else the readers of the check should know, such as an invalid policy.
    pub notes: &'a [String],
    /// Mistakes in the policy file that this pull request makes.
    pub mistakes: &'a [Mistake],
}

/// What is to be made true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub comments: Vec<PlannedComment>,
    /// Comments that the change has answered.
    pub folds: Vec<PlannedFold>,
    pub check: PlannedCheck,
}

/// One comment on proven lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlannedComment {
    pub marker: Marker,
    pub path: String,
    pub anchor: Anchor,
    pub body: String,
}

/// A comment to be folded away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PlannedFold {
    pub marker: Marker,
    /// GraphQL's id.
    pub comment: String,
}

/// The check run's result.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct PlannedCheck {
    pub conclusion: Conclusion,
    pub title: String,
    pub summary: String,
    pub text: String,
    pub annotations: Vec<Annotation>,
}

/// Works out what is missing on the pull request.
pub(super) fn plan(world: &World) -> Plan {
    let reported = reported(world);
    let (comments, untold) = comments::choose(world, &reported);
    let annotations = told::annotate(world, &untold);
    let check = told::tell(world, &reported, &untold, annotations);
    Plan { comments, folds: folds::choose(world), check }
}

/// The findings that count after suppressions: worst first, then in the order of the files.
fn reported(world: &World) -> Vec<Finding> {
    let introduced = world.audited.difference.introduced.iter();
    let mut reported: Vec<Finding> =
        introduced.filter(|finding| !is_silenced(world, finding)).cloned().collect();
    reported.sort_by(|a, b| order(a).cmp(&order(b)));
    reported
}

/// A policy that refuses suppressions refuses those which the pull request itself brings along.
fn is_silenced(world: &World, finding: &Finding) -> bool {
    let Some(suppressed) = &finding.suppressed else {
        return false;
    };
    let added = &world.audited.difference.added_suppressions;
    let brought = added.iter().any(|it| it.path == finding.path && it.comment.line == suppressed.line);
    !(brought && world.policy.suppressions == Suppressions::Refuse)
}

fn order(finding: &Finding) -> impl Ord + '_ {
    (Reverse(finding.severity), finding.tier, &finding.path, finding.span.start, &finding.rule.id)
}
