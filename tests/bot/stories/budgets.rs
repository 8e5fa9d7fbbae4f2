//! What a review may cost. Tokens are counted apart.

use super::{CLEAN, FETCH};
use crate::fake::calls::Verb;
use crate::world::World;

#[tokio::test]
async fn fifty_changed_files_cost_five_requests_at_most() {
    let mut world = World::new().await;
    let names: Vec<String> = (0..50).map(|n| format!("src/app{n:02}.py")).collect();
    let texts: Vec<String> =
        (0..50).map(|n| if n % 5 == 0 { FETCH.to_owned() } else { format!("X = {n}\n") }).collect();
    let files: Vec<(&str, &str)> =
        names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
    world.open_pull_request("feature", &files).await;
    world.settle().await;
    let bill = world.bill();
    assert_eq!(bill.tokens, 1);
    assert!(bill.requests() <= 5, "{:#?}", bill.calls);
    assert_eq!((bill.of(Verb::CreateReview), bill.of(Verb::CreateCheck)), (1, 1));
    assert_eq!(world.comments().len(), 10);
    world.check();
}

#[tokio::test]
async fn a_clean_pull_request_costs_three() {
    let mut world = World::with(&[("app.py", CLEAN)]).await;
    world.open_pull_request("feature", &[("app.py", "X = 1\n"), ("b.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 3);
    world.check();
}

#[tokio::test]
async fn a_pull_request_without_python_costs_two() {
    let mut world = World::with(&[("a.txt", "1\n"), ("b.txt", "2\n")]).await;
    world.open_pull_request("feature", &[("README.md", "# Hi\n"), ("b.txt", "3\n")]).await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 2);
    world.check();
}

#[tokio::test]
async fn a_deletion_without_python_costs_two_as_well() {
    let mut world = World::with(&[("a.txt", "1\n"), ("b.txt", "2\n")]).await;
    let edits = vec![crate::fake::verbs::Edit::delete("a.txt"), ("b.txt", "3\n").into()];
    let proposal = crate::fake::verbs::Proposal { branch: "feature".to_owned(), ..Default::default() };
    world.propose_edits(proposal, edits).await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 2);
    world.check();
}

#[tokio::test]
async fn one_token_serves_many_reviews() {
    let mut world = World::new().await;
    for number in 0..4 {
        world.open_pull_request(&format!("feature-{number}"), &[("app.py", CLEAN)]).await;
        world.settle().await;
        world.check();
    }
    assert_eq!(world.bill().tokens, 1);
}

#[tokio::test]
async fn two_hundred_annotations_cost_four_requests() {
    let mut world = World::with(&[(".github/scrutineer.yml", "limits: {comments: 0}\n")]).await;
    let call = |n: usize| format!("def fetch{n}(url):\n    return requests.get(url)\n\n\n");
    let text: String =
        std::iter::once("import requests\n\n\n".to_owned()).chain((0..200).map(call)).collect();
    world.open_pull_request("feature", &[("app.py", &text)]).await;
    world.settle().await;
    let bill = world.bill();
    assert_eq!((bill.of(Verb::CreateCheck), bill.of(Verb::UpdateCheck)), (1, 3));
    assert_eq!(world.the_run().annotations.len(), 200);
}

/// GitHub lists 3,000 files and does not say that it stopped.
#[tokio::test]
async fn a_list_that_github_cut_is_never_green() {
    let mut world = World::new().await;
    let names: Vec<String> = (0..3_001).map(|n| format!("data/{n:04}.txt")).collect();
    let files: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "x\n")).collect();
    world.open_pull_request("feature", &files).await;
    world.settle().await;
    assert_eq!(world.bill().of(Verb::Files), 30);
    let check = world.check();
    assert!(check.starts_with("neutral: "), "{check}");
}
