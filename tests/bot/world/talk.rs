//! What people say and press, and what the bot answers them.

use super::World;
use crate::fake::payload::Delivery;
use crate::fake::sight::{Remark, visible};
use crate::fake::state::{BOT, State};

impl World {
    /// A comment in the conversation; its id.
    pub async fn say(&mut self, author: &str, body: &str) -> i64 {
        let (id, delivery) = self.hub.lock().say(self.repo, self.pull, author, body);
        self.send(delivery).await;
        id
    }

    pub async fn say_on_diff(&mut self, author: &str, body: &str) -> i64 {
        self.say_under(None, author, body).await
    }

    /// A comment in the thread that another comment on the diff began.
    pub async fn say_under(&mut self, first: Option<i64>, author: &str, body: &str) -> i64 {
        let (id, delivery) = self.hub.lock().say_on_diff(self.repo, self.pull, (author, first), body);
        self.send(delivery).await;
        id
    }

    /// What the bot said in the thread that a comment on the diff began.
    pub fn replies_under(&self, first: i64) -> Vec<String> {
        let mut state = self.hub.lock();
        let about = format!("reply under {first}:");
        state.unread.retain(|what| !what.starts_with(&about));
        let said = state.repo(self.repo).pulls[&self.pull].comments.iter();
        let by_bot = said.filter(|one| one.in_reply_to == Some(first) && one.author == BOT);
        by_bot.map(|one| visible(&one.body)).collect()
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

    /// The owner does something with the installation.
    pub async fn owner(&mut self, deed: impl FnOnce(&mut State) -> Delivery) {
        self.act(deed).await;
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
        let own =
            |remark: &Remark| remark.comments.is_empty() && !remark.body.starts_with("Scrutineer found");
        self.remarks().into_iter().filter(|it| bot(it) && own(it)).map(|it| it.body).collect()
    }
}
