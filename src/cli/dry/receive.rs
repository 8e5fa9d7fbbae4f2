//! `scrutineer receive --event E --payload F`: a saved delivery, replayed.
#![expect(clippy::disallowed_methods, reason = "the command line reads the file it was told to read")]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;

use crate::cli::say;
use crate::domain::Delivery;
use crate::github::Drafts;
use crate::github::event::Event;
use crate::github::signature::Verified;
use crate::review::trigger::{self, Decision};

use super::{Options, Trigger};

/// Replay a saved delivery and print what would be written
///
/// The payload is the JSON that the App's page on GitHub shows under Advanced, Recent Deliveries. Nothing is
/// sent, stored or answered.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The event's name, as in X-GitHub-Event
    #[arg(long, value_name = "NAME")]
    event: String,
    /// The file with the payload
    #[arg(long, value_name = "FILE")]
    payload: PathBuf,
    #[command(flatten)]
    options: Options,
}

impl Arguments {
    pub(in crate::cli) fn run(&self) -> anyhow::Result<ExitCode> {
        let file = self.payload.display();
        let body = std::fs::read(&self.payload).with_context(|| format!("read the payload {file}"))?;
        let event = Event::read(&self.event, &Verified::by_hand(body.into()), None);
        let event = event.with_context(|| format!("read {file} as a delivery of {}", self.event))?;
        match trigger::decide(&event) {
            Decision::Wake(wake) => self.replay(Trigger::Wake(*wake)),
            Decision::Obey(order) if order.target_key().is_some() => self.replay(Trigger::Order(*order)),
            Decision::Obey(_) => {
                say::result("The server would change its own records only, and write nothing to GitHub.\n")?;
                Ok(ExitCode::SUCCESS)
            }
            Decision::Ignore(why) => {
                say::result(&format!("The server would do nothing: {why}.\n"))?;
                Ok(ExitCode::SUCCESS)
            }
        }
    }

    fn replay(&self, trigger: Trigger) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let drafts = runtime.block_on(async {
            let kept = Drafts::default();
            let github = self.options.connect(&kept)?;
            let delivery = Delivery { guid: "by hand".to_owned(), event: self.event.clone(), action: None };
            super::drafts_of(github, &kept, delivery, trigger).await
        })?;
        self.options.tell(&drafts)
    }
}
