//! What a caller hears when something goes wrong on the way.

use std::time::Duration;

use scrutineer::domain::{PullNumber, Sha};
use scrutineer::github::{CheckStatus, Error, NewCheck, RepoClient};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use url::Url;

use crate::server::{Reply, Server, client, settings, token};

const PULL: PullNumber = PullNumber(7);

async fn read(client: &RepoClient) -> Error {
    client.files(PULL, 1).await.unwrap_err()
}

async fn write(client: &RepoClient) -> Error {
    let check = NewCheck {
        head_sha: Sha::parse(&"a".repeat(40)).unwrap(),
        external_id: "x".to_owned(),
        status: CheckStatus::InProgress,
        details_url: None,
        output: None,
    };
    client.create_check(&check).await.unwrap_err()
}

#[tokio::test]
async fn a_write_without_answer_is_unknown_and_sent_once() {
    let server = Server::start(|_| Reply::Never).await;
    let mut settings = server.settings();
    settings.request_timeout = Duration::from_millis(40);
    let client = client(settings);
    let error = write(&client).await;
    assert!(matches!(error, Error::Unknown { .. }), "{error}");
    let error = read(&client).await;
    assert!(matches!(error, Error::Unavailable { .. }), "{error}");
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn a_server_error_is_never_retried_here() {
    let server = Server::start(|_| Reply::Json(502, json!({"message": "Server Error"}))).await;
    let client = server.client();
    let error = write(&client).await;
    assert!(matches!(error, Error::Unknown { .. }), "{error}");
    assert_eq!(error.request_id(), Some("TEST:1"));
    let error = read(&client).await;
    assert!(matches!(error, Error::Unavailable { status: Some(502), .. }), "{error}");
    assert_eq!(server.calls().len(), 2);
}

#[tokio::test]
async fn what_found_no_connection_was_never_sent() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = write(&client(settings(Url::parse(&format!("http://{address}")).unwrap()))).await;
    assert!(matches!(error, Error::Unavailable { status: None, .. }), "{error}");
}

/// Gives a token, then for anything else the bytes, and hangs up.
async fn hanging_up(bytes: &'static str) -> RepoClient {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = vec![0; 16 << 10];
            let read = socket.read(&mut request).await.unwrap_or(0);
            let answer = if request[..read].starts_with(b"POST /app/") {
                let body = token("ghs_1").to_string();
                format!(
                    "HTTP/1.1 201 Created\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                )
            } else {
                bytes.to_owned()
            };
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    client(settings(url))
}

#[tokio::test]
async fn a_connection_that_breaks_off_leaves_a_write_unknown() {
    for bytes in ["", "HTTP/1.1 201 Created\r\ncontent-length: 100\r\n\r\n{\"id\""] {
        let client = hanging_up(bytes).await;
        let error = write(&client).await;
        assert!(matches!(error, Error::Unknown { .. }), "{bytes:?}: {error}");
        let error = read(&client).await;
        assert!(matches!(error, Error::Unavailable { .. }), "{bytes:?}: {error}");
    }
}

#[tokio::test]
async fn an_answer_that_is_too_long_is_not_read() {
    let server = Server::start(|_| Reply::With(200, vec![], "x".repeat(5_000))).await;
    let mut settings = server.settings();
    settings.max_answer = 4_000;
    let client = client(settings);
    let error = read(&client).await;
    assert!(
        matches!(&error, Error::Malformed { cause, .. } if cause.contains("longer than 4000")),
        "{error}"
    );
    let error = write(&client).await;
    assert!(matches!(error, Error::Unknown { .. }), "{error}");
}

#[tokio::test]
async fn a_success_that_cannot_be_read_is_no_success() {
    let server = Server::start(|_| Reply::With(200, vec![], "<html>secret</html>".to_owned())).await;
    let client = server.client();
    let error = read(&client).await;
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    let error = write(&client).await;
    assert!(matches!(error, Error::Unknown { .. }), "{error}");
}

#[tokio::test]
async fn a_rate_limit_keeps_githubs_wait() {
    let server =
        Server::start(|_| Reply::With(403, vec![("retry-after", "17".to_owned())], "{}".to_owned())).await;
    let error = write(&server.client()).await;
    assert!(
        matches!(error, Error::RateLimited { retry_after, secondary: true, .. } if retry_after.as_secs() == 17),
        "{error}"
    );
}
