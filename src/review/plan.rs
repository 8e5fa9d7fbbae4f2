//! What the pull request should say, as a value. Pure: the same world gives the same plan.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::anchor::Anchor;
use super::audit::{AuditedFile, Audited};
use super::gate;
use super::marker::Marker;
use super::memory::Commented;
use super::policy::{Policy, Suppressions};
use crate::domain::Sha;
use crate::engine::{Finding, Severity, Tier};
use crate::github::{Annotation, AnnotationLevel, Conclusion};
use crate::report::markdown;

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
    pub policy_annotations: &'a [Annotation],
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
    /// The same words for the check run, should GitHub refuse the comment.
    pub annotation: Annotation,
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
    let verdict = Verdict::reach(world);
    let (comments, rest) = choose_comments(world, &verdict.reported);
    let annotations = annotate(world, &rest);
    let check = tell(world, &verdict, &rest, annotations);
    Plan { comments, check }
}

/// The findings that count, after suppressions and policy.
struct Verdict {
    /// Worst first, then in the order of the files.
    reported: Vec<Finding>,
    suppressed: Vec<Finding>,
    conclusion: Conclusion,
}

impl Verdict {
    fn reach(world: &World) -> Verdict {
        let refuse = world.policy.suppressions == Suppressions::Refuse;
        let wanted = world.audited.difference.introduced.iter().cloned();
        let wanted = wanted.filter_map(|finding| world.policy.apply(finding));
        let (suppressed, mut reported): (Vec<_>, Vec<_>) =
            wanted.partition(|finding| finding.suppressed.is_some() && !refuse);
        reported.sort_by(|a, b| order(a).cmp(&order(b)));
        let conclusion = gate::conclude(&reported, world.audited.is_complete(), world.policy);
        Verdict { reported, suppressed, conclusion }
    }
}

fn order(finding: &Finding) -> impl Ord + '_ {
    (Reverse(finding.severity), finding.tier, &finding.path, finding.span.start, &finding.rule.id)
}

/// Splits the findings into new comments and what has to be told otherwise.
///
/// The rest holds no finding that already has its comment.
fn choose_comments<'a>(world: &World, reported: &'a [Finding]) -> (Vec<PlannedComment>, Vec<&'a Finding>) {
    let mut open = without_standing(reported, world.commented);
    let mut comments = Vec::new();
    open.retain(|finding| match comment_on(world, finding) {
        Some(comment) if comments.len() < world.policy.max_comments => {
            comments.push(comment);
            false
        }
        _ => true,
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
    let lines = file.lines(anchor.start, anchor.end);
    let body = markdown::comment(finding, anchor.start, &lines, &marker.to_string());
    let annotation = annotation(finding);
    Some(PlannedComment { marker, path: finding.path.clone(), anchor, body, annotation })
}

/// Only findings worth a comment interrupt as annotations; heuristics stay in the check's text.
fn annotate(world: &World, rest: &[&Finding]) -> Vec<Annotation> {
    let own = world.policy_annotations.iter().cloned();
    let findings = rest.iter().filter(|finding| finding.tier == Tier::Comment);
    own.chain(findings.map(|finding| annotation(finding))).take(world.policy.max_annotations).collect()
}

fn annotation(finding: &Finding) -> Annotation {
    Annotation {
        path: finding.path.clone(),
        start_line: finding.span.start.line,
        end_line: finding.span.last_line(),
        level: match finding.severity {
            Severity::Critical | Severity::High => AnnotationLevel::Failure,
            Severity::Medium => AnnotationLevel::Warning,
            Severity::Low => AnnotationLevel::Notice,
        },
        title: markdown::annotation_title(finding),
        message: markdown::annotation_message(finding),
    }
}
