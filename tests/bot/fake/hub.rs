//! The server: a real socket on the loopback, and in front of every route what GitHub has there too —
//! redirects for renamed repositories, authentication, rate limits, request ids, and the faults of the script.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Instant;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri, request::Parts};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use sha1::{Digest, Sha1};
use tokio::net::TcpListener;
use tower::ServiceExt;

use super::auth::{self, Caller, Who};
use super::calls::{Call, Verb, files as files_asked};
use super::faults::{self, What};
use super::problem::Problem;
use super::routes;
use super::state::{Hidden, State};

/// A handle to the fake: the state behind a lock, and the address it is served at.
#[derive(Clone)]
pub struct Hub {
    state: Arc<Mutex<State>>,
    address: SocketAddr,
}

/// The connection ends without an answer.
#[derive(Debug)]
struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection was cut on purpose")
    }
}

impl std::error::Error for Cut {}

impl Hub {
    /// Serves an empty GitHub on a free port of the loopback, until the runtime ends.
    pub async fn start() -> Hub {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let hub = Hub { state: Arc::new(Mutex::new(State::new())), address };
        tokio::spawn(accept(listener, hub.clone(), routes::router(hub.clone())));
        hub
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The base address of the REST interface.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

async fn accept(listener: TcpListener, hub: Hub, router: Router) {
    while let Ok((stream, _)) = listener.accept().await {
        let (hub, router) = (hub.clone(), router.clone());
        let service = hyper::service::service_fn(move |request| serve(hub.clone(), router.clone(), request));
        let connection =
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        tokio::spawn(connection);
    }
}

async fn serve(hub: Hub, router: Router, request: Request<hyper::body::Incoming>) -> Result<Response, Cut> {
    let (mut parts, body) = request.into_parts();
    parts.uri = on_enterprise(&parts.uri);
    let body = to_bytes(Body::new(body), usize::MAX).await.map_err(|_| Cut)?;
    let asked = Asked::read(&parts, &body);
    let (index, fault) = hub.note(&asked);
    let answer = answer(&hub, router, parts, body, &asked, fault).await;
    if let Ok(response) = &answer {
        hub.lock().calls[index].status = Some(response.status().as_u16());
    }
    answer
}

/// Enterprise Server has the same interface below other addresses.
fn on_enterprise(uri: &Uri) -> Uri {
    let text = uri.path_and_query().map_or("/", |path| path.as_str());
    let rest =
        text.strip_prefix("/api/v3").or_else(|| text.strip_prefix("/api").filter(|rest| *rest == "/graphql"));
    rest.unwrap_or(text).parse().expect("an address")
}

/// The request as the log keeps it.
struct Asked {
    verb: Verb,
    path: String,
    files: usize,
}

impl Asked {
    fn read(parts: &Parts, body: &[u8]) -> Asked {
        let body = serde_json::from_slice(body).unwrap_or(Value::Null);
        let path = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
        let verb = Verb::of(parts.method.as_str(), parts.uri.path(), &body);
        Asked { verb, path, files: files_asked(&body) }
    }
}

impl Hub {
    fn note(&self, asked: &Asked) -> (usize, Option<What>) {
        let mut state = self.lock();
        if !asked.verb.writes() && asked.verb != Verb::Token {
            state.reads += 1;
        }
        let call = Call { verb: asked.verb, path: asked.path.clone(), files: asked.files, status: None };
        state.calls.push(call);
        let index = state.calls.len() - 1;
        let fault = faults::next(&mut state.faults, asked.verb);
        (index, fault)
    }
}

/// Lets a request have its effect and its answer, one of them, or neither.
async fn answer(
    hub: &Hub,
    router: Router,
    parts: Parts,
    body: Bytes,
    asked: &Asked,
    fault: Option<What>,
) -> Result<Response, Cut> {
    let visible = |hidden| perform(hub, router.clone(), parts.clone(), body.clone(), asked.verb, hidden);
    match fault {
        None => Ok(visible(Hidden::No).await),
        Some(What::WaitAt(gate)) => {
            gate.pass().await;
            Ok(visible(Hidden::No).await)
        }
        Some(What::AnswerWaitsAt(gate)) => {
            let answer = visible(Hidden::No).await;
            gate.pass().await;
            Ok(answer)
        }
        Some(What::Status(status)) => Ok(server_error(status)),
        Some(What::StatusAfter(status)) => {
            visible(Hidden::No).await;
            Ok(server_error(status))
        }
        Some(What::Hang) => hang().await,
        Some(What::HangAfter) => {
            visible(Hidden::No).await;
            hang().await
        }
        Some(What::HangThenHappen(delay)) => {
            let (hub, router, verb) = (hub.clone(), router.clone(), asked.verb);
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                perform(&hub, router, parts, body, verb, Hidden::No).await;
            });
            hang().await
        }
        Some(What::Cut) => Err(Cut),
        Some(What::CutAfter) => {
            visible(Hidden::No).await;
            Err(Cut)
        }
        Some(What::HiddenForReads(reads)) => {
            let until = hub.lock().reads + reads;
            Ok(visible(Hidden::UntilRead(until)).await)
        }
        Some(What::StatusThenHidden(status, time)) => {
            visible(Hidden::Until(Instant::now() + time)).await;
            Ok(server_error(status))
        }
        Some(What::Slow { status, retry_after }) => {
            let problem = Problem { status, ..Problem::secondary_limit(retry_after) };
            Ok(dressed(hub, problem.into_response()))
        }
        Some(What::Exhausted { reset_in }) => {
            let mut state = hub.lock();
            state.limits.remaining = 0;
            state.limits.reset = super::clock::now() + reset_in;
            drop(state);
            Ok(dressed(hub, Problem::primary_limit(0).into_response()))
        }
        Some(What::Abuse) => Ok(dressed(hub, Problem::abuse().into_response())),
    }
}

/// What GitHub's front door answers when the house behind it is down: not JSON.
fn server_error(status: u16) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [("content-type", "text/html")], "<html><body>Unicorn!</body></html>").into_response()
}

/// Until whoever asked gives up and hangs up.
async fn hang() -> Result<Response, Cut> {
    std::future::pending().await
}

async fn perform(hub: &Hub, router: Router, parts: Parts, body: Bytes, verb: Verb, hide: Hidden) -> Response {
    let response = match admit(hub, &parts, verb, hide) {
        Ok(Passed::On(uri, caller)) => route(router, parts.clone(), uri, caller, body).await,
        Ok(Passed::Elsewhere(address)) => redirect(&parts.method, &address),
        Err(problem) => problem.into_response(),
    };
    let response = dressed(hub, response);
    if parts.method == Method::GET { with_etag(&parts.headers, response).await } else { response }
}

enum Passed {
    On(Uri, Caller),
    Elsewhere(String),
}

fn admit(hub: &Hub, parts: &Parts, verb: Verb, hide: Hidden) -> Result<Passed, Problem> {
    let mut state = hub.lock();
    if !parts.headers.contains_key("user-agent") {
        state.offences.push(format!("{} without a User-Agent", parts.uri));
        return Err(Problem::forbidden("Request forbidden by administrative rules."));
    }
    let who = auth::identify(&state, &parts.headers)?;
    if let Who::Installation(token) = &who {
        state.limits.count(verb, token.installation)?;
    }
    let caller = Caller { who, hide };
    Ok(match addressed(&state, &parts.uri) {
        Addressed::Here(uri) => Passed::On(uri, caller),
        Addressed::Moved(path) => Passed::Elsewhere(format!("{}{path}", hub.url())),
    })
}

enum Addressed {
    Here(Uri),
    Moved(String),
}

/// An old name leads to the address by id, and the address by id to the present name.
fn addressed(state: &State, uri: &Uri) -> Addressed {
    let text = uri.path_and_query().map_or("", |path| path.as_str());
    let mut parts = text.trim_start_matches('/').splitn(4, '/');
    let rest_of = |rest: Option<&str>| rest.map_or_else(String::new, |rest| format!("/{rest}"));
    match parts.next() {
        Some("repos") => {
            let (owner, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            match state.named(owner, name) {
                Some((id, false)) => Addressed::Moved(format!("/repositories/{id}{}", rest_of(parts.next()))),
                _ => Addressed::Here(uri.clone()),
            }
        }
        Some("repositories") => {
            let mut parts = text.trim_start_matches('/').splitn(3, '/').skip(1);
            let id = parts.next().and_then(|id| id.parse().ok()).unwrap_or(0);
            let name = state.repos.get(&id).map_or_else(|| "-/-".to_owned(), |repo| repo.full_name());
            let text = format!("/repos/{name}{}", rest_of(parts.next()));
            Addressed::Here(text.parse().expect("an address"))
        }
        _ => Addressed::Here(uri.clone()),
    }
}

fn redirect(method: &Method, address: &str) -> Response {
    let get = method == Method::GET;
    let status = if get { StatusCode::MOVED_PERMANENTLY } else { StatusCode::TEMPORARY_REDIRECT };
    let body = Json(json!({"message": "Moved Permanently", "url": address}));
    (status, [("location", address.to_owned())], body).into_response()
}

async fn route(router: Router, parts: Parts, uri: Uri, caller: Caller, body: Bytes) -> Response {
    let mut request = Request::from_parts(parts, Body::from(body));
    *request.uri_mut() = uri;
    request.extensions_mut().insert(caller);
    router.oneshot(request).await.expect("a router never fails")
}

/// Adds the headers each of GitHub's answers has.
fn dressed(hub: &Hub, mut response: Response) -> Response {
    let mut state = hub.lock();
    let headers = response.headers_mut();
    for (name, value) in state.limits.headers() {
        headers.insert(name, value.parse().expect("a header"));
    }
    let id = state.new_id();
    headers.insert("x-github-request-id", format!("FA4E:{id:X}").parse().expect("a header"));
    response
}

async fn with_etag(asked: &HeaderMap, response: Response) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = to_bytes(body, usize::MAX).await.expect("a body in memory");
    let etag = format!("\"{}\"", hex::encode(Sha1::digest(&body)));
    parts.headers.insert("etag", etag.parse().expect("a header"));
    if asked.get("if-none-match").is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        parts.status = StatusCode::NOT_MODIFIED;
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(body))
}
