//! Webhook payloads, drawn from the state at the moment something happened.

use serde_json::{Value, json};

use super::json as shape;
use super::queue::Group;
use super::state::State;

/// What GitHub sends about an event. A delivery made once can be sent often: that is a redelivery.
#[derive(Clone, Debug)]
pub struct Delivery {
    pub guid: String,
    pub event: &'static str,
    pub payload: Value,
}

impl State {
    /// A `pull_request` event; `extra` are the fields of this action, such as `before` and `after`.
    pub fn pull_event(
        &mut self,
        repo: i64,
        number: i64,
        action: &str,
        sender: &str,
        extra: Value,
    ) -> Delivery {
        let (holder, pull) = (self.repo(repo), &self.repo(repo).pulls[&number]);
        let mut payload = json!({
            "action": action, "number": number, "pull_request": shape::pull(self, holder, pull),
            "repository": shape::repository(holder), "sender": shape::user(sender),
            "installation": {"id": self.installation_of(repo), "node_id": "MDIzOkludGVncmF0aW9u"},
        });
        for (key, value) in extra.as_object().into_iter().flatten() {
            payload[key] = value.clone();
        }
        self.delivery("pull_request", payload)
    }

    /// A `push` event: this branch pointed to `before`, and points to `after`.
    pub fn push_event(&mut self, repo: i64, branch: &str, before: &str, after: &str) -> Delivery {
        let holder = self.repo(repo);
        let (created, deleted) = (is_zero(before), is_zero(after));
        let forced = !created && !deleted && !holder.git.reaches(after, before);
        let payload = json!({
            "ref": format!("refs/heads/{branch}"), "before": before, "after": after, "base_ref": null,
            "created": created, "deleted": deleted, "forced": forced, "commits": [],
            "head_commit": (!deleted).then(|| shape::commit(holder, after)),
            "pusher": {"name": "maintainer"}, "sender": shape::user("maintainer"),
            "repository": shape::repository(holder), "installation": {"id": self.installation_of(repo)},
        });
        self.delivery("push", payload)
    }

    /// A `merge_group` event; GitHub names no pull request in it but the last one, in the branch's name.
    pub fn group_event(&mut self, repo: i64, group: &Group, action: &str, reason: Option<&str>) -> Delivery {
        let holder = self.repo(repo);
        let mut payload = json!({
            "action": action, "repository": shape::repository(holder), "sender": shape::user("maintainer"),
            "installation": {"id": self.installation_of(repo)},
            "merge_group": {
                "head_sha": group.head, "head_ref": format!("refs/heads/{}", group.branch),
                "base_sha": group.base, "base_ref": format!("refs/heads/{}", group.base_ref),
                "head_commit": shape::commit(holder, &group.head),
            },
        });
        if let Some(reason) = reason {
            payload["reason"] = reason.into();
        }
        self.delivery("merge_group", payload)
    }

    pub fn delivery(&mut self, event: &'static str, payload: Value) -> Delivery {
        let number = self.new_id();
        Delivery { guid: format!("{number:08x}-0000-11f0-8000-{number:012x}"), event, payload }
    }
}

fn is_zero(sha: &str) -> bool {
    sha.bytes().all(|byte| byte == b'0')
}
