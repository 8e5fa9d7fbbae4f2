//! The engine against texts that nobody would write: a short run of fixed seeds in every test run. The long run is
//! `cargo run --release --example mutate`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod check;
mod dice;
mod mutate;
mod seeds;

use check::Checker;
use dice::Dice;
use scrutineer::engine::{Engine, Limits, RuleSet};

/// How many mutants a test run tries. They are the same in each run.
const MUTANTS: u64 = 400;

#[test]
fn no_text_breaks_the_engine() {
    let rules = RuleSet::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let seeds = seeds::seeds(&rules);
    let checker = Checker::new(Engine::new(rules, Limits::default()));
    let base = checker.base(&seeds[0]);
    for number in 0..MUTANTS {
        let text = mutate::mutant(&mut Dice::new(number), &seeds);
        if let Err(what) = checker.check(&text, &base) {
            panic!("mutant {number}: {what}\n{}", String::from_utf8_lossy(&text));
        }
    }
}

#[test]
fn every_seed_holds_unchanged() {
    let rules = RuleSet::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let seeds = seeds::seeds(&rules);
    let checker = Checker::new(Engine::new(rules, Limits::default()));
    for seed in &seeds {
        let base = checker.base(seed);
        if let Err(what) = checker.check(seed.as_bytes(), &base) {
            panic!("{what}\n{seed}");
        }
    }
}
