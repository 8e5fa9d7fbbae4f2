//! `scrutineer app-manifest`: writes the page whose form registers the App on GitHub.
#![expect(clippy::disallowed_methods, reason = "the command line is the room that writes local files")]

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use url::Url;

use crate::report::app::{self, Registration};

use super::say;

/// Write the page that registers the App on GitHub
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where GitHub reaches your server: https://audit.example.com
    #[arg(long)]
    url: Url,
    /// The GitHub that it lives on, such as your Enterprise Server: https://github.example.com
    #[arg(long, value_name = "URL", default_value = app::GITHUB)]
    github: Url,
    /// The organization that will own the App; without it, your own account
    #[arg(long)]
    org: Option<String>,
    /// The name of the App, unique on GitHub; it can still be changed there
    #[arg(long, default_value = "Scrutineer")]
    name: String,
    /// The path of the webhook, as the server has it
    #[arg(long, env = "WEBHOOK_PATH", default_value = app::WEBHOOK_PATH)]
    webhook_path: String,
    /// Where to write the page; without it, to standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let page = app::page(&Registration {
        github: arguments.github.clone(),
        url: arguments.url.clone(),
        name: arguments.name.clone(),
        organization: arguments.org.clone(),
        webhook_path: arguments.webhook_path.clone(),
    })?;
    match &arguments.output {
        None => say::result(&page)?,
        Some(file) => {
            fs::write(file, page).with_context(|| format!("write {}", file.display()))?;
            say::result(&format!(
                "{0} is written. Open it in a browser and press the button.\n",
                file.display()
            ))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
