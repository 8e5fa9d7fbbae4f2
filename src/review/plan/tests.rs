use super::*;
use crate::engine::difference::Difference;
use crate::engine::{SkipReason, Skipped, Suppressed, Tier, diff};
use crate::github::Thread;
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
    threads: Vec<OwnThread>,
    policy: Policy,
    skipped: Vec<Skipped>,
    may_comment: bool,
}

impl Default for Case {
    fn default() -> Case {
        let policy = Policy::defaults(&Ceilings::default());
        Case {
            introduced: Vec::new(),
            commented: Vec::new(),
            threads: Vec::new(),
            policy,
            skipped: Vec::new(),
            may_comment: true,
        }
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
            threads: &self.threads,
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

/// Our comment as a look shows it, whose finding is on this line or is gone.
fn seen(change: impl FnOnce(&mut Thread)) -> Case {
    let comment = comment_for(&finding(6, 0), None);
    let mut thread = Thread {
        comment: "comment".to_owned(),
        may_minimize: true,
        minimized: false,
        replied: false,
        ours: true,
        path: comment.path.clone(),
        line: None,
        start_line: None,
        original_line: Some(6),
        resolved: false,
        outdated: true,
        body: String::new(),
        database_id: Some(1),
        created_at: String::new(),
    };
    change(&mut thread);
    let threads = vec![OwnThread { marker: comment.marker.clone(), thread }];
    Case { commented: vec![comment], threads, ..Case::default() }
}

#[test]
fn a_comment_whose_finding_is_gone_is_folded() {
    let folds = seen(|_| ()).plan().folds;
    assert_eq!(folds.iter().map(|fold| fold.comment.as_str()).collect::<Vec<_>>(), ["comment"]);
}

#[test]
fn a_comment_is_left_where_it_is_still_right_or_people_have_dealt_with_it() {
    let check = |case: Case, why: &str| assert_eq!(case.plan().folds, [], "{why}");
    check(Case { introduced: vec![finding(3, 0)], ..seen(|_| ()) }, "the finding is there");
    let suppressed = Some(Suppressed { line: 3, reason: "trusted".to_owned() });
    let silent = Finding { suppressed, ..finding(3, 0) };
    check(Case { introduced: vec![silent], ..seen(|_| ()) }, "the finding is there, and silenced");
    check(seen(|thread| thread.replied = true), "somebody answered");
    check(seen(|thread| thread.resolved = true), "somebody resolved it");
    check(seen(|thread| thread.minimized = true), "it is folded already");
    check(seen(|thread| thread.may_minimize = false), "it is not permitted");
    check(Case { may_comment: false, ..seen(|_| ()) }, "nothing is written to people");
    let skipped = vec![Skipped { path: "app/big.py".to_owned(), reason: SkipReason::NotText }];
    check(Case { skipped, ..seen(|_| ()) }, "the finding may be where we cannot look");
}
