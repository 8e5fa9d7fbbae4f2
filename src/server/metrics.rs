//! What an operator scrapes. Labels come from lists of ours only: a stranger must not make series.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::Server;
use super::body::Refused;
use super::gauges::Gauges;
use super::webhook::Answer;
use crate::store::Depth;

/// Events GitHub can send us. Any other name is counted as `other`.
const EVENTS: &[&str] = &[
    "check_run",
    "check_suite",
    "github_app_authorization",
    "installation",
    "installation_repositories",
    "installation_target",
    "issue_comment",
    "merge_group",
    "ping",
    "pull_request",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
];

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Delivery {
    event: &'static str,
    outcome: &'static str,
    reason: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: &'static str,
}

pub(super) struct Metrics {
    registry: Registry,
    deliveries: Family<Delivery, Counter>,
    targets: Family<InState, Gauge>,
    oldest: Gauge,
    gauges: Gauges,
}

impl Metrics {
    pub(super) fn new() -> Metrics {
        let mut registry = Registry::with_prefix("scrutineer");
        let (deliveries, targets, oldest) = (Family::default(), Family::default(), Gauge::default());
        registry.register("deliveries", "Webhook deliveries by event and outcome", deliveries.clone());
        registry.register(
            "targets",
            "Targets in the queue by state; due ones are waiting too",
            targets.clone(),
        );
        registry.register("oldest_due_seconds", "How long the oldest due target has waited", oldest.clone());
        let gauges = Gauges::new(&mut registry);
        Metrics { registry, deliveries, targets, oldest, gauges }
    }

    pub(super) fn count(&self, event: &str, answer: Answer) {
        let event = EVENTS.iter().find(|known| **known == event).unwrap_or(&"other");
        let (outcome, reason) = outcome(answer);
        self.deliveries.get_or_create(&Delivery { event, outcome, reason }).inc();
    }

    fn set(&self, depth: &Depth) {
        for (state, count) in
            [("waiting", depth.waiting), ("due", depth.due), ("running", depth.running), ("dead", depth.dead)]
        {
            self.targets.get_or_create(&InState { state }).set(count);
        }
        self.oldest.set(i64::try_from(depth.oldest_due.as_secs()).unwrap_or(i64::MAX));
    }
}

fn outcome(answer: Answer) -> (&'static str, &'static str) {
    match answer {
        Answer::Accepted => ("accepted", ""),
        Answer::Known => ("known", ""),
        Answer::Ignored(why) => ("ignored", why),
        Answer::Unsigned => ("refused", "signature"),
        Answer::Nameless => ("refused", "missing header"),
        Answer::Malformed => ("refused", "malformed"),
        Answer::Body(Refused::TooLarge) => ("refused", "too large"),
        Answer::Body(Refused::TooSlow) => ("refused", "too slow"),
        Answer::Body(Refused::Busy) => ("refused", "busy"),
        Answer::Body(Refused::Broken) => ("refused", "broken off"),
        Answer::Unavailable => ("failed", "database"),
    }
}

pub(super) async fn show(State(server): State<Server>) -> Response {
    let metrics = &server.inner.metrics;
    match server.inner.store.depth().await {
        Ok(depth) => metrics.set(&depth),
        Err(error) => tracing::warn!(%error, "the metrics tell an old depth of the queue"),
    }
    if let Some(sources) = &server.inner.sources {
        metrics.gauges.take(sources);
    }
    let mut text = String::new();
    match encode(&mut text, &metrics.registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(CONTENT_TYPE, kind)], text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the metrics cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
