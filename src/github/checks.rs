//! Check runs: our verdict on one commit.

use http::Method;
use serde::{Deserialize, Serialize};

use crate::domain::Sha;

use super::{Error, RepoClient};

/// The name of every check run we write; branch protection knows us by it.
pub const CHECK_NAME: &str = "scrutineer";

/// GitHub's id of a check run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CheckId(pub i64);

/// How far a check run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStatus {
    /// Also queued, waiting, pending, when read.
    InProgress,
    Completed(Conclusion),
}

/// How a check run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    Success,
    Neutral,
    Failure,
    Skipped,
    Cancelled,
    TimedOut,
    ActionRequired,
    /// GitHub's own, for runs left open for two weeks; cannot be written.
    Stale,
    /// Read only: a word GitHub did not have when this was written.
    #[serde(other)]
    Other,
}

/// A check run to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCheck {
    pub head_sha: Sha,
    /// Our own marker: comes back with the run, nobody else can write it.
    pub external_id: String,
    pub status: CheckStatus,
    pub details_url: Option<String>,
    pub output: Option<CheckOutput>,
}

/// A change to a check run. Annotations are appended to those that stand, never replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckUpdate {
    pub status: CheckStatus,
    pub output: Option<CheckOutput>,
}

/// What a check run says. The caller keeps GitHub's limits: 65,535 bytes each for summary and text, 50
/// annotations per call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckOutput {
    pub title: String,
    pub summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<Annotation>,
}

/// A note on lines of a file, in or out of the diff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    pub path: String,
    pub start_line: u32,
    pub end_line: u32,
    #[serde(rename = "annotation_level")]
    pub level: AnnotationLevel,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raw_details: Option<String>,
}

/// How loud an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AnnotationLevel {
    Notice,
    Warning,
    Failure,
}

impl RepoClient {
    /// Makes a check run named [`CHECK_NAME`].
    pub async fn create_check(&self, check: &NewCheck) -> Result<CheckId, Error> {
        let body = NewCheckBody {
            name: CHECK_NAME,
            head_sha: &check.head_sha,
            external_id: &check.external_id,
            details_url: check.details_url.as_deref(),
            progress: check.status.into(),
            output: check.output.as_ref(),
        };
        let made: Made = self.write(Method::POST, self.url(&["check-runs"]), &body).await?;
        Ok(made.id)
    }

    /// Changes a check run; its annotations are added to those that stand.
    pub async fn update_check(&self, id: CheckId, update: &CheckUpdate) -> Result<(), Error> {
        let body = UpdateBody { progress: update.status.into(), output: update.output.as_ref() };
        let url = self.url(&["check-runs", &id.0.to_string()]);
        let _: Made = self.write(Method::PATCH, url, &body).await?;
        Ok(())
    }
}

#[derive(Serialize)]
struct NewCheckBody<'a> {
    name: &'a str,
    head_sha: &'a Sha,
    external_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    details_url: Option<&'a str>,
    #[serde(flatten)]
    progress: Progress,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a CheckOutput>,
}

#[derive(Serialize)]
struct UpdateBody<'a> {
    #[serde(flatten)]
    progress: Progress,
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<&'a CheckOutput>,
}

/// GitHub's two fields for what is one thing. It accepts `completed` without conclusion and is wrong then.
#[derive(Serialize)]
struct Progress {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    conclusion: Option<Conclusion>,
}

impl From<CheckStatus> for Progress {
    fn from(status: CheckStatus) -> Progress {
        match status {
            CheckStatus::InProgress => Progress { status: "in_progress", conclusion: None },
            CheckStatus::Completed(conclusion) => {
                Progress { status: "completed", conclusion: Some(conclusion) }
            }
        }
    }
}

#[derive(Deserialize)]
struct Made {
    id: CheckId,
}
