//! GitHub's door: verify, read the event, store the target, answer 202. And what an operator's tools ask:
//! health and metrics. It decides nothing and does no work.

mod body;
mod gauges;
mod health;
mod listen;
mod metrics;
#[cfg(test)]
mod tests;
mod webhook;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;

pub use gauges::Sources;
pub use listen::{Limits, serve};

use crate::github::signature::Secrets;
use crate::store::Store;
use health::Readiness;
use metrics::Metrics;

/// Where deliveries come in, and how much of anybody's time and memory they may take.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The path GitHub sends to, as `/api/github/webhooks`.
    pub webhook_path: String,
    /// The longest body in bytes. GitHub sends no delivery above 25 MB.
    pub body_limit: usize,
    /// How long a body may take to arrive.
    pub body_timeout: Duration,
    /// How long storing a delivery may take. GitHub hangs up after ten seconds in all.
    pub store_timeout: Duration,
    /// The App's id or client id: checks of other Apps are none of our business. `None`: not known.
    pub app_id: Option<String>,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            webhook_path: "/api/github/webhooks".to_owned(),
            body_limit: 25 << 20,
            body_timeout: Duration::from_secs(10),
            store_timeout: Duration::from_secs(8),
            app_id: None,
        }
    }
}

/// What all requests share. Cheap to clone.
#[derive(Clone)]
pub struct Server {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    secrets: Secrets,
    settings: Settings,
    metrics: Metrics,
    readiness: Readiness,
    sources: Option<Sources>,
    /// One permit per large body that is held in memory.
    large: Semaphore,
}

/// Bodies above the usual size that are held in memory at once.
const LARGE_BODIES: usize = 4;

impl Server {
    pub fn new(store: Store, secrets: Secrets, settings: Settings) -> Server {
        Server::observing(store, secrets, settings, None)
    }

    /// Whose metrics tell also what these count.
    pub fn observing(store: Store, secrets: Secrets, settings: Settings, sources: Option<Sources>) -> Server {
        Server {
            inner: Arc::new(Inner {
                store,
                secrets,
                settings,
                metrics: Metrics::new(),
                readiness: Readiness::default(),
                sources,
                large: Semaphore::new(LARGE_BODIES),
            }),
        }
    }
}

/// What GitHub and a load balancer may ask. The webhook path must begin with `/`.
pub fn app(server: Server) -> Router {
    let path = server.inner.settings.webhook_path.clone();
    Router::new()
        .route(&path, post(webhook::receive))
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .layer(CatchPanicLayer::new())
        .with_state(server)
}

/// What a metrics collector may ask, on an address of its own: it is nobody else's business.
pub fn metrics(server: Server) -> Router {
    Router::new().route("/metrics", get(metrics::show)).layer(CatchPanicLayer::new()).with_state(server)
}
