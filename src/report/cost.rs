//! Where the time of an audit goes, as a table for whoever writes rules.

use std::time::Duration;

use crate::engine::{Costs, RuleCost};

/// A line for each step and each rule that was tried at all, the dearest rule first. `rules` are the ids in the order of
/// the rule set.
pub fn table<'r>(costs: &Costs, rules: impl Iterator<Item = &'r str>) -> String {
    let mut tried: Vec<(&str, RuleCost)> = rules.zip(costs.rules.iter().copied()).collect();
    let total = costs.reading + costs.walk + tried.iter().map(|(_, cost)| cost.time).sum::<Duration>();
    let known = tried.len();
    tried.retain(|(_, cost)| cost.starts > 0);
    tried.sort_by(|(a, cost_a), (b, cost_b)| cost_b.time.cmp(&cost_a.time).then(a.cmp(b)));
    let mut out = format!("{:38}{:>8}{:>11}{:>10}{:>8}\n", "", "share", "time", "starts", "hits");
    out.push_str(&step("reading and understanding", costs.reading, total));
    out.push_str(&step("one walk for all rules", costs.walk, total));
    for (id, cost) in &tried {
        let line = format!("{}{:>10}{:>8}", step(id, cost.time, total).trim_end(), cost.starts, cost.hits);
        out.push_str(&(line + "\n"));
    }
    let megabytes = costs.bytes as f64 / 1e6;
    out + &format!(
        "\n{} files, {megabytes:.1} MB on one thread; {} of {known} rules had somewhere to start. Times differ from run to \
         run,\nstarts and hits do not. The first rule that asks what a file remembers pays for the others.\n",
        costs.files,
        tried.len(),
    )
}

fn step(name: &str, time: Duration, total: Duration) -> String {
    let share = 100.0 * time.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
    format!("{name:38}{share:>6.1} %{:>8.1} ms\n", time.as_secs_f64() * 1e3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dearest_rule_comes_first_and_what_never_started_is_left_out() {
        let cost = |starts, ms| RuleCost { starts, hits: 1, time: Duration::from_millis(ms) };
        let costs = Costs {
            files: 2,
            bytes: 1_500_000,
            reading: Duration::from_millis(80),
            walk: Duration::from_millis(5),
            rules: vec![cost(3, 5), cost(0, 0), cost(7, 10)],
        };
        let table = table(&costs, ["cheap", "idle", "dear"].into_iter());
        let lines: Vec<Vec<&str>> = table.lines().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(lines[1], ["reading", "and", "understanding", "80.0", "%", "80.0", "ms"]);
        assert_eq!(lines[3], ["dear", "10.0", "%", "10.0", "ms", "7", "1"]);
        assert_eq!(lines[4], ["cheap", "5.0", "%", "5.0", "ms", "3", "1"]);
        assert!(lines[5].is_empty() && lines[6].starts_with(&["2", "files,", "1.5", "MB"]), "{table}");
    }
}
