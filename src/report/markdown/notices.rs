//! What we say of ourselves: that an audit is under way, was overtaken, or could not be finished.

use super::prose;
use crate::engine::Foreign;

/// The words of a check run that tells no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub title: String,
    pub summary: String,
}

impl Notice {
    fn new(title: &str, summary: &str) -> Notice {
        Notice { title: title.to_owned(), summary: summary.to_owned() }
    }
}

/// The audit takes its time.
pub fn started() -> Notice {
    Notice::new("Auditing the changed Python files", "The result appears here as soon as it is there.")
}

/// Another head took the place of the one this run was about.
pub fn superseded(by: &str) -> Notice {
    let summary = format!("The pull request has moved on to {by}; its audit is told there.");
    Notice { title: format!("Superseded by {by}"), summary }
}

/// Nobody waits for the result any more.
pub fn closed() -> Notice {
    Notice::new(
        "The pull request was closed",
        "The audit was stopped. Reopen the pull request to have it audited.",
    )
}

/// The merge queue threw the group away.
pub fn group_destroyed() -> Notice {
    Notice::new(
        "The merge group is gone",
        "The merge queue no longer asks about this commit. The audit was stopped.",
    )
}

/// The branch was just created: there is nothing to compare with.
pub fn nothing_before() -> Notice {
    Notice::new(
        "Not audited: the branch is new",
        "This push created the branch, so there is no earlier commit to compare with. Nothing was audited; \
         the next push is.",
    )
}

/// The branch was moved away from a commit that is gone.
pub fn unreachable_before(before: &str) -> Notice {
    let summary = format!(
        "GitHub cannot compare this commit with {before}, which the branch pointed to before: it is gone, or \
         shares no history with this one. Nothing was audited; the next push is."
    );
    Notice { title: "Not audited: the commit before is out of reach".to_owned(), summary }
}

/// Another audit of the same commit concludes worse.
pub fn worse_elsewhere(who: &str, title: &str) -> String {
    format!(
        "**The same commit is also {who}, whose audit says: {}.** GitHub shows one conclusion per commit, so the \
         worse one counts here too.",
        prose::sentence(title).trim_end_matches('.')
    )
}

/// The other audit does not count any more.
pub fn own_word_again() -> String {
    "No other audit of this commit concludes worse any more: this result counts by itself again.".to_owned()
}

const GIVEN_UP: &str = "The audit could not be finished";
const FORBIDDEN: &str = "A permission is missing";

/// Whether a run of this title tells why there is no result.
pub fn is_unfinished(title: &str) -> bool {
    matches!(title, GIVEN_UP | FORBIDDEN)
}

/// We failed, for good.
pub fn given_up(incident: &str) -> Notice {
    let summary = format!(
        "Scrutineer tried several times and failed, which is not the fault of this change. Nothing was \
         concluded about it. The operator finds the cause in the logs under incident `{incident}`; \
         a new push starts another audit."
    );
    Notice { title: GIVEN_UP.to_owned(), summary }
}

/// We may not do our work here.
pub fn forbidden(reason: &str) -> Notice {
    let summary = format!(
        "GitHub does not let Scrutineer read this change or write its result: {} Nothing was audited. The owner \
         of the installation finds pending permissions under *Settings → GitHub Apps → Scrutineer*; it needs \
         `contents: read`, `pull requests: write` and `checks: write`.",
        prose::sentence(reason)
    );
    Notice { title: FORBIDDEN.to_owned(), summary }
}

/// The body of a review: its comments carry the findings.
pub fn review_body(comments: usize) -> String {
    let places = match comments {
        1 => "one place".to_owned(),
        n => format!("{n} places"),
    };
    format!("Scrutineer found {places} in this change that deserve a look.")
}

/// A note for the check where comments could not be placed.
pub fn comments_refused(reason: Option<&str>) -> String {
    match reason {
        Some(reason) => format!(
            "GitHub does not let Scrutineer comment here ({}), so the findings are annotations of this check. \
             If that is not intended, grant the App the permission `pull_requests: write`.",
            prose::sentence(reason)
        ),
        None => "GitHub refused some comments on their lines; those findings are annotations of this check."
            .to_owned(),
    }
}

/// A note for the check on a commit that is not the head.
pub fn earlier_commit() -> String {
    "This run was asked for once more on a commit that is not the head of the pull request, so its findings are \
     annotations of this check: comments are written for the head only."
        .to_owned()
}

/// A note for the check where GitHub cut the list of changed files.
pub fn list_truncated(most: usize) -> String {
    let most = if most == 3_000 { "3,000".to_owned() } else { most.to_string() };
    format!("The change has more files than GitHub lists ({most}). The files beyond that were not audited.")
}

/// A note that names the files which the policy leaves out.
pub fn ignored_by_policy(paths: &[String]) -> Option<String> {
    let paths = paths.iter().map(|path| format!("`{path}`")).collect();
    name_some(paths).map(|names| format!("Not audited, as the policy asks: {names}."))
}

/// A note that names the files in which no rule speaks, because nobody of the project writes them by hand.
pub fn left_alone(files: &[(String, Foreign)]) -> Option<String> {
    let files = files.iter().map(|(path, making)| format!("`{path}` ({making})")).collect();
    name_some(files).map(|names| format!("Left alone, because they are not written by hand: {names}."))
}

/// A note that names the rules that gave up, each with a file in which it did.
pub fn gave_up(rules: &[(String, String)]) -> Option<String> {
    let told = rules.iter().map(|(rule, path)| format!("`{rule}` in `{path}`")).collect();
    name_some(told).map(|names| format!("Rules that needed more steps than a file may cost, and report nothing there: {names}. Make their patterns more exact."))
}

/// The first ten, and how many there are beyond them.
fn name_some(mut names: Vec<String>) -> Option<String> {
    let more = names.len().saturating_sub(10);
    names.truncate(10);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!names.is_empty()).then(|| format!("{}{more}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_names_ten_files_and_counts_the_rest() {
        let paths: Vec<String> = (0..12).map(|n| format!("gen/{n}.py")).collect();
        let note = ignored_by_policy(&paths).unwrap();
        assert!(note.contains("`gen/9.py` and 2 more"), "{note}");
        assert_eq!(ignored_by_policy(&[]), None);
        let note = gave_up(&[("dear".to_owned(), "a.py".to_owned())]).unwrap();
        assert!(note.contains("`dear` in `a.py`"), "{note}");
    }
}
