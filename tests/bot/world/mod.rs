//! The world a story is told in: a fake GitHub with one repository, the real bot, and verbs in the words of those
//! who use them. What people do is delivered to the bot as webhooks; what the bot does is read as people see it.
//!
//! A world ends in order: every word the bot wrote was read by the story, and it did nothing GitHub does not know.

mod people;
mod sight;

use std::time::Duration;

use crate::bot::{Patience, SECRET};
use crate::fake::Hub;
use crate::fake::calls::{Call, Verb};
use crate::fake::deliver::{deliver, signature};
use crate::fake::faults::Fault;
use crate::fake::payload::Delivery;
use crate::fake::verbs::Edit;
use crate::home::Home;

pub use sight::told;

/// How long a story waits for something before it is called broken.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct World {
    pub hub: Hub,
    pub installation: i64,
    pub repo: i64,
    pub bot: Home,
    /// The pull request the story is about: the one opened last.
    pub pull: i64,
    /// Webhooks that GitHub has not sent yet, while it holds them back.
    held: Option<Vec<Delivery>>,
    last: Option<Delivery>,
    /// Calls before this one were counted already.
    counted: usize,
}

/// What the bot asked of GitHub since the story last counted; tokens apart.
#[derive(Clone, Debug)]
pub struct Bill {
    pub tokens: usize,
    pub calls: Vec<Call>,
}

impl Bill {
    pub fn requests(&self) -> usize {
        self.calls.len()
    }

    pub fn of(&self, verb: Verb) -> usize {
        self.calls.iter().filter(|call| call.verb == verb).count()
    }

    pub fn writes(&self) -> usize {
        self.calls.iter().filter(|call| call.verb.writes()).count()
    }
}

impl World {
    /// A repository with these files on its default branch, and the bot running in this process.
    pub async fn with(files: &[(&str, &str)]) -> World {
        World::start(files, Patience::short()).await
    }

    pub async fn new() -> World {
        World::with(&[("README.md", "# Hello\n")]).await
    }

    pub async fn start(files: &[(&str, &str)], patience: Patience) -> World {
        // `RUST_LOG=info cargo test` shows the bot's log under a story that fails.
        let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "off".into());
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init();
        let hub = Hub::start().await;
        let (installation, repo) = {
            let mut state = hub.lock();
            let installation = state.install("octo-org");
            let edits = files.iter().map(Edit::from).collect();
            (installation, state.create_repo(installation, "hello", edits))
        };
        let bot = Home::start(&hub.url(), patience).await;
        World { hub, installation, repo, bot, pull: 0, held: None, last: None, counted: 0 }
    }

    /// A bot that is more or less patient than usual.
    pub async fn start_with(change: impl FnOnce(&mut Patience)) -> World {
        let mut patience = Patience::short();
        change(&mut patience);
        World::start(&[("README.md", "# Hello\n")], patience).await
    }

    async fn send(&mut self, delivery: Delivery) {
        self.last = Some(delivery.clone());
        match &mut self.held {
            Some(held) => held.push(delivery),
            None => self.deliver(&delivery).await,
        }
    }

    pub async fn deliver(&self, delivery: &Delivery) {
        let answer = deliver(delivery, &self.bot.webhook(), SECRET).await.expect("the bot answers");
        assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
    }

    /// GitHub sends the last webhook again, under the same id.
    pub async fn redeliver(&self) {
        self.deliver(self.last.as_ref().expect("a delivery")).await;
    }

    /// From now on GitHub keeps its webhooks to itself.
    pub fn hold_deliveries(&mut self) {
        self.held = Some(Vec::new());
    }

    /// The webhooks held back arrive, the last one first.
    pub async fn deliver_out_of_order(&mut self) {
        for delivery in self.take_held().iter().rev() {
            self.deliver(delivery).await;
        }
    }

    pub async fn deliver_in_order(&mut self) {
        for delivery in self.take_held() {
            self.deliver(&delivery).await;
        }
    }

    /// Takes the webhooks held back out of GitHub's hands; later ones are sent at once again.
    pub fn take_held(&mut self) -> Vec<Delivery> {
        self.held.take().unwrap_or_default()
    }

    pub fn sign(&self, body: &[u8]) -> String {
        signature(SECRET, body)
    }

    pub fn goes_wrong(&self, fault: Fault) {
        self.hub.lock().faults.push(fault);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // Under a story that failed, what the bot asked for is the first thing one wants to know.
            eprintln!("the last calls, newest first:\n{}", self.tell());
            return;
        }
        let state = self.hub.lock();
        let (offences, unread) = (state.offences.clone(), state.unread.clone());
        drop(state);
        assert!(offences.is_empty(), "the bot did what GitHub does not know: {offences:#?}");
        assert!(unread.is_empty(), "the bot wrote what the story never looked at: {unread:#?}");
    }
}
