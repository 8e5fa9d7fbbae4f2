//! The world a story is told in: a fake GitHub with one repository, the real bot, and verbs in the words of those
//! who use them. What people do is delivered to the bot as webhooks; what the bot does is read as people see it.
//!
//! A world ends in order: every word the bot wrote was read by the story, and it did nothing GitHub does not know.

use std::time::{Duration, Instant};

use crate::bot::{Patience, SECRET};
use crate::fake::Hub;
use crate::fake::calls::{Call, Verb};
use crate::fake::deliver::{deliver, signature};
use crate::fake::faults::Fault;
use crate::fake::payload::Delivery;
use crate::fake::sight::{Note, Remark};
use crate::fake::state::{CheckRun, Pull, State};
use crate::fake::verbs::{Edit, Proposal};
use crate::home::Home;

/// How long a story waits for something before it is called broken.
const PATIENCE: Duration = Duration::from_secs(20);

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

    // What people do.

    pub async fn open_pull_request(&mut self, branch: &str, edits: &[(&str, &str)]) -> i64 {
        self.propose(Proposal { branch: branch.to_owned(), ..Proposal::default() }, edits).await
    }

    pub async fn propose(&mut self, proposal: Proposal, edits: &[(&str, &str)]) -> i64 {
        self.propose_edits(proposal, edits.iter().map(Edit::from).collect()).await
    }

    pub async fn propose_edits(&mut self, proposal: Proposal, edits: Vec<Edit>) -> i64 {
        let (number, delivery) = self.hub.lock().open_pull(self.repo, proposal, edits);
        self.pull = number;
        self.send(delivery).await;
        number
    }

    pub async fn push(&mut self, edits: &[(&str, &str)]) {
        self.push_edits(edits.iter().map(Edit::from).collect()).await;
    }

    pub async fn push_edits(&mut self, edits: Vec<Edit>) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.push(repo, pull, edits)).await;
    }

    pub async fn force_push(&mut self, edits: &[(&str, &str)]) {
        let (repo, pull) = (self.repo, self.pull);
        let edits = edits.iter().map(Edit::from).collect();
        self.act(|state| state.force_push(repo, pull, edits)).await;
    }

    /// The branch points again to a commit it pointed to before.
    pub async fn force_push_back_to(&mut self, head: &str) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.move_head(repo, pull, head)).await;
    }

    pub async fn convert_to_draft(&mut self) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.set_draft(repo, pull, true)).await;
    }

    pub async fn ready(&mut self) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.set_draft(repo, pull, false)).await;
    }

    pub async fn close(&mut self) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.close(repo, pull)).await;
    }

    pub async fn reopen(&mut self) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.reopen(repo, pull)).await;
    }

    pub async fn merge(&mut self) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.merge(repo, pull)).await;
    }

    pub async fn change_base(&mut self, base: &str) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.change_base(repo, pull, base)).await;
    }

    pub async fn retitle(&mut self, title: &str) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.retitle(repo, pull, title)).await;
    }

    pub async fn label(&mut self, label: &str) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.label(repo, pull, label)).await;
    }

    /// A push to a branch that no pull request comes from, such as the base.
    pub async fn push_to(&mut self, branch: &str, edits: &[(&str, &str)]) {
        let repo = self.repo;
        let edits = edits.iter().map(Edit::from).collect();
        self.act(|state| state.push_branch(repo, branch, edits)).await;
    }

    // What people say and press.

    /// A comment in the conversation; its id.
    pub async fn say(&mut self, author: &str, body: &str) -> i64 {
        let (id, delivery) = self.hub.lock().say(self.repo, self.pull, author, body);
        self.send(delivery).await;
        id
    }

    pub async fn say_on_diff(&mut self, author: &str, body: &str) -> i64 {
        let (id, delivery) = self.hub.lock().say_on_diff(self.repo, self.pull, author, body);
        self.send(delivery).await;
        id
    }

    pub async fn reword(&mut self, comment: i64, editor: &str, body: &str) {
        let (repo, pull) = (self.repo, self.pull);
        self.act(|state| state.reword(repo, pull, comment, editor, body)).await;
    }

    /// Somebody presses *Re-run* at a check run.
    pub async fn rerun(&mut self, run: i64) {
        let repo = self.repo;
        self.act(|state| state.rerun(repo, run, "maintainer")).await;
    }

    /// Somebody presses *Re-run all checks* at the present head.
    pub async fn rerun_all(&mut self) {
        let (repo, head) = (self.repo, self.head());
        self.act(|state| state.rerun_all(repo, &head, "maintainer")).await;
    }

    /// What the bot thinks of a comment, in signs.
    pub fn reactions(&self, comment: i64) -> Vec<String> {
        let mut state = self.hub.lock();
        let about = format!("reaction under {comment}:");
        state.unread.retain(|what| !what.starts_with(&about));
        let under = state.reactions.iter().filter(|(id, ..)| *id == comment);
        under.map(|(_, _, content)| content.clone()).collect()
    }

    /// What the bot said in the conversation, reviews apart.
    pub fn replies(&self) -> Vec<String> {
        let bot = |remark: &Remark| remark.author == crate::fake::state::BOT;
        let own = |remark: &Remark| remark.comments.is_empty() && !remark.body.starts_with("Scrutineer found");
        self.remarks().into_iter().filter(|it| bot(it) && own(it)).map(|it| it.body).collect()
    }

    /// The owner does something with the installation.
    pub async fn owner(&mut self, deed: impl FnOnce(&mut State) -> Delivery) {
        self.act(deed).await;
    }

    async fn act(&mut self, deed: impl FnOnce(&mut State) -> Delivery) {
        let delivery = deed(&mut self.hub.lock());
        self.send(delivery).await;
    }

    // How GitHub delivers.

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

    // What people see.

    /// Waits until the bot has nothing left to do.
    pub async fn settle(&self) {
        let start = Instant::now();
        while !self.bot.is_idle().await {
            assert!(start.elapsed() < PATIENCE, "the bot never comes to rest: {}", self.tell());
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// Waits until something is so.
    pub async fn until(&self, what: &str, is_so: impl Fn(&State) -> bool) {
        let start = Instant::now();
        loop {
            if is_so(&self.hub.lock()) {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "waited in vain for {what}: {}", self.tell());
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    /// Waits until the bot has put its work aside for a while.
    pub async fn until_parked(&self) {
        let start = Instant::now();
        loop {
            if self.bot.rests().await {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "the bot never rests: {}", self.tell());
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
    }

    fn tell(&self) -> String {
        let state = self.hub.lock();
        let calls =
            state.calls.iter().map(|call| format!("  {:?} {} {:?}\n", call.verb, call.path, call.status));
        calls.rev().take(30).collect()
    }

    pub fn remarks(&self) -> Vec<Remark> {
        self.hub.lock().conversation(self.repo, self.pull)
    }

    /// The conversation as it reads: each review's words, and under them its comments with their places.
    pub fn conversation(&self) -> String {
        let mut out = String::new();
        for remark in self.remarks() {
            out += &format!("{}: {}\n", remark.author, remark.body);
            for note in remark.comments {
                out += &format!("\n{}\n{}\n", note.anchor(), note.body);
            }
        }
        out
    }

    /// Place and rule of each comment: `app.py:3 http-call-without-timeout`.
    pub fn comments(&self) -> Vec<String> {
        let notes = self.remarks().into_iter().flat_map(|remark| remark.comments);
        let mut comments: Vec<String> =
            notes.map(|note| format!("{} {}", note.anchor(), rule_of(&note))).collect();
        comments.sort();
        comments
    }

    /// The check runs on the present head, as `conclusion: title`.
    pub fn checks(&self) -> Vec<String> {
        self.runs().iter().map(told).collect()
    }

    pub fn runs(&self) -> Vec<CheckRun> {
        let head = self.head();
        self.runs_on(&head)
    }

    pub fn runs_on(&self, head: &str) -> Vec<CheckRun> {
        self.hub.lock().checks(self.repo, head)
    }

    /// The one check run on the present head.
    pub fn check(&self) -> String {
        let checks = self.checks();
        assert_eq!(checks.len(), 1, "one check run per head: {checks:?}");
        checks.into_iter().next().expect("just counted")
    }

    pub fn the_run(&self) -> CheckRun {
        let runs = self.runs();
        assert_eq!(runs.len(), 1, "one check run per head");
        runs.into_iter().next().expect("just counted")
    }

    pub fn head(&self) -> String {
        self.pull_request(|pull| pull.head.clone())
    }

    pub fn pull_request<T>(&self, look: impl FnOnce(&Pull) -> T) -> T {
        look(&self.hub.lock().repo(self.repo).pulls[&self.pull])
    }

    /// What the bot asked since this was last asked.
    pub fn bill(&mut self) -> Bill {
        let state = self.hub.lock();
        let new = &state.calls[self.counted..];
        let tokens = new.iter().filter(|call| call.verb == Verb::Token).count();
        let calls = new.iter().filter(|call| call.verb != Verb::Token).cloned().collect();
        self.counted = state.calls.len();
        Bill { tokens, calls }
    }
}

pub fn told(run: &CheckRun) -> String {
    let word = run.conclusion.as_deref().unwrap_or(&run.status);
    format!("{word}: {}", run.title.as_deref().unwrap_or_default())
}

fn rule_of(note: &Note) -> &str {
    let after = note.body.split("Rule <code>").nth(1);
    after.and_then(|rest| rest.split('<').next()).unwrap_or("(no rule)")
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
