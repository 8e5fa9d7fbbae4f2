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
mod hostile;
mod mutate;
mod seeds;

use check::{Base, Checker};
use dice::Dice;
use hostile::{Answer, Hostile};
use scrutineer::engine::{Engine, FileAudit, Limits, RuleSet};

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

#[test]
fn the_hostile_set_is_answered_as_it_is_told() {
    let rules = RuleSet::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    let checker = Checker::new(Engine::new(rules, Limits::default()));
    let base = checker.base("");
    let wrong = hostile::set().into_iter().filter_map(|hostile| answered(&hostile, &checker, &base));
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// What is wrong about the answer.
fn answered(hostile: &Hostile, checker: &Checker, base: &Base) -> Option<String> {
    let Hostile { name, bytes, answer } = hostile;
    if let Err(what) = checker.check(bytes, base) {
        return Some(format!("{name}: {what}"));
    }
    let audit = checker.audit(bytes);
    let told = || format!("{name}: not {answer:?} but {:?} {:?}", audit.skipped, audit.broken);
    (!is_answer(*answer, &audit)).then(told)
}

fn is_answer(answer: Answer, audit: &FileAudit) -> bool {
    let reason = audit.skipped.as_ref().map(|skipped| skipped.reason.to_string());
    match answer {
        Answer::Whole => reason.is_none() && audit.broken.is_empty(),
        Answer::Broken => reason.is_none() && !audit.broken.is_empty(),
        Answer::Skipped(words) => reason.is_some_and(|reason| reason.contains(words)),
        Answer::Any => true,
    }
}
