//! One delivery: verified over its raw bytes, read, its target stored, then 202. GitHub gives ten seconds
//! and never asks again, so nothing else happens here.

use std::future::Future;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use tokio::time::timeout;

use super::Server;
use super::body::{self, Refused};
use crate::domain::{Delivery, Order, Wake};
use crate::github::event::Event;
use crate::github::signature::Verified;
use crate::review::trigger::{self, Decision};
use crate::store::{Accepted, Error};

/// What became of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Accepted,
    Known,
    /// It does not concern us; the word says why.
    Ignored(&'static str),
    Unsigned,
    /// It lacks a header that GitHub always sends.
    Nameless,
    Malformed,
    Body(Refused),
    /// The database did not take it.
    Unavailable,
}

pub(super) async fn receive(State(server): State<Server>, request: Request) -> (StatusCode, &'static str) {
    let event = header(request.headers(), "x-github-event").unwrap_or_default();
    let answer = answer(&server, request).await;
    server.inner.metrics.count(&event, answer);
    (answer.status(), answer.text())
}

async fn answer(server: &Server, request: Request) -> Answer {
    let headers = Headers::of(request.headers());
    let Some(signature) = headers.signature.clone() else {
        return Answer::Unsigned;
    };
    let (settings, large) = (&server.inner.settings, &server.inner.large);
    let body = match body::read(request, settings.body_limit, settings.body_timeout, large).await {
        Ok(body) => body,
        Err(refused) => return Answer::Body(refused),
    };
    let Ok(body) = server.inner.secrets.verify(Some(&signature), body) else {
        tracing::warn!("a delivery is not signed with our webhook secret");
        return Answer::Unsigned;
    };
    verified(server, headers, body).await
}

/// The headers GitHub sends with each delivery.
struct Headers {
    signature: Option<String>,
    guid: Option<String>,
    event: Option<String>,
    content_type: Option<String>,
}

async fn verified(server: &Server, headers: Headers, body: Verified) -> Answer {
    let (Some(guid), Some(name)) = (headers.guid, headers.event) else {
        return Answer::Nameless;
    };
    let read = Event::read(&name, &body, headers.content_type.as_deref());
    // Waiting for the database needs no memory.
    drop(body);
    match read {
        Ok(event) => decided(server, guid, name, &event).await,
        Err(error) => {
            tracing::warn!(delivery = guid, event = name, %error, "a delivery cannot be read");
            Answer::Malformed
        }
    }
}

async fn decided(server: &Server, guid: String, event: String, read: &Event) -> Answer {
    let decision = match is_foreign(server, read) {
        true => Decision::Ignore("a check of another App"),
        false => trigger::decide(read),
    };
    let action = read.action().map(str::to_owned);
    match decision {
        Decision::Ignore(why) => {
            tracing::debug!(delivery = guid, event, why, "a delivery does not concern us");
            Answer::Ignored(why)
        }
        Decision::Wake(wake) => wake_target(server, Delivery { guid, event, action }, *wake).await,
        Decision::Obey(order) => obey(server, Delivery { guid, event, action }, *order).await,
    }
}

/// Whether this is about a check that is not ours, as far as we know our own name.
fn is_foreign(server: &Server, event: &Event) -> bool {
    let ours = server.inner.settings.app_id.as_deref();
    ours.zip(event.app()).is_some_and(|(ours, app)| !app.is(ours))
}

async fn wake_target(server: &Server, delivery: Delivery, wake: Wake) -> Answer {
    let (guid, subject) = (delivery.guid.clone(), wake.target.to_string());
    store(server, &guid, &subject, server.inner.store.accept(delivery, Some(wake))).await
}

async fn obey(server: &Server, delivery: Delivery, order: Order) -> Answer {
    let (guid, subject) = (delivery.guid.clone(), order.to_string());
    store(server, &guid, &subject, server.inner.store.obey(delivery, &order)).await
}

async fn store(
    server: &Server,
    guid: &str,
    subject: &str,
    accepting: impl Future<Output = Result<Accepted, Error>>,
) -> Answer {
    match timeout(server.inner.settings.store_timeout, accepting).await {
        Ok(Ok(Accepted::New)) => {
            tracing::info!(delivery = guid, subject, "a delivery is stored");
            Answer::Accepted
        }
        Ok(Ok(Accepted::Known)) => {
            tracing::info!(delivery = guid, subject, "a delivery came again");
            Answer::Known
        }
        Ok(Err(error)) => {
            tracing::error!(delivery = guid, subject, %error, "a delivery could not be stored");
            Answer::Unavailable
        }
        Err(_) => {
            tracing::error!(delivery = guid, subject, "storing a delivery takes too long");
            Answer::Unavailable
        }
    }
}

impl Headers {
    fn of(headers: &HeaderMap) -> Headers {
        let text = |name| header(headers, name);
        Headers {
            signature: text("x-hub-signature-256"),
            guid: text("x-github-delivery"),
            event: text("x-github-event"),
            content_type: text("content-type"),
        }
    }
}

/// A header's text, if it is there, readable, and no longer than anything GitHub sends.
fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    let text = headers.get(name)?.to_str().ok()?;
    (!text.is_empty() && text.len() <= 200).then(|| text.to_owned())
}

impl Answer {
    fn status(self) -> StatusCode {
        match self {
            Answer::Accepted | Answer::Known | Answer::Ignored(_) => StatusCode::ACCEPTED,
            Answer::Unsigned => StatusCode::UNAUTHORIZED,
            Answer::Nameless | Answer::Malformed | Answer::Body(Refused::Broken) => StatusCode::BAD_REQUEST,
            Answer::Body(Refused::TooLarge) => StatusCode::PAYLOAD_TOO_LARGE,
            Answer::Body(Refused::TooSlow) => StatusCode::REQUEST_TIMEOUT,
            Answer::Body(Refused::Busy) | Answer::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// GitHub shows it under the delivery, to whoever runs the App.
    fn text(self) -> &'static str {
        match self {
            Answer::Accepted => "accepted",
            Answer::Known => "known already",
            Answer::Ignored(_) => "ignored",
            Answer::Unsigned => "not signed with the webhook secret of this App",
            Answer::Nameless => "X-GitHub-Delivery and X-GitHub-Event are needed",
            Answer::Malformed => "the body is not what GitHub sends for this event",
            Answer::Body(Refused::Broken) => "the body ended early",
            Answer::Body(Refused::TooLarge) => "the body is larger than 25 MB",
            Answer::Body(Refused::TooSlow) => "the body took too long",
            Answer::Body(Refused::Busy) => "too many large deliveries at once; deliver it again",
            Answer::Unavailable => "the delivery could not be stored; deliver it again",
        }
    }
}
