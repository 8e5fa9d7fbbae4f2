//! One line of the doctor's report.

use crate::report::escape::terminal;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Level {
    Ok,
    Warn,
    Fail,
}

/// What was looked at, what it is like, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    level: Level,
    what: String,
    told: String,
    remedy: String,
}

impl Finding {
    pub(super) fn ok(what: &str, told: &str) -> Finding {
        Finding::new(Level::Ok, what, told, "")
    }

    pub(super) fn warn(what: &str, told: &str, remedy: &str) -> Finding {
        Finding::new(Level::Warn, what, told, remedy)
    }

    pub(super) fn fail(what: &str, told: &str, remedy: &str) -> Finding {
        Finding::new(Level::Fail, what, told, remedy)
    }

    fn new(level: Level, what: &str, told: &str, remedy: &str) -> Finding {
        Finding { level, what: what.to_owned(), told: told.to_owned(), remedy: remedy.to_owned() }
    }

    pub(super) fn is_failure(&self) -> bool {
        self.level == Level::Fail
    }
}

pub(super) fn text(findings: &[Finding]) -> String {
    let mut out = String::new();
    for Finding { level, what, told, remedy } in findings {
        let word = match level {
            Level::Ok => "ok  ",
            Level::Warn => "warn",
            Level::Fail => "FAIL",
        };
        out.push_str(&format!("{word}  {what}: {}\n", terminal::text(told)));
        if !remedy.is_empty() {
            out.push_str(&format!("      -> {}\n", terminal::text(remedy)));
        }
    }
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    out + &match (count(Level::Fail), count(Level::Warn)) {
        (0, 0) => "All is well.\n".to_owned(),
        (0, warnings) => format!("It will work; {warnings} to look at.\n"),
        (failures, _) => format!("{failures} to mend before it can work.\n"),
    }
}
