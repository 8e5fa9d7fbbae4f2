//! What a webhook delivery says, as far as we listen. Unknown fields, actions and events are no mistakes:
//! GitHub adds some every month. Which of them matter is decided by `review`.

mod checks;
mod comments;
mod installations;
mod merge_group;
mod payload;
mod push;

pub use checks::{AppRef, CheckRunEvent, CheckSuiteEvent};
pub use comments::CommentEvent;
pub use installations::InstallationEvent;

use crate::domain::{InstallationId, PullNumber, Repo, RepoId, RepoName, Sha};

use super::signature::Verified;

pub use merge_group::MergeGroupEvent;
pub use push::PushEvent;

/// One delivery, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    PullRequest(Box<PullRequestEvent>),
    MergeGroup(Box<MergeGroupEvent>),
    Push(Box<PushEvent>),
    /// `check_run`, asked for again.
    CheckRun(Box<CheckRunEvent>),
    /// `check_suite`, asked for again.
    CheckSuite(Box<CheckSuiteEvent>),
    /// `issue_comment` or `pull_request_review_comment`, written or edited.
    Comment(Box<CommentEvent>),
    /// `installation` or `installation_repositories`.
    Installation(Box<InstallationEvent>),
    /// GitHub asks whether we listen.
    Ping,
    /// Anything we do not listen to.
    Other {
        event: String,
        action: Option<String>,
    },
}

/// `pull_request`, whatever happened to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullRequestEvent {
    pub action: String,
    pub number: PullNumber,
    pub pull: Pull,
    /// The repository the pull request is opened against.
    pub repository: Repository,
    /// Absent on deliveries of a webhook that belongs to no App.
    pub installation: Option<InstallationId>,
    /// On `edited`: the name of the base branch before, if that is what was edited.
    pub base_before: Option<String>,
}

/// The pull request as it was when the event happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    pub head: Sha,
    /// The repository it is opened against, where GitHub tells.
    pub base_repo: Option<RepoId>,
    pub base_ref: String,
    pub draft: bool,
    pub open: bool,
    pub merged: bool,
    /// Login of the author; `ghost` where the account is gone.
    pub author: String,
    pub updated_at: String,
}

impl Pull {
    /// Reads a pull request as GitHub writes it down everywhere.
    pub(super) fn read(json: &[u8]) -> Result<Pull, Malformed> {
        payload::parse(json).map(payload::pull)
    }
}

/// A repository by its id, which lasts, and its name, which may change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    pub id: RepoId,
    pub name: RepoName,
}

impl PullRequestEvent {
    /// The repository as we reach it; `None` where the delivery belongs to no installation.
    pub fn repo(&self) -> Option<Repo> {
        Some(Repo {
            installation: self.installation?,
            id: self.repository.id,
            name: self.repository.name.clone(),
        })
    }
}

/// The body is not what its content type says, or a pull request event lacks what makes it one.
#[derive(Debug, thiserror::Error)]
#[error("the delivery cannot be read: {0}")]
pub struct Malformed(String);

impl Event {
    /// Reads a verified body. `name` is `X-GitHub-Event`, `content_type` the request's own: GitHub sends
    /// JSON, or a form whose field `payload` holds it.
    pub fn read(name: &str, body: &Verified, content_type: Option<&str>) -> Result<Event, Malformed> {
        let json = payload::json(body.as_bytes(), content_type)?;
        // What comes most often is read in one pass.
        match name {
            "pull_request" => Ok(Event::PullRequest(Box::new(payload::pull_request(&json)?))),
            "push" => Ok(Event::Push(Box::new(push::read(&json)?))),
            "merge_group" => Ok(Event::MergeGroup(Box::new(merge_group::read(&json)?))),
            "installation" | "installation_repositories" => {
                Ok(Event::Installation(Box::new(installations::installation(&json)?)))
            }
            _ => Event::by_action(name, payload::action(&json)?, &json),
        }
    }

    /// Of these most are none of our business, and have forms we do not know.
    fn by_action(name: &str, action: Option<String>, json: &[u8]) -> Result<Event, Malformed> {
        match (name, action.as_deref().unwrap_or_default()) {
            ("check_run", "rerequested") => Ok(Event::CheckRun(Box::new(checks::run(json)?))),
            ("check_suite", "rerequested") => Ok(Event::CheckSuite(Box::new(checks::suite(json)?))),
            ("issue_comment", "created" | "edited") => {
                Ok(Event::Comment(Box::new(comments::conversation(json)?)))
            }
            ("pull_request_review_comment", "created" | "edited") => {
                Ok(Event::Comment(Box::new(comments::diff(json)?)))
            }
            ("ping", _) => Ok(Event::Ping),
            _ => Ok(Event::Other { event: name.to_owned(), action }),
        }
    }

    /// What happened, as GitHub calls it; for the records.
    pub fn action(&self) -> Option<&str> {
        match self {
            Event::PullRequest(event) => Some(&event.action),
            Event::CheckRun(_) | Event::CheckSuite(_) => Some("rerequested"),
            Event::Comment(event) if event.body_before.is_some() => Some("edited"),
            Event::Comment(_) => Some("created"),
            Event::Installation(event) => Some(&event.action),
            Event::MergeGroup(event) => Some(&event.action),
            Event::Push(_) | Event::Ping => None,
            Event::Other { action, .. } => action.as_deref(),
        }
    }

    /// The App whose check this is about; `None` on everything that is not about a check.
    pub fn app(&self) -> Option<&AppRef> {
        match self {
            Event::CheckRun(event) => Some(&event.app),
            Event::CheckSuite(event) => Some(&event.app),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use hmac::{Hmac, KeyInit, Mac};
    use secrecy::SecretString;
    use serde_json::{Value, json};

    use super::*;
    use crate::github::signature::Secrets;

    fn verified(body: &str) -> Verified {
        let mac = Hmac::<sha2::Sha256>::new_from_slice(b"k").unwrap().chain_update(body);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        Secrets(vec![SecretString::from("k")]).verify(Some(&signature), Bytes::from(body.to_owned())).unwrap()
    }

    fn read(name: &str, payload: &Value) -> Result<Event, Malformed> {
        Event::read(name, &verified(&payload.to_string()), Some("application/json"))
    }

    fn opened() -> Value {
        json!({
            "action": "opened", "number": 7,
            "pull_request": {
                "head": {"sha": "a".repeat(40), "repo": null},
                "base": {"ref": "main"},
                "draft": true, "state": "open", "merged": null, "user": null,
                "updated_at": "2026-11-21T10:00:00Z",
            },
            "repository": {"id": 42, "full_name": "octo/hello"},
            "installation": {"id": 9, "node_id": "x"},
        })
    }

    fn pull_request(payload: &Value) -> PullRequestEvent {
        match read("pull_request", payload) {
            Ok(Event::PullRequest(event)) => *event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_pull_request_of_a_deleted_account_and_fork_is_read() {
        let event = pull_request(&opened());
        assert_eq!(event.pull.author, "ghost");
        assert_eq!(event.repo().unwrap().name.to_string(), "octo/hello");
        assert!(event.pull.draft && event.pull.open && !event.pull.merged);
        assert_eq!(event.base_before, None);
    }

    #[test]
    fn an_edited_base_names_the_branch_before() {
        let mut payload = opened();
        payload["action"] = json!("edited");
        payload["changes"] = json!({"base": {"ref": {"from": "develop"}, "sha": {"from": "b"}}});
        assert_eq!(pull_request(&payload).base_before.as_deref(), Some("develop"));
        payload["changes"] = json!({"title": {"from": "x"}});
        assert_eq!(pull_request(&payload).base_before, None);
    }

    #[test]
    fn an_action_of_next_year_is_no_mistake() {
        let mut payload = opened();
        payload["action"] = json!("levitated");
        assert_eq!(pull_request(&payload).action, "levitated");
    }

    #[test]
    fn a_form_holds_the_same_json() {
        let json = opened().to_string();
        let form: String =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("payload", &json).finish();
        let read = Event::read(
            "pull_request",
            &verified(&form),
            Some("application/x-www-form-urlencoded; charset=utf-8"),
        );
        assert!(matches!(read, Ok(Event::PullRequest(_))), "{read:?}");
    }

    #[test]
    fn a_body_that_is_not_json_is_malformed() {
        for (body, kind) in [
            ("", "application/json"),
            ("{", "application/json"),
            ("[]", "application/json"),
            ("payload=%7B%7D", "application/json"),
            ("x=1", "application/x-www-form-urlencoded"),
            ("payload=no", "application/x-www-form-urlencoded"),
        ] {
            assert!(Event::read("star", &verified(body), Some(kind)).is_err(), "{body}");
        }
    }

    #[test]
    fn a_pull_request_event_without_a_head_says_what_is_missing() {
        let mut payload = opened();
        payload["pull_request"]["head"] = json!({"sha": "main"});
        let error = read("pull_request", &payload).unwrap_err().to_string();
        assert!(error.contains("full git object id"), "{error}");
    }

    #[test]
    fn every_official_example_is_accepted_or_ignored() {
        let examples = include_str!("../../../tests/data/webhook-examples.jsonl");
        let mut pulls = 0;
        for line in examples.lines() {
            let example: Value = serde_json::from_str(line).unwrap();
            let name = example["event"].as_str().unwrap();
            let event = read(name, &example["payload"]).unwrap_or_else(|e| panic!("{name}: {e}"));
            pulls += usize::from(matches!(event, Event::PullRequest(_)));
        }
        assert!(pulls > 20, "{pulls}");
    }
}
