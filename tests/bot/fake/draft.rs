//! A comment someone wants to make on a diff, and whether GitHub lets them: its line has to be inside a hunk
//! of the three-dot diff at the commit the comment names.

use serde_json::Value;

use super::anchor::{Shown, Side};
use super::git::Change;
use super::problem::Problem;
use super::state::{Place, Pull, Repo};

/// GitHub refuses longer texts; it does not cut them.
const MOST_CHARACTERS: usize = 65_536;

pub struct Draft {
    pub path: String,
    pub body: String,
    pub place: Place,
}

/// Why a comment cannot stand where it wants to; each caller words it in its own way.
#[derive(Debug)]
pub enum Misplaced {
    Path,
    Line,
    StartLine,
    Order,
    Shape(String),
}

impl Misplaced {
    /// The words of a review that is refused.
    pub fn in_review(&self) -> Problem {
        match self {
            Misplaced::Path => Problem::unprocessable("Path could not be resolved"),
            Misplaced::Line => Problem::unprocessable("Line could not be resolved"),
            Misplaced::StartLine => Problem::unprocessable(
                "Pull request review thread start line must be part of the same hunk as the line.",
            ),
            Misplaced::Order => {
                Problem::unprocessable("Pull request review thread start line must precede the end line.")
            }
            Misplaced::Shape(text) => Problem::invalid(text),
        }
    }

    /// The words of a single comment that is refused.
    pub fn alone(&self) -> Problem {
        let thread = |field: &str, message: &str| {
            let field = format!("pull_request_review_thread.{field}");
            Problem::validation("PullRequestReviewComment", &field, "custom", &format!("{field} {message}"))
        };
        match self {
            Misplaced::Path => thread("path", "is invalid"),
            Misplaced::Line => thread("line", "must be part of the diff"),
            Misplaced::StartLine => thread("start_line", "must be part of the same hunk as the line"),
            Misplaced::Order => thread("start_line", "must precede the end line"),
            Misplaced::Shape(text) => Problem::invalid(text),
        }
    }
}

pub fn body(value: &Value) -> Result<String, Problem> {
    let text = value.as_str().unwrap_or_default();
    if text.trim().is_empty() {
        return Err(Problem::unprocessable("Body can't be blank"));
    }
    if text.chars().count() > MOST_CHARACTERS {
        return Err(Problem::unprocessable(&format!(
            "Body is too long (maximum is {MOST_CHARACTERS} characters)"
        )));
    }
    Ok(text.to_owned())
}

/// Whether a commit belongs to what the pull request proposes.
pub fn belongs(repo: &Repo, pull: &Pull, commit: &str) -> bool {
    let base = repo.branches.get(&pull.base_ref).unwrap_or(&pull.base_sha);
    repo.git.reaches(&pull.head, commit) && !repo.git.reaches(base, commit)
}

impl Draft {
    /// Reads one comment and proves its place; `keys` are the fields this request knows.
    pub fn read(wish: &Value, changes: &[Change], keys: &[&str]) -> Result<Draft, Misplaced> {
        let fields = wish.as_object().ok_or_else(|| Misplaced::Shape("a comment is an object".to_owned()))?;
        if let Some(key) = fields.keys().find(|key| !keys.contains(&key.as_str())) {
            return Err(Misplaced::Shape(format!("\"{key}\" is not a permitted key.")));
        }
        let path =
            wish["path"].as_str().ok_or_else(|| Misplaced::Shape("\"path\" wasn't supplied.".to_owned()))?;
        let body = wish["body"].as_str().unwrap_or_default().to_owned();
        let change = changes.iter().find(|change| change.path == path).ok_or(Misplaced::Path)?;
        let place = if wish["subject_type"] == "file" { Place::File } else { lines(wish, change)? };
        Ok(Draft { path: path.to_owned(), body, place })
    }
}

fn lines(wish: &Value, change: &Change) -> Result<Place, Misplaced> {
    let number = |field: &str| match &wish[field] {
        Value::Null => Ok(None),
        value => {
            let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
            number
                .map(Some)
                .ok_or_else(|| Misplaced::Shape(format!("For '{field}', {value} is not a number.")))
        }
    };
    let side = |field: &str, otherwise: Side| match wish[field].as_str() {
        None => Ok(otherwise),
        Some(text) => Side::parse(text).ok_or_else(|| Misplaced::Shape(format!("{text} is not a side"))),
    };
    let line = number("line")?.ok_or_else(|| Misplaced::Shape("\"line\" wasn't supplied.".to_owned()))?;
    let (start, end_side) = (number("start_line")?, side("side", Side::Right)?);
    let start_side = side("start_side", end_side)?;
    let shown = Shown::in_patch(change.patch.as_deref().unwrap_or_default());
    let hunk = shown.hunk(end_side, line).ok_or(Misplaced::Line)?;
    if let Some(start) = start {
        if start_side == end_side && start >= line {
            return Err(Misplaced::Order);
        }
        if shown.hunk(start_side, start) != Some(hunk) {
            return Err(Misplaced::StartLine);
        }
    }
    Ok(Place::Lines { side: end_side, start, line })
}
