//! What several documents share: links to CWE, places, how to suppress.

use crate::engine::{Finding, Related};
use crate::report::escape::markdown;
use crate::report::{Broken, plain, words};

/// `[CWE-22](…), [CWE-73](…)`.
pub(super) fn cwe_links(numbers: &[u16]) -> String {
    let link = |n: &u16| format!("[CWE-{n}](https://cwe.mitre.org/data/definitions/{n}.html)");
    numbers.iter().map(link).collect::<Vec<_>>().join(", ")
}

/// `` `app/a.py:3` ``.
pub(super) fn place(finding: &Finding) -> String {
    markdown::code(&format!("{}:{}", finding.path, finding.span.start.line))
}

/// `` `app/a.py:3-5` ``.
pub(super) fn place_with_end(finding: &Finding) -> String {
    let (first, last) = (finding.span.start.line, finding.span.last_line());
    if first == last {
        place(finding)
    } else {
        markdown::code(&format!("{}:{first}-{last}", finding.path))
    }
}

/// `line 3: the lock`.
pub(super) fn related(finding: &Finding, related: &Related) -> String {
    let lines = words::lines(related.span.start.line, related.span.last_line());
    format!(
        "{lines}: {}",
        super::prose::sentence(&plain::note(finding, related))
    )
}

/// `` `app/a.py`, lines 3 to 9: not valid Python ``.
pub(super) fn broken(broken: &Broken) -> String {
    let lines = words::lines(broken.first_line, broken.last_line);
    format!("{}, {lines}: not valid Python", markdown::code(&broken.path))
}

/// How to say in the code that a finding is accepted.
pub(super) fn suppression(rule: &str) -> String {
    format!(
        "If it is meant to be so, say why on that line or the line above: {}",
        { markdown::code(&format!("# scrutineer: ignore[{rule}] reason")) }
    )
}
