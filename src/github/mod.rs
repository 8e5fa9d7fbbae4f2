//! GitHub, as far as a review needs it: a handful of verbs, one error type, webhook signatures and payloads.
//!
//! The only room that names octocrab. It says what GitHub answered; what to do about it, and whether a
//! write may be sent at all, is decided by `review`.

mod blob;
mod checks;
mod clock;
mod error;
pub mod event;
mod files;
mod look;
mod reviews;
mod settings;
pub mod signature;

use std::sync::Arc;

pub use checks::{
    Annotation, AnnotationLevel, CHECK_NAME, CheckId, CheckOutput, CheckStatus, CheckUpdate, Conclusion,
    NewCheck,
};
pub use error::{Error, RequestId};
pub use files::{ChangedFile, FILES_PER_PAGE, FileStatus};
pub use look::{BlobView, Look, PolicyBlob, PullState, PullStatus, StandingCheck, Thread, View};
pub use reviews::{CommentId, NewComment, NewFileComment, NewReview, ReviewId};
pub use settings::{ConfigError, Settings};

use crate::domain::Repo;

/// Our App at one GitHub. Cheap to clone.
#[derive(Clone)]
pub struct GitHub {
    settings: Arc<Settings>,
}

impl GitHub {
    /// Prepares the client. Sends nothing; must be called within a Tokio runtime.
    pub fn connect(settings: Settings) -> Result<GitHub, ConfigError> {
        Ok(GitHub {
            settings: Arc::new(settings),
        })
    }

    /// The verbs on one repository.
    pub fn repo(&self, repo: &Repo) -> RepoClient {
        RepoClient {
            github: self.clone(),
            repo: repo.clone(),
        }
    }
}

/// What we may do in one repository, with a token that reaches only that repository.
#[derive(Clone)]
pub struct RepoClient {
    github: GitHub,
    repo: Repo,
}
