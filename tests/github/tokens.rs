//! Who mints which token when.

use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use scrutineer::domain::PullNumber;
use scrutineer::github::{CheckStatus, Error, GitHub, NewCheck};
use serde_json::{Value, json};

use crate::server::{Reply, Seen, Server, repo, token};

const PULL: PullNumber = PullNumber(7);

fn no_files(_: &Seen) -> Reply {
    Reply::Json(200, json!([]))
}

fn claims(mint: &Seen) -> Value {
    let header = mint.header("authorization")[0];
    let payload = header.strip_prefix("Bearer ").unwrap().split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_reaches_one_repository_with_the_permissions_of_a_review() {
    let server = Server::start(no_files).await;
    server.client().files(PULL, 1).await.unwrap();
    let mint = &server.mints()[0];
    assert_eq!((mint.method.as_str(), mint.path.as_str()), ("POST", "/app/installations/9/access_tokens"));
    assert_eq!(
        mint.json(),
        json!({
            "repository_ids": [42],
            "permissions": {
                "checks": "write", "contents": "read", "metadata": "read", "pull_requests": "write",
            },
        })
    );
    let claims = claims(mint);
    assert_eq!(claims["iss"], 123);
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    assert_eq!(server.calls()[0].header("authorization"), ["Bearer ghs_1"]);
}

#[tokio::test]
async fn a_client_id_signs_as_text() {
    let server = Server::start(no_files).await;
    let mut settings = server.settings();
    settings.app_id = "Iv23liABC".to_owned();
    crate::server::client(settings).files(PULL, 1).await.unwrap();
    assert_eq!(claims(&server.mints()[0])["iss"], "Iv23liABC");
}

#[tokio::test]
async fn twenty_at_once_mint_one_token() {
    let server = Server::start(no_files).await;
    let github = GitHub::connect(server.settings()).unwrap();
    let calls = (0..20).map(|_| {
        let client = github.repo(&repo(42));
        tokio::spawn(async move { client.files(PULL, 1).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!((server.mints().len(), server.calls().len()), (1, 20));
}

#[tokio::test]
async fn twenty_at_once_share_one_failure() {
    let server = Server::with_mints(|_| Reply::Json(503, json!({}))).await;
    let github = GitHub::connect(server.settings()).unwrap();
    let calls = (0..20).map(|_| {
        let client = github.repo(&repo(42));
        tokio::spawn(async move { client.files(PULL, 1).await })
    });
    for call in calls.collect::<Vec<_>>() {
        let error = call.await.unwrap().unwrap_err();
        assert!(matches!(error, Error::Unavailable { status: Some(503), .. }), "{error}");
    }
    assert_eq!(server.mints().len(), 1);
    // The failure is not kept: who comes later asks again.
    github.repo(&repo(42)).files(PULL, 1).await.unwrap_err();
    assert_eq!(server.mints().len(), 2);
}

#[tokio::test]
async fn each_repository_has_its_own_token_and_few_are_kept() {
    let server = Server::start(no_files).await;
    let mut settings = server.settings();
    settings.max_tokens = 2;
    let github = GitHub::connect(settings).unwrap();
    for id in [1, 2, 1, 2] {
        github.repo(&repo(id)).files(PULL, 1).await.unwrap();
    }
    assert_eq!(server.mints().len(), 2);
    for id in 3..10 {
        github.repo(&repo(id)).files(PULL, 1).await.unwrap();
    }
    assert_eq!(server.mints().len(), 9);
    assert_eq!(server.mints()[8].json()["repository_ids"], json!([9]));
}

#[tokio::test]
async fn a_token_near_its_end_is_not_used_again() {
    let server = Server::with_mints(|seen| match seen.is_mint() {
        true => Reply::Json(201, json!({"token": "ghs_old", "expires_at": "2001-01-01T00:00:00Z"})),
        false => no_files(seen),
    })
    .await;
    let client = server.client();
    client.files(PULL, 1).await.unwrap();
    client.files(PULL, 1).await.unwrap();
    assert_eq!(server.mints().len(), 2);
}

#[tokio::test]
async fn a_token_of_any_length_is_sent_as_it_is() {
    let long = format!("ghs_123_{}", "eyJ.".repeat(800));
    let given = long.clone();
    let server = Server::with_mints(move |seen| match seen.is_mint() {
        true => Reply::Json(201, token(&given)),
        false => no_files(seen),
    })
    .await;
    server.client().files(PULL, 1).await.unwrap();
    assert_eq!(server.calls()[0].header("authorization"), [format!("Bearer {long}")]);
}

fn check() -> NewCheck {
    NewCheck {
        head_sha: scrutineer::domain::Sha::parse(&"a".repeat(40)).unwrap(),
        external_id: "x".to_owned(),
        status: CheckStatus::InProgress,
        details_url: None,
        output: None,
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_call_repeated_also_if_it_writes() {
    let server = Server::start(|seen| match seen.header("authorization")[0] {
        "Bearer ghs_1" => Reply::Json(401, json!({"message": "Bad credentials"})),
        _ => Reply::Json(201, json!({"id": 5})),
    })
    .await;
    let client = server.client();
    client.create_check(&check()).await.unwrap();
    assert_eq!((server.mints().len(), server.calls().len()), (2, 2));
    assert_eq!(server.calls()[0].body, server.calls()[1].body);
    client.create_check(&check()).await.unwrap();
    assert_eq!((server.mints().len(), server.calls().len()), (2, 3));
}

#[tokio::test]
async fn a_second_refusal_is_final() {
    let server = Server::start(|_| Reply::Json(401, json!({"message": "Bad credentials"}))).await;
    let error = server.client().create_check(&check()).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    assert_eq!((server.mints().len(), server.calls().len()), (2, 2));
}

#[tokio::test]
async fn twenty_refused_at_once_renew_once() {
    let refused = AtomicUsize::new(0);
    let server = Server::start(move |seen| match seen.header("authorization")[0] {
        "Bearer ghs_1" => {
            refused.fetch_add(1, Ordering::SeqCst);
            Reply::Json(401, json!({}))
        }
        _ => no_files(seen),
    })
    .await;
    let github = GitHub::connect(server.settings()).unwrap();
    let calls = (0..20).map(|_| {
        let client = github.repo(&repo(42));
        tokio::spawn(async move { client.files(PULL, 1).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.mints().len(), 2);
}

async fn mint_refused(status: u16, headers: Vec<(&'static str, String)>, message: &str) -> Error {
    let body = json!({"message": message}).to_string();
    let server = Server::with_mints(move |_| Reply::With(status, headers.clone(), body.clone())).await;
    server.client().files(PULL, 1).await.unwrap_err()
}

#[tokio::test]
async fn a_wrong_clock_is_named() {
    let date = vec![("date", "Sun, 06 Nov 1994 08:49:37 GMT".to_owned())];
    let error = mint_refused(401, date, "'Expiration time' claim ('exp') is too far in the future").await;
    let text = error.to_string();
    assert!(matches!(error, Error::Unauthorized { .. }));
    assert!(text.contains("our clock is ") && text.contains(" s ahead of GitHub's"), "{text}");
}

#[tokio::test]
async fn a_refused_mint_tells_installation_repository_and_permission_apart() {
    let error = mint_refused(404, vec![], "Not Found").await;
    assert!(matches!(&error, Error::NotFound { what, .. } if what.contains("installation")), "{error}");
    let error = mint_refused(422, vec![], "There is at least one repository that does not exist").await;
    assert!(matches!(&error, Error::NotFound { what, .. } if what.contains("repository")), "{error}");
    let error =
        mint_refused(422, vec![], "The permissions requested are not granted to this installation.").await;
    assert!(matches!(&error, Error::Forbidden { message, .. } if message.contains("not granted")), "{error}");
    let error = mint_refused(403, vec![], "This installation has been suspended").await;
    assert!(matches!(&error, Error::Forbidden { .. }), "{error}");
    let error = mint_refused(401, vec![], "A JSON web token could not be decoded").await;
    assert!(!error.to_string().contains("clock"), "{error}");
}
