use serde_json::{Value, json};

use super::{Desk, twenty_lines};

const REVIEWS: &str = "/repos/octo-org/hello/pulls/1/reviews";
const COMMENTS: &str = "/repos/octo-org/hello/pulls/1/comments";

fn review(comments: Value) -> Value {
    json!({"event": "COMMENT", "body": "Found things.", "comments": comments})
}

fn on(line: u32) -> Value {
    json!({"path": "app.py", "line": line, "side": "RIGHT", "body": "here"})
}

async fn refusal(desk: &Desk, wish: Value) -> String {
    let answer = desk.post(REVIEWS, wish).await;
    assert_eq!(answer.status, 422);
    assert!(desk.hub.lock().repo(desk.repo).pulls[&1].comments.is_empty(), "nothing of it was posted");
    answer.json()["errors"][0].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_comment_outside_the_hunks_refuses_the_whole_review() {
    let desk = Desk::open().await;
    assert_eq!(refusal(&desk, review(json!([on(10), on(6)]))).await, "Line could not be resolved");
    let answer = desk.post(REVIEWS, review(json!([on(7), on(10), on(13)]))).await;
    assert_eq!(answer.status, 200, "context lines count");
    assert_eq!(desk.get(COMMENTS).await.json().as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn several_lines_have_to_lie_in_one_hunk_and_in_order() {
    let change = twenty_lines().replace("line_2 = 2", "line_2 = 0").replace("line_18 = 18", "line_18 = 0");
    let desk = Desk::with(twenty_lines(), change).await;
    let span = |start: u32, line: u32| {
        let mut comment = on(line);
        comment["start_line"] = start.into();
        review(json!([comment]))
    };
    let order = "Pull request review thread start line must precede the end line.";
    let hunk = "Pull request review thread start line must be part of the same hunk as the line.";
    assert_eq!(refusal(&desk, span(2, 2)).await, order);
    assert_eq!(refusal(&desk, span(2, 18)).await, hunk);
    assert_eq!(desk.post(REVIEWS, span(1, 3)).await.status, 200);
}

#[tokio::test]
async fn a_review_needs_words_of_a_length_and_a_file_of_the_diff() {
    let desk = Desk::open().await;
    assert_eq!(
        refusal(&desk, json!({"event": "COMMENT", "comments": [on(10)]})).await,
        "Body can't be blank"
    );
    let long = json!({"event": "COMMENT", "body": "x".repeat(65_537)});
    assert_eq!(refusal(&desk, long).await, "Body is too long (maximum is 65536 characters)");
    let elsewhere = json!([{"path": "other.py", "line": 1, "body": "here"}]);
    assert_eq!(refusal(&desk, review(elsewhere)).await, "Path could not be resolved");
    refusal(&desk, review(json!([{"path": "app.py", "subject_type": "file", "body": "here"}]))).await;
    refusal(&desk, json!({"event": "SHOUT", "body": "x"})).await;
}

#[tokio::test]
async fn a_commit_that_left_the_pull_request_takes_no_review() {
    let desk = Desk::open().await;
    let old = desk.head();
    desk.hub.lock().force_push(desk.repo, desk.pull, vec![("app.py", "x = 1\n").into()]);
    let mut wish = review(json!([on(10)]));
    wish["commit_id"] = old.into();
    refusal(&desk, wish).await;
}

#[tokio::test]
async fn a_file_takes_a_comment_of_its_own() {
    let desk = Desk::open().await;
    let wish =
        json!({"path": "app.py", "subject_type": "file", "body": "all of it", "commit_id": desk.head()});
    let made = desk.post(COMMENTS, wish.clone()).await;
    assert_eq!((made.status, made.json()["line"].clone()), (201, Value::Null));
    let mut outside = wish;
    outside["subject_type"] = "line".into();
    outside["line"] = 1.into();
    let refused = desk.post(COMMENTS, outside).await;
    assert_eq!(refused.status, 422);
    let message = "pull_request_review_thread.line must be part of the diff";
    assert_eq!(refused.json()["errors"][0]["message"], message);
}

#[tokio::test]
async fn a_comment_moves_with_its_line_until_the_line_goes() {
    let desk = Desk::open().await;
    desk.post(REVIEWS, review(json!([on(10)]))).await;
    let text = twenty_lines().replace("line_10 = 10", "line_10 = 'ten'");
    let line = async || desk.get(COMMENTS).await.json()[0]["line"].clone();
    desk.hub.lock().push(
        desk.repo,
        desk.pull,
        vec![("app.py".to_owned(), format!("# first\n{text}")).into()],
    );
    assert_eq!(line().await, 11);
    desk.hub.lock().push(desk.repo, desk.pull, vec![("app.py".to_owned(), twenty_lines()).into()]);
    assert_eq!(line().await, Value::Null);
    assert_eq!(desk.get(COMMENTS).await.json()[0]["original_line"], 10);
}
