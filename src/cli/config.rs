//! `scrutineer config`: says what is wrong with a policy file before it is pushed.
#![expect(clippy::disallowed_methods, reason = "the command line reads the file it was told to read")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};

use crate::engine::RuleSet;
use crate::report::mistake;
use crate::report::text::Style;
use crate::report::words;
use crate::review::policy::{self, Ceilings};

use super::{here, say};

/// Check the policy file of a repository
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Tell every mistake in a policy file, with its line and its remedy
    ///
    /// Ends with 0 where there is none, with 1 where there are some, and with 2 where the file cannot be read.
    Check {
        #[arg(default_value = policy::PATH)]
        file: PathBuf,
    },
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.command {
        Command::Check { file } => check(file),
    }
}

fn check(file: &Path) -> anyhow::Result<ExitCode> {
    let path = file.display().to_string();
    let text = fs::read_to_string(file).with_context(|| format!("read the policy file {path}"))?;
    let mistakes = policy::check(&text, &Ceilings::default(), &RuleSet::embedded()?);
    let style = Style { colour: say::has_colour(), width: here::columns() };
    let mut out = mistake::write(&path, &text, &mistakes, style);
    out.push_str(&match mistakes.len() {
        0 => format!("{path}: no mistakes.\n"),
        count => format!("{path}: {}.\n", words::count(count, "mistake", "mistakes")),
    });
    say::result(&out)?;
    Ok(if mistakes.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
