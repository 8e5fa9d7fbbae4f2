//! Dry runs: the review as the server does it, from the first look to the last write, except that its
//! writes are printed instead of sent. Nothing of it is remembered.

mod receive;
mod review;
mod words;

pub(super) use receive::Arguments as Receive;
pub(super) use review::Arguments as Review;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use secrecy::SecretString;
use tokio::sync::Semaphore;

use crate::domain::{Delivery, Order, Wake};
use crate::engine::{Engine, RuleSet};
use crate::github::{Draft, Drafts, GitHub, Settings};
use crate::review::{self as reviews, Outcome};
use crate::store::{self, Store};

use super::{say, settings};

/// How often a review is begun again where GitHub answers with an older state.
const TRIES: usize = 5;
/// No pause of a person's patience is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Who asks GitHub, and how the answer is written.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// A token to read with, instead of the App's key. What the App wrote is then not recognised as ours
    #[arg(long, env = "GITHUB_TOKEN", value_name = "TOKEN", hide_env_values = true, value_parser = settings::secret)]
    github_token: Option<SecretString>,
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    settings: Box<settings::Arguments>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Options {
    /// A client that reads from GitHub and keeps what it should write.
    fn connect(&self, drafts: &Drafts) -> anyhow::Result<GitHub> {
        let token = settings::exposed(self.github_token.as_ref()).map(SecretString::from);
        let usual = settings::github_alone(&self.settings, token.is_some())?;
        let settings = Settings { token, drafts: Some(drafts.clone()), write_pause: Duration::ZERO, ..usual };
        Ok(GitHub::connect(settings)?)
    }

    fn tell(&self, drafts: &[Draft]) -> anyhow::Result<ExitCode> {
        let text = match self.format {
            Format::Text => words::text(drafts),
            Format::Json => serde_json::to_string_pretty(drafts).context("write the drafts as JSON")? + "\n",
        };
        say::result(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What sets a review off.
enum Trigger {
    Wake(Wake),
    Order(Order),
}

/// What the server would write after this trigger, had it never seen the target before.
async fn drafts_of(
    github: GitHub,
    drafts: &Drafts,
    delivery: Delivery,
    trigger: Trigger,
) -> anyhow::Result<Vec<Draft>> {
    let folder = Folder::make()?;
    let settings = store::Settings {
        debounce: Duration::ZERO,
        ..store::Settings::new(format!("sqlite://{}", folder.0.join("dry.sqlite").display()))
    };
    let store = Store::open(settings).await?;
    match trigger {
        Trigger::Wake(wake) => store.accept(delivery, Some(wake)).await?,
        Trigger::Order(order) => store.obey(delivery, &order).await?,
    };
    let result = run(github, &store).await;
    store.close().await;
    result.map(|()| drafts.take())
}

async fn run(github: GitHub, store: &Store) -> anyhow::Result<()> {
    let context = context(github, store.clone())?;
    for _ in 0..TRIES {
        let claim = store.claim().await?.context("the target is in the queue")?;
        match reviews::review(&context, &claim).await {
            Outcome::Done => return Ok(()),
            Outcome::Later { after, why, .. } if after <= LONGEST_PAUSE => {
                tracing::info!(why, "looking again");
                store.later(&claim, Duration::ZERO, &why, true).await?;
                tokio::time::sleep(after).await;
            }
            Outcome::Later { why, .. } | Outcome::Park { why, .. } => anyhow::bail!(why),
            Outcome::Superseded => anyhow::bail!("the review was superseded; this is a bug"),
        }
    }
    anyhow::bail!("the review could not be finished in {TRIES} tries")
}

fn context(github: GitHub, store: Store) -> anyhow::Result<reviews::Context> {
    let rules = RuleSet::embedded().context("the rules in this program do not load; this is a bug")?;
    let usual = reviews::Settings::default();
    Ok(reviews::Context {
        github,
        store,
        engine: Arc::new(Engine::new(rules, usual.ceilings.file)),
        // Whether a slow audit opens its check run early depends on the machine: here it never does.
        settings: reviews::Settings { check_start: Duration::from_secs(24 * 3600), ..usual },
        cores: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from))),
        tally: Arc::default(),
    })
}

/// A directory of our own, gone with us.
struct Folder(PathBuf);

#[expect(clippy::disallowed_methods, reason = "the command line owns its temporary files")]
impl Folder {
    fn make() -> anyhow::Result<Folder> {
        let path = std::env::temp_dir().join(format!("scrutineer-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir(&path).with_context(|| format!("create {}", path.display()))?;
        Ok(Folder(path))
    }
}

impl Drop for Folder {
    #[expect(clippy::disallowed_methods, reason = "the command line owns its temporary files")]
    fn drop(&mut self) {
        // What cannot be removed is left to the system's own cleaning.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
