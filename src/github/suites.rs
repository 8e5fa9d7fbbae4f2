//! The runs of a check suite.

use serde::Deserialize;

use super::repo::decode;
use super::transport::{JSON, Kind};
use super::{Error, RepoClient};

const PER_PAGE: usize = 100;
/// A suite holds 1,000 runs of one name at most.
const PAGES: usize = 10;

#[derive(Deserialize)]
struct Runs {
    check_runs: Vec<Run>,
}

#[derive(Deserialize)]
struct Run {
    external_id: Option<String>,
}

impl RepoClient {
    /// What the runs of one of our suites are called by. All of them: several can share a name, of which
    /// GitHub shows only the latest unless asked.
    pub async fn suite_runs(&self, suite: i64) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for page in 1..=PAGES {
            let mut url = self.url(&["check-suites", &suite.to_string(), "check-runs"]);
            let (size, page) = (PER_PAGE.to_string(), page.to_string());
            url.query_pairs_mut()
                .append_pair("filter", "all")
                .append_pair("per_page", &size)
                .append_pair("page", &page);
            let runs: Runs = decode(&self.get(url, JSON).await?, Kind::Read)?;
            let last = runs.check_runs.len() < PER_PAGE;
            names.extend(runs.check_runs.into_iter().filter_map(|run| run.external_id));
            if last {
                break;
            }
        }
        Ok(names)
    }
}
