//! Reports of one rule with the code around them, evenly drawn from all projects, for a person to judge.

use std::fs;

use scrutineer::engine::{FileAudit, Finding};

use super::audit::Auditor;
use super::project::{self, Project};

/// How many reports are shown if no number is given: what tests/corpus/precision.md asks for.
const COUNT: usize = 20;
/// Lines of code shown before and behind a report.
const AROUND: u32 = 8;

/// `RULE [COUNT]`: reports of any tier that nobody suppressed.
pub(crate) fn read(arguments: &[String]) -> Result<(), String> {
    let (rule, count) = match arguments {
        [rule] => (rule, COUNT),
        [rule, count] => (rule, count.parse().map_err(|_| format!("`{count}` is no number"))?),
        _ => return Err("say which rule: read RULE [COUNT]".to_owned()),
    };
    let found = reports(rule)?;
    let shown = count.min(found.len());
    println!("{shown} of {} reports of {rule}", found.len());
    (0..shown).for_each(|index| println!("\n{}", found[index * found.len() / shown]));
    Ok(())
}

fn reports(rule: &str) -> Result<Vec<String>, String> {
    let auditor = Auditor::new();
    let mut found = Vec::new();
    for project in project::chosen(&[])?.iter().filter(|project| project.root().is_some()) {
        for audit in auditor.audit(project)? {
            let own = |finding: &&Finding| finding.rule.id == rule && finding.suppressed.is_none();
            found.extend(audit.findings.iter().filter(own).map(|finding| told(project, &audit, finding)));
        }
    }
    Ok(found)
}

fn told(project: &Project, audit: &FileAudit, finding: &Finding) -> String {
    let place = project.root().map(|root| root.join(&audit.path)).unwrap_or_default();
    let text = fs::read(place).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let (first, last) = (finding.span.start.line, finding.span.last_line());
    let code: String = (1..)
        .zip(text.split('\n'))
        .filter(|(line, _)| {
            (first.saturating_sub(AROUND)..=first.max(last.min(first + AROUND)) + AROUND).contains(line)
        })
        .map(|(line, code)| format!("{} {line:5} {code}\n", if line == first { '>' } else { ' ' }))
        .collect();
    let head =
        format!("── {}/{}:{first} in {} ({:?})", project.name, audit.path, finding.symbol, finding.tier);
    let related =
        finding.related.iter().map(|place| format!("   {}: {}\n", place.span.start.line, place.note));
    format!("{head}\n{}\n{}{code}", finding.problem.trim_end(), related.collect::<String>())
}
