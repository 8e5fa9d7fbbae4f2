//! `scrutineer serve` as a process: started, asked, stopped by a signal, killed without one.
#![expect(clippy::disallowed_methods, reason = "tests own their processes")]
#![expect(clippy::expect_used, reason = "a test fails by panicking")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use scrutineer::store::{self, Store};
use sha2::Sha256;

const SECRET: &str = "the webhook's secret";
const STEP: Duration = Duration::from_millis(20);
/// How long a process may take for what takes it milliseconds.
const PATIENCE: u32 = 1000;

/// A running App, ended with the test.
struct App {
    process: Child,
    address: String,
    log: mpsc::Receiver<String>,
}

impl App {
    fn start(dir: &Path, github: &str) -> App {
        let mut process = command(dir, github).stderr(Stdio::piped()).spawn().expect("it starts");
        let log = lines(process.stderr.take().expect("its log"));
        let line = log.iter().find(|line| line.contains("\"listening\"")).expect("it listens");
        let line: serde_json::Value = serde_json::from_str(&line).expect("a line of JSON");
        let address = line["fields"]["address"].as_str().expect("an address").to_owned();
        App { process, address, log }
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        stream.write_all(request.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    fn get(&self, path: &str) -> String {
        self.ask(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"))
    }

    /// Delivers an opened pull request.
    fn deliver(&self, guid: &str) -> String {
        let body = opened();
        let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).expect("a key").chain_update(&body);
        self.ask(&format!(
            "POST /api/github/webhooks HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\
             content-type: application/json\r\nx-github-event: pull_request\r\nx-github-delivery: {guid}\r\n\
             x-hub-signature-256: sha256={}\r\n\r\n{body}",
            body.len(),
            hex::encode(mac.finalize().into_bytes())
        ))
    }

    fn signal(&mut self, name: &str) -> ExitStatus {
        let sent = Command::new("kill").args([name, &self.process.id().to_string()]).status();
        assert!(sent.expect("kill runs").success());
        for _ in 0..PATIENCE {
            if let Some(status) = self.process.try_wait().expect("a child") {
                return status;
            }
            thread::sleep(STEP);
        }
        panic!("it does not end: {:?}", self.log.try_iter().collect::<Vec<_>>());
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn command(dir: &Path, github: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
    command
        .arg("serve")
        .env_clear()
        .current_dir(dir)
        .env("APP_ID", "1")
        .env("PRIVATE_KEY", include_str!("data/test-key.pem"))
        .env("WEBHOOK_SECRET", SECRET)
        .env("PORT", "0")
        .env("LOG_FORMAT", "json")
        .env("GITHUB_API_URL", github)
        .env("SCRUTINEER_DEBOUNCE", "0ms")
        .env("SCRUTINEER_GRACE", "10ms");
    command
}

fn lines(source: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(source).lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn opened() -> String {
    serde_json::json!({
        "action": "opened", "number": 7,
        "pull_request": {
            "head": {"sha": "a".repeat(40)}, "base": {"ref": "main"}, "draft": false, "state": "open",
            "merged": false, "user": {"login": "octocat"}, "updated_at": "2026-11-21T10:00:00Z",
        },
        "repository": {"id": 42, "name": "hello", "full_name": "octo/hello", "owner": {"login": "octo"}},
        "installation": {"id": 9},
    })
    .to_string()
}

/// A GitHub that takes every call and answers none. Tells of each.
fn silent_github() -> (String, mpsc::Receiver<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let (sender, calls) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            if sender.send(stream).is_err() {
                break;
            }
        }
    });
    (url, calls)
}

/// The number of attempts the queue counted, once the process that holds it is gone.
fn attempts(dir: &Path) -> Option<i64> {
    let settings = store::Settings::new(format!("sqlite://{}", dir.join("scrutineer.sqlite").display()));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let store = Store::open(settings).await.expect("the database is free");
        let claim = store.claim().await.expect("the database is whole");
        store.close().await;
        claim.map(|claim| claim.attempts)
    })
}

#[test]
fn it_answers_until_it_is_told_to_stop() {
    let dir = tempfile::tempdir().expect("a directory");
    let (github, _calls) = silent_github();
    let mut app = App::start(dir.path(), &github);
    assert!(app.get("/health/live").starts_with("HTTP/1.1 200"));
    assert!(app.get("/health/ready").ends_with("ready"));
    assert!(app.get("/metrics").starts_with("HTTP/1.1 404"));
    assert!(app.signal("-TERM").success());
    assert!(TcpStream::connect(&app.address).is_err());
}

#[test]
fn a_second_process_on_the_same_database_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    let (github, _calls) = silent_github();
    let app = App::start(dir.path(), &github);
    let second = command(dir.path(), &github).output().expect("it runs");
    let words = String::from_utf8_lossy(&second.stderr);
    assert_eq!(second.status.code(), Some(2));
    assert!(words.contains(&format!("in use by process {}", app.process.id())), "{words}");
}

#[test]
fn a_stopped_process_gives_its_work_back_uncounted() {
    let dir = tempfile::tempdir().expect("a directory");
    let (github, calls) = silent_github();
    let mut app = App::start(dir.path(), &github);
    assert!(app.deliver("a").starts_with("HTTP/1.1 202"));
    let _call = calls.recv().expect("the review begins");
    assert!(app.signal("-INT").success());
    assert_eq!(attempts(dir.path()), Some(1));
}

#[test]
fn a_killed_process_leaves_its_work_to_the_next_and_its_attempt_counted() {
    let dir = tempfile::tempdir().expect("a directory");
    let (github, calls) = silent_github();
    for guid in ["a", "a"] {
        let mut app = App::start(dir.path(), &github);
        assert!(app.deliver(guid).starts_with("HTTP/1.1 202"));
        let _call = calls.recv().expect("the review begins");
        assert!(!app.signal("-KILL").success());
    }
    assert_eq!(attempts(dir.path()), Some(3));
}

#[test]
fn secrets_are_in_no_output() {
    let dir = tempfile::tempdir().expect("a directory");
    let (github, calls) = silent_github();
    let mut process = command(dir.path(), &github);
    let mut process = process.env("RUST_LOG", "trace").stderr(Stdio::piped()).spawn().expect("it starts");
    let log = lines(process.stderr.take().expect("its log"));
    let mut shown: Vec<String> = Vec::new();
    let line =
        log.iter().inspect(|line| shown.push(line.clone())).find(|line| line.contains("\"listening\""));
    let line: serde_json::Value = serde_json::from_str(&line.expect("it listens")).expect("JSON");
    let address = line["fields"]["address"].as_str().expect("an address").to_owned();
    let mut app = App { process, address, log };
    app.deliver("a");
    drop(calls.recv().expect("the review begins"));
    app.signal("-TERM");
    shown.extend(app.log.iter());
    let shown = shown.join("\n");
    let key = include_str!("data/test-key.pem").lines().nth(1).expect("the key");
    for secret in [SECRET, key, "Bearer ey", "eyJ"] {
        assert!(!shown.contains(secret), "{secret}");
    }
}
