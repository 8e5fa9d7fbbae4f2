//! The merge queue and the default branch, as people use them.

use super::{World, told};
use crate::fake::queue::Group;

impl World {
    /// The pull request enters the merge queue.
    pub async fn enqueue(&mut self) -> Group {
        self.enqueue_behind(None).await
    }

    pub async fn enqueue_behind(&mut self, before: Option<&Group>) -> Group {
        let (group, delivery) = self.hub.lock().enqueue(self.repo, self.pull, before);
        self.send(delivery).await;
        group
    }

    /// The queue throws the group away.
    pub async fn destroy_group(&mut self, group: &Group, reason: &str) {
        let repo = self.repo;
        self.act(|state| state.destroy(repo, group, reason)).await;
    }

    /// The group's checks have passed, and its commit becomes the tip of the default branch.
    pub async fn merge_group(&mut self, group: &Group) {
        let deliveries = self.hub.lock().merge_group(self.repo, group);
        for delivery in deliveries {
            self.send(delivery).await;
        }
    }

    /// Merges with the button: GitHub tells of the pull request and of the push.
    pub async fn merge_with_the_button(&mut self) {
        let before = self.tip();
        self.merge().await;
        let (repo, after) = (self.repo, self.tip());
        self.act(|state| state.push_event(repo, "main", &before, &after)).await;
    }

    /// The tip of the default branch.
    pub fn tip(&self) -> String {
        self.hub.lock().repo(self.repo).branches["main"].clone()
    }

    /// The check runs on a commit, as `conclusion: title`.
    pub fn checks_on(&self, sha: &str) -> Vec<String> {
        self.runs_on(sha).iter().map(told).collect()
    }
}
