//! One HTTP exchange with GitHub: sent through octocrab, bounded in time and size, redirects followed
//! without changing what is asked. What a status means is said in `classify`.

mod connection;
mod redirect;

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, USER_AGENT};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Limited};
use octocrab::Octocrab;
use tracing::field::Empty;
use tracing::{Instrument, Span};
use url::Url;

use super::meter::Meter;
use super::{ConfigError, Settings, clock};

/// JSON. Not `application/vnd.github+json`, which mock servers made from GitHub's description refuse.
pub(super) const JSON: &str = "application/json";
/// A blob's own bytes.
pub(super) const RAW: &str = "application/vnd.github.raw+json";

const API_VERSION: &str = "2022-11-28";
/// A renamed and moved repository answers with one redirect; more than a few are a circle.
const MAX_REDIRECTS: usize = 3;

/// Whether a call may change something at GitHub, which decides what a lost answer means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Read,
    Write,
}

/// One call, complete but for who makes it.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub kind: Kind,
    pub method: Method,
    pub url: Url,
    pub accept: &'static str,
    pub body: Option<Bytes>,
}

/// An answer with any status.
#[derive(Debug)]
pub(super) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Lost {
    /// No connection: nothing was sent.
    NeverSent(String),
    /// Something was sent, the answer did not come (in time, or whole).
    NoAnswer(String),
    /// The answer came and is too long to be read.
    TooLong(String),
    /// A redirect we do not follow: nothing was carried out.
    Astray(String),
}

/// How we exchange messages with one GitHub.
pub(super) struct Transport {
    octocrab: Octocrab,
    user_agent: HeaderValue,
    timeout: Duration,
    max_answer: usize,
    pub(super) meter: Meter,
}

impl Transport {
    pub(super) fn new(settings: &Settings) -> Result<Transport, ConfigError> {
        let user_agent = HeaderValue::from_str(&settings.user_agent)
            .map_err(|_| ConfigError::Client("the user agent is not plain text".to_owned()))?;
        Ok(Transport {
            octocrab: connection::open(settings.connect_timeout)?,
            user_agent,
            timeout: settings.request_timeout,
            max_answer: settings.max_answer,
            meter: Meter::default(),
        })
    }

    /// Sends the call and reads its answer, within the time-out for all of it.
    pub(super) async fn send(&self, call: &Call, authorization: &HeaderValue) -> Result<Answer, Lost> {
        let span = tracing::debug_span!(
            "github", method = %call.method, path = call.url.path(),
            status = Empty, ms = Empty, request_id = Empty, remaining = Empty,
        );
        let started = clock::monotonic();
        let outcome = tokio::time::timeout(self.timeout, self.follow(call, authorization))
            .instrument(span.clone())
            .await
            .unwrap_or_else(|_| Err(Lost::NoAnswer(format!("no answer within {:?}", self.timeout))));
        self.meter.count(call.kind, &outcome);
        record(&span, &outcome, started);
        outcome
    }

    /// Sends the call again wherever a redirect points. The call stays what it is: a redirect says that it
    /// was not carried out, so a POST is sent as a POST again.
    async fn follow(&self, call: &Call, authorization: &HeaderValue) -> Result<Answer, Lost> {
        let mut url = call.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            let answer = self.exchange(call, &url, authorization).await?;
            match redirect::target(&url, &answer)? {
                Some(next) => url = next,
                None => return Ok(answer),
            }
        }
        Err(Lost::Astray(format!("more than {MAX_REDIRECTS} redirects")))
    }

    async fn exchange(&self, call: &Call, url: &Url, authorization: &HeaderValue) -> Result<Answer, Lost> {
        let request = self.request(call, url, authorization)?;
        let response = self.octocrab.execute(request).await.map_err(connection::lost)?;
        let (parts, body) = response.into_parts();
        let body = Limited::new(body, self.max_answer).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                Lost::TooLong(format!("the answer is longer than {} bytes", self.max_answer))
            } else {
                Lost::NoAnswer(format!("the answer broke off: {}", connection::chain(error.as_ref())))
            }
        })?;
        Ok(Answer { status: parts.status, headers: parts.headers, body: body.to_bytes() })
    }

    fn request(&self, call: &Call, url: &Url, authorization: &HeaderValue) -> Result<Request<Bytes>, Lost> {
        let mut request = Request::builder()
            .method(&call.method)
            .uri(url.as_str())
            .header(USER_AGENT, &self.user_agent)
            .header(ACCEPT, call.accept)
            .header("x-github-api-version", API_VERSION)
            .header(AUTHORIZATION, authorization);
        if call.body.is_some() {
            request = request.header(CONTENT_TYPE, JSON);
        }
        request
            .body(call.body.clone().unwrap_or_default())
            .map_err(|error| Lost::NeverSent(error.to_string()))
    }
}

/// One line per exchange. Never a body, never a header that carries a secret.
fn record(span: &Span, outcome: &Result<Answer, Lost>, started: Instant) {
    let ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    span.record("ms", ms);
    span.in_scope(|| match outcome {
        Ok(answer) => {
            span.record("status", answer.status.as_u16());
            span.record("request_id", answer.header("x-github-request-id"));
            span.record("remaining", answer.header("x-ratelimit-remaining"));
            tracing::debug!("answered");
        }
        Err(lost) => tracing::debug!(?lost, "no answer"),
    });
}

impl Answer {
    /// A header as text.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
