//! The door, through its router and over real sockets.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tower::ServiceExt;

use super::*;
use crate::github::signature::sign;
use crate::store::testing::{self, TestStore};

const MS: Duration = Duration::from_millis(1);
const SECRET: &str = "webhook secret";

struct Door {
    store: TestStore,
    server: Server,
    app: Router,
}

impl Door {
    async fn open() -> Door {
        Door::open_with(Settings::default()).await
    }

    async fn open_with(settings: Settings) -> Door {
        let store = testing::open().await;
        let secrets = Secrets(vec![SecretString::from("old secret"), SecretString::from(SECRET)]);
        let server = Server::new((*store).clone(), secrets, settings);
        let app = app(server.clone());
        Door { store, server, app }
    }

    async fn ask(&self, request: Request<Body>) -> (StatusCode, String) {
        answer(self.app.clone(), request).await
    }

    async fn check(&self, request: Request<Body>, expect: u16) -> String {
        let (status, text) = self.ask(request).await;
        assert_eq!(status.as_u16(), expect, "{text}");
        text
    }

    async fn metrics(&self) -> String {
        let request = Request::get("/metrics").body(Body::empty()).unwrap();
        answer(metrics(self.server.clone()), request).await.1
    }

    async fn serve(&self, limits: Limits) -> Socket {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = watch::Sender::new(false);
        let task = tokio::spawn(serve(listener, self.app.clone(), limits, stop.subscribe()));
        Socket { address, stop, task }
    }
}

async fn answer(app: Router, request: Request<Body>) -> (StatusCode, String) {
    let response = app.oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn opened() -> Value {
    json!({
        "action": "opened", "number": 7,
        "pull_request": {
            "head": {"sha": "a".repeat(40)}, "base": {"ref": "main"}, "draft": false, "state": "open",
            "merged": false, "user": {"login": "octocat"}, "updated_at": "2026-11-21T10:00:00Z",
        },
        "repository": {"id": 42, "name": "hello", "full_name": "octo/hello", "owner": {"login": "octo"}},
        "installation": {"id": 9},
    })
}

/// A delivery as GitHub sends it.
fn delivery(event: &str, guid: &str, body: &str) -> axum::http::request::Builder {
    Request::post("/api/github/webhooks")
        .header("content-type", "application/json")
        .header("content-length", body.len())
        .header("x-github-event", event)
        .header("x-github-delivery", guid)
        .header("x-hub-signature-256", sign(SECRET, body.as_bytes()))
}

fn deliver(event: &str, guid: &str, payload: &Value) -> Request<Body> {
    let body = payload.to_string();
    delivery(event, guid, &body).body(Body::from(body)).unwrap()
}

fn get(path: &str) -> Request<Body> {
    Request::get(path).body(Body::empty()).unwrap()
}

#[tokio::test]
async fn a_signed_delivery_wakes_its_target_once() {
    let door = Door::open().await;
    assert_eq!(door.check(deliver("pull_request", "a", &opened()), 202).await, "accepted");
    assert_eq!(door.check(deliver("pull_request", "a", &opened()), 202).await, "known already");
    let claim = door.store.claimed().await;
    assert_eq!((claim.key.as_str(), claim.delivery.as_str(), claim.generation), ("42/pull/7", "a", 1));
    assert_eq!(claim.glimpse.author, "octocat");
}

#[tokio::test]
async fn the_old_secret_counts_while_it_is_being_changed() {
    let door = Door::open().await;
    let body = opened().to_string();
    let signature = sign("old secret", body.as_bytes());
    let mut request = delivery("pull_request", "a", &body).body(Body::from(body.clone())).unwrap();
    request.headers_mut().insert("x-hub-signature-256", signature.parse().unwrap());
    door.check(request, 202).await;
}

#[tokio::test]
async fn a_delivery_that_is_not_signed_by_us_learns_nothing() {
    let door = Door::open().await;
    let body = opened().to_string();
    let wrong = sign("another secret", body.as_bytes());
    let mut texts = Vec::new();
    for signature in [None, Some(wrong.as_str()), Some("sha256="), Some("sha1=00"), Some("\u{e9}")] {
        let mut request = delivery("pull_request", "a", &body).body(Body::from(body.clone())).unwrap();
        request.headers_mut().remove("x-hub-signature-256");
        request.headers_mut().insert("x-hub-signature", "sha1=00".parse().unwrap());
        if let Some(signature) = signature {
            request.headers_mut().insert("x-hub-signature-256", signature.parse().unwrap());
        }
        texts.push(door.check(request, 401).await);
    }
    texts.dedup();
    assert_eq!(texts.len(), 1);
    assert_eq!(door.store.next_due().await.unwrap(), None);
}

#[tokio::test]
async fn a_form_is_signed_over_its_raw_bytes() {
    let door = Door::open().await;
    let body: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &opened().to_string())
        .finish();
    let mut request = delivery("pull_request", "a", &body).body(Body::from(body.clone())).unwrap();
    let form = "application/x-www-form-urlencoded";
    request.headers_mut().insert("content-type", form.parse().unwrap());
    door.check(request, 202).await;
    door.store.claimed().await;
}

#[tokio::test]
async fn what_does_not_concern_us_is_accepted_and_counted() {
    let door = Door::open().await;
    let mut labeled = opened();
    labeled["action"] = json!("labeled");
    assert_eq!(door.check(deliver("pull_request", "a", &labeled), 202).await, "ignored");
    assert_eq!(door.check(deliver("ping", "b", &json!({"zen": "x"})), 202).await, "ignored");
    assert_eq!(door.check(deliver("invented_next_year", "c", &json!({"action": "x"})), 202).await, "ignored");
    assert_eq!(door.store.next_due().await.unwrap(), None);
    let metrics = door.metrics().await;
    assert!(metrics.contains(r#"event="other",outcome="ignored",reason="unknown event"} 1"#), "{metrics}");
    assert!(!metrics.contains("invented_next_year"));
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_a_bad_request() {
    let door = Door::open().await;
    for body in ["", "{", "[]", r#"{"action":"opened"}"#] {
        let request = delivery("pull_request", "a", body).body(Body::from(body)).unwrap();
        door.check(request, 400).await;
    }
}

#[tokio::test]
async fn a_delivery_without_its_name_is_a_bad_request() {
    let door = Door::open().await;
    for header in ["x-github-delivery", "x-github-event"] {
        let mut request = deliver("pull_request", "a", &opened());
        request.headers_mut().remove(header);
        assert!(door.check(request, 400).await.contains("X-GitHub-Delivery"));
    }
}

#[tokio::test]
async fn a_body_is_counted_while_it_arrives() {
    let settings = Settings { body_limit: 1000, ..Settings::default() };
    let door = Door::open_with(settings).await;
    let body = "x".repeat(1001);
    let announced = delivery("push", "a", &body).body(Body::from(body.clone())).unwrap();
    door.check(announced, 413).await;
    let mut unannounced = delivery("push", "a", &body).body(Body::from(body.clone())).unwrap();
    unannounced.headers_mut().remove("content-length");
    door.check(unannounced, 413).await;
}

#[tokio::test]
async fn a_lost_database_is_told_to_github_and_to_the_load_balancer() {
    let door = Door::open().await;
    assert_eq!(door.check(get("/health/ready"), 200).await, "ready");
    door.store.close().await;
    door.check(deliver("pull_request", "a", &opened()), 503).await;
    assert_eq!(door.check(get("/health/live"), 200).await, "live");
    let lost = Server::new((*door.store).clone(), Secrets(Vec::new()), Settings::default());
    assert_eq!(answer(app(lost), get("/health/ready")).await.0, 503);
    assert!(door.metrics().await.contains(r#"event="pull_request",outcome="failed",reason="database"} 1"#));
}

#[tokio::test]
async fn what_is_not_here_is_not_found() {
    let door = Door::open().await;
    door.check(get("/"), 404).await;
    door.check(get("/metrics"), 404).await;
    door.check(get("/api/github/webhooks"), 405).await;
    let delete = Request::builder().method(Method::DELETE).uri("/health/live");
    door.check(delete.body(Body::empty()).unwrap(), 405).await;
}

#[tokio::test]
async fn the_metrics_tell_the_depth_of_the_queue() {
    let door = Door::open().await;
    door.check(deliver("pull_request", "a", &opened()), 202).await;
    let metrics = door.metrics().await;
    assert!(metrics.contains(r#"scrutineer_targets{state="due"} 1"#), "{metrics}");
    let accepted = r#"scrutineer_deliveries_total{event="pull_request",outcome="accepted",reason=""} 1"#;
    assert!(metrics.contains(accepted), "{metrics}");
}

#[tokio::test]
async fn a_panic_ends_its_request_only() {
    let app: Router = Router::new()
        .route("/", axum::routing::get(async || -> &'static str { panic!("a bug") }))
        .layer(CatchPanicLayer::new());
    assert_eq!(answer(app, get("/")).await.0, 500);
}

/// The door on a real address.
struct Socket {
    address: std::net::SocketAddr,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Socket {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends what it is given, then reads until the other side ends.
    async fn send(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        read(stream).await
    }
}

async fn read(mut stream: TcpStream) -> String {
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    text
}

fn head(length: usize) -> String {
    format!(
        "POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\nx-github-event: push\r\n\
         x-github-delivery: a\r\nx-hub-signature-256: {}\r\n\r\n",
        sign(SECRET, b"")
    )
}

#[tokio::test]
async fn a_body_that_takes_too_long_is_given_up() {
    let settings = Settings { body_timeout: 20 * MS, ..Settings::default() };
    let socket = Door::open_with(settings).await.serve(Limits::default()).await;
    let answer = socket.send(format!("{}half", head(9)).as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn a_head_that_takes_too_long_is_given_up() {
    let limits = Limits { header_timeout: 20 * MS, ..Limits::default() };
    let socket = Door::open().await.serve(limits).await;
    assert_eq!(socket.send(b"").await, "");
    socket.send(b"POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\n").await;
    let idle = socket.send(b"GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert!(idle.starts_with("HTTP/1.1 200"), "{idle}");
}

#[tokio::test]
async fn large_bodies_wait_for_their_turn_and_small_ones_do_not() {
    let settings = Settings { body_timeout: 40 * MS, ..Settings::default() };
    let door = Door::open_with(settings).await;
    let socket = door.serve(Limits::default()).await;
    let mut slow = Vec::new();
    for _ in 0..LARGE_BODIES {
        let mut stream = socket.connect().await;
        stream.write_all(head(2 << 20).as_bytes()).await.unwrap();
        slow.push(stream);
    }
    while door.server.inner.large.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    door.check(deliver("pull_request", "a", &opened()), 202).await;
    for stream in slow {
        assert!(read(stream).await.starts_with("HTTP/1.1 408"));
    }
    assert_eq!(door.server.inner.large.available_permits(), LARGE_BODIES);
}

#[tokio::test]
async fn no_more_connections_are_open_than_allowed() {
    let limits = Limits { connections: 1, header_timeout: 40 * MS, ..Limits::default() };
    let socket = Door::open().await.serve(limits).await;
    let first = socket.connect().await;
    let second = socket.send(b"GET /health/live HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(second.starts_with("HTTP/1.1 200"), "{second}");
    assert_eq!(read(first).await, "");
}

#[tokio::test]
async fn a_request_under_way_is_answered_after_the_signal_to_stop() {
    let door = Door::open().await;
    let socket = door.serve(Limits::default()).await;
    let body = opened().to_string();
    let request = format!(
        "POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\nx-github-event: pull_request\r\n\
         x-github-delivery: a\r\nx-hub-signature-256: {}\r\n\r\n",
        body.len(),
        sign(SECRET, body.as_bytes())
    );
    let mut stream = socket.connect().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    tokio::time::sleep(20 * MS).await;
    socket.stop.send_replace(true);
    tokio::time::sleep(20 * MS).await;
    assert!(TcpStream::connect(socket.address).await.is_err());
    stream.write_all(body.as_bytes()).await.unwrap();
    let answer = read(stream).await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    socket.task.await.unwrap();
    door.store.claimed().await;
}
