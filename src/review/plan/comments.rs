//! Which findings become new comments: those that have none yet, on lines GitHub will accept, worst
//! first, up to the policy's limit for one head.

use std::collections::BTreeMap;

use super::{PlannedComment, World};
use crate::engine::{Finding, Tier};
use crate::report::markdown::{self, Place};
use crate::review::anchor::Anchor;
use crate::review::marker::Marker;
use crate::review::memory::Commented;

/// Splits the findings into new comments and what has to be told otherwise.
///
/// The rest holds no finding that already has its comment.
pub(super) fn choose<'a>(world: &World, reported: &'a [Finding]) -> (Vec<PlannedComment>, Vec<&'a Finding>) {
    let mut open = without_standing(reported, world.commented);
    let of_this_head = world.commented.iter().filter(|comment| comment.marker.head == *world.head);
    let room = world.policy.max_comments.saturating_sub(of_this_head.count());
    let mut comments = Vec::new();
    open.retain(|finding| {
        let comment = (comments.len() < room).then(|| comment_on(world, finding)).flatten();
        let told = comment.is_some();
        comments.extend(comment);
        !told
    });
    (comments, open)
}

/// Leaves out the findings that already have a comment.
///
/// Equal findings of one place share a digest; which of them a comment belongs to is told by its
/// line first, and by its occurrence where the line is gone.
fn without_standing<'a>(reported: &'a [Finding], commented: &[Commented]) -> Vec<&'a Finding> {
    pair(reported.iter().collect(), commented).0
}

/// The comments that none of these findings has.
pub(super) fn unclaimed<'c>(findings: Vec<&Finding>, commented: &'c [Commented]) -> Vec<&'c Commented> {
    pair(findings, commented).1
}

/// The findings that have no comment, and the comments that have no finding.
fn pair<'a, 'c>(
    mut open: Vec<&'a Finding>,
    commented: &'c [Commented],
) -> (Vec<&'a Finding>, Vec<&'c Commented>) {
    let mut standing: BTreeMap<&str, Vec<&Commented>> = BTreeMap::new();
    for comment in commented {
        standing.entry(comment.marker.group.as_str()).or_default().push(comment);
    }
    claim(&mut open, &mut standing, |finding, comment| {
        comment.path == finding.path && comment.line == Some(finding.span.start.line)
    });
    claim(&mut open, &mut standing, |finding, comment| {
        comment.marker.occurrence == finding.fingerprint.occurrence
    });
    claim(&mut open, &mut standing, |_, _| true);
    (open, standing.into_values().flatten().collect())
}

/// Pairs each comment with at most one finding of its digest for which `belongs` holds.
fn claim(
    open: &mut Vec<&Finding>,
    standing: &mut BTreeMap<&str, Vec<&Commented>>,
    belongs: impl Fn(&Finding, &Commented) -> bool,
) {
    open.retain(|finding| {
        let Some(comments) = standing.get_mut(finding.fingerprint.group.as_str()) else {
            return true;
        };
        let Some(index) = comments.iter().position(|comment| belongs(finding, comment)) else {
            return true;
        };
        comments.swap_remove(index);
        false
    });
}

fn comment_on(world: &World, finding: &Finding) -> Option<PlannedComment> {
    let wanted = finding.tier == Tier::Comment && world.policy.comment_on.reached_by(finding.severity);
    if !wanted || !world.may_comment {
        return None;
    }
    let file = world.audited.file(&finding.path)?;
    let anchor = file.anchors.then(|| Anchor::prove(&finding.span, &file.hunks)).flatten()?;
    let marker = Marker::new(world.target, world.head, &finding.fingerprint);
    let place = file.text.as_deref().map(|text| Place { text, lines: anchor.start..=anchor.end });
    let body = format!("{}\n\n{marker}", markdown::comment(finding, place));
    Some(PlannedComment { marker, path: finding.path.clone(), anchor, body })
}
