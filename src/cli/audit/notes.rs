//! What a reader must know beside the findings: what became of the old ones, which suppressions
//! were added, which comments are of no use.

use crate::engine::difference::{AddedSuppression, Difference, FilePair};
use crate::engine::{FileAudit, Skipped};
use crate::report::markdown::notices;

/// What a comparison has to say beside what is new.
pub(super) fn of_change(difference: &Difference) -> Vec<String> {
    let added = difference.added_suppressions.iter().map(added);
    old_findings(difference).into_iter().chain(added).collect()
}

fn old_findings(difference: &Difference) -> Option<String> {
    let Difference { fixed, moved, touched, .. } = *difference;
    let counts =
        [(fixed, "gone"), (moved, "in moved code"), (touched, "in rewritten statements and still there")];
    let told: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    (!told.is_empty()).then(|| format!("Of the findings before this change: {}.", told.join(", ")))
}

fn added(added: &AddedSuppression) -> String {
    let AddedSuppression { path, comment, silenced } = added;
    let reason = if comment.reason.is_empty() {
        "without a reason".to_owned()
    } else {
        format!("because: {}", comment.reason)
    };
    format!(
        "This change adds a suppression at `{path}:{}` for {} ({} here), {reason}",
        comment.line,
        ids(&comment.rules),
        count(*silenced, "new finding"),
    )
}

/// The files in which no rule speaks.
pub(super) fn of_foreign(pairs: &[FilePair]) -> Option<String> {
    let making = |pair: &FilePair| pair.head.foreign.map(|making| (pair.head.path.clone(), making));
    let files: Vec<_> = pairs.iter().filter_map(making).collect();
    notices::left_alone(&files)
}

/// The rules that needed too many steps.
pub(super) fn of_exhausted(pairs: &[FilePair]) -> Option<String> {
    let heads = pairs.iter().map(|pair| &pair.head);
    let gave_up = heads.flat_map(|head| head.exhausted.iter().map(|rule| (rule.clone(), head.path.clone())));
    notices::gave_up(&gave_up.collect::<Vec<_>>())
}

/// What is wrong with the suppression comments of a file, on the lines that interest.
pub(super) fn of_comments(audit: &FileAudit, interests: impl Fn(u32) -> bool) -> Vec<String> {
    let place = |line: u32| format!("`{}:{line}`", audit.path);
    let malformed = audit.malformed.iter().filter(|comment| interests(comment.line));
    let unused = audit.suppressions.iter().filter(|c| interests(c.line) && !c.unused.is_empty());
    let malformed = malformed.map(|comment| format!("{}: {}", place(comment.line), comment.mistake));
    let unused = unused.map(|comment| {
        format!(
            "{}: the comment silences nothing of {}; remove it",
            place(comment.line),
            ids(&comment.unused)
        )
    });
    malformed.chain(unused).collect()
}

fn ids(ids: &[String]) -> String {
    let quoted: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    quoted.join(", ")
}

fn count(n: usize, what: &str) -> String {
    if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") }
}

/// The file was audited, but what was there before is not known.
pub(super) fn of_unknown_base(skipped: &Skipped) -> String {
    format!("What `{}` was before this change is not known: {}.", skipped.path, skipped.reason)
}
