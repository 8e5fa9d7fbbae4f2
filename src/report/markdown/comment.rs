//! The comment on a changed line. A reviewer reads it in fifteen seconds: what, why it matters, what to
//! do; the rest is folded.

use std::ops::RangeInclusive;

use crate::engine::Finding;
use crate::report::escape::markdown;
use crate::report::limit::limit_chars;
use crate::report::plain::Spoken;
use crate::report::{Totals, words};

use super::{pieces, prose, suggestion};

/// The most of each text that is shown, in characters; the whole comment stays far below GitHub's 65,536.
const TEXT_CHARS: usize = 2_000;
/// The most related places that are named.
const RELATED: usize = 10;

/// Where the comment will stand.
#[derive(Clone, Debug)]
pub struct Place<'a> {
    /// The text of the whole file at the head.
    pub text: &'a str,
    /// The lines the comment is anchored to: a suggestion replaces exactly these.
    pub lines: RangeInclusive<u32>,
}

/// The body of the comment for a finding. Without a place it offers no suggestion.
pub fn comment(finding: &Finding, at: Option<Place<'_>>) -> String {
    let spoken = Spoken::of(finding);
    let mut parts = vec![
        headline(finding),
        paragraph("", &spoken.problem),
        paragraph("**Impact:** ", &spoken.impact),
        paragraph("**Fix:** ", &spoken.fix),
    ];
    parts.extend(at.and_then(|at| suggestion::block(finding, &at)));
    parts.push(details(finding));
    parts.join("\n\n")
}

/// The comment for a file as a whole, where no line of the change can carry it: it names the place.
pub fn file_comment(finding: &Finding) -> String {
    let comment = comment(finding, None);
    let (headline, rest) = comment.split_once("\n\n").unwrap_or((&comment, ""));
    format!(
        "{headline}\n\nAt {}, which this change does not show.\n\n{rest}",
        pieces::place_with_end(finding)
    )
}

/// The words above the comments of a review.
pub fn review(findings: &[&Finding]) -> String {
    let totals = Totals::of(findings.iter().copied());
    format!(
        "This change introduces {}. Each comment says what to do; the check has the rest.",
        totals.sentence()
    )
}

fn headline(finding: &Finding) -> String {
    format!(
        "**{}** · **{}**",
        words::badge(finding.severity),
        markdown::text(&finding.rule.title)
    )
}

fn paragraph(label: &str, words: &str) -> String {
    format!("{label}{}", prose::prose(&limit_chars(words, TEXT_CHARS)))
}

fn details(finding: &Finding) -> String {
    let rule = &finding.rule;
    let mut facts = vec![format!("Confidence: {}", words::confidence(finding.confidence))];
    if rule.effort > 0 {
        facts.push(format!("about {} to fix", words::effort(rule.effort)));
    }
    if !rule.cwe.is_empty() {
        facts.push(pieces::cwe_links(&rule.cwe));
    }
    let mut lines = vec![format!("{}.", facts.join(" · "))];
    lines.extend(
        finding
            .related
            .iter()
            .take(RELATED)
            .map(|related| format!("See {}.", pieces::related(finding, related))),
    );
    lines.push(format!("{}.", pieces::suppression(&rule.id)));
    // Inside a summary GitHub reads HTML; the id of a rule is lower-case letters, digits and dashes.
    format!(
        "<details><summary>Rule <code>{}</code></summary>\n\n{}\n\n</details>",
        rule.id,
        lines.join("\n\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn a_comment_says_what_why_and_what_to_do() {
        insta::assert_snapshot!(comment(&sample::archive(), None));
    }

    #[test]
    fn a_safe_edit_becomes_a_suggestion() {
        let at = Place {
            text: sample::CLIENT,
            lines: 4..=4,
        };
        insta::assert_snapshot!(comment(&sample::timeout(), Some(at)));
    }

    #[test]
    fn a_secret_is_not_repeated() {
        let out = comment(
            &sample::secret(),
            Some(Place {
                text: sample::CONFIG,
                lines: 3..=3,
            }),
        );
        assert!(!out.contains("hunter2") && out.contains("`\"***\"`"), "{out}");
    }

    #[test]
    fn hostile_words_stay_words() {
        let out = comment(
            &sample::hostile(),
            Some(Place {
                text: sample::HOSTILE_TEXT,
                lines: 2..=2,
            }),
        );
        assert!(!out.contains("<!--") && !out.contains("suggestion"), "{out}");
        insta::assert_snapshot!(out);
    }
}
