//! The connection under octocrab, and what its failures mean.
//!
//! octocrab's own client would do much behind our back: follow a redirected POST as a GET, send its name
//! beside ours, log failures we handle. So it gets a bare one: TLS with the system's roots, nothing else.

use std::error::Error as StdError;
use std::time::Duration;

use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{Client, Error as ClientError};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};

use super::Lost;
use crate::github::ConfigError;

/// Shorter than the time after which GitHub drops an idle connection: a write sent into one that is just
/// being closed has an unknown outcome.
const IDLE: Duration = Duration::from_secs(20);

/// octocrab without authentication of its own: each call brings its own.
pub(super) fn open(connect_timeout: Duration) -> Result<Octocrab, ConfigError> {
    // octocrab starts a task at once, which panics outside a runtime.
    tokio::runtime::Handle::try_current().map_err(|error| ConfigError::Client(error.to_string()))?;
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(Some(connect_timeout));
    let tls = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|error| ConfigError::Client(format!("{error}; install the system's CA certificates")))?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let client: Client<_, OctoBody> = Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .build(tls);
    OctocrabBuilder::new_empty()
        .with_service(client)
        .with_auth(AuthState::None)
        .build()
        .map_err(|never| match never {})
}

/// Tells a connection that was never opened from an answer that never came.
pub(super) fn lost(error: octocrab::Error) -> Lost {
    let cause = chain(&error);
    if is_connect(&error) { Lost::NeverSent(cause) } else { Lost::NoAnswer(cause) }
}

fn is_connect(error: &(dyn StdError + 'static)) -> bool {
    let here = error.downcast_ref::<ClientError>().is_some_and(ClientError::is_connect);
    here || error.source().is_some_and(is_connect)
}

/// An error with its causes, on one line.
pub(super) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        next = cause.source();
    }
    text
}
