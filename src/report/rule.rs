//! Rules described for people and programs: the list of all, and one in full.

use serde::Serialize;

use crate::engine::rule::Rule;
use crate::engine::{Confidence, Severity, Tier};

use super::words;

const WIDTH: usize = 96;

/// All rules in columns, by category.
pub fn list<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> String {
    let rules = by_category(rules);
    let width = rules.iter().map(|rule| rule.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    let mut category = "";
    for rule in &rules {
        if rule.category != category {
            let gap = if category.is_empty() { "" } else { "\n" };
            out.push_str(&format!("{gap}{}\n", rule.category));
            category = &rule.category;
        }
        let (severity, tier) = (words::severity(rule.severity), words::tier(rule.tier));
        out.push_str(&format!(
            "  {:width$}  {severity:8}  {tier:8}  {}\n",
            rule.id, rule.title
        ));
    }
    out + &format!(
        "\n{}. `scrutineer rules explain <id>` tells more.\n",
        words::count(rules.len(), "rule", "rules")
    )
}

fn by_category<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Vec<&'r Rule> {
    let mut rules: Vec<&Rule> = rules.into_iter().collect();
    rules.sort_by(|a, b| (&a.category, &a.id).cmp(&(&b.category, &b.id)));
    rules
}

/// All rules as a JSON array, by category and id.
pub fn list_json<'r>(rules: impl IntoIterator<Item = &'r Rule>) -> Result<String, serde_json::Error> {
    let entries: Vec<Entry<'_>> = by_category(rules).into_iter().map(entry).collect();
    Ok(serde_json::to_string_pretty(&entries)? + "\n")
}

#[derive(Serialize)]
struct Entry<'r> {
    id: &'r str,
    category: &'r str,
    title: &'r str,
    severity: Severity,
    confidence: Confidence,
    tier: Tier,
    cwe: &'r [u16],
    aliases: &'r [String],
    effort_minutes: u32,
}

fn entry(rule: &Rule) -> Entry<'_> {
    Entry {
        id: &rule.id,
        category: &rule.category,
        title: &rule.title,
        severity: rule.severity,
        confidence: rule.confidence,
        tier: rule.tier,
        cwe: &rule.cwe,
        aliases: &rule.aliases,
        effort_minutes: rule.effort,
    }
}

/// One rule in full, as its documentation.
pub fn explain(rule: &Rule) -> String {
    let mut parts = vec![
        format!("{} ({})\n{}", rule.title, rule.id, facts(rule)),
        section("Problem", &wrap(&rule.problem)),
        section("Impact", &wrap(&rule.impact)),
        section("Fix", &wrap(&rule.fix)),
    ];
    parts.extend(examples(
        "Reported, on the lines marked `# finding`",
        &rule.examples.bad,
    ));
    parts.extend(examples("Not reported", &rule.examples.good));
    parts.extend(examples("Known to be missed", &rule.examples.missed));
    parts.push(section(
        "To accept a finding, write on its line or the line above",
        &suppression(rule),
    ));
    parts.join("\n\n") + "\n"
}

fn facts(rule: &Rule) -> String {
    let priority = words::priority(rule.severity);
    let mut lines = vec![format!(
        "{} ({priority}), confidence {}, tier {}, category {}, about {} to fix",
        words::severity(rule.severity),
        words::confidence(rule.confidence),
        words::tier(rule.tier),
        rule.category,
        words::effort(rule.effort),
    )];
    let cwe = |number: &u16| format!("CWE-{number}: https://cwe.mitre.org/data/definitions/{number}.html");
    lines.extend(rule.cwe.iter().map(cwe));
    if !rule.aliases.is_empty() {
        lines.push(format!(
            "Also silenced by `# noqa` or `# nosec` with {}",
            rule.aliases.join(", ")
        ));
    }
    lines.join("\n")
}

fn suppression(rule: &Rule) -> String {
    format!("# scrutineer: ignore[{}] the reason", rule.id)
}

fn examples(heading: &str, texts: &[String]) -> Option<String> {
    let texts: Vec<&str> = texts.iter().map(|text| text.trim_end()).collect();
    (!texts.is_empty()).then(|| section(heading, &texts.join("\n\n---\n\n")))
}

fn section(heading: &str, body: &str) -> String {
    let lines = body.lines().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!("  {line}")
        }
    });
    format!("{heading}\n{}", lines.collect::<Vec<_>>().join("\n"))
}

/// Fills lines up to the width, paragraph by paragraph.
fn wrap(text: &str) -> String {
    text.trim()
        .split("\n\n")
        .map(wrap_paragraph)
        .collect::<Vec<_>>()
        .join("\n\n")
}

fn wrap_paragraph(text: &str) -> String {
    let mut out = String::new();
    let mut column = 0;
    for word in text.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            out.push('\n');
            column = 0;
        } else if column > 0 {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += width;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rule::Examples;
    use crate::report::sample;

    fn archive() -> Rule {
        Rule {
            examples: Examples {
                bad: vec!["tar.extractall(path)  # finding\n".to_owned()],
                good: vec![
                    "tar.extractall(path, filter=\"data\")\n".to_owned(),
                    "zip.extractall(path)\n".to_owned(),
                ],
                missed: Vec::new(),
            },
            ..Rule::clone(&sample::archive().rule)
        }
    }

    #[test]
    fn a_rule_is_explained_in_full() {
        insta::assert_snapshot!(explain(&archive()));
    }

    #[test]
    fn rules_are_listed_by_category() {
        let rules = [
            sample::rule("b-rule", "secrets"),
            archive(),
            sample::rule("a-rule", "secrets"),
        ];
        insta::assert_snapshot!(list(&rules));
    }

    #[test]
    fn programs_get_the_list_as_json() {
        let json = list_json(&[archive()]).unwrap();
        let rules: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(rules[0]["id"], "archive-extraction-traversal");
        assert_eq!(rules[0]["cwe"], serde_json::json!([22]));
    }

    #[test]
    fn long_texts_are_filled_to_the_width() {
        let text = wrap(&"word ".repeat(50));
        assert!(
            text.lines().all(|line| line.len() <= WIDTH) && text.lines().count() == 3,
            "{text}"
        );
    }
}
