//! What each step and each rule of an audit takes, by a clock that the caller brings: the engine has none, and no
//! answer of it depends on one.

use std::time::Duration;

use super::matching::Finder;
use super::options::Options;
use super::python::Module;
use super::run::wanted;
use super::{Engine, Source, foreign};

/// What many files took together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Costs {
    /// Files that were audited; what was skipped is not counted at all.
    pub files: usize,
    /// Bytes of their texts.
    pub bytes: usize,
    /// Decoding, parsing and understanding.
    pub reading: Duration,
    /// The one walk that finds where rules start.
    pub walk: Duration,
    /// By the rules' order in the rule set.
    pub rules: Vec<RuleCost>,
}

/// What one rule took. The first rule that asks for something a file remembers pays for those behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RuleCost {
    /// Nodes it was tried at; the same in each run.
    pub starts: usize,
    /// Places it found; the same in each run.
    pub hits: usize,
    pub time: Duration,
}

impl Engine {
    /// Audits a file as [`Engine::audit`] does, and adds what it took. `now` is the time since some fixed moment.
    pub fn weigh(
        &self,
        path: &str,
        bytes: &[u8],
        options: &Options,
        now: &dyn Fn() -> Duration,
        costs: &mut Costs,
    ) {
        let (start, limits) = (now(), self.limits());
        let source = Source::decode(path, bytes, limits);
        let Ok(module) = source.and_then(|source| Module::parse(source, limits, self.rules().types())) else {
            return;
        };
        costs.files += 1;
        costs.bytes += module.source().text().len();
        costs.reading += now().saturating_sub(start);
        self.weigh_rules(&module, options, now, costs);
    }

    fn weigh_rules(&self, module: &Module, options: &Options, now: &dyn Fn() -> Duration, costs: &mut Costs) {
        let start = now();
        let foreign = foreign::making(module.source());
        let wanted = wanted(self.rules(), module, foreign, options);
        let candidates = self.dispatch().candidates(module, &wanted);
        costs.walk += now().saturating_sub(start);
        costs.rules.resize(candidates.len(), RuleCost::default());
        let finders = self.rules().finders().map(|(_, finder)| finder);
        for ((nodes, finder), cost) in candidates.iter().zip(finders).zip(&mut costs.rules) {
            if !nodes.is_empty() {
                cost.starts += nodes.len();
                cost.add(module, finder, nodes, now);
            }
        }
    }
}

impl RuleCost {
    fn add(
        &mut self,
        module: &Module,
        finder: &Finder,
        nodes: &[super::python::NodeId],
        now: &dyn Fn() -> Duration,
    ) {
        let (start, mut hits) = (now(), Vec::new());
        finder.find(module, nodes, &mut hits);
        self.hits += hits.len();
        self.time += now().saturating_sub(start);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::engine::{Limits, RuleSet};

    #[test]
    fn each_step_and_rule_is_weighed_by_the_given_clock() {
        let engine = Engine::new(RuleSet::embedded().unwrap(), Limits::default());
        let ticks = Cell::new(0);
        let clock = || {
            ticks.set(ticks.get() + 1);
            Duration::from_millis(ticks.get())
        };
        let mut costs = Costs::default();
        let text = "import requests\nrequests.get(u)\nrequests.get(v)\n";
        engine.weigh("app.py", text.as_bytes(), &Options::default(), &clock, &mut costs);
        engine.weigh("app.py", b"\0", &Options::default(), &clock, &mut costs);
        assert_eq!((costs.files, costs.bytes, costs.reading.as_millis()), (1, text.len(), 1));
        let place = engine.rules().iter().position(|rule| rule.id == "http-call-without-timeout").unwrap();
        let expect = RuleCost { starts: 2, hits: 2, time: Duration::from_millis(1) };
        assert_eq!(costs.rules[place], expect);
    }
}
