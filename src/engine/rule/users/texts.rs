//! What a rule in Semgrep's format says: its message, severity and metadata as our rules have them.

use serde_json::Value;

use crate::engine::finding::{Confidence, Severity, Tier};
use crate::engine::rule::clauses::Made;
use crate::engine::rule::error::{Mistake, Place};
use crate::engine::rule::{Examples, Rule, TestFiles, template};

use super::entry::EntryFile;

/// The category of a rule whose metadata name none.
const CATEGORY: &str = "custom";
/// A typical fix, in minutes, where nobody said so.
const EFFORT: u32 = 15;

pub(super) fn rule(id: String, written: &EntryFile, tests: TestFiles, examples: Examples) -> Made<Rule> {
    let severity = severity(written)?;
    let message = written.message.value.trim();
    if message.is_empty() {
        let place = Place::from(written.message.referenced);
        return Err(Mistake::new(place, "`message` is empty", "say what is wrong and what to do"));
    }
    Ok(Rule {
        title: id.clone(),
        category: category(written),
        severity,
        confidence: confidence(written),
        tier: Tier::Comment,
        cwe: cwe(written),
        aliases: Vec::new(),
        problem: message.to_owned(),
        impact: format!("This repository's own rule `{id}` rates it as {}.", written.severity.value.trim()),
        fix: remedy(written),
        effort: EFFORT,
        tests,
        absence: false,
        of_users: true,
        examples,
        id,
    })
}

/// The rule that a pattern alone is.
pub(super) fn of_pattern(pattern: &str) -> Rule {
    let pattern = pattern.trim();
    Rule {
        id: "pattern".to_owned(),
        category: CATEGORY.to_owned(),
        title: pattern.lines().next().unwrap_or_default().to_owned(),
        severity: Severity::Low,
        confidence: Confidence::High,
        tier: Tier::Comment,
        cwe: Vec::new(),
        aliases: Vec::new(),
        problem: "This matches.".to_owned(),
        impact: "It is only a trial.".to_owned(),
        fix: "Make a rule of it.".to_owned(),
        effort: EFFORT,
        tests: TestFiles::Report,
        absence: false,
        of_users: true,
        examples: Examples::default(),
    }
}

/// The metavariables that the rule's texts mention.
pub(super) fn names(rule: &Rule) -> Vec<String> {
    let holes = [&rule.problem, &rule.fix].into_iter().flat_map(|text| template::holes(text));
    holes.map(str::to_owned).collect()
}

fn severity(written: &EntryFile) -> Made<Severity> {
    match written.severity.value.trim().to_ascii_uppercase().as_str() {
        "CRITICAL" => Ok(Severity::Critical),
        "ERROR" | "HIGH" => Ok(Severity::High),
        "WARNING" | "MEDIUM" => Ok(Severity::Medium),
        "INFO" | "LOW" | "INVENTORY" | "EXPERIMENT" => Ok(Severity::Low),
        other => {
            let place = Place::from(written.severity.referenced);
            Err(Mistake::new(
                place,
                format!("`{other}` is no severity"),
                "write CRITICAL, ERROR, WARNING or INFO",
            ))
        }
    }
}

fn metadata<'w>(written: &'w EntryFile, key: &str) -> Option<&'w Value> {
    written.metadata.as_ref()?.get(key)
}

fn category(written: &EntryFile) -> String {
    let named = metadata(written, "category").and_then(Value::as_str).map(str::to_ascii_lowercase);
    let plain = |name: &String| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    named.filter(plain).unwrap_or_else(|| CATEGORY.to_owned())
}

fn confidence(written: &EntryFile) -> Confidence {
    let word = metadata(written, "confidence").and_then(Value::as_str).unwrap_or_default();
    match word.to_ascii_uppercase().as_str() {
        "HIGH" => Confidence::High,
        "LOW" => Confidence::Low,
        _ => Confidence::Medium,
    }
}

/// One text or a list of texts.
fn texts<'w>(written: &'w EntryFile, key: &str) -> Vec<&'w str> {
    match metadata(written, key) {
        Some(Value::String(text)) => vec![text],
        Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The numbers in `CWE-502: Deserialization of Untrusted Data`.
fn cwe(written: &EntryFile) -> Vec<u16> {
    let number = |text: &str| {
        let digits = text.trim().to_ascii_uppercase();
        let digits = digits.strip_prefix("CWE")?.trim_start_matches(['-', ' ', ':']).to_owned();
        let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
        digits[..end].parse().ok()
    };
    texts(written, "cwe").into_iter().filter_map(number).collect()
}

fn remedy(written: &EntryFile) -> String {
    if let Some(fix) = &written.fix {
        return format!("Write `{}` instead.", fix.value.trim());
    }
    match texts(written, "references").first() {
        Some(reference) => format!("See {reference}."),
        None => "Do as the rule's message says.".to_owned(),
    }
}
