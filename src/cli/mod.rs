//! The owner's door: the only room that reads flags, environment and local files.
//!
//! One file per subcommand; each says what it takes and does it. What goes wrong is told once, here.

mod app_manifest;
mod audit;
mod config;
mod doctor;
mod dry;
mod files;
mod git;
mod here;
mod queue;
mod rules;
mod say;
mod serve;
mod settings;
mod user_rules;
mod work;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Audits the Python that a change introduces.
#[derive(Debug, Parser)]
#[command(name = "scrutineer", version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

/// Everything the binary can do.
#[derive(Debug, Subcommand)]
enum Command {
    Audit(audit::Arguments),
    Rules(rules::Arguments),
    Config(config::Arguments),
    AppManifest(app_manifest::Arguments),
    Serve(Box<serve::ServeCommand>),
    Queue(queue::Arguments),
    Review(Box<dry::Review>),
    Receive(Box<dry::Receive>),
    Doctor(Box<doctor::Arguments>),
}

/// Exit code of a command that could not do its work, as clap has it for arguments it cannot read.
const FAILURE: u8 = 2;

pub fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return usage(&error),
    };
    let result = match &arguments.command {
        Command::Audit(arguments) => audit::run(arguments),
        Command::Rules(arguments) => rules::run(arguments),
        Command::Config(arguments) => config::run(arguments),
        Command::AppManifest(arguments) => app_manifest::run(arguments),
        Command::Serve(command) => command.run(),
        Command::Queue(arguments) => queue::run(arguments),
        Command::Review(arguments) => arguments.run(),
        Command::Receive(arguments) => arguments.run(),
        Command::Doctor(arguments) => arguments.run(),
    };
    result.unwrap_or_else(|error| {
        say::error(&error);
        ExitCode::from(FAILURE)
    })
}

/// Help and version go to standard output and are no failure.
fn usage(error: &clap::Error) -> ExitCode {
    // Where not even this can be written, nobody is left to be told.
    let _ = error.print();
    u8::try_from(error.exit_code()).map_or(ExitCode::from(FAILURE), ExitCode::from)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Arguments::command().debug_assert();
    }
}
