//! A finding as plain text, for media without markup: annotations of check runs, workflow commands.

use crate::engine::{Finding, Related};

use super::escape::hidden;
use super::{limit, mask, words};

/// What GitHub takes for the message of an annotation, in bytes.
const MESSAGE_BYTES: usize = 64 * 1024;

/// The words of an annotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    pub title: String,
    pub message: String,
}

/// Title and message of the annotation that stands for a finding.
pub fn annotation(finding: &Finding) -> Annotation {
    let title = format!("{}: {}", words::badge(finding.severity), finding.rule.title);
    let message = format!("{}\nRule: {}", message(finding), finding.rule.id);
    Annotation {
        title: limit::limit_chars(&hidden::reveal(&title).replace('\n', " "), limit::TITLE_CHARS),
        message: limit::limit_bytes(&hidden::reveal(&message), MESSAGE_BYTES),
    }
}

/// The words of an annotation that is about no finding.
pub fn notice(title: &str, message: &str) -> Annotation {
    Annotation {
        title: limit::limit_chars(&hidden::reveal(title).replace('\n', " "), limit::TITLE_CHARS),
        message: limit::limit_bytes(&hidden::reveal(message), MESSAGE_BYTES),
    }
}

/// Problem, impact and fix, a paragraph each.
pub(crate) fn message(finding: &Finding) -> String {
    let spoken = Spoken::of(finding);
    format!(
        "{}\nImpact: {}\nFix: {}",
        spoken.problem, spoken.impact, spoken.fix
    )
}

/// What a related place has to do with the finding.
pub(crate) fn note(finding: &Finding, related: &Related) -> String {
    mask::prose(finding, related.note.trim(), "")
}

/// The three texts of a finding, trimmed, secrets masked, otherwise as they came.
pub(crate) struct Spoken {
    pub(crate) problem: String,
    pub(crate) impact: String,
    pub(crate) fix: String,
}

impl Spoken {
    pub(crate) fn of(finding: &Finding) -> Spoken {
        let spoken = |words: &str, template: &str| mask::prose(finding, words.trim(), template);
        Spoken {
            problem: spoken(&finding.problem, &finding.rule.problem),
            impact: spoken(&finding.impact, &finding.rule.impact),
            fix: spoken(&finding.fix, &finding.rule.fix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn an_annotation_says_problem_impact_and_fix() {
        let annotation = annotation(&sample::timeout());
        insta::assert_snapshot!(format!("{}\n\n{}", annotation.title, annotation.message));
    }

    #[test]
    fn a_secret_is_masked() {
        assert!(!annotation(&sample::secret()).message.contains("hunter2"));
    }
}
