//! The pull request as one page to open: the check, the review, and the diff with its comments in place.

use crate::fake::git::Change;
use crate::fake::sight::{Note, Remark, Seen};
use crate::fake::state::CheckRun;
use crate::markdown::{escape, html};

pub struct Shown {
    pub title: String,
    pub remarks: Vec<Remark>,
    pub checks: Vec<CheckRun>,
    pub changes: Vec<Change>,
}

const STYLE: &str = include_str!("page.css");

pub fn page(shown: &Shown) -> String {
    let notes: Vec<&Note> = shown.remarks.iter().flat_map(|remark| &remark.comments).collect();
    let reviews: String = shown.remarks.iter().map(review).collect();
    let checks: String = shown.checks.iter().map(check).collect();
    let files: String = shown.changes.iter().map(|change| file(change, &notes)).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title><style>{STYLE}</style></head>\n\
         <body><main><h1>{title}</h1>\n<h2>Checks</h2>{checks}\n<h2>Conversation</h2>{reviews}\n<h2>Files changed</h2>{files}</main></body></html>\n",
        title = escape(&shown.title),
    )
}

fn review(remark: &Remark) -> String {
    let body = html(&remark.body);
    format!(
        "<section class=\"card\"><div class=\"who\">{} reviewed</div>{body}</section>\n",
        escape(&remark.author)
    )
}

fn check(run: &CheckRun) -> String {
    let conclusion = run.conclusion.as_deref().unwrap_or(&run.status);
    let title = escape(run.title.as_deref().unwrap_or_default());
    let summary = html(run.summary.as_deref().unwrap_or_default());
    let text = html(run.text.as_deref().unwrap_or_default());
    let annotations: String = run.annotations.iter().map(annotation).collect();
    format!(
        "<section class=\"card\"><div class=\"who\"><span class=\"badge {conclusion}\">{conclusion}</span> <b>{}</b> — {title}</div>\
         {summary}{text}{annotations}</section>\n",
        escape(&run.name),
    )
}

fn annotation(one: &serde_json::Value) -> String {
    let text = |field: &str| escape(one[field].as_str().unwrap_or_default());
    let place = format!("{}:{}", text("path"), one["start_line"]);
    format!(
        "<div class=\"note\"><b>{}</b> <code>{place}</code><pre>{}</pre></div>",
        text("title"),
        text("message")
    )
}

fn file(change: &Change, notes: &[&Note]) -> String {
    let name = change
        .old_path
        .as_ref()
        .map_or_else(|| change.path.clone(), |old| format!("{old} → {}", change.path));
    let here: Vec<&&Note> = notes.iter().filter(|note| note.path == change.path).collect();
    let whole: String =
        here.iter().filter(|note| note.place == Seen::File).map(|note| comment(note)).collect();
    let rows: String = numbered(change.patch.as_deref().unwrap_or_default())
        .map(|(line, text)| row(line, text, &here))
        .collect();
    format!(
        "<section class=\"file\"><div class=\"who\">{}</div>{whole}<table class=\"diff\">{rows}</table></section>\n",
        escape(&name)
    )
}

/// The lines of a patch with their numbers in the new file; what was removed has none.
fn numbered(patch: &str) -> impl Iterator<Item = (Option<u32>, &str)> {
    let mut next = 0;
    patch.lines().map(move |text| match text.as_bytes().first() {
        Some(b'@') => {
            let start = text.split('+').nth(1).and_then(|rest| rest.split([',', ' ']).next());
            next = start.and_then(|start| start.parse().ok()).unwrap_or(0);
            (None, text)
        }
        Some(b'+' | b' ') => {
            next += 1;
            (Some(next - 1), text)
        }
        _ => (None, text),
    })
}

fn row(line: Option<u32>, text: &str, notes: &[&&Note]) -> String {
    let kind = match text.as_bytes().first() {
        Some(b'+') => "added",
        Some(b'-') => "removed",
        Some(b'@') => "hunk",
        _ => "same",
    };
    let number = line.map(|line| line.to_string()).unwrap_or_default();
    let here = notes.iter().filter(|note| matches!(note.place, Seen::Lines(_, end) if Some(end) == line));
    let comments: String = here.map(|note| format!("<tr><td></td><td>{}</td></tr>", comment(note))).collect();
    format!(
        "<tr class=\"{kind}\"><td class=\"number\">{number}</td><td><pre>{}</pre></td></tr>{comments}",
        escape(text)
    )
}

fn comment(note: &Note) -> String {
    format!(
        "<div class=\"comment\"><div class=\"who\">scrutineer[bot] on {}</div>{}</div>",
        escape(&note.anchor()),
        html(&note.body)
    )
}
