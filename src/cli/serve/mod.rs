//! `scrutineer serve`: the App, from its settings to its end.

mod logs;
mod run;

use std::process::ExitCode;

use super::settings::{Arguments, resolve};

/// Run the GitHub App: take webhooks, review pull requests.
#[derive(Debug, clap::Args)]
pub(crate) struct ServeCommand {
    #[command(flatten)]
    settings: Arguments,
}

const FIRST_STEPS: &str = "\
serve runs the App, and needs to know which App it is. None is set up yet:

  1. Register one:   scrutineer app-manifest --url https://your.host > register.html
     and open that page; or register it by hand as README.md says under \"Run the App\".
  2. On the App's page, note the App ID, generate a private key, and set a webhook secret.
  3. Start it with them:

     export APP_ID=12345
     export PRIVATE_KEY_PATH=scrutineer.private-key.pem
     export WEBHOOK_SECRET=the-secret-you-set
     scrutineer serve

All settings: scrutineer serve --help. To see it work without an App: cargo run --example demo";

impl ServeCommand {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        if self.settings.names_no_app() {
            anyhow::bail!(FIRST_STEPS);
        }
        let settings = resolve(&self.settings)?;
        logs::start(&settings.log);
        logs::catch_panics();
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(run::run(settings))?;
        Ok(ExitCode::SUCCESS)
    }
}
