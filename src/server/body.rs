//! Reads a body from a stranger: no more bytes than GitHub sends, no longer than GitHub takes, and only
//! a few large ones at once. Nothing is verified yet.

use std::time::Duration;

use axum::RequestExt;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Nearly all deliveries are far smaller. What is larger waits for its turn.
const LARGE: usize = 1 << 20;

/// Why there is no body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    TooLarge,
    TooSlow,
    /// Too many large bodies are being read already.
    Busy,
    /// The sender hung up, or broke the protocol.
    Broken,
}

pub(super) async fn read(
    request: Request,
    limit: usize,
    patience: Duration,
    large: &Semaphore,
) -> Result<Bytes, Refused> {
    let announced = announced(&request);
    if announced.is_some_and(|length| length > limit) {
        return Err(Refused::TooLarge);
    }
    let _turn = match announced {
        Some(length) if length <= LARGE => None,
        Some(_) | None => Some(timeout(patience, large.acquire()).await.map_err(|_| Refused::Busy)?),
    };
    match timeout(patience, collect(request, limit)).await {
        Ok(body) => body,
        Err(_) => Err(Refused::TooSlow),
    }
}

/// The length a request announces. A body without one is taken for large.
fn announced(request: &Request) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Counts while it reads: the announced length is only a promise.
async fn collect(mut request: Request, limit: usize) -> Result<Bytes, Refused> {
    DefaultBodyLimit::max(limit).apply(&mut request);
    request.extract().await.map_err(|rejection: axum::extract::rejection::BytesRejection| {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Refused::TooLarge,
            _ => Refused::Broken,
        }
    })
}
