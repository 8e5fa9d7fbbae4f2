//! The queue in words. Errors may hold words of strangers, so they pass the terminal's escaper.

use std::time::Duration;

use crate::report::escape::terminal;
use crate::report::words::count;
use crate::store::{Entry, Written};

pub(super) fn list(entries: &[Entry], now: i64) -> String {
    if entries.is_empty() {
        return "The queue is empty.\n".to_owned();
    }
    let rows: Vec<[String; 5]> = entries.iter().map(|entry| row(entry, now)).collect();
    let titles = ["TARGET", "REPOSITORY", "STATE", "ATTEMPTS", "SINCE OR UNTIL"].map(str::to_owned);
    let mut out = String::new();
    let all: Vec<&[String; 5]> = std::iter::once(&titles).chain(&rows).collect();
    let width = |column: usize| all.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..5).map(width).collect();
    for row in &all {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        out.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        out.push('\n');
    }
    out + &format!("{}.\n", count(entries.len(), "target", "targets"))
}

fn row(entry: &Entry, now: i64) -> [String; 5] {
    [
        terminal::line(&entry.key),
        terminal::line(&entry.repo.to_string()),
        terminal::line(&entry.state),
        entry.attempts.to_string(),
        timing(entry, now),
    ]
}

fn timing(entry: &Entry, now: i64) -> String {
    match entry.state.as_str() {
        "waiting" if entry.due_at > now => format!("due in {}", span(entry.due_at - now)),
        "waiting" => format!("due for {}", span(now - entry.due_at)),
        "running" => format!("lease ends in {}", span(entry.lease_until - now)),
        "dead" => format!("given up {} ago", span(now - entry.touched_at)),
        _ => format!("rests for {}", span(now - entry.touched_at)),
    }
}

pub(super) fn show(entry: &Entry, written: &[Written], now: i64) -> String {
    let mut out = String::new();
    let mut line = |name: &str, value: &str| {
        if !value.is_empty() {
            out.push_str(&format!("{name:13}{}\n", terminal::line(value)));
        }
    };
    line("target", &entry.key);
    line("repository", &entry.repo.to_string());
    line("installation", &entry.installation.to_string());
    line("head", &entry.head);
    line("state", &format!("{}, {}", entry.state, timing(entry, now)));
    line("attempts", &format!("{} for trigger {}", entry.attempts, entry.generation));
    line("delivery", &entry.delivery);
    line("incident", &entry.incident);
    line("error", &entry.error);
    for write in written {
        line("written", &told(write, now));
    }
    out
}

fn told(write: &Written, now: i64) -> String {
    let head = write.head.get(..7).unwrap_or(&write.head);
    let id = write.github_id.map_or(String::new(), |id| format!(", GitHub's {id}"));
    let state = match write.state.as_str() {
        "intended" => "outcome unknown",
        "void" => "not carried out",
        other => other,
    };
    format!("{} on {head}, {} ago: {state}{id}", write.kind, span(now - write.at))
}

/// A span of time in its largest unit.
fn span(ms: i64) -> String {
    let seconds = Duration::from_millis(u64::try_from(ms).unwrap_or(0)).as_secs();
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds / 60),
        7_200..172_800 => format!("{} h", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::domain::RepoName;

    pub(crate) fn entry(state: &str) -> Entry {
        Entry {
            key: "42/pull/7".to_owned(),
            repo: RepoName::parse("octo/hello").unwrap(),
            installation: 1,
            state: state.to_owned(),
            generation: 3,
            attempts: 5,
            due_at: 70_000,
            lease_until: 130_000,
            finished_at: 0,
            touched_at: 10_000,
            delivery: "d-1".to_owned(),
            head: "a".repeat(40),
            incident: "4f2a".to_owned(),
            error: "GitHub \u{1b}[31mis down".to_owned(),
        }
    }

    #[test]
    fn the_queue_reads_as_a_table() {
        let entries = [entry("running"), entry("waiting"), entry("dead"), entry("idle")];
        insta::assert_snapshot!(list(&entries, 100_000));
        assert_eq!(list(&[], 0), "The queue is empty.\n");
    }

    #[test]
    fn a_target_is_shown_with_its_error_and_its_writes() {
        let written = ["intended", "done", "void"].map(|state| Written {
            kind: "check".to_owned(),
            head: "b".repeat(40),
            state: state.to_owned(),
            at: 40_000,
            github_id: (state == "done").then_some(99),
        });
        insta::assert_snapshot!(show(&entry("dead"), &written, 7_300_000));
    }
}
