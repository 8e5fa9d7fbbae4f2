//! No secret leaves through logs, debug output or error texts.

use std::io;
use std::sync::{Arc, Mutex};

use scrutineer::domain::PullNumber;
use scrutineer::github::GitHub;
use serde_json::json;

use crate::server::{KEY, Reply, Server, repo};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn logs_tell_of_each_call_and_hold_no_secret_even_at_the_finest_level() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // For the whole process: with a subscriber of one thread, the others decide what it hears of.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let server = Server::start(|_| Reply::Json(403, json!({"message": "body-text"}))).await;
    let settings = server.settings();
    let shown_settings = format!("{settings:?}");
    let github = GitHub::connect(settings).unwrap();
    let error = github.repo(&repo(42)).files(PullNumber(4711), 1).await.unwrap_err();

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for told in ["/repos/octo/hello/pulls/4711/files", "status=403", "request_id=\"TEST:1\"", "ms="] {
        assert!(log.contains(told), "{told} is not in {log}");
    }
    let jwt = server.mints()[0].header("authorization")[0].to_owned();
    let key = KEY.lines().nth(1).unwrap();
    let shown = format!("{log} {shown_settings} {github:?} {error} {error:?}");
    for secret in ["ghs_1", jwt.strip_prefix("Bearer ").unwrap(), key] {
        assert!(!shown.contains(secret), "{secret} is in {shown}");
    }
    assert!(!log.contains("body-text"), "{log}");
}
