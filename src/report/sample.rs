//! Findings for the writers' tests: three of the kinds people meet, and one whose every word is hostile.

use std::ops::Range;
use std::sync::Arc;

use crate::engine::rule::Rule;
use crate::engine::{Edit, Finding, Fingerprint, Related, Severity, Span, Suggestion};

use super::place;

pub(crate) const BACKUP: &str = "\
import tarfile

class Backup:
    def restore(self, path):
        with tarfile.open(path) as archive:
            archive.extractall(\"/srv/data\")
";

pub(crate) const CLIENT: &str = "\
import requests

def fetch(url):
    return requests.get(url)
";

pub(crate) const CONFIG: &str = "\
import os

SECRET_KEY = os.getenv(\"SECRET_KEY\", \"hunter2-in-production\")
";

/// The texts of the files the findings below are in.
pub(crate) fn texts(path: &str) -> Option<&'static str> {
    match path {
        "app/backup.py" => Some(BACKUP),
        "app/client.py" => Some(CLIENT),
        "app/config.py" => Some(CONFIG),
        HOSTILE_PATH => Some(HOSTILE_TEXT),
        _ => None,
    }
}

/// Three findings, as an audit orders them.
pub(crate) fn findings() -> Vec<Finding> {
    vec![archive(), timeout(), secret()]
}

pub(crate) fn archive() -> Finding {
    let rule = Rule {
        title: "Archive extracted without checking its members".to_owned(),
        severity: Severity::Critical,
        cwe: vec![22],
        aliases: vec!["S202".to_owned()],
        effort: 30,
        ..rule("archive-extraction-traversal", "injection")
    };
    let related = Related {
        span: span(BACKUP, "tarfile.open(path)"),
        note: "the archive is opened here".to_owned(),
    };
    Finding {
        problem: "`archive.extractall` writes every member of the archive where its name says.".to_owned(),
        impact: "A member named `../../etc/cron.d/x` is written outside the target folder: whoever makes the archive runs code here.".to_owned(),
        fix: "Pass `filter=\"data\"`, which refuses such members.".to_owned(),
        related: vec![related],
        symbol: "Backup › restore".to_owned(),
        ..finding(rule, "app/backup.py", span(BACKUP, "archive.extractall(\"/srv/data\")"))
    }
}

pub(crate) fn timeout() -> Finding {
    let rule = Rule {
        title: "HTTP call without a timeout".to_owned(),
        cwe: vec![1088, 400],
        effort: 10,
        ..rule("http-call-without-timeout", "resilience")
    };
    let place = span(CLIENT, "requests.get(url)");
    let edit = Edit {
        bytes: place.bytes.end - 1..place.bytes.end,
        replacement: ", timeout=10)".to_owned(),
    };
    Finding {
        problem: "`requests.get` waits for ever when the server does not answer.".to_owned(),
        impact: "One silent server holds one worker each time; enough of them stop the service.".to_owned(),
        fix: "Pass `timeout=` in seconds.".to_owned(),
        suggestion: Some(Suggestion {
            edits: vec![edit],
            safe: true,
        }),
        symbol: "fetch".to_owned(),
        ..finding(rule, "app/client.py", place)
    }
}

pub(crate) fn secret() -> Finding {
    let rule = Rule {
        title: "Secret with a usable default".to_owned(),
        severity: Severity::Critical,
        cwe: vec![798, 1188],
        aliases: vec!["S105".to_owned()],
        effort: 20,
        ..rule("default-secret", "secrets")
    };
    let place = span(CONFIG, "os.getenv(\"SECRET_KEY\", \"hunter2-in-production\")");
    Finding {
        problem: "`SECRET_KEY` falls back to `\"hunter2-in-production\"` when the variable is not set."
            .to_owned(),
        impact:
            "A deployment that forgets the variable runs with a key that everyone can read in the repository."
                .to_owned(),
        fix: "Read it without a default, so that the start fails when it is missing.".to_owned(),
        ..finding(rule, "app/config.py", place)
    }
}

pub(crate) const HOSTILE_PATH: &str = "a\u{202e}<!-- x -->@octocat|`#1`/::error::\u{1b}[31m%0A,x.py";
pub(crate) const HOSTILE_TEXT: &str = "x = 1\nf(\"```\", \"<!-- \u{1b}[2J ##[error]\")  # \u{202e}\ny = 2\n";

/// A finding in a file whose author attacks every medium.
pub(crate) fn hostile() -> Finding {
    let words = "`a`b` @octocat <img src=x> <!-- scrutineer --> https://evil.example #1 \u{202e}\u{1b}[31m ::error:: ##[error]";
    let place = span(HOSTILE_TEXT, "f(\"```\", \"<!-- \u{1b}[2J ##[error]\")");
    let edit = Edit {
        bytes: place.bytes.clone(),
        replacement: "g()\n```\n@octocat".to_owned(),
    };
    Finding {
        problem: words.to_owned(),
        impact: words.to_owned(),
        fix: words.to_owned(),
        related: vec![Related {
            span: place.clone(),
            note: words.to_owned(),
        }],
        suggestion: Some(Suggestion {
            edits: vec![edit],
            safe: true,
        }),
        symbol: words.to_owned(),
        ..finding(rule("hostile-words", "correctness"), HOSTILE_PATH, place)
    }
}

pub(crate) fn rule(id: &str, category: &str) -> Rule {
    Rule {
        problem: "`$CALL` is the problem.".to_owned(),
        impact: "This is the impact.".to_owned(),
        fix: "This is the fix.".to_owned(),
        ..Rule::sample(id, category)
    }
}

pub(crate) fn finding(rule: Rule, path: &str, span: Span) -> Finding {
    Finding {
        severity: rule.severity,
        confidence: rule.confidence,
        tier: rule.tier,
        path: path.to_owned(),
        problem: rule.problem.clone(),
        impact: rule.impact.clone(),
        fix: rule.fix.clone(),
        related: Vec::new(),
        suggestion: None,
        symbol: String::new(),
        tokens: "00".to_owned(),
        fingerprint: Fingerprint {
            group: format!("{:032x}", rule.id.len()),
            occurrence: 0,
        },
        suppressed: None,
        span,
        rule: Arc::new(rule),
    }
}

pub(crate) fn span(text: &str, part: &str) -> Span {
    let start = text.find(part).unwrap();
    span_of(text, start..start + part.len())
}

pub(crate) fn span_of(text: &str, bytes: Range<usize>) -> Span {
    let start = place::position(text, bytes.start).unwrap();
    let end = place::position(text, bytes.end).unwrap();
    Span { bytes, start, end }
}
