//! Any bytes: the audit ends, answers the same twice, and points into the text. What else must hold is the mutation
//! harness's, whose checks run here too.
#![no_main]
#![allow(dead_code, reason = "the checks are shared with the harness, which uses all of them")]

#[path = "../mutation/check.rs"]
mod check;

use std::sync::LazyLock;

use check::{Base, Checker};
use libfuzzer_sys::fuzz_target;
use scrutineer::engine::{Engine, Limits, RuleSet};

static CHECKER: LazyLock<(Checker, Base)> = LazyLock::new(|| {
    let rules = RuleSet::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let checker = Checker::new(Engine::new(rules, Limits::default()));
    let base = checker.base("import requests\n\ndef load(url):\n    return requests.get(url).json()\n");
    (checker, base)
});

fuzz_target!(|bytes: &[u8]| {
    let (checker, base) = &*CHECKER;
    if let Err(what) = checker.check(bytes, base) {
        panic!("{what}");
    }
});
