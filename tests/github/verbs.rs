//! What each verb sends and reads, beside `look`.

use scrutineer::domain::{PullNumber, Sha};
use scrutineer::github::{
    Annotation, AnnotationLevel, CheckId, CheckOutput, CheckStatus, CheckUpdate, CommentId, Conclusion,
    FileStatus, NewCheck, NewComment, NewFileComment, NewReview, ReviewId,
};
use serde_json::{Value, json};

use crate::server::{Reply, Server};

const PULL: PullNumber = PullNumber(7);

fn head() -> Sha {
    Sha::parse(&"a".repeat(40)).unwrap()
}

async fn made() -> Server {
    // An id beyond 32 bits, as GitHub's are.
    Server::start(|_| Reply::Json(201, json!({"id": 40_000_000_001_i64, "name": "scrutineer"}))).await
}

fn sent(server: &Server) -> (String, String, Value) {
    let calls = server.calls();
    (calls[0].method.clone(), calls[0].path.clone(), calls[0].json())
}

#[tokio::test]
async fn files_are_read_with_whatever_github_leaves_out_or_adds() {
    let server = Server::start(|_| {
        Reply::Json(
            200,
            json!([
                {"sha": "b", "filename": "a.py", "status": "renamed", "additions": 1, "deletions": 2, "changes": 3,
                 "patch": "@@ -1 +1 @@", "previous_filename": "b.py", "blob_url": "x"},
                {"sha": null, "filename": "big.bin", "status": "teleported"},
            ]),
        )
    })
    .await;
    let files = server.client().files(PULL, 1).await.unwrap();
    assert_eq!((files[0].status, files[0].previous_filename.as_deref()), (FileStatus::Renamed, Some("b.py")));
    assert_eq!((files[1].status, &files[1].sha, &files[1].patch), (FileStatus::Other, &None, &None));
}

#[tokio::test]
async fn a_blob_is_its_bytes() {
    let server = Server::start(|_| Reply::With(200, vec![], "# coding: latin-1\n\0".to_owned())).await;
    let blob = server.client().blob(head().as_str()).await.unwrap();
    assert_eq!(blob, b"# coding: latin-1\n\0");
    let call = &server.calls()[0];
    assert_eq!(call.path, format!("/repos/octo/hello/git/blobs/{}", head()));
    assert_eq!(call.header("accept"), ["application/vnd.github.raw+json"]);
}

#[tokio::test]
async fn a_check_in_progress_has_no_conclusion() {
    let server = made().await;
    let check = NewCheck {
        head_sha: head(),
        external_id: "v1".to_owned(),
        status: CheckStatus::InProgress,
        details_url: Some("https://example.org/".to_owned()),
        output: None,
    };
    assert_eq!(server.client().create_check(&check).await.unwrap(), CheckId(40_000_000_001));
    let body = json!({
        "name": "scrutineer", "head_sha": head(), "external_id": "v1", "status": "in_progress",
        "details_url": "https://example.org/",
    });
    assert_eq!(sent(&server), ("POST".to_owned(), "/repos/octo/hello/check-runs".to_owned(), body));
}

#[tokio::test]
async fn a_completed_check_has_its_conclusion_and_annotations() {
    let server = made().await;
    let annotation = Annotation {
        path: "a.py".to_owned(),
        start_line: 3,
        end_line: 4,
        level: AnnotationLevel::Warning,
        message: "m".to_owned(),
        title: Some("t".to_owned()),
        raw_details: None,
    };
    let update = CheckUpdate {
        status: CheckStatus::Completed(Conclusion::TimedOut),
        output: Some(CheckOutput {
            title: "T".to_owned(),
            summary: "S".to_owned(),
            text: None,
            annotations: vec![annotation],
        }),
    };
    server.client().update_check(CheckId(5), &update).await.unwrap();
    let body = json!({
        "status": "completed", "conclusion": "timed_out",
        "output": {"title": "T", "summary": "S", "annotations": [{
            "path": "a.py", "start_line": 3, "end_line": 4, "annotation_level": "warning", "message": "m",
            "title": "t",
        }]},
    });
    assert_eq!(sent(&server), ("PATCH".to_owned(), "/repos/octo/hello/check-runs/5".to_owned(), body));
}

#[tokio::test]
async fn a_review_comments_on_the_new_side_and_never_starts_where_it_ends() {
    let server = made().await;
    let comment =
        |line, start_line| NewComment { path: "a.py".to_owned(), line, start_line, body: "b".to_owned() };
    let review = NewReview {
        commit_id: head(),
        body: "hello".to_owned(),
        comments: vec![comment(5, None), comment(5, Some(3)), comment(5, Some(5))],
    };
    assert_eq!(server.client().create_review(PULL, &review).await.unwrap(), ReviewId(40_000_000_001));
    let single = json!({"path": "a.py", "body": "b", "line": 5, "side": "RIGHT"});
    let range = json!({
        "path": "a.py", "body": "b", "line": 5, "side": "RIGHT", "start_line": 3, "start_side": "RIGHT",
    });
    let body = json!({
        "commit_id": head(), "body": "hello", "event": "COMMENT", "comments": [single, range, single],
    });
    assert_eq!(sent(&server), ("POST".to_owned(), "/repos/octo/hello/pulls/7/reviews".to_owned(), body));
}

#[tokio::test]
async fn a_file_comment_is_on_the_file() {
    let server = made().await;
    let comment = NewFileComment { commit_id: head(), path: "a.py".to_owned(), body: "b".to_owned() };
    assert_eq!(server.client().create_file_comment(PULL, &comment).await.unwrap(), CommentId(40_000_000_001));
    let body = json!({"commit_id": head(), "path": "a.py", "body": "b", "subject_type": "file"});
    assert_eq!(sent(&server), ("POST".to_owned(), "/repos/octo/hello/pulls/7/comments".to_owned(), body));
}
