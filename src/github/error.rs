//! What can go wrong between GitHub and us, as far as a caller acts on it.

use std::fmt;
use std::time::Duration;

/// GitHub's own name for one request (`x-github-request-id`), which its support asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestId(pub Option<String>);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(id) => write!(f, " (GitHub request {id})"),
            None => Ok(()),
        }
    }
}

/// Why a call to GitHub did not give what was asked. Texts of GitHub are kept as data: whoever shows
/// them to people escapes them.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Wait this long, with every call of this installation.
    #[error("rate limited by GitHub (secondary: {secondary}), may go on in {} s{request_id}", retry_after.as_secs())]
    RateLimited {
        retry_after: Duration,
        /// True for the limits on bursts and on content; false for the hourly quota.
        secondary: bool,
        request_id: RequestId,
    },
    /// The App's key, its clock or its installation is not accepted, also after a fresh token.
    #[error("GitHub does not accept our credentials: {message}{request_id}")]
    Unauthorized { message: String, request_id: RequestId },
    /// Not permitted: a permission that was not granted, a locked conversation, an archived repository.
    #[error("GitHub forbids this: {message}{request_id}")]
    Forbidden { message: String, request_id: RequestId },
    /// Not there, or not visible to us: GitHub does not tell these apart.
    #[error("not found at GitHub: {what}{request_id}")]
    NotFound { what: String, request_id: RequestId },
    /// Gone for good: deleted, switched off, or blocked for legal reasons.
    #[error("gone from GitHub: {message}{request_id}")]
    Gone { message: String, request_id: RequestId },
    /// GitHub understood and refused what we wrote.
    #[error("GitHub refused what we wrote: {message} {errors:?}{request_id}")]
    Unprocessable { message: String, errors: Vec<String>, request_id: RequestId },
    /// A read failed, or a write never left: safe to repeat.
    #[error("GitHub is not available: {cause}{request_id}")]
    Unavailable { status: Option<u16>, cause: String, request_id: RequestId },
    /// A write was sent and its outcome is not known (time-out, lost connection, 5xx): look before repeating.
    #[error("outcome of a write to GitHub unknown: {cause}{request_id}")]
    Unknown { cause: String, request_id: RequestId },
    /// GitHub's answer is not what its documentation promises.
    #[error("GitHub answered something unexpected: {cause}{request_id}")]
    Malformed { cause: String, request_id: RequestId },
}

impl Error {
    /// GitHub's id of the request that failed.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Error::RateLimited { request_id, .. }
            | Error::Unauthorized { request_id, .. }
            | Error::Forbidden { request_id, .. }
            | Error::NotFound { request_id, .. }
            | Error::Gone { request_id, .. }
            | Error::Unprocessable { request_id, .. }
            | Error::Unavailable { request_id, .. }
            | Error::Unknown { request_id, .. }
            | Error::Malformed { request_id, .. } => request_id.0.as_deref(),
        }
    }
}
