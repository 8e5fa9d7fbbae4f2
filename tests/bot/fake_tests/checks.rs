use serde_json::{Value, json};

use super::Desk;

const RUNS: &str = "/repos/octo-org/hello/check-runs";

fn annotations(count: usize) -> Vec<Value> {
    let one = json!({"path": "app.py", "start_line": 1, "end_line": 1, "annotation_level": "warning", "message": "m"});
    vec![one; count]
}

fn completed(desk: &Desk, output: Value) -> Value {
    json!({"name": "scrutineer", "head_sha": desk.head(), "status": "completed", "conclusion": "success", "output": output})
}

fn output(count: usize) -> Value {
    json!({"title": "t", "summary": "s", "annotations": annotations(count)})
}

#[tokio::test]
async fn the_fifty_first_annotation_is_refused() {
    let desk = Desk::open().await;
    assert_eq!(desk.post(RUNS, completed(&desk, output(50))).await.status, 201);
    let refused = desk.post(RUNS, completed(&desk, output(51))).await;
    assert_eq!(refused.status, 422);
    let words = "Invalid request.\n\nNo more than 50 items are allowed; 51 were supplied.";
    assert_eq!(refused.json()["message"], words);
}

#[tokio::test]
async fn an_update_adds_annotations_and_replaces_texts() {
    let desk = Desk::open().await;
    let made = desk.post(RUNS, completed(&desk, output(3))).await.json();
    let run = format!("{RUNS}/{}", made["id"]);
    let updated = desk
        .patch(&run, json!({"output": {"title": "u", "summary": "v", "annotations": annotations(2)}}))
        .await;
    assert_eq!(updated.json()["output"]["annotations_count"], 5);
    assert_eq!(desk.get(&format!("{run}/annotations?per_page=4")).await.json().as_array().unwrap().len(), 4);
    assert_eq!(desk.get(&run).await.json()["output"]["summary"], "v");
}

#[tokio::test]
async fn texts_are_measured_in_bytes() {
    let desk = Desk::open().await;
    for (text, status) in [("é".repeat(32_767), 201), ("é".repeat(32_768), 422)] {
        let wish = completed(&desk, json!({"title": "t", "summary": "s", "text": text}));
        assert_eq!(desk.post(RUNS, wish).await.status, status);
    }
}

#[tokio::test]
async fn what_a_run_must_have_is_asked_for() {
    let desk = Desk::open().await;
    let head = desk.head();
    for wish in [
        json!({"head_sha": head}),
        json!({"name": "n"}),
        json!({"name": "n", "head_sha": "0".repeat(40)}),
        json!({"name": "n", "head_sha": head, "status": "completed"}),
        json!({"name": "n", "head_sha": head, "conclusion": "fine"}),
        json!({"name": "n", "head_sha": head, "output": {"title": "t"}}),
        json!({"name": "n", "head_sha": head, "details_url": "app.html"}),
        json!({"name": "n", "head_sha": head, "actions": [{"label": "1", "description": "2"}]}),
    ] {
        assert_eq!(desk.post(RUNS, wish.clone()).await.status, 422, "{wish}");
    }
}

#[tokio::test]
async fn an_annotation_obeys_its_rules() {
    let desk = Desk::open().await;
    for (field, value) in [
        ("path", json!("/app.py")),
        ("end_line", json!(0)),
        ("annotation_level", json!("error")),
        ("message", json!("")),
        ("title", json!("t".repeat(256))),
        ("end_line", Value::Null),
    ] {
        let mut one = annotations(1);
        one[0][field] = value;
        let wish = completed(&desk, json!({"title": "t", "summary": "s", "annotations": one}));
        assert_eq!(desk.post(RUNS, wish).await.status, 422, "{field}");
    }
}

#[tokio::test]
async fn a_commit_lists_the_latest_run_of_each_name() {
    let desk = Desk::open().await;
    desk.post(RUNS, completed(&desk, output(0))).await;
    let second = desk.post(RUNS, completed(&desk, output(0))).await.json()["id"].clone();
    let list = format!("/repos/octo-org/hello/commits/{}/check-runs", desk.head());
    let latest = desk.get(&list).await.json();
    assert_eq!((&latest["total_count"], &latest["check_runs"][0]["id"]), (&json!(1), &second));
    assert_eq!(desk.get(&format!("{list}?filter=all")).await.json()["total_count"], 2);
}
