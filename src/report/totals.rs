//! How many findings of which severity, and how long they take to fix.

use crate::engine::{Finding, Severity};

use super::words;

/// Counts of findings by severity, and the sum of their typical efforts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Critical first.
    by_severity: [usize; 4],
    pub effort_minutes: u32,
}

impl Totals {
    pub fn of<'a>(findings: impl IntoIterator<Item = &'a Finding>) -> Totals {
        let mut totals = Totals::default();
        for finding in findings {
            totals.by_severity[rank(finding.severity)] += 1;
            totals.effort_minutes = totals.effort_minutes.saturating_add(finding.rule.effort);
        }
        totals
    }

    pub fn count(&self, severity: Severity) -> usize {
        self.by_severity[rank(severity)]
    }

    pub fn all(&self) -> usize {
        self.by_severity.iter().sum()
    }

    /// Severities that occur, worst first, with their counts.
    pub fn present(&self) -> impl Iterator<Item = (Severity, usize)> + '_ {
        words::WORST_FIRST
            .into_iter()
            .map(|severity| (severity, self.count(severity)))
            .filter(|(_, n)| *n > 0)
    }

    /// `1 critical and 2 high`.
    fn spread(&self) -> String {
        let parts: Vec<String> = self
            .present()
            .map(|(severity, n)| format!("{n} {}", words::severity(severity)))
            .collect();
        words::list(&parts)
    }

    /// `no findings`, `1 medium finding`, `3 findings: 1 critical and 2 high`.
    pub fn headline(&self) -> String {
        let present: Vec<(Severity, usize)> = self.present().collect();
        match present[..] {
            [] => "no findings".to_owned(),
            [(severity, 1)] => format!("1 {} finding", words::severity(severity)),
            [(severity, n)] => format!("{n} {} findings", words::severity(severity)),
            _ => format!("{}: {}", words::findings(self.all()), self.spread()),
        }
    }

    /// The headline with the effort: `3 findings: 1 critical and 2 high, about 1 h 30 min to fix`.
    pub fn sentence(&self) -> String {
        let effort = self
            .effort()
            .map_or(String::new(), |effort| format!(", {effort} to fix"));
        format!("{}{effort}", self.headline())
    }

    /// `about 1 h 30 min`, `None` where no rule gives an estimate.
    pub fn effort(&self) -> Option<String> {
        (self.effort_minutes > 0).then(|| format!("about {}", words::effort(self.effort_minutes)))
    }
}

fn rank(severity: Severity) -> usize {
    match severity {
        Severity::Critical => 0,
        Severity::High => 1,
        Severity::Medium => 2,
        Severity::Low => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn efforts_add_up_and_counts_read_worst_first() {
        let findings = [sample::timeout(), sample::archive(), sample::secret()];
        insta::assert_snapshot!(Totals::of(&findings).sentence());
        assert_eq!(
            Totals::of(&findings[..1]).sentence(),
            "1 medium finding, about 10 min to fix"
        );
        assert_eq!(Totals::default().sentence(), "no findings");
    }
}
