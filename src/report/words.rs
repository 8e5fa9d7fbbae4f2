//! The words for severities, efforts and counts, the same in every medium.

use crate::engine::{Confidence, Severity, Tier};

/// Worst first: the order in which reports speak.
pub const WORST_FIRST: [Severity; 4] = [
    Severity::Critical,
    Severity::High,
    Severity::Medium,
    Severity::Low,
];

/// `critical`, as in rule files, policies and flags.
pub fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
    }
}

/// `P0` to `P3`, as in audit reports.
pub fn priority(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "P0",
        Severity::High => "P1",
        Severity::Medium => "P2",
        Severity::Low => "P3",
    }
}

/// `P0 Critical`, as a heading or a badge.
pub fn badge(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "P0 Critical",
        Severity::High => "P1 High",
        Severity::Medium => "P2 Medium",
        Severity::Low => "P3 Low",
    }
}

pub fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}

pub fn tier(tier: Tier) -> &'static str {
    match tier {
        Tier::Comment => "comment",
        Tier::Summary => "summary",
        Tier::Optional => "optional",
    }
}

/// `15 min`, `1 h 30 min`, `2 d 4 h`: a day has eight hours of work. Above an hour it is rounded to
/// quarters, above a day to hours: an estimate should not look exact.
pub fn effort(minutes: u32) -> String {
    match minutes {
        0..60 => format!("{minutes} min"),
        60..480 => join(round(minutes, 15) / 60, "h", round(minutes, 15) % 60, "min"),
        _ => join(round(minutes, 60) / 480, "d", round(minutes, 60) % 480 / 60, "h"),
    }
}

fn round(minutes: u32, step: u32) -> u32 {
    minutes.saturating_add(step / 2) / step * step
}

fn join(large: u32, large_unit: &str, small: u32, small_unit: &str) -> String {
    match small {
        0 => format!("{large} {large_unit}"),
        _ => format!("{large} {large_unit} {small} {small_unit}"),
    }
}

/// `1 file`, `2 files`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    match n {
        1 => format!("1 {one}"),
        _ => format!("{n} {many}"),
    }
}

/// `1 finding`, `2 findings`.
pub fn findings(n: usize) -> String {
    count(n, "finding", "findings")
}

/// `1 Python file`, `2 Python files`.
pub fn python_files(n: usize) -> String {
    count(n, "Python file", "Python files")
}

/// `a`, `a and b`, `a, b and c`.
pub fn list(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// `line 3`, `lines 3 to 5`.
pub fn lines(first: u32, last: u32) -> String {
    if first == last {
        format!("line {first}")
    } else {
        format!("lines {first} to {last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn efforts_read_as_estimates() {
        let check = |minutes, expect: &str| assert_eq!(effort(minutes), expect);
        check(5, "5 min");
        check(60, "1 h");
        check(88, "1 h 30 min");
        check(479, "8 h");
        check(480, "1 d");
        check(750, "1 d 5 h");
        check(u32::MAX, "8947848 d 4 h");
    }

    #[test]
    fn lists_read_as_sentences() {
        let check = |items: &[&str], expect: &str| {
            let items: Vec<String> = items.iter().map(|item| (*item).to_owned()).collect();
            assert_eq!(list(&items), expect);
        };
        check(&[], "");
        check(&["1 critical"], "1 critical");
        check(&["1 critical", "2 high", "1 low"], "1 critical, 2 high and 1 low");
    }
}
