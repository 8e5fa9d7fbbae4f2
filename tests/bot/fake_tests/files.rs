use crate::fake::Hub;
use crate::fake::git::{Entry, blob_oid};
use crate::fake::verbs::{Edit, Proposal};

use super::Desk;

const FILES: &str = "/repos/octo-org/hello/pulls/1/files";

/// A pull request of these edits over one file.
async fn change(edits: Vec<Edit>) -> Desk {
    let mut desk = Desk::open().await;
    let hub: Hub = desk.hub.clone();
    let mut state = hub.lock();
    let proposal = Proposal { branch: "second".to_owned(), ..Proposal::default() };
    desk.pull = state.open_pull(desk.repo, proposal, edits).0;
    desk
}

#[tokio::test]
async fn thirty_files_unless_asked_and_a_hundred_at_most() {
    let files = (0..120).map(|n| (format!("f{n:03}.py"), format!("x = {n}\n")).into()).collect();
    let desk = change(files).await;
    let count = async |query: &str| {
        let answer = desk.get(&format!("/repos/octo-org/hello/pulls/2/files{query}")).await;
        (answer.json().as_array().unwrap().len(), answer.headers.get("link").cloned().unwrap_or_default())
    };
    assert_eq!(count("").await.0, 30);
    let (first, link) = count("?per_page=500").await;
    assert_eq!(first, 100);
    assert!(
        link.contains(&format!(
            "/repositories/{}/pulls/2/files?per_page=100&page=2>; rel=\"next\"",
            desk.repo
        ))
    );
    let (second, link) = count("?per_page=100&page=2").await;
    assert_eq!((second, link.contains("next")), (20, false));
}

#[tokio::test]
async fn a_patch_is_what_git_shows() {
    let desk = Desk::open().await;
    let file = desk.get(FILES).await.json()[0].clone();
    assert_eq!((file["filename"].as_str(), file["status"].as_str()), (Some("app.py"), Some("modified")));
    let patch = file["patch"].as_str().unwrap();
    assert!(patch.starts_with("@@ -7,7 +7,7 @@ line_6 = 6\n line_7 = 7\n"), "{patch}");
    assert!(patch.contains("\n-line_10 = 10\n+line_10 = 'ten'\n"), "{patch}");
    assert!(patch.ends_with(" line_13 = 13"), "{patch}");
}

#[tokio::test]
async fn renames_deletions_links_and_binaries_look_as_on_github() {
    let desk = change(vec![
        Edit::rename("app.py", "moved.py"),
        ("data.bin", Entry::file(vec![0, 1, 2])).into(),
        ("link", Entry::link("moved.py")).into(),
        ("lib", Entry::submodule(&"1".repeat(40))).into(),
        ("empty.py", "").into(),
    ])
    .await;
    let files = desk.get("/repos/octo-org/hello/pulls/2/files").await.json();
    let tell = |file: &serde_json::Value| {
        let text = |key: &str| file[key].as_str().unwrap_or("-").to_owned();
        format!(
            "{} {} from {} patch {}",
            text("status"),
            text("filename"),
            text("previous_filename"),
            file["patch"].is_string()
        )
    };
    let told: Vec<String> = files.as_array().unwrap().iter().map(tell).collect();
    assert_eq!(
        told,
        [
            "added data.bin from - patch false",
            "added empty.py from - patch false",
            "added lib from - patch true",
            "added link from - patch true",
            "renamed moved.py from app.py patch false",
        ]
    );
    assert_eq!(files[0]["sha"], blob_oid(&[0, 1, 2]));
}

#[tokio::test]
async fn names_that_git_quotes_arrive_as_they_are() {
    let name = "we\"ird\n@\u{202e}näme.py";
    let desk = change(vec![(name, "x = 1\n").into()]).await;
    let files = desk.get("/repos/octo-org/hello/pulls/2/files").await.json();
    assert_eq!(files[0]["filename"], name);
    assert_eq!(files[0]["patch"], "@@ -0,0 +1 @@\n+x = 1");
}

#[tokio::test]
async fn a_blob_comes_raw_or_in_base64() {
    let desk = Desk::open().await;
    let oid = desk.get(FILES).await.json()[0]["sha"].as_str().unwrap().to_owned();
    let blob = desk.get(&format!("/repos/octo-org/hello/git/blobs/{oid}")).await.json();
    assert_eq!(blob["encoding"], "base64");
    assert!(blob["content"].as_str().unwrap().lines().all(|line| line.len() <= 60));
}
