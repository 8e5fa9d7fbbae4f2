//! `scrutineer review OWNER/REPO#N --dry-run`.

use std::process::ExitCode;

use anyhow::Context;

use crate::domain::{Delivery, InstallationId, PullNumber, Repo, RepoId, RepoName, Subject, Target, Wake};
use crate::github::{Drafts, GitHub};
use crate::review::trigger;

use super::{Options, Trigger};

/// Review a pull request by hand and print what would be written to it
///
/// Asks GitHub with GITHUB_TOKEN, or as the App with APP_ID and PRIVATE_KEY. Prints every write as the server
/// would send it, had it never seen the pull request; as the App, what stands there already is not written
/// again.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Arguments {
    /// The pull request
    #[arg(value_name = "OWNER/REPO#NUMBER", value_parser = parse)]
    pull: Pull,
    /// Print, write nothing. Only this is there: writing is the server's
    #[arg(long, required = true)]
    dry_run: bool,
    #[command(flatten)]
    options: Options,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Pull {
    repo: RepoName,
    number: PullNumber,
}

fn parse(text: &str) -> Result<Pull, String> {
    let parsed = text.split_once('#').and_then(|(repo, number)| {
        let number = number.parse().ok().filter(|number| *number > 0)?;
        Some(Pull { repo: RepoName::parse(repo)?, number: PullNumber(number) })
    });
    parsed.ok_or_else(|| "write it as octo-org/hello-world#7".to_owned())
}

impl Arguments {
    pub(in crate::cli) fn run(&self) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let drafts = runtime.block_on(async {
            let kept = Drafts::default();
            let github = self.options.connect(&kept)?;
            let wake = self.wake(&github).await?;
            let delivery =
                Delivery { guid: "by hand".to_owned(), event: "pull_request".to_owned(), action: None };
            super::drafts_of(github, &kept, delivery, Trigger::Wake(wake)).await
        })?;
        self.options.tell(&drafts)
    }

    async fn wake(&self, github: &GitHub) -> anyhow::Result<Wake> {
        let Pull { repo: name, number } = &self.pull;
        let installation = match self.options.github_token {
            Some(_) => InstallationId(0),
            None => github.installation(name).await.with_context(|| format!("find the App in {name}"))?,
        };
        let by_name = Repo { installation, id: RepoId::UNKNOWN, name: name.clone() };
        let looked = github.repo(&by_name).pull(*number).await;
        let pull = looked.with_context(|| format!("look at {name}#{}", number.0))?;
        let id = pull.base_repo.context("GitHub does not name the repository of the pull request")?;
        let target = Target { repo: Repo { id, ..by_name }, subject: Subject::Pull(*number) };
        Ok(Wake { target, glimpse: trigger::glimpse("opened", &pull) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pull_request_is_named_as_people_do() {
        let pull = parse("octo-org/hello.world#7").unwrap();
        assert_eq!((pull.repo.to_string().as_str(), pull.number), ("octo-org/hello.world", PullNumber(7)));
        for text in
            ["", "7", "octo/hello", "octo/hello#", "octo/hello#0", "octo/hello#-1", "a/b/c#7", "../x#7"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
