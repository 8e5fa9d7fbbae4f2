//! Whether the process lives, and whether it can take deliveries.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

use super::Server;
use crate::store::Store;

/// An answer is good for so long: anybody may ask, and asking must not keep the database busy.
const FRESH: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(3);

pub(super) async fn live() -> &'static str {
    "live"
}

pub(super) async fn ready(State(server): State<Server>) -> (StatusCode, &'static str) {
    match server.inner.readiness.check(&server.inner.store).await {
        true => (StatusCode::OK, "ready"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "the database is unavailable"),
    }
}

/// The last answer of the database, and when it was given.
#[derive(Default)]
pub(super) struct Readiness {
    last: Mutex<Option<(Instant, bool)>>,
}

impl Readiness {
    /// Asks the database, once for all who ask at the same time.
    async fn check(&self, store: &Store) -> bool {
        let mut last = self.last.lock().await;
        if let Some((at, ready)) = *last
            && at.elapsed() < FRESH
        {
            return ready;
        }
        let ready = match timeout(PATIENCE, store.ping()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready");
                false
            }
            Err(_) => {
                tracing::warn!("not ready: the database does not answer");
                false
            }
        };
        *last = Some((Instant::now(), ready));
        ready
    }
}
