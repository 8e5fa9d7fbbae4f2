//! What the rules say about real projects, kept as snapshots, so that each change to the engine or a rule shows what it
//! adds and what it takes away. tests/corpus/README.md tells when to use which command.
//!
//!     cargo run --release --example corpus -- fetch [PROJECT...]      download the pinned source releases
//!     cargo run --release --example corpus -- compare [PROJECT...]    what this tree adds (+) and removes (-)
//!     cargo run --release --example corpus -- run [PROJECT...]        write the snapshots anew
//!     cargo run --release --example corpus -- read RULE [COUNT]       reports of one rule with their code, to be judged
//!     cargo run --release --example corpus -- parse [PROJECT...]      tree-sitter alone, to hold the cost of an audit against
//!
//! The releases lie in `target/corpus/`, or where `CORPUS_DIR` says, one folder for each project.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a tool for those who work on the rules, held to the rules of tests"
)]

mod audit;
mod compare;
mod fetch;
mod parse;
mod project;
mod read;
mod snapshot;

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use audit::Auditor;
use project::Project;
use snapshot::Snapshot;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (command, rest) = arguments.split_first().map_or(("", &[][..]), |(first, rest)| (first, rest));
    let done =
        match command {
            "fetch" => each(rest, fetch::fetch),
            "run" => run(rest),
            "compare" => compare(rest),
            "parse" => each(rest, parse::parse),
            "read" => read::read(rest),
            _ => Err("say one of fetch, compare, run, read; the head of tests/corpus/corpus.rs tells more"
                .to_owned()),
        };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// Does something with each of the named projects, with all if none is named.
fn each(names: &[String], mut act: impl FnMut(&Project) -> Result<(), String>) -> Result<(), String> {
    project::chosen(names)?
        .iter()
        .try_for_each(|project| act(project).map_err(|why| format!("{}: {why}", project.name)))
}

fn run(names: &[String]) -> Result<(), String> {
    let auditor = Auditor::new();
    each(names, |project| {
        let now = Snapshot::of(project, &auditor.audit(project)?);
        println!("{} {}: {} reports", project.name, project.version, now.reports.len());
        fs::write(stored(project), now.to_string()).map_err(|error| error.to_string())
    })
}

/// Fails where something differs, as `diff` does.
fn compare(names: &[String]) -> Result<(), String> {
    let auditor = Auditor::new();
    let mut sum = compare::Sum::default();
    each(names, |project| {
        let text = fs::read_to_string(stored(project)).map_err(|error| error.to_string())?;
        let now = Snapshot::of(project, &auditor.audit(project)?);
        sum.add(project, &text.parse()?, &now);
        Ok(())
    })?;
    sum.told()
}

fn stored(project: &Project) -> PathBuf {
    project::here().join("snapshot").join(format!("{}.txt", project.name))
}
