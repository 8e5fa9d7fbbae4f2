//! What is kept of a project's audit: how often each rule reports, and where those of tier comment do.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use scrutineer::engine::{FileAudit, Finding, Tier};

use super::project::Project;

/// A report of tier comment: path, line, rule.
pub(crate) type Place = (String, u32, String);

/// The text form is made to be read in a diff: a head, a line for each rule, and below each path its reports.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    head: String,
    /// By rule: reports of tier comment, summary, optional, and suppressed ones of any tier.
    pub(crate) counts: BTreeMap<String, [usize; 4]>,
    pub(crate) reports: BTreeSet<Place>,
}

impl Snapshot {
    pub(crate) fn of(project: &Project, audits: &[FileAudit]) -> Snapshot {
        let count = |holds: &dyn Fn(&FileAudit) -> bool| audits.iter().filter(|audit| holds(audit)).count();
        let head = format!(
            "{} {}: {} files, {} of them skipped, {} broken in part, {} of another's making",
            project.name,
            project.version,
            audits.len(),
            count(&|audit| audit.skipped.is_some()),
            count(&|audit| !audit.broken.is_empty()),
            count(&|audit| audit.foreign.is_some()),
        );
        let mut snapshot = Snapshot { head, ..Snapshot::default() };
        audits.iter().flat_map(|audit| &audit.findings).for_each(|finding| snapshot.add(finding));
        snapshot
    }

    fn add(&mut self, finding: &Finding) {
        let counts = self.counts.entry(finding.rule.id.clone()).or_default();
        counts[column(finding)] += 1;
        if column(finding) == 0 {
            self.reports.insert((finding.path.clone(), finding.span.start.line, finding.rule.id.clone()));
        }
    }
}

fn column(finding: &Finding) -> usize {
    match finding.tier {
        _ if finding.suppressed.is_some() => 3,
        Tier::Comment => 0,
        Tier::Summary => 1,
        Tier::Optional => 2,
    }
}

impl fmt::Display for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.head)?;
        for (rule, [comment, summary, optional, suppressed]) in &self.counts {
            writeln!(f, "= {rule} {comment} {summary} {optional} {suppressed}")?;
        }
        let mut last = "";
        for (path, line, rule) in &self.reports {
            if path != last {
                writeln!(f, "{path}")?;
                last = path;
            }
            writeln!(f, "  {line} {rule}")?;
        }
        Ok(())
    }
}

impl FromStr for Snapshot {
    type Err = String;

    fn from_str(text: &str) -> Result<Snapshot, String> {
        let mut lines = text.lines();
        let head = lines.next().unwrap_or_default().to_owned();
        let mut snapshot = Snapshot { head, ..Snapshot::default() };
        let mut path = "";
        for line in lines {
            if let Some(counts) = line.strip_prefix("= ") {
                let mut words = counts.split(' ');
                let rule = words.next().unwrap_or_default().to_owned();
                let counts: Result<Vec<usize>, _> = words.map(str::parse).collect();
                let counts = counts.ok().and_then(|counts| counts.try_into().ok());
                snapshot.counts.insert(rule, counts.ok_or_else(|| format!("not counts: {line}"))?);
            } else if let Some(report) = line.strip_prefix("  ") {
                let place = report.split_once(' ').and_then(|(line, rule)| Some((line.parse().ok()?, rule)));
                let (line, rule) = place.ok_or_else(|| format!("not a report: {line}"))?;
                snapshot.reports.insert((path.to_owned(), line, rule.to_owned()));
            } else {
                path = line;
            }
        }
        Ok(snapshot)
    }
}
