//! The text of the check run: sections of lists, cut to the limit section by section, each cut named
//! with the number it leaves out.

use std::collections::HashSet;

use crate::engine::Finding;
use crate::report::escape::markdown;
use crate::report::limit::limit_chars;
use crate::report::plain::Spoken;
use crate::report::words;

use super::super::{pieces, prose};
use super::{Added, CheckInput, Conversation, Told};

/// Kept free for the heading and the "more" line of each section.
const FRAME: usize = 200;
/// The most of one foreign text that is shown, in characters.
const TEXT_CHARS: usize = 500;

struct Section {
    heading: &'static str,
    items: Vec<String>,
}

/// The whole text in at most `limit` bytes.
pub(super) fn text(input: &CheckInput<'_>, limit: usize) -> String {
    let mut sections = sections(input);
    sections.retain(|section| !section.items.is_empty());
    let mut left = limit.saturating_sub(FRAME * (sections.len() + 1));
    let mut out: Vec<String> = Vec::new();
    let count = sections.len();
    for (n, section) in sections.into_iter().enumerate() {
        let share = left / (count - n);
        // An early section may take what later ones can spare, but never more than three quarters.
        let most = if n + 1 == count { left } else { share.max(left / 4 * 3) };
        let written = write(&section, most);
        left = left.saturating_sub(written.len());
        out.push(written);
    }
    out.extend((input.others > 0 && !out.is_empty()).then(|| others(input.others)));
    out.join("\n\n")
}

fn sections(input: &CheckInput<'_>) -> Vec<Section> {
    let (commented, here): (Vec<_>, Vec<_>) =
        input.told.iter().partition(|told| told.by == Conversation::Comment);
    let section = |heading, items| Section { heading, items };
    vec![
        section("Findings without a comment", here.into_iter().map(whole).collect()),
        section("Not audited", not_audited(input)),
        section("Findings with a comment", commented.into_iter().map(|told| brief(told.finding)).collect()),
        section("Suppressions this change adds", input.suppressions.iter().map(suppression).collect()),
        section("Less certain, for information", for_information(&input.summary)),
    ]
}

/// The first finding of each rule in full; who has read it needs no more of the others than their places.
fn for_information(findings: &[&Finding]) -> Vec<String> {
    let mut told = HashSet::new();
    let is_first = |finding: &Finding| told.insert(finding.rule.id.clone());
    let firsts: Vec<bool> = findings.iter().copied().map(is_first).collect();
    let item = |(finding, is_first)| if is_first { told_whole(finding, "") } else { brief(finding) };
    findings.iter().copied().zip(firsts).map(item).collect()
}

/// The section in about `most` bytes: as many items as fit, then how many do not.
fn write(section: &Section, most: usize) -> String {
    let mut out = format!("### {} ({})\n", section.heading, section.items.len());
    let mut shown = 0;
    for item in &section.items {
        if out.len() + item.len() + 3 > most {
            break;
        }
        out.push_str(&format!("\n- {item}"));
        shown += 1;
    }
    if shown < section.items.len() {
        out.push_str(&format!("\n- … {} more.", section.items.len() - shown));
    }
    out
}

fn whole(told: &Told<'_>) -> String {
    let told_elsewhere = match told.by {
        Conversation::Annotation => " Annotated on its line.",
        Conversation::Comment | Conversation::Text => "",
    };
    told_whole(told.finding, told_elsewhere)
}

fn told_whole(finding: &Finding, end: &str) -> String {
    let Spoken { problem, fix, .. } = Spoken::of(finding);
    let words = |words: &str| prose::sentence(&limit_chars(words, TEXT_CHARS));
    format!("{} {} **Fix:** {}{end}", brief(finding), words(&problem), words(&fix))
}

fn brief(finding: &Finding) -> String {
    let title = markdown::text(&finding.rule.title);
    let priority = words::priority(finding.severity);
    format!(
        "**{priority}** {} **{title}** ({}).",
        pieces::place_with_end(finding),
        markdown::code(&finding.rule.id)
    )
}

fn not_audited(input: &CheckInput<'_>) -> Vec<String> {
    let skipped = input.skipped.iter().map(|skipped| {
        let path = markdown::code(&limit_chars(&skipped.path, TEXT_CHARS));
        format!("{path}: {}", markdown::text(&limit_chars(&skipped.reason, TEXT_CHARS)))
    });
    skipped.chain(input.broken.iter().map(pieces::broken)).collect()
}

fn suppression(added: &Added) -> String {
    let place = markdown::code(&format!("{}:{}", limit_chars(&added.path, TEXT_CHARS), added.line));
    let rules: Vec<String> =
        added.rules.iter().take(20).map(|rule| markdown::code(&limit_chars(rule, 100))).collect();
    let rules = if rules.is_empty() { "everything".to_owned() } else { words::list(&rules) };
    let reason = match added.reason.trim() {
        "" => "no reason given".to_owned(),
        reason => markdown::text(&limit_chars(reason, TEXT_CHARS)),
    };
    let refused = if added.honoured { "" } else { " (not honoured: the policy refuses it)" };
    format!("{place} silences {rules}: {reason}{refused}")
}

fn others(n: usize) -> String {
    format!(
        "{} not looked at: not Python.",
        words::count(n, "other changed file was", "other changed files were")
    )
}
