//! What the pull request should say, as a value. Pure: the same world gives the same plan.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::anchor::Anchor;
use super::audit::Audited;
use super::gate;
use super::marker::Marker;
use super::memory::Commented;
use super::policy::{self, Mistake, Policy, Suppressions};
use crate::domain::Sha;
use crate::engine::{Finding, Severity, SkipReason, Tier};
use crate::github::{Annotation, AnnotationLevel, Conclusion};
use crate::report::markdown::{self, Added, CheckInput, Conversation, Place, Told, notices};
use crate::report::{Cause, Skipped, plain};

/// Everything the plan depends on.
pub struct World<'a> {
    /// The target's key.
    pub target: &'a str,
    pub head: &'a Sha,
    pub policy: &'a Policy,
    pub audited: &'a Audited,
    /// Our comments that stand already.
    pub commented: &'a [Commented],
    /// Whether the installation lets us comment.
    pub may_comment: bool,
    /// What else the readers of the check should know, such as an invalid policy.
    pub notes: &'a [String],
    /// Mistakes in the policy file that this pull request makes.
    pub mistakes: &'a [Mistake],
}

/// What is to be made true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub comments: Vec<PlannedComment>,
    pub check: PlannedCheck,
}

/// One comment on proven lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedComment {
    pub marker: Marker,
    pub path: String,
    pub anchor: Anchor,
    pub body: String,
}

/// The check run's result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedCheck {
    pub conclusion: Conclusion,
    pub title: String,
    pub summary: String,
    pub text: String,
    pub annotations: Vec<Annotation>,
}

/// Works out what is missing on the pull request.
pub fn plan(world: &World) -> Plan {
    let reported = reported(world);
    let (comments, untold) = choose_comments(world, &reported);
    let annotations = annotate(world, &untold);
    let check = tell(world, &reported, &untold, annotations);
    Plan { comments, check }
}

/// The findings that count after suppressions: worst first, then in the order of the files.
fn reported(world: &World) -> Vec<Finding> {
    let introduced = world.audited.difference.introduced.iter();
    let mut reported: Vec<Finding> = introduced.filter(|finding| !is_silenced(world, finding)).cloned().collect();
    reported.sort_by(|a, b| order(a).cmp(&order(b)));
    reported
}

/// A policy that refuses suppressions refuses those which the pull request itself brings along.
fn is_silenced(world: &World, finding: &Finding) -> bool {
    let Some(suppressed) = &finding.suppressed else { return false };
    let added = &world.audited.difference.added_suppressions;
    let brought = added.iter().any(|it| it.path == finding.path && it.comment.line == suppressed.line);
    !(brought && world.policy.suppressions == Suppressions::Refuse)
}

fn order(finding: &Finding) -> impl Ord + '_ {
    (Reverse(finding.severity), finding.tier, &finding.path, finding.span.start, &finding.rule.id)
}

/// Splits the findings into new comments and what has to be told otherwise.
///
/// The rest holds no finding that already has its comment.
fn choose_comments<'a>(world: &World, reported: &'a [Finding]) -> (Vec<PlannedComment>, Vec<&'a Finding>) {
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
    let mut standing: BTreeMap<&str, Vec<&Commented>> = BTreeMap::new();
    for comment in commented {
        standing.entry(comment.marker.group.as_str()).or_default().push(comment);
    }
    let mut open: Vec<&Finding> = reported.iter().collect();
    claim(&mut open, &mut standing, |finding, comment| {
        comment.path == finding.path && comment.line == Some(finding.span.start.line)
    });
    claim(&mut open, &mut standing, |finding, comment| {
        comment.marker.occurrence == finding.fingerprint.occurrence
    });
    claim(&mut open, &mut standing, |_, _| true);
    open
}

/// Pairs each comment with at most one finding of its digest for which `belongs` holds.
fn claim(
    open: &mut Vec<&Finding>,
    standing: &mut BTreeMap<&str, Vec<&Commented>>,
    belongs: impl Fn(&Finding, &Commented) -> bool,
) {
    open.retain(|finding| {
        let Some(comments) = standing.get_mut(finding.fingerprint.group.as_str()) else { return true };
        let Some(index) = comments.iter().position(|comment| belongs(finding, comment)) else { return true };
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

/// Only findings worth a comment interrupt as annotations; heuristics stay in the check's text.
fn annotate(world: &World, rest: &[&Finding]) -> Vec<Annotation> {
    let own = world.mistakes.iter().map(mistake_annotation);
    let findings = rest.iter().filter(|finding| finding.tier == Tier::Comment);
    own.chain(findings.map(|finding| annotation(finding))).take(world.policy.max_annotations).collect()
}

fn annotation(finding: &Finding) -> Annotation {
    let words = plain::annotation(finding);
    Annotation {
        path: finding.path.clone(),
        start_line: finding.span.start.line,
        end_line: finding.span.last_line(),
        level: match finding.severity {
            Severity::Critical | Severity::High => AnnotationLevel::Failure,
            Severity::Medium => AnnotationLevel::Warning,
            Severity::Low => AnnotationLevel::Notice,
        },
        title: Some(words.title),
        message: words.message,
        raw_details: None,
    }
}

/// A mistake in the policy file, on its line, in the pull request that makes it.
fn mistake_annotation(mistake: &Mistake) -> Annotation {
    let words = plain::notice("The policy has a mistake", &mistake.message);
    Annotation {
        path: policy::PATH.to_owned(),
        start_line: mistake.line,
        end_line: mistake.line,
        level: AnnotationLevel::Warning,
        title: Some(words.title),
        message: words.message,
        raw_details: None,
    }
}

fn tell(
    world: &World,
    reported: &[Finding],
    untold: &[&Finding],
    annotations: Vec<Annotation>,
) -> PlannedCheck {
    let audited = world.audited;
    let annotated = annotations.len().saturating_sub(world.mistakes.len());
    let untold: Vec<&Finding> = untold.iter().copied().filter(|it| it.tier == Tier::Comment).collect();
    let by = |finding: &Finding| match untold.iter().position(|it| std::ptr::eq(*it, finding)) {
        None => Conversation::Comment,
        Some(index) if index < annotated => Conversation::Annotation,
        Some(_) => Conversation::Text,
    };
    let (told, summary): (Vec<&Finding>, Vec<&Finding>) =
        reported.iter().partition(|finding| finding.tier == Tier::Comment);
    let words = markdown::check(&CheckInput {
        told: told.into_iter().map(|finding| Told { finding, by: by(finding) }).collect(),
        summary,
        skipped: audited.skipped.iter().map(skipped).collect(),
        broken: audited.broken.clone(),
        audited: audited.files.len(),
        others: audited.others,
        fixed: audited.difference.fixed,
        suppressions: added_suppressions(world),
        notes: notes(world),
        fail_on: world.policy.fail_on.severity(),
    });
    PlannedCheck {
        conclusion: gate::conclude(reported, audited.is_complete(), world.policy),
        title: words.title,
        summary: words.summary,
        text: words.text,
        annotations,
    }
}

fn skipped(skipped: &crate::engine::Skipped) -> Skipped {
    let cause = match skipped.reason {
        SkipReason::Internal(_) | SkipReason::Unreadable(_) => Cause::Us,
        _ => Cause::File,
    };
    Skipped { path: skipped.path.clone(), reason: skipped.reason.to_string(), cause }
}

fn added_suppressions(world: &World) -> Vec<Added> {
    let honoured = match world.policy.suppressions {
        Suppressions::Allow => return Vec::new(),
        Suppressions::List => true,
        Suppressions::Refuse => false,
    };
    let added = world.audited.difference.added_suppressions.iter();
    added
        .map(|it| Added {
            path: it.path.clone(),
            line: it.comment.line,
            rules: it.comment.rules.clone(),
            reason: it.comment.reason.clone(),
            honoured,
        })
        .collect()
}

fn notes(world: &World) -> Vec<String> {
    let mut notes = world.notes.to_vec();
    notes.extend(world.audited.truncated.then(notices::list_truncated));
    notes.extend(notices::ignored_by_policy(&world.audited.ignored));
    notes
}
