//! Webhook payloads, drawn from the state at the moment something happened.

use serde_json::{Value, json};

use super::json as shape;
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

    pub fn delivery(&mut self, event: &'static str, payload: Value) -> Delivery {
        let number = self.new_id();
        Delivery { guid: format!("{number:08x}-0000-11f0-8000-{number:012x}"), event, payload }
    }
}
