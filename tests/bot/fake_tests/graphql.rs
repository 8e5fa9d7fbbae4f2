use serde_json::{Value, json};

use super::Desk;

async fn ask(desk: &Desk, query: &str, variables: Value) -> Value {
    desk.post("/graphql", json!({"query": query, "variables": variables})).await.json()
}

const BLOB: &str = "query($o: String!, $n: String!, $e: String!) {
  repository(owner: $o, name: $n) { object(expression: $e) { ... on Blob { oid text byteSize isBinary isTruncated } } }
}";

fn at(expression: &str) -> Value {
    json!({"o": "octo-org", "n": "hello", "e": expression})
}

#[tokio::test]
async fn a_blob_is_found_by_commit_and_path_and_cut_when_long() {
    let desk = Desk::with("x = 1\n".to_owned(), "x".repeat(600_000)).await;
    let blob = ask(&desk, BLOB, at(&format!("{}:app.py", desk.head()))).await["data"]["repository"]["object"]
        .clone();
    assert_eq!(blob["text"].as_str().unwrap().len(), 512_000);
    assert_eq!((&blob["isTruncated"], &blob["byteSize"]), (&json!(true), &json!(600_000)));
    let base = ask(&desk, BLOB, at("main:app.py")).await;
    assert_eq!(base["data"]["repository"]["object"]["text"], "x = 1\n");
    let missing = ask(&desk, BLOB, at("main:.github/scrutineer.yml")).await;
    assert_eq!(missing["data"]["repository"]["object"], Value::Null);
}

#[tokio::test]
async fn a_document_that_github_would_refuse_is_refused() {
    let desk = Desk::open().await;
    for (query, variables) in [
        ("{ repository(owner: \"a\") { id } }", json!({})),
        ("{ repository(owner: \"a\", name: \"b\") { colour } }", json!({})),
        (BLOB, json!({"o": "octo-org", "n": "hello"})),
        (BLOB, json!({"o": "octo-org", "n": "hello", "e": 7})),
        ("{", json!({})),
    ] {
        let answer = ask(&desk, query, variables).await;
        assert!(answer["errors"].is_array() && answer.get("data").is_none(), "{query}: {answer}");
    }
    assert_eq!(desk.hub.lock().offences.len(), 5);
}

#[tokio::test]
async fn a_connection_wants_a_bound_of_a_hundred_at_most() {
    let desk = Desk::open().await;
    let threads = |bound: &str| {
        format!("{{ repository(owner: \"octo-org\", name: \"hello\") {{ pullRequest(number: 1) {{ headRefOid isDraft state
            reviewThreads{bound} {{ totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ path line comments(first: 1) {{ nodes {{ body viewerDidAuthor }} }} }} }} }} }} }}")
    };
    let error = async |bound: &str| ask(&desk, &threads(bound), json!({})).await["errors"][0]["type"].clone();
    assert_eq!(error("").await, "MISSING_PAGINATION_BOUNDARIES");
    assert_eq!(error("(first: 101)").await, "EXCESSIVE_PAGINATION");
    let on = |line: u32| json!({"path": "app.py", "line": line, "body": format!("on {line}")});
    let review = json!({"event": "COMMENT", "body": "b", "comments": [on(9), on(10), on(11)]});
    desk.post("/repos/octo-org/hello/pulls/1/reviews", review).await;
    let page = ask(&desk, &threads("(first: 2)"), json!({})).await;
    assert_eq!(page["errors"], Value::Null, "{page}");
    let page = page["data"]["repository"]["pullRequest"].clone();
    assert_eq!(page["headRefOid"], desk.head());
    let threads = &page["reviewThreads"];
    assert_eq!(
        (&threads["totalCount"], &threads["pageInfo"]),
        (&json!(3), &json!({"hasNextPage": true, "endCursor": "2"}))
    );
    assert_eq!(
        threads["nodes"][1]["comments"]["nodes"][0],
        json!({"body": "on 10", "viewerDidAuthor": true})
    );
}

#[tokio::test]
async fn what_a_token_may_not_read_is_null_with_an_error() {
    let mut desk = Desk::open().await;
    let narrowed = desk.mint(json!({"permissions": {"checks": "write"}})).await.json();
    desk.token = narrowed["token"].as_str().unwrap().to_owned();
    let answer = ask(&desk, BLOB, at("main:app.py")).await;
    assert_eq!(answer["data"]["repository"], json!({"object": null}), "{answer}");
    assert_eq!(answer["errors"][0]["type"], "FORBIDDEN");
}
