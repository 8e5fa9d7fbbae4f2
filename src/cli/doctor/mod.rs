//! `scrutineer doctor`: what an operator's setup lacks, each line with its remedy.

mod app;
mod finding;

use std::process::ExitCode;

use crate::github::GitHub;
use crate::store::{self, Beside, Store};

use super::say;
use super::settings::{self, Hidden, Settings};
use finding::Finding;

/// Check the setup: settings, key, clock, GitHub, the App's permissions and events, the database
///
/// Takes the settings of serve and makes the database if there is none. Ends with 0 where serve will work, with 1 where it will not.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: settings::Arguments,
}

impl Arguments {
    pub(super) fn run(&self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let findings = runtime.block_on(self.examine());
        say::result(&finding::text(&findings))?;
        Ok(if findings.iter().any(Finding::is_failure) { ExitCode::from(1) } else { ExitCode::SUCCESS })
    }

    async fn examine(&self) -> Vec<Finding> {
        match settings::resolve(&self.settings) {
            Ok(settings) => examine(&settings).await,
            // What can be asked without the settings that are wrong is asked all the same.
            Err(problems) => {
                let mut findings: Vec<Finding> =
                    problems.0.iter().map(|p| Finding::fail(p.setting, &p.what, &p.remedy)).collect();
                findings.push(database(&store::Settings::new(self.settings.database())).await);
                if let Ok(github) = settings::github_alone(&self.settings, false) {
                    findings.extend(of_github(GitHub::connect(github)).await);
                }
                findings
            }
        }
    }
}

async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![Finding::ok("settings", "can be read, the webhook secret is set")];
    findings.extend(settings.warnings.iter().map(|warning| Finding::warn("settings", warning, "")));
    let Hidden(store) = &settings.store;
    findings.push(database(store).await);
    findings.extend(of_github(GitHub::connect(settings.github.clone())).await);
    findings
}

async fn of_github(connected: Result<GitHub, crate::github::ConfigError>) -> Vec<Finding> {
    match connected {
        Ok(github) => app::examine(&github).await,
        Err(error) => {
            let remedy = "give the .pem file that GitHub made for the App";
            vec![Finding::fail("private key", &error.to_string(), remedy)]
        }
    }
}

/// A running server holds the database: then it is asked beside it. Without one it is opened as serve will.
async fn database(settings: &store::Settings) -> Finding {
    let remedy = "let this user write there, or name another database in DATABASE_URL";
    match Beside::open(&settings.url).await {
        Ok(beside) => match beside.is_writable().await {
            Ok(()) => Finding::ok("database", "is there and can be written"),
            Err(error) => Finding::fail("database", &error.to_string(), remedy),
        },
        Err(_) => match Store::open(settings.clone()).await {
            Ok(store) => {
                store.close().await;
                Finding::ok("database", "was made and can be written")
            }
            Err(error) => Finding::fail("database", &error.to_string(), remedy),
        },
    }
}
