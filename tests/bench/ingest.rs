//! What a delivery costs in processor time: verified, read, stored and committed, beside a plain handler
//! that verifies it and does nothing else. `cargo bench` tells both, and how many times the one the other
//! is.
//!
//! Only the server's threads are counted, by the kernel's own book in nanoseconds; with PostgreSQL that
//! is what the bot spends, not what the database does on its own machine.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    unreachable_pub,
    dead_code,
    reason = "it owns its files, clocks and processes, and shares code with tests"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use criterion::{Criterion, SamplingMode};
use hmac::{Hmac, KeyInit, Mac};
use scrutineer::github::signature::Secrets;
use scrutineer::server::{self, Server};
use scrutineer::store::{self, Store};
use secrecy::SecretString;
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

#[path = "../cluster/mod.rs"]
mod cluster;

const SECRET: &str = "It's a Secret to Everybody";
const PATH: &str = "/api/github/webhooks";

/// As many deliveries at once, each over a connection of its own: a busy minute, and a storm.
const CONNECTIONS: [u64; 2] = [32, 128];
/// The pull requests they are about.
const PULLS: u64 = 64;
/// Requests of which the ratio is told.
const MANY: u64 = 20_000;

/// Threads of the side that asks: not counted.
const CLIENT: &str = "client";

struct Served {
    address: String,
    /// It serves as long as this lives.
    runtime: Runtime,
}

impl Served {
    fn new(runtime: Runtime, router: Router) -> Served {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        runtime.spawn(async move { axum::serve(listener, router).await });
        Served { address, runtime }
    }

    fn plain() -> Served {
        let router = Router::new().route(PATH, post(verify)).with_state(Arc::new(secrets()));
        Served::new(runtime("plain"), router)
    }

    fn durable(name: &str, url: String) -> Served {
        let runtime = runtime(name);
        let store = runtime.block_on(Store::open(store::Settings::new(url))).expect("a new database");
        Served::new(runtime, server::app(Server::new(store, secrets(), server::Settings::default())))
    }
}

async fn verify(State(secrets): State<Arc<Secrets>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    match secrets.verify(signature, body) {
        Ok(_) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::UNAUTHORIZED,
    }
}

fn secrets() -> Secrets {
    Secrets(vec![SecretString::from(SECRET)])
}

fn runtime(name: &str) -> Runtime {
    Builder::new_multi_thread().worker_threads(2).thread_name(name).enable_all().build().expect("a runtime")
}

/// Requests without their delivery ids: all before it, and all after.
struct Requests {
    parts: Vec<(String, Vec<u8>)>,
    sent: AtomicU64,
}

impl Requests {
    fn new() -> Requests {
        let examples = include_str!("../data/webhook-examples.jsonl").lines();
        let mut examples = examples.map(|line| serde_json::from_str(line).expect("an example"));
        let opened = examples.find(|example: &serde_json::Value| {
            example["event"] == "pull_request" && example["payload"]["action"] == "opened"
        });
        let mut payload = opened.expect("a pull request that was opened")["payload"].clone();
        payload["installation"] = serde_json::json!({"id": 9});
        let parts = (0..PULLS).map(|pull| {
            payload["number"] = pull.into();
            payload["pull_request"]["number"] = pull.into();
            parts(&payload.to_string())
        });
        Requests { parts: parts.collect(), sent: AtomicU64::new(0) }
    }

    fn next(&self) -> Vec<u8> {
        let number = self.sent.fetch_add(1, Ordering::Relaxed);
        let (head, tail) = &self.parts[(number % PULLS) as usize];
        [head.as_bytes(), format!("{}-{number}", std::process::id()).as_bytes(), tail].concat()
    }
}

fn parts(body: &str) -> (String, Vec<u8>) {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("any key will do");
    mac.update(body.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: bot\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         x-github-event: pull_request\r\nx-hub-signature-256: sha256={signature}\r\nx-github-delivery: ",
        body.len()
    );
    (head, format!("\r\n\r\n{body}").into_bytes())
}

/// Sends so many requests, so many at once, and returns what the server's threads spent on them.
fn spent(
    client: &Runtime,
    served: &Served,
    requests: &Arc<Requests>,
    (connections, count): (u64, u64),
) -> Duration {
    let before = book();
    client.block_on(async {
        let left = Arc::new(AtomicU64::new(count));
        let askers: Vec<_> = (0..connections.min(count))
            .map(|_| tokio::spawn(ask(served.address.clone(), requests.clone(), left.clone())))
            .collect();
        for asker in askers {
            asker.await.expect("no panic");
        }
    });
    Duration::from_nanos(book() - before)
}

async fn ask(address: String, requests: Arc<Requests>, left: Arc<AtomicU64>) {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    stream.set_nodelay(true).expect("a socket");
    let mut answer = [0; 1024];
    while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok() {
        stream.write_all(&requests.next()).await.expect("it reads");
        let length = stream.read(&mut answer).await.expect("it answers");
        assert!(
            answer[..length].starts_with(b"HTTP/1.1 202"),
            "{}",
            String::from_utf8_lossy(&answer[..length])
        );
    }
}

/// Nanoseconds all threads but those of the client were on a processor.
fn book() -> u64 {
    let threads = std::fs::read_dir("/proc/self/task").expect("Linux keeps books");
    let main = std::process::id().to_string();
    let of = |thread: std::fs::DirEntry| {
        let read = |file: &str| std::fs::read_to_string(thread.path().join(file)).unwrap_or_default();
        let counts = thread.file_name() != main.as_str() && !read("comm").starts_with(CLIENT);
        let nanoseconds = read("schedstat").split(' ').next().and_then(|time| time.parse::<u64>().ok());
        nanoseconds.filter(|_| counts).unwrap_or(0)
    };
    threads.flatten().map(of).sum()
}

fn main() {
    let (client, requests) = (runtime(CLIENT), Arc::new(Requests::new()));
    let dir = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a temporary directory");
    let sqlite = format!("sqlite://{}", dir.path().join("queue.sqlite").display());
    let mut servers =
        vec![("verified only", Served::plain()), ("durable, SQLite", Served::durable("sqlite", sqlite))];
    if cfg!(initdb) {
        servers
            .push(("durable, PostgreSQL", Served::durable("postgres", cluster::create(&cluster::shared()))));
    }
    let mut criterion = Criterion::default().configure_from_args();
    let mut group = criterion.benchmark_group("ingest, processor time of a delivery");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(5));
    for (name, served) in &servers {
        group.bench_function(*name, |bencher| {
            bencher.iter_custom(|count| spent(&client, served, &requests, (CONNECTIONS[1], count)));
        });
    }
    group.finish();
    for connections in CONNECTIONS {
        tell(&client, &servers, &requests, connections);
    }
}

/// In turns, so that what else the machine does is a burden to all.
fn tell(client: &Runtime, servers: &[(&str, Served)], requests: &Arc<Requests>, connections: u64) {
    let mut totals = vec![Duration::ZERO; servers.len()];
    for _ in 0..10 {
        for ((_, served), total) in servers.iter().zip(&mut totals) {
            *total += spent(client, served, requests, (connections, MANY / 10));
        }
    }
    for ((name, _), total) in servers.iter().zip(&totals) {
        let micros = total.as_secs_f64() * 1e6 / MANY as f64;
        println!(
            "{name}, {connections} at once: {micros:.1} µs a delivery, {:.2} times",
            total.as_secs_f64() / totals[0].as_secs_f64()
        );
    }
}
