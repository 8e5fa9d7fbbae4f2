//! Mutants for as many minutes of CPU time as you have to spare, on one thread.
//!
//!     cargo run --release --example mutate -- [MINUTES [FIRST]]      20 minutes from mutant 0
//!     cargo run --release --example mutate -- write FOLDER           the hostile set as files, to measure an audit of it
//!     cargo run --release --example mutate -- one NUMBER             one mutant, printed and checked
//!     cargo run --release --example mutate -- attack [NAME]          what files cost that repeat one thing, by size
//!
//! A mutant that panics, answers wrongly or takes longer than ten seconds is written to `target/mutants/`, and the run
//! goes on; its number makes it again.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool for those who work on the engine, held to the rules of tests"
)]

mod attack;
mod check;
mod clock;
mod dice;
mod hostile;
mod mutate;
mod seeds;

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use std::{env, fs};

use attack::Attack;
use check::{Base, Checker};
use clock::Clock;
use dice::Dice;
use scrutineer::engine::{Engine, Limits, RuleSet};

/// What takes longer is as bad as a hang: an ordinary file takes a thousandth of this.
const SLOW: Duration = Duration::from_secs(10);

/// The most that the audit of a file may take, whatever it holds.
const LONG: Duration = Duration::from_secs(3);

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let number = |index: usize| arguments.get(index).map(|text| text.parse::<u64>().expect("a number"));
    if let [word, folder] = &arguments[..]
        && word == "write"
    {
        write(Path::new(folder));
        return ExitCode::SUCCESS;
    }
    let run = Run::new();
    let bad = match arguments.first().map(String::as_str) {
        Some("attack") => run.attack(arguments.get(1).map_or("", String::as_str)),
        Some("one") => run.show(number(1).expect("the number of a mutant")),
        _ => run.long(number(0).unwrap_or(20), number(1).unwrap_or(0)),
    };
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

struct Run {
    checker: Checker,
    seeds: Vec<String>,
    base: Base,
}

impl Run {
    fn new() -> Run {
        let rules = RuleSet::embedded().unwrap_or_else(|errors| panic!("{errors}"));
        let seeds = seeds::seeds(&rules);
        let checker = Checker::new(Engine::new(rules, Limits::default()));
        Run { base: checker.base(&seeds[0]), checker, seeds }
    }

    /// Gives the number of mutants that went wrong.
    fn long(&self, minutes: u64, first: u64) -> u64 {
        let (mut spent, mut findings, mut bad) = (Duration::ZERO, 0, 0);
        let mut slowest = (Duration::ZERO, first);
        let mut number = first;
        while spent < Duration::from_secs(60 * minutes) {
            let text = self.mutant(number);
            let clock = Clock::start();
            let answer = self.check(&text);
            let took = clock.took();
            let answer = if took > SLOW { Err(format!("it took {took:?}")) } else { answer };
            match answer {
                Ok(found) => findings += found,
                Err(what) => {
                    bad += 1;
                    keep(number, &text, &what);
                }
            }
            slowest = slowest.max((took, number));
            spent += took;
            number += 1;
        }
        println!(
            "{} mutants from {first}, {findings} findings, {bad} went wrong; the slowest, {}, took {:?}",
            number - first,
            slowest.1,
            slowest.0
        );
        bad
    }

    /// Audits the attacks whose name holds this word, a quarter, a half and the whole of each; what costs more than its
    /// share of the text shows by the growth. Gives the number that took too long.
    fn attack(&self, word: &str) -> u64 {
        let rules = RuleSet::embedded().unwrap_or_else(|errors| panic!("{errors}"));
        let chosen = attack::attacks(&rules).into_iter().filter(|attack| attack.name.contains(word));
        chosen.map(|attack| u64::from(self.grown(&attack) > LONG)).sum()
    }

    /// What the largest of the three took, or the first that took too long.
    fn grown(&self, attack: &Attack) -> Duration {
        let (mut most, mut told) = (Duration::ZERO, String::new());
        for part in [4, 2, 1] {
            let text = attack.part(part);
            let clock = Clock::start();
            let audit = self.checker.audit(text.as_bytes());
            most = clock.took();
            let skipped = if audit.skipped.is_some() { " skipped" } else { "" };
            told += &format!(" {:4} kB {most:8.2?}{skipped}", text.len() / 1024);
            if most > LONG {
                break;
            }
        }
        println!("{:50}{told}", attack.name);
        most
    }

    fn show(&self, number: u64) -> u64 {
        let text = self.mutant(number);
        println!("{}", String::from_utf8_lossy(&text));
        let clock = Clock::start();
        let answer = self.check(&text);
        println!("{answer:?} in {:?}", clock.took());
        u64::from(answer.is_err())
    }

    fn mutant(&self, number: u64) -> Vec<u8> {
        mutate::mutant(&mut Dice::new(number), &self.seeds)
    }

    fn check(&self, text: &[u8]) -> Result<usize, String> {
        let checked = panic::catch_unwind(AssertUnwindSafe(|| self.checker.check(text, &self.base)));
        checked.unwrap_or_else(|_| Err("it panicked".to_owned()))
    }
}

fn write(folder: &Path) {
    fs::create_dir_all(folder).expect("a folder");
    for hostile in hostile::set() {
        fs::write(folder.join(format!("{}.py", hostile.name)), hostile.bytes).expect("a file");
    }
}

fn keep(number: u64, text: &[u8], what: &str) {
    println!("mutant {number}: {}", what.lines().next().unwrap_or_default());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/mutants");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(format!("{number}.py")), text).expect("a file");
}
