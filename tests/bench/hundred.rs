//! What a hundred pattern rules more cost over a large real project, in processor time; see README.md beside this file.
//! Given `without` or `with`, it audits the project once in that way, for tools that count instructions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    dead_code,
    reason = "a measurement, held to the rules of tests; it shares the corpus with its tool"
)]

#[path = "../corpus/project.rs"]
mod project;
mod varied;

use std::fs;
use std::time::{Duration, Instant};

use scrutineer::engine::rule::UserRules;
use scrutineer::engine::{Engine, Limits, Options, RuleSet};

/// The project measured, as tests/corpus/projects.txt pins it.
const PROJECT: &str = "django";
/// Audits of each kind, in turns, so that both meet the same neighbours; the least of each counts.
const ROUNDS: usize = 5;

fn engine(users: Option<UserRules>) -> Engine {
    let rules = RuleSet::embedded().unwrap_or_else(|errors| panic!("{errors}"));
    Engine::new(users.map_or(rules.clone(), |users| rules.with(users, "")), Limits::default())
}

fn files() -> Vec<(String, Vec<u8>)> {
    let project = project::chosen(&[PROJECT.to_owned()]).expect("a project of the list").remove(0);
    let files = project.files().unwrap_or_else(|why| panic!("{PROJECT}: {why}"));
    files.into_iter().map(|(path, place)| (path, fs::read(place).expect("a file"))).collect()
}

/// This thread's processor time where the kernel tells it, else the time on the wall.
fn now(start: Instant) -> Duration {
    let book = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let spent = book.split(' ').next().and_then(|nanoseconds| nanoseconds.parse().ok());
    spent.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// What it took, and how much was found.
fn audit(engine: &Engine, files: &[(String, Vec<u8>)]) -> (Duration, usize) {
    let clock = Instant::now();
    let start = now(clock);
    let audits = files.iter().map(|(path, bytes)| engine.audit(path, bytes, &Options::default()));
    let found = audits.map(|audit| audit.findings.len()).sum();
    (now(clock) - start, found)
}

fn compare(files: &[(String, Vec<u8>)]) {
    let (few, many) = (engine(None), engine(Some(varied::hundred_rules())));
    let rounds: Vec<_> = (0..ROUNDS).map(|_| (audit(&few, files), audit(&many, files))).collect();
    let (without, _) = rounds.iter().map(|(few, _)| *few).min().expect("a round");
    let (with, found) = rounds.iter().map(|(_, many)| *many).min().expect("a round");
    let more = (with.as_secs_f64() / without.as_secs_f64() - 1.0) * 100.0;
    println!("{} files, {found} findings: {without:?} without, {with:?} with, {more:.1} % more", files.len());
}

fn main() {
    let files = files();
    match std::env::args().nth(1).as_deref() {
        Some("without") => println!("{:?}", audit(&engine(None), &files)),
        Some("with") => println!("{:?}", audit(&engine(Some(varied::hundred_rules())), &files)),
        _ => compare(&files),
    }
}
