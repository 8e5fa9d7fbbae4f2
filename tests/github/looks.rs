//! One look: what is asked in one query, and what partial answers are good for.

use scrutineer::domain::{PullNumber, Sha};
use scrutineer::github::{CheckId, CheckStatus, Conclusion, Error, Look, PullStatus, View};
use serde_json::{Value, json};

use crate::server::{Reply, Server};

fn sha(digit: &str) -> Sha {
    Sha::parse(&digit.repeat(40)).unwrap()
}

fn ask(paths: &[&str], with_state: bool) -> Look {
    Look {
        pull: Some(PullNumber(7)),
        head: sha("a"),
        policy_at: "refs/heads/release/1".to_owned(),
        paths: paths.iter().map(|path| (*path).to_owned()).collect(),
        with_state,
        threads_after: None,
    }
}

async fn look(ask: &Look, answer: Value) -> (Server, Result<View, Error>) {
    let server = Server::start(move |_| Reply::Json(200, answer.clone())).await;
    let view = server.client().look(ask).await;
    (server, view)
}

fn blob(text: &str) -> Value {
    json!({"oid": sha("b"), "byteSize": text.len(), "isBinary": false, "isTruncated": false, "text": text})
}

fn thread(comments: Value) -> Value {
    json!({
        "isResolved": true, "isOutdated": false, "path": "a.py", "line": null, "startLine": null,
        "originalLine": 4, "comments": {"totalCount": comments.as_array().map_or(0, Vec::len), "nodes": comments},
    })
}

fn suite(app: Value) -> Value {
    let run = |id: i64, status: &str, conclusion: Value| {
        json!({
            "databaseId": id, "externalId": "v1", "status": status, "conclusion": conclusion, "title": "T",
            "annotations": {"totalCount": 50},
        })
    };
    json!({"app": app, "checkRuns": {"nodes": [
        run(40_000_000_001, "COMPLETED", json!("TIMED_OUT")), null, run(2, "QUEUED", json!(null)),
        run(3, "COMPLETED", json!("TRANSCENDED")),
    ]}})
}

fn standing() -> Value {
    let comment = json!({
        "id": "PRRC_1", "isMinimized": false, "viewerCanMinimize": true, "fullDatabaseId": "4000000001", "body": "hi", "viewerDidAuthor": true, "createdAt": "2026-01-01T00:00:00Z",
    });
    json!({"data": {"repository": {
        "databaseId": 42,
        "pullRequest": {
            "headRefOid": sha("a"), "baseRefName": "release/1", "baseRef": {"target": {"oid": sha("c")}},
            "isDraft": true, "state": "MERGED",
            "reviewThreads": {
                "pageInfo": {"hasNextPage": true, "endCursor": "cursor"},
                "nodes": [thread(json!([comment])), thread(json!([]))],
            },
        },
        "policy": blob("fail_on: high"),
        "head": {"checkSuites": {"nodes": [
            suite(json!({"databaseId": 123, "clientId": "Iv1"})),
            suite(json!({"databaseId": 666, "clientId": "Iv6"})),
        ]}},
        "f0": blob("import os\n"),
        "f1": null,
        "f2": {},
    }}})
}

#[tokio::test]
async fn one_query_sees_all_that_stands() {
    let (server, view) = look(&ask(&["a.py", "gone.py", "submodule"], true), standing()).await;
    let view = view.unwrap();
    let (pull, commit) = (view.pull.unwrap(), view.standing.unwrap());
    assert_eq!((pull.head, pull.base_tip, pull.is_draft), (sha("a"), Some(sha("c")), true));
    assert_eq!((pull.state, pull.threads_next.as_deref()), (PullStatus::Merged, Some("cursor")));
    assert_eq!(commit.policy.unwrap().text.as_deref(), Some("fail_on: high"));
    let [thread] = &pull.threads[..] else { panic!("{:?}", pull.threads) };
    assert!(thread.ours && thread.resolved && !thread.outdated);
    assert_eq!((thread.line, thread.original_line, thread.database_id), (None, Some(4), Some(4_000_000_001)));
    let checks: Vec<_> = commit.checks.iter().map(|check| (check.id, check.status)).collect();
    assert_eq!(
        checks,
        [
            (CheckId(40_000_000_001), CheckStatus::Completed(Conclusion::TimedOut)),
            (CheckId(2), CheckStatus::InProgress),
            (CheckId(3), CheckStatus::Completed(Conclusion::Other)),
        ]
    );
    assert_eq!(commit.checks[0].annotations, 50);
    assert_eq!(view.blobs[0].as_ref().unwrap().text.as_deref(), Some("import os\n"));
    assert_eq!(view.blobs[1..], [None, None]);
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test]
async fn names_from_the_pull_request_travel_as_variables() {
    let (server, view) = look(&ask(&["a\"}.py"], true), standing()).await;
    view.unwrap();
    let sent = server.calls()[0].json();
    assert_eq!(sent["variables"]["f0"], json!(format!("{}:a\"}}.py", sha("a"))));
    assert_eq!(sent["variables"]["policy"], json!("refs/heads/release/1:.github/scrutineer.yml"));
    assert_eq!(sent["variables"]["suites"], json!({"appId": 123, "checkName": "scrutineer"}));
    assert!(!sent["query"].as_str().unwrap().contains("a\\\"}.py"));
}

#[tokio::test]
async fn a_file_that_github_failed_on_is_missing_alone() {
    let mut answer = standing();
    answer["data"]["repository"]["f0"]["text"] = json!(null);
    answer["errors"] = json!([{"message": "timeout", "path": ["repository", "f0", "text"]}]);
    let (_server, view) = look(&ask(&["a.py", "b.py"], true), answer).await;
    let view = view.unwrap();
    assert_eq!(view.blobs, [None, None]);
    assert!(view.pull.is_some());
}

#[tokio::test]
async fn any_other_gap_makes_the_look_useless() {
    for path in
        [json!(["repository", "policy"]), json!(["repository", "pullRequest", "reviewThreads"]), json!([])]
    {
        let mut answer = standing();
        answer["errors"] = json!([{"message": "Something went wrong", "path": path}]);
        let (_server, view) = look(&ask(&["a.py"], true), answer).await;
        assert!(matches!(view, Err(Error::Unavailable { .. })), "{path}: {view:?}");
    }
}

#[tokio::test]
async fn a_missing_repository_or_pull_request_is_not_found() {
    let fault = json!([{"type": "NOT_FOUND", "message": "Could not resolve", "path": ["repository"]}]);
    let mut renamed = standing();
    renamed["data"]["repository"]["databaseId"] = json!(43);
    for answer in [
        json!({"data": {"repository": null}, "errors": fault}),
        json!({"data": {"repository": null}}),
        json!({"data": {"repository": {"databaseId": 42, "pullRequest": null}}}),
        renamed,
    ] {
        let (_server, view) = look(&ask(&[], true), answer).await;
        assert!(matches!(view, Err(Error::NotFound { .. })), "{view:?}");
    }
}

#[tokio::test]
async fn a_follow_up_asks_for_files_only() {
    let answer = json!({"data": {"repository": {"databaseId": 42, "f0": blob("x = 1\n")}}});
    let (server, view) = look(&ask(&["a.py"], false), answer).await;
    let view = view.unwrap();
    assert_eq!((view.pull, view.blobs.len()), (None, 1));
    assert!(!server.calls()[0].json()["query"].as_str().unwrap().contains("pullRequest"));
}

#[tokio::test]
async fn a_query_that_was_too_much_may_be_tried_in_halves() {
    for status in [502, 504] {
        let server = Server::start(move |_| Reply::With(status, vec![], "<html>".to_owned())).await;
        let view = server.client().look(&ask(&["a.py"], true)).await;
        assert!(
            matches!(view, Err(Error::Unavailable { status: Some(got), .. }) if got == status),
            "{view:?}"
        );
    }
}

#[tokio::test]
async fn a_deleted_base_branch_and_an_unknown_commit_are_no_errors() {
    let mut answer = standing();
    answer["data"]["repository"]["pullRequest"]["baseRef"] = json!(null);
    answer["data"]["repository"]["head"] = json!(null);
    answer["data"]["repository"]["policy"] = json!(null);
    let (_server, view) = look(&ask(&[], true), answer).await;
    let view = view.unwrap();
    let (pull, commit) = (view.pull.unwrap(), view.standing.unwrap());
    assert_eq!((pull.base_tip, commit.policy, commit.checks.len()), (None, None, 0));
}
