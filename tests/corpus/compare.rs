//! Two snapshots of each project, and what came and went.

use std::collections::BTreeMap;

use super::project::Project;
use super::snapshot::{Place, Snapshot};

/// Reports of tier comment that came and went, by rule.
#[derive(Debug, Default)]
pub(crate) struct Sum {
    rules: BTreeMap<String, (usize, usize)>,
}

impl Sum {
    /// Prints what differs in one project.
    pub(crate) fn add(&mut self, project: &Project, before: &Snapshot, now: &Snapshot) {
        let mut changes: Vec<(&Place, char)> = Vec::new();
        changes.extend(now.reports.difference(&before.reports).map(|place| (place, '+')));
        changes.extend(before.reports.difference(&now.reports).map(|place| (place, '-')));
        changes.sort();
        for ((path, line, rule), sign) in changes {
            println!("{sign} {}/{path}:{line} {rule}", project.name);
            let (came, went) = self.rules.entry(rule.clone()).or_default();
            *(if sign == '+' { came } else { went }) += 1;
        }
        self.add_counts(project, before, now);
    }

    /// The other tiers are compared by their counts.
    fn add_counts(&mut self, project: &Project, before: &Snapshot, now: &Snapshot) {
        let rules = before.counts.keys().chain(now.counts.keys());
        let mut rules: Vec<&String> = rules.collect();
        rules.sort();
        rules.dedup();
        for rule in rules {
            let counts = |snapshot: &Snapshot| snapshot.counts.get(rule).copied().unwrap_or_default();
            let (old, new) = (counts(before), counts(now));
            if old[1..] != new[1..] {
                println!(
                    "~ {} {rule}: summary, optional, suppressed {:?} → {:?}",
                    project.name,
                    &old[1..],
                    &new[1..]
                );
                self.rules.entry(rule.clone()).or_default();
            }
        }
    }

    pub(crate) fn told(&self) -> Result<(), String> {
        if self.rules.is_empty() {
            println!("The reports are those of the snapshots.");
            return Ok(());
        }
        let lines: Vec<String> =
            self.rules.iter().map(|(rule, (came, went))| format!("{rule}: +{came} -{went}")).collect();
        Err(lines.join("\n"))
    }
}
