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

/// We failed, for good.
pub fn given_up(incident: &str) -> Notice {
    let summary = format!(
        "Scrutineer tried several times and failed, which is not the fault of this change. Nothing was \
         concluded about it. The operator finds the cause in the logs under incident `{incident}`; \
         a new push starts another audit."
    );
    Notice { title: "The audit could not be finished".to_owned(), summary }
}

/// We may not do our work here.
pub fn forbidden(reason: &str) -> Notice {
    let summary = format!(
        "GitHub does not let Scrutineer read this change or write its result: {} Nothing was audited. The owner \
         of the installation finds pending permissions under *Settings → GitHub Apps → Scrutineer*; it needs \
         `contents: read`, `pull requests: write` and `checks: write`.",
        prose::sentence(reason)
    );
    Notice { title: "A permission is missing".to_owned(), summary }
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

/// A note for the check where GitHub cut the list of changed files.
pub fn list_truncated() -> String {
    "The change has more files than GitHub lists (3,000). The files beyond that were not audited.".to_owned()
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
    }
}
