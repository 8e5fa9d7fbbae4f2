//! What people see, and when: the story waits until the bot rests, then reads.

use std::time::{Duration, Instant};

use super::{Bill, PATIENCE, World};
use crate::fake::calls::Verb;
use crate::fake::sight::{Note, Remark};
use crate::fake::state::{CheckRun, Pull, State};

impl World {
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

    /// The last calls of the bot, newest first.
    pub fn tell(&self) -> String {
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

    /// The comments that a reader sees at once.
    pub fn open_comments(&self) -> Vec<String> {
        let notes = self.remarks().into_iter().flat_map(|remark| remark.comments);
        let open = notes.filter(|note| note.minimized.is_none() && !note.resolved);
        open.map(|note| format!("{} {}", note.anchor(), rule_of(&note))).collect()
    }

    /// The comments that are folded away: the place, and `outdated` or `resolved`.
    pub fn folded(&self) -> Vec<String> {
        let notes = self.remarks().into_iter().flat_map(|remark| remark.comments);
        let how = |note: &Note| note.minimized.clone().or(note.resolved.then(|| "resolved".to_owned()));
        let mut folded: Vec<String> =
            notes.filter_map(|note| Some(format!("{} {}", note.path, how(&note)?))).collect();
        folded.sort();
        folded
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
