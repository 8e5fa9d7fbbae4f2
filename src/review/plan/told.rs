//! What the check run says, and which findings it annotates.

use super::{PlannedCheck, World};
use crate::engine::{Finding, Severity, Tier};
use crate::github::{Annotation, AnnotationLevel};
use crate::report::markdown::{self, Added, CheckInput, Conversation, Told, notices};
use crate::report::{Skipped, plain};
use crate::review::gate;
use crate::review::policy::{self, Mistake, Suppressions};

/// Only findings worth a comment interrupt as annotations; heuristics stay in the check's text.
pub(super) fn annotate(world: &World, rest: &[&Finding]) -> Vec<Annotation> {
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
    let words = plain::notice("The policy has a mistake", &mistake.to_string());
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

pub(super) fn tell(
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
        skipped: audited.skipped.iter().map(Skipped::from).collect(),
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
    notes.extend(world.audited.truncated.map(notices::list_truncated));
    notes.extend(notices::ignored_by_policy(&world.audited.ignored));
    notes.extend(notices::left_alone(&world.audited.foreign));
    notes.extend(notices::gave_up(&world.audited.gave_up));
    notes
}
