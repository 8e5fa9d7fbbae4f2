//! What an operator runs by hand, against a GitHub.

use std::process::{Command, Output};

use super::FETCH;
use crate::bot::{PRIVATE_KEY, SECRET};
use crate::database::Database;
use crate::fake::state::{APP_ID, Level, Token};
use crate::world::World;

/// Runs the binary beside the world, without stopping the world.
async fn run(world: &World, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let url = world.hub.url();
    let mut command = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
    command
        .args(arguments)
        .env_clear()
        .env("APP_ID", APP_ID.to_string())
        .env("PRIVATE_KEY", PRIVATE_KEY)
        .env("GITHUB_API_URL", &url)
        .env("GITHUB_GRAPHQL_URL", format!("{url}/graphql"))
        .envs(settings.iter().copied());
    let run = tokio::task::spawn_blocking(move || command.output());
    run.await.expect("it ends").expect("the binary runs")
}

fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// A pull request of which the server was not told.
async fn untold() -> (World, crate::fake::payload::Delivery) {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    let delivery = world.take_held().remove(0);
    (world, delivery)
}

#[tokio::test]
async fn a_dry_run_prints_the_writes_and_sends_none() {
    let (mut world, delivery) = untold().await;
    let name = format!("octo-org/hello#{}", world.pull);
    let output = run(&world, &["review", &name, "--dry-run", "--format", "json"], &[]).await;
    assert!(output.status.success(), "{}", told(&output));
    let drafts: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(drafts.as_array().map(Vec::len), Some(2), "{drafts:#}");
    assert_eq!(drafts[0]["path"], format!("/repos/octo-org/hello/pulls/{}/reviews", world.pull));
    assert_eq!(drafts[0]["body"]["comments"][0]["line"], 5);
    assert_eq!(
        (&drafts[1]["body"]["status"], &drafts[1]["body"]["conclusion"]),
        (&"completed".into(), &"success".into())
    );
    assert_eq!(world.bill().writes(), 0);

    // The server then writes just that.
    world.deliver(&delivery).await;
    world.settle().await;
    let drafted = drafts[0]["body"]["comments"][0]["body"].as_str().unwrap();
    assert!(drafted.starts_with(&world.remarks()[0].comments[0].body), "{drafted}");
    assert_eq!(drafts[1]["body"]["output"]["title"], world.the_run().title.unwrap());
}

/// With a person's token there is no App: no signature, no installation.
#[tokio::test]
async fn a_dry_run_with_a_token_needs_no_app() {
    let (mut world, _) = untold().await;
    let token = Token {
        installation: world.installation,
        repos: [world.repo].into(),
        permissions: ["contents", "pull_requests", "checks", "metadata"]
            .map(|name| (name.to_owned(), Level::Read))
            .into(),
        expires: std::time::Instant::now() + std::time::Duration::from_secs(60),
    };
    world.hub.lock().tokens.insert("ghp_of_a_person".to_owned(), token);
    let name = format!("octo-org/hello#{}", world.pull);
    let settings = [("GITHUB_TOKEN", "ghp_of_a_person"), ("APP_ID", ""), ("PRIVATE_KEY", "")];
    let output = run(&world, &["review", &name, "--dry-run"], &settings).await;
    let words = told(&output);
    assert!(output.status.success() && words.ends_with("2 writes would be sent; none was.\n"), "{words}");
    assert!(!words.contains("ghp_of_a_person"));
    let bill = world.bill();
    assert_eq!((bill.tokens, bill.writes()), (0, 0));
}

#[tokio::test]
async fn a_saved_delivery_is_replayed_without_a_word_to_github() {
    let (mut world, delivery) = untold().await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("payload.json");
    std::fs::write(&file, delivery.payload.to_string()).unwrap();
    let file = file.to_str().unwrap();
    let output = run(&world, &["receive", "--event", "pull_request", "--payload", file], &[]).await;
    let words = told(&output);
    assert!(output.status.success() && words.ends_with("2 writes would be sent; none was.\n"), "{words}");
    assert_eq!(world.bill().writes(), 0);

    let ignored = run(&world, &["receive", "--event", "ping", "--payload", file], &[]).await;
    assert_eq!(told(&ignored), "The server would do nothing: ping.\n");
    let broken = run(&world, &["receive", "--event", "pull_request", "--payload", "/dev/null"], &[]).await;
    assert_eq!(broken.status.code(), Some(2), "{}", told(&broken));
}

#[tokio::test]
async fn the_doctor_finds_a_sound_setup_sound() {
    let world = World::new().await;
    let database = Database::create();
    let settings = [("WEBHOOK_SECRET", SECRET), ("DATABASE_URL", database.url())];
    let output = run(&world, &["doctor"], &settings).await;
    assert_eq!(output.status.code(), Some(0), "{}", told(&output));
    for words in
        ["ok    App: ", "ok    clock: ", "ok    GraphQL: ", "ok    permissions: ", "ok    database: "]
    {
        assert!(told(&output).contains(words), "{words}: {}", told(&output));
    }
}

#[tokio::test]
async fn the_doctor_names_what_is_wrong_and_what_to_do() {
    let world = World::new().await;
    let settings = [("APP_ID", "1"), ("DATABASE_URL", "sqlite:///nowhere/queue.sqlite")];
    let output = run(&world, &["doctor"], &settings).await;
    let words = told(&output);
    assert_eq!(output.status.code(), Some(1), "{words}");
    for expected in [
        "FAIL  WEBHOOK_SECRET: is missing",
        "FAIL  database: ",
        "FAIL  App: ",
        "-> let APP_ID and the private key",
    ] {
        assert!(words.contains(expected), "{expected}: {words}");
    }
}

#[tokio::test]
async fn the_queue_is_looked_into_beside_the_server() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", "X = 1\n")]).await;
    world.settle().await;
    world.check();
    let crate::home::Home::Here(bot) = &world.bot else { panic!("it lives here") };
    let settings = [("DATABASE_URL", bot.database().url())];
    let empty = run(&world, &["queue", "list"], &settings).await;
    assert_eq!(told(&empty), "The queue is empty.\n");
    let name = format!("octo-org/hello#{}", world.pull);
    let shown = told(&run(&world, &["queue", "show", &name], &settings).await);
    assert!(shown.contains("state        idle") && shown.contains("check on "), "{shown}");
    let again = run(&world, &["queue", "retry", &name], &settings).await;
    assert!(again.status.success(), "{}", told(&again));
    world.settle().await;
    world.check();
}
