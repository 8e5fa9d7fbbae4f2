//! What people say and press: comments, *Re-run*, and what owners do with the installation.

use serde_json::{Value, json};

use super::json as shape;
use super::payload::Delivery;
use super::state::{Comment, Hidden, Level, Place, State, Words};
use super::verbs::PERMISSIONS;

impl State {
    /// A comment in the conversation.
    pub fn say(&mut self, repo: i64, number: i64, author: &str, body: &str) -> (i64, Delivery) {
        let (id, at) = (self.new_id(), self.tick());
        let words = Words { id, author: author.to_owned(), body: body.to_owned(), at, hidden: Hidden::No };
        self.repo_mut(repo).pulls.get_mut(&number).expect("a pull request").words.push(words);
        (id, self.words_event(repo, number, id, "created", author, json!({})))
    }

    /// Somebody changes a comment of the conversation.
    pub fn reword(&mut self, repo: i64, number: i64, id: i64, editor: &str, body: &str) -> Delivery {
        let pull = self.repo_mut(repo).pulls.get_mut(&number).expect("a pull request");
        let words = pull.words.iter_mut().find(|words| words.id == id).expect("a comment");
        let before = std::mem::replace(&mut words.body, body.to_owned());
        self.words_event(repo, number, id, "edited", editor, json!({"changes": {"body": {"from": before}}}))
    }

    fn words_event(
        &mut self,
        repo: i64,
        number: i64,
        id: i64,
        action: &str,
        sender: &str,
        extra: Value,
    ) -> Delivery {
        let holder = self.repo(repo);
        let pull = &holder.pulls[&number];
        let words = pull.words.iter().find(|words| words.id == id).expect("a comment");
        let mut payload = json!({
            "action": action, "issue": shape::issue(holder, pull), "comment": shape::words(holder, number, words),
        });
        self.with_common(&mut payload, repo, sender, &extra);
        self.delivery("issue_comment", payload)
    }

    /// A comment on a file of the diff, or in the thread that another one began.
    pub fn say_on_diff(
        &mut self,
        repo: i64,
        number: i64,
        (author, under): (&str, Option<i64>),
        body: &str,
    ) -> (i64, Delivery) {
        let (id, at) = (self.new_id(), self.tick());
        let pull = self.repo_mut(repo).pulls.get_mut(&number).expect("a pull request");
        pull.comments.push(Comment {
            id,
            review: None,
            author: author.to_owned(),
            body: body.to_owned(),
            path: "app.py".to_owned(),
            commit_id: pull.head.clone(),
            place: Place::File,
            in_reply_to: under,
            resolved: false,
            minimized: None,
            deleted: false,
            at,
            hidden: Hidden::No,
        });
        let holder = self.repo(repo);
        let pull = &holder.pulls[&number];
        let comment = pull.comments.last().expect("just made");
        let mut payload = json!({
            "action": "created", "comment": shape::comment(self, holder, pull, comment),
            "pull_request": shape::pull(self, holder, pull),
        });
        self.with_common(&mut payload, repo, author, &json!({}));
        (id, self.delivery("pull_request_review_comment", payload))
    }

    /// Somebody presses *Re-run* at one check run.
    pub fn rerun(&mut self, repo: i64, run: i64, sender: &str) -> Delivery {
        let holder = self.repo(repo);
        let run = holder.checks.iter().find(|one| one.id == run).expect("a check run");
        let mut payload = json!({"action": "rerequested", "check_run": shape::check_run(holder, run)});
        payload["check_run"]["check_suite"] = shape::suite(holder, &run.head_sha, run.started_at);
        self.with_common(&mut payload, repo, sender, &json!({}));
        self.delivery("check_run", payload)
    }

    /// Somebody presses *Re-run all checks* at a commit.
    pub fn rerun_all(&mut self, repo: i64, sha: &str, sender: &str) -> Delivery {
        let at = self.tick();
        let suite = shape::suite(self.repo(repo), sha, at);
        let mut payload = json!({"action": "rerequested", "check_suite": suite});
        self.with_common(&mut payload, repo, sender, &json!({}));
        self.delivery("check_suite", payload)
    }

    fn with_common(&self, payload: &mut Value, repo: i64, sender: &str, extra: &Value) {
        payload["repository"] = shape::repository(self.repo(repo));
        payload["sender"] = shape::user(sender);
        payload["installation"] = json!({"id": self.installation_of(repo), "node_id": "MDIz"});
        for (key, value) in extra.as_object().into_iter().flatten() {
            payload[key] = value.clone();
        }
    }

    /// The owner removes the App: its tokens end at once.
    pub fn uninstall(&mut self, installation: i64) -> Delivery {
        let delivery = self.installation_event(installation, "deleted");
        self.installations.remove(&installation);
        self.tokens.retain(|_, token| token.installation != installation);
        delivery
    }

    pub fn suspend(&mut self, installation: i64, suspended: bool) -> Delivery {
        self.installations.get_mut(&installation).expect("an installation").suspended = suspended;
        self.installation_event(installation, if suspended { "suspend" } else { "unsuspend" })
    }

    /// The owner accepts all that the manifest asks for. Tokens that are out keep what they were given.
    pub fn accept_permissions(&mut self, installation: i64) -> Delivery {
        let all: Vec<(&str, Level)> = PERMISSIONS.to_vec();
        all.into_iter().for_each(|(name, level)| self.grant(installation, name, Some(level)));
        self.installation_event(installation, "new_permissions_accepted")
    }

    /// The owner takes one repository from the App.
    pub fn withdraw(&mut self, installation: i64, repo: i64) -> Delivery {
        self.installations.get_mut(&installation).expect("an installation").repos.remove(&repo);
        self.tokens.values_mut().for_each(|token| {
            token.repos.remove(&repo);
        });
        let holder = self.repo(repo);
        let removed =
            json!({"id": repo, "name": holder.name, "full_name": holder.full_name(), "private": true});
        let mut payload = self.installation_payload(installation, "removed");
        payload["repositories_removed"] = json!([removed]);
        payload["repositories_added"] = json!([]);
        payload["repository_selection"] = json!("selected");
        self.delivery("installation_repositories", payload)
    }

    fn installation_event(&mut self, installation: i64, action: &str) -> Delivery {
        let payload = self.installation_payload(installation, action);
        self.delivery("installation", payload)
    }

    fn installation_payload(&self, id: i64, action: &str) -> Value {
        let installation = &self.installations[&id];
        json!({
            "action": action, "sender": shape::user("octo-owner"),
            "installation": {
                "id": id, "account": shape::user(&installation.account), "app_id": super::state::APP_ID,
                "permissions": shape::permissions(&installation.permissions), "repository_selection": "selected",
            },
        })
    }
}
