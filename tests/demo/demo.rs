//! Five minutes without an account: the real server on its embedded database, against a pretended GitHub that holds a
//! real git repository with a pull request to review.
//!
//!     cargo run --example demo                   review it, print it, write target/demo/index.html
//!     cargo run --example demo -- page.html      write the page somewhere else
//!     cargo run --example demo -- --stay         keep serving until you press ctrl-c
#![allow(
    unreachable_pub,
    dead_code,
    reason = "the fake GitHub is shared with the tests, which use all of it"
)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a demonstration, held to the rules of tests"
)]

#[path = "../bot/bot.rs"]
mod bot;
#[path = "../cluster/mod.rs"]
mod cluster;
#[path = "../bot/database.rs"]
mod database;
#[path = "../bot/fake/mod.rs"]
mod fake;
mod markdown;
mod page;
mod sample;
mod terminal;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bot::{Bot, Patience, SECRET};
use fake::Hub;
use fake::deliver::deliver;
use fake::verbs::Proposal;
use page::Shown;

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let stay = arguments.iter().any(|argument| argument == "--stay");
    let page = arguments.iter().find(|argument| !argument.starts_with("--")).map(PathBuf::from);
    let page = page.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/demo/index.html"));

    let hub = Hub::start().await;
    let (repo, number, delivery) = propose(&hub);
    let bot = Bot::start(&hub.url(), Patience::short()).await;
    println!("A pretended GitHub at {}, Scrutineer at {}.", hub.url(), bot.url());

    let answer = deliver(&delivery, &bot.webhook(), SECRET).await.expect("the server answers");
    println!("A signed webhook \"pull request #{number} opened\" was answered with {}.\n", answer.status);
    let started = Instant::now();
    while !bot.is_idle().await {
        assert!(started.elapsed() < Duration::from_secs(60), "the review takes longer than a minute");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let took = started.elapsed();

    let shown = look(&hub, repo, number);
    println!("{}", terminal::tell(&shown));
    write(&page, &page::page(&shown));
    let calls = hub.lock().calls.len() - 1;
    println!(
        "Reviewed in {} ms with {calls} requests and one token. Open {}",
        took.as_millis(),
        page.display()
    );
    assert!(!shown.checks.is_empty(), "the pull request got no check run");
    if stay {
        println!(
            "Still serving: deliver webhooks to {} (secret: {SECRET}). Stop with ctrl-c.",
            bot.webhook()
        );
        tokio::signal::ctrl_c().await.expect("a signal");
    }
}

/// The sample repository, and a pull request that changes it.
fn propose(hub: &Hub) -> (i64, i64, fake::payload::Delivery) {
    let mut state = hub.lock();
    let installation = state.install("octo-org");
    let repo = state.create_repo(installation, "shop", sample::before());
    let proposal = Proposal { branch: "backups".to_owned(), ..Proposal::default() };
    let (number, delivery) = state.open_pull(repo, proposal, sample::change());
    (repo, number, delivery)
}

fn look(hub: &Hub, repo: i64, number: i64) -> Shown {
    let mut state = hub.lock();
    let remarks = state.conversation(repo, number);
    let pull = &state.repo(repo).pulls[&number];
    let (head, base) = (pull.head.clone(), pull.base_sha.clone());
    let changes = state.repo(repo).git.three_dot(&base, &head).to_vec();
    let title = format!("{}#{number}: Bring back backups, take payments", state.repo(repo).full_name());
    Shown { title, remarks, checks: state.checks(repo, &head), changes }
}

fn write(page: &Path, text: &str) {
    if let Some(folder) = page.parent() {
        std::fs::create_dir_all(folder).expect("a folder for the page");
    }
    std::fs::write(page, text).expect("a page that can be written");
}
