//! A hundred rules more, as `cargo bench --bench hundred` weighs them: they load, and they find.
#![allow(clippy::unwrap_used, reason = "a test")]

#[path = "bench/varied.rs"]
mod varied;

use scrutineer::engine::{Engine, Limits, Options, RuleSet};
use varied::hundred_rules;

#[test]
fn a_hundred_rules_load_and_find() {
    assert_eq!(hundred_rules().iter().len(), 100);
    let engine = Engine::new(RuleSet::embedded().unwrap().with(hundred_rules(), ""), Limits::default());
    let text = "def f(o):\n    o.filter(\"x\")\n    a = o.connect()\n    a.close()\n";
    let audit = engine.audit("a.py", text.as_bytes(), &Options::default());
    let ids: Vec<&str> = audit.findings.iter().map(|finding| finding.rule.id.as_str()).collect();
    assert_eq!(ids, ["filter-1", "connect-2"]);
}
