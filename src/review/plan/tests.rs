use super::*;
use crate::engine::difference::Difference;
use crate::engine::{SkipReason, Skipped, Suppressed, Tier, diff};
use crate::report::sample;
use crate::review::audit::AuditedFile;
use crate::review::policy::{Ceilings, Threshold};

const TARGET: &str = "42/pull/7";

fn head() -> Sha {
    Sha::parse(&"a".repeat(40)).unwrap()
}

/// A finding on a line of `app/backup.py`, all of whose lines 1 to 6 are in the diff.
fn finding(line: u32, occurrence: u32) -> Finding {
    let mut finding = sample::archive();
    finding.span.start.line = line;
    finding.span.end.line = line;
    finding.fingerprint.occurrence = occurrence;
    finding
}

struct Case {
    introduced: Vec<Finding>,
    commented: Vec<Commented>,
    policy: Policy,
    skipped: Vec<Skipped>,
    may_comment: bool,
}

impl Default for Case {
    fn default() -> Case {
        let policy = Policy::defaults(&Ceilings::default());
        Case { introduced: Vec::new(), commented: Vec::new(), policy, skipped: Vec::new(), may_comment: true }
    }
}

impl Case {
    fn of(introduced: Vec<Finding>) -> Case {
        Case { introduced, ..Case::default() }
    }

    fn plan(self) -> Plan {
        let patch = "@@ -0,0 +1,6 @@\n+1\n+2\n+3\n+4\n+5\n+6";
        let file = AuditedFile { hunks: diff::parse_patch(patch).unwrap(), anchors: true, text: None };
        let audited = Audited {
            difference: Difference { introduced: self.introduced, ..Difference::default() },
            files: [("app/backup.py".to_owned(), file)].into(),
            skipped: self.skipped,
            ..Audited::default()
        };
        plan(&World {
            target: TARGET,
            head: &head(),
            policy: &self.policy,
            audited: &audited,
            commented: &self.commented,
            may_comment: self.may_comment,
            notes: &[],
            mistakes: &[],
        })
    }
}

fn comment_for(finding: &Finding, line: Option<u32>) -> Commented {
    let older = Sha::parse(&"b".repeat(40)).unwrap();
    Commented { marker: Marker::new(TARGET, &older, &finding.fingerprint), path: finding.path.clone(), line }
}

fn lines(plan: &Plan) -> Vec<u32> {
    plan.comments.iter().map(|comment| comment.anchor.end).collect()
}

#[test]
fn a_new_finding_becomes_a_comment_and_fails_the_check() {
    let plan = Case::of(vec![finding(6, 0)]).plan();
    assert_eq!(lines(&plan), [6]);
    assert!(plan.check.annotations.is_empty());
    assert_eq!(plan.check.conclusion, Conclusion::Failure);
    assert_eq!(Marker::read(&plan.comments[0].body), Some(plan.comments[0].marker.clone()));
}

#[test]
fn a_finding_that_has_its_comment_is_not_told_again_but_still_counts() {
    let case =
        Case { commented: vec![comment_for(&finding(6, 0), Some(6))], ..Case::of(vec![finding(6, 0)]) };
    let plan = case.plan();
    assert!(lines(&plan).is_empty());
    assert!(plan.check.annotations.is_empty());
    assert_eq!(plan.check.conclusion, Conclusion::Failure);
}

#[test]
fn of_equal_findings_the_one_without_a_comment_on_its_line_is_new() {
    let commented = vec![comment_for(&finding(5, 0), Some(5))];
    let introduced = vec![finding(3, 0), finding(5, 1)];
    assert_eq!(lines(&Case { commented, ..Case::of(introduced) }.plan()), [3]);
}

#[test]
fn an_outdated_comment_still_stands_for_its_finding() {
    let case = Case { commented: vec![comment_for(&finding(2, 0), None)], ..Case::of(vec![finding(6, 0)]) };
    assert!(lines(&case.plan()).is_empty());
}

#[test]
fn a_finding_outside_the_diff_becomes_an_annotation() {
    let plan = Case::of(vec![finding(40, 0)]).plan();
    assert!(lines(&plan).is_empty());
    assert_eq!(plan.check.annotations[0].start_line, 40);
    assert_eq!(plan.check.conclusion, Conclusion::Failure);
}

#[test]
fn beyond_the_limit_of_comments_the_rest_is_annotated_also_on_a_second_run() {
    let mut case = Case::of((1..=6).map(|n| finding(n, n)).collect());
    case.policy.max_comments = 4;
    let first = case.plan();
    assert_eq!(first.comments.len(), 4);
    assert_eq!(first.check.annotations.len(), 2);

    let mut again = Case::of((1..=6).map(|n| finding(n, n)).collect());
    again.policy.max_comments = 4;
    again.commented = first
        .comments
        .iter()
        .map(|it| Commented { marker: it.marker.clone(), path: it.path.clone(), line: Some(it.anchor.end) })
        .collect();
    let second = again.plan();
    assert!(lines(&second).is_empty());
    assert_eq!(second.check, first.check);
}

#[test]
fn heuristics_are_neither_comments_nor_annotations_and_fail_nothing() {
    let plan = Case::of(vec![Finding { tier: Tier::Summary, ..finding(6, 0) }]).plan();
    assert!(lines(&plan).is_empty());
    assert!(plan.check.annotations.is_empty());
    assert_eq!(plan.check.conclusion, Conclusion::Success);
    assert!(plan.check.text.contains("archive-extraction-traversal"), "{}", plan.check.text);
}

#[test]
fn below_the_threshold_for_comments_a_finding_is_annotated() {
    let mut case = Case::of(vec![finding(6, 0)]);
    case.policy.comment_on = Threshold::Never;
    let plan = case.plan();
    assert_eq!((lines(&plan), plan.check.annotations.len()), (vec![], 1));
}

#[test]
fn without_permission_to_comment_everything_is_annotated() {
    let plan = Case { may_comment: false, ..Case::of(vec![finding(6, 0)]) }.plan();
    assert_eq!((lines(&plan), plan.check.annotations.len()), (vec![], 1));
}

#[test]
fn a_suppressed_finding_is_silent() {
    let suppressed = Some(Suppressed { line: 6, reason: "trusted".to_owned() });
    let plan = Case::of(vec![Finding { suppressed, ..finding(6, 0) }]).plan();
    assert!(lines(&plan).is_empty());
    assert_eq!(plan.check.conclusion, Conclusion::Success);
}

#[test]
fn a_file_that_was_not_audited_is_never_a_success() {
    let skipped = vec![Skipped { path: "app/big.py".to_owned(), reason: SkipReason::NotText }];
    let plan = Case { skipped, ..Case::default() }.plan();
    assert_eq!(plan.check.conclusion, Conclusion::Neutral);
    assert!(plan.check.text.contains("app/big.py"), "{}", plan.check.text);
}
