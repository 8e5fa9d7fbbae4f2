//! `scrutineer queue`: what waits, runs or was given up, read and changed beside a running server.

mod words;

use std::process::ExitCode;

use clap::{Args, Subcommand};
use secrecy::SecretString;

use crate::store::{Beside, Entry};

use super::{say, settings};

/// Look into the queue of reviews, also while the server runs
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,

    /// The server's database [default: sqlite://scrutineer.sqlite]
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true, value_parser = settings::secret, global = true)]
    database_url: Option<SecretString>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List what waits, runs or was given up
    List {
        /// Also what rests
        #[arg(long)]
        all: bool,
    },
    /// Show one target with its last error and what was written for it
    Show(Name),
    /// Have a target reviewed again, from the first attempt
    Retry(Name),
    /// Take a target out of the queue until something happens to it again
    ///
    /// What was written for it is remembered. A target that is being worked on is left alone.
    Drop(Name),
}

#[derive(Debug, Args)]
struct Name {
    /// The target as it is listed, such as 42/pull/7, or OWNER/REPO#NUMBER
    target: String,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let text = runtime.block_on(answer(arguments))?;
    say::result(&text)?;
    Ok(ExitCode::SUCCESS)
}

async fn answer(arguments: &Arguments) -> anyhow::Result<String> {
    let url = settings::exposed(arguments.database_url.as_ref()).unwrap_or(settings::DATABASE);
    let queue = Beside::open(url).await?;
    match &arguments.command {
        Command::List { all } => Ok(words::list(&queue.list(*all).await?, queue.now_ms())),
        Command::Show(name) => {
            let entry = find(&queue, name).await?;
            Ok(words::show(&entry, &queue.written(&entry.key).await?, queue.now_ms()))
        }
        Command::Retry(name) => {
            let entry = find(&queue, name).await?;
            anyhow::ensure!(queue.retry(&entry.key).await?, "{} is gone from the queue", entry.key);
            Ok(format!("{} will be reviewed again.\n", entry.key))
        }
        Command::Drop(name) => {
            let entry = find(&queue, name).await?;
            let dropped = queue.drop_target(&entry.key).await?;
            anyhow::ensure!(dropped, "{} is being worked on: try again when it is done", entry.key);
            Ok(format!("{} is out of the queue until something happens to it again.\n", entry.key))
        }
    }
}

async fn find(queue: &Beside, Name { target }: &Name) -> anyhow::Result<Entry> {
    let found = queue.list(true).await?.into_iter().find(|entry| is_named(entry, target));
    found.ok_or_else(|| {
        anyhow::anyhow!("nothing is known of {target}: `scrutineer queue list --all` lists all")
    })
}

/// By its key, or as people name a pull request.
fn is_named(entry: &Entry, name: &str) -> bool {
    let as_people = |(repo, number): (&str, &str)| {
        repo.eq_ignore_ascii_case(&entry.repo.to_string()) && entry.key.ends_with(&format!("/pull/{number}"))
    };
    entry.key == name || name.split_once('#').is_some_and(as_people)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_named_by_key_or_as_people_do() {
        let entry = words::tests::entry("waiting");
        for (name, expect) in [
            ("42/pull/7", true),
            ("octo/hello#7", true),
            ("Octo/Hello#7", true),
            ("octo/hello#17", false),
            ("octo/other#7", false),
            ("42/pull/77", false),
        ] {
            assert_eq!(is_named(&entry, name), expect, "{name}");
        }
    }
}
