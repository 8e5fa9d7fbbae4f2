//! GitHub, as far as a review needs it: a handful of verbs, one error type, webhook signatures and payloads.
//!
//! The only room that names octocrab. It says what GitHub answered; what to do about it, and whether a
//! write may be sent at all, is decided by `review`.

mod address;
mod app;
mod blob;
mod checks;
mod classify;
mod clock;
mod compare;
mod conversation;
mod draft;
mod error;
pub mod event;
mod files;
mod graphql;
mod hide;
mod jwt;
mod limits;
mod look;
mod meter;
mod pauses;
mod people;
mod pulls;
mod quota;
mod repo;
mod reviews;
mod settings;
pub mod signature;
mod suites;
mod timestamp;
mod tokens;
mod transport;

use std::sync::Arc;

use url::Url;

pub use app::{Attempt, Attempts, Knock, Registered};
pub use checks::{
    Annotation, AnnotationLevel, CHECK_NAME, CheckId, CheckOutput, CheckStatus, CheckUpdate, Conclusion,
    NewCheck,
};
pub use compare::{COMPARED_FILES, Comparison};
pub use conversation::Reaction;
pub use draft::{Draft, Drafts};
pub use error::{Error, RequestId};
pub use files::{ChangedFile, FILES_PER_PAGE, FileStatus};
pub use look::{
    BlobView, CommitState, Look, POLICY_PATH, PolicyBlob, PullState, PullStatus, RULES_PATH, RuleBlob,
    StandingCheck, Thread, View,
};
pub use meter::Counts;
pub use quota::Remaining;
pub use repo::RepoClient;
pub use reviews::{CommentId, NewComment, NewFileComment, NewReview, ReviewId};
pub use settings::{ConfigError, Settings};

use crate::domain::Repo;
use pauses::Pauses;
use people::People;
use quota::Quota;
use tokens::Tokens;
use transport::Transport;

/// Our App at one GitHub. Cheap to clone.
#[derive(Clone)]
pub struct GitHub {
    connection: Arc<Connection>,
}

/// What all repositories share.
struct Connection {
    api_url: Url,
    graphql_url: Url,
    app_id: String,
    transport: Transport,
    tokens: Tokens,
    quota: Quota,
    /// Where writes are kept that are not to be sent.
    drafts: Option<Drafts>,
    people: People,
    pauses: Pauses,
}

impl GitHub {
    /// Prepares the client. Sends nothing; must be called within a Tokio runtime.
    pub fn connect(settings: Settings) -> Result<GitHub, ConfigError> {
        address::check("GITHUB_API_URL", &settings.api_url)?;
        address::check("GITHUB_GRAPHQL_URL", &settings.graphql_url)?;
        let connection = Connection {
            transport: Transport::new(&settings)?,
            tokens: Tokens::new(&settings)?,
            quota: Quota::new(&settings),
            drafts: settings.drafts,
            people: People::default(),
            pauses: Pauses::default(),
            api_url: settings.api_url,
            graphql_url: settings.graphql_url,
            app_id: settings.app_id,
        };
        Ok(GitHub { connection: Arc::new(connection) })
    }

    /// The verbs on one repository.
    pub fn repo(&self, repo: &Repo) -> RepoClient {
        RepoClient { connection: Arc::clone(&self.connection), repo: repo.clone() }
    }
}

impl std::fmt::Debug for GitHub {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("GitHub").field("api_url", &self.connection.api_url.as_str()).finish_non_exhaustive()
    }
}
