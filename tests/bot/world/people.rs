//! What people do: each deed changes GitHub, and GitHub tells the bot.

use super::World;
use crate::fake::payload::Delivery;
use crate::fake::state::State;
use crate::fake::verbs::{Edit, Proposal};

impl World {
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

    async fn act(&mut self, deed: impl FnOnce(&mut State) -> Delivery) {
        let delivery = deed(&mut self.hub.lock());
        self.send(delivery).await;
    }
}
