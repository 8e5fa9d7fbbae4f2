//! Addresses, headers and redirects, on github.com's shape, Enterprise Server's and others.

use scrutineer::domain::{PullNumber, Sha};
use scrutineer::github::{CheckStatus, Error, GitHub, Look, NewCheck, Settings};
use secrecy::SecretString;
use serde_json::json;
use url::Url;

use crate::server::{KEY, Reply, Server, client};

const PULL: PullNumber = PullNumber(7);

fn look() -> Look {
    Look {
        pull: Some(PULL),
        head: Sha::parse(&"a".repeat(40)).unwrap(),
        policy_at: "refs/heads/main".to_owned(),
        paths: vec!["a.py".to_owned()],
        with_state: false,
        threads_after: None,
    }
}

fn check() -> NewCheck {
    NewCheck {
        head_sha: look().head,
        external_id: "x".to_owned(),
        status: CheckStatus::InProgress,
        details_url: None,
        output: None,
    }
}

#[tokio::test]
async fn each_request_says_who_asks_and_for_which_version() {
    let server = Server::start(|_| Reply::Json(200, json!([]))).await;
    server.client().files(PULL, 2).await.unwrap();
    let call = &server.calls()[0];
    assert_eq!(call.path, "/repos/octo/hello/pulls/7/files?per_page=100&page=2");
    assert_eq!(call.header("user-agent"), [concat!("scrutineer/", env!("CARGO_PKG_VERSION"))]);
    assert_eq!(call.header("x-github-api-version"), ["2022-11-28"]);
    assert_eq!(call.header("accept"), ["application/json"]);
    assert_eq!(call.header("authorization"), ["Bearer ghs_1"]);
}

#[tokio::test]
async fn enterprise_server_has_rest_and_graphql_side_by_side_and_both_get_the_token() {
    let server = Server::start(|_| Reply::Json(200, json!({"data": {"repository": {"f0": null}}}))).await;
    let settings = Settings::new(server.url.join("/api/v3/").unwrap(), "123", SecretString::from(KEY));
    client(settings).look(&look()).await.unwrap();
    assert_eq!(server.mints()[0].path, "/api/v3/app/installations/9/access_tokens");
    assert_eq!(server.calls()[0].path, "/api/graphql");
    assert_eq!(server.calls()[0].header("authorization"), ["Bearer ghs_1"]);
}

#[tokio::test]
async fn graphql_elsewhere_gets_the_token_too() {
    let rest = Server::start(|_| Reply::Json(200, json!([]))).await;
    let graphql = Server::start(|_| Reply::Json(200, json!({"data": {"repository": {"f0": null}}}))).await;
    let mut settings = rest.settings();
    settings.graphql_url = graphql.url.join("/some/graphql").unwrap();
    client(settings).look(&look()).await.unwrap();
    assert_eq!(graphql.calls()[0].path, "/some/graphql");
    assert_eq!(graphql.calls()[0].header("authorization"), ["Bearer ghs_1"]);
    assert_eq!(rest.calls().len(), 0);
}

#[tokio::test]
async fn a_renamed_repository_is_followed_with_the_same_request() {
    for status in [301, 302, 307, 308] {
        let server = Server::start(move |seen| match seen.path.strip_prefix("/base/repos/octo/hello") {
            Some(rest) => {
                let location = format!("/base/repositories/42{rest}");
                Reply::With(status, vec![("location", location)], String::new())
            }
            None => Reply::Json(201, json!({"id": 5})),
        })
        .await;
        let mut settings = server.settings();
        settings.api_url = server.url.join("/base").unwrap();
        client(settings).create_check(&check()).await.unwrap();
        let [first, second] = &server.calls()[..] else { panic!("{:?}", server.calls()) };
        assert_eq!(
            (second.method.as_str(), second.path.as_str()),
            ("POST", "/base/repositories/42/check-runs")
        );
        assert_eq!(
            (&first.body, first.headers.get("content-type")),
            (&second.body, second.headers.get("content-type"))
        );
        assert_eq!(second.header("authorization"), ["Bearer ghs_1"]);
    }
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let other = Server::start(|_| Reply::Json(200, json!([]))).await;
    let location = other.url.join("/steal").unwrap().to_string();
    let server =
        Server::start(move |_| Reply::With(307, vec![("location", location.clone())], String::new())).await;
    let error = server.client().files(PULL, 1).await.unwrap_err();
    assert!(matches!(&error, Error::Malformed { cause, .. } if cause.contains("another host")), "{error}");
    assert_eq!(other.seen().len(), 0);
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let server =
        Server::start(|seen| Reply::With(302, vec![("location", seen.path.clone())], String::new())).await;
    let error = server.client().files(PULL, 1).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { .. }), "{error}");
    assert_eq!(server.calls().len(), 4);
}

#[tokio::test]
async fn settings_that_cannot_work_say_so_before_any_call() {
    let url = Url::parse("http://127.0.0.1:9").unwrap();
    let error = GitHub::connect(Settings::new(url.clone(), "1", SecretString::from("hunter2"))).unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(text.contains("PRIVATE_KEY") && !text.contains("hunter2"), "{text}");
    let ftp = Url::parse("ftp://127.0.0.1").unwrap();
    let error = GitHub::connect(Settings::new(ftp, "1", SecretString::from(KEY))).unwrap_err();
    assert!(error.to_string().contains("GITHUB_API_URL ftp://127.0.0.1/"), "{error}");
}

#[test]
fn outside_a_runtime_connecting_is_an_error_not_a_panic() {
    let url = Url::parse("http://127.0.0.1:9").unwrap();
    assert!(GitHub::connect(Settings::new(url, "1", SecretString::from(KEY))).is_err());
}
