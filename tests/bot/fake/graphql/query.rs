//! The root of a query, and a repository.

use serde_json::{Value, json};

use super::git;
use super::node::{Answer, Node, leaf, maybe, node, unmodelled};
use super::pull;
use crate::fake::clock::rfc3339;
use crate::fake::state::{BOT, Level, Repo, State, Token};

pub struct Root<'a> {
    pub state: &'a State,
    pub token: &'a Token,
}

/// Where the resolvers of one repository look.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub state: &'a State,
    pub token: &'a Token,
    pub repo: &'a Repo,
}

impl View<'_> {
    /// Whether the token may change this kind of thing.
    pub fn may_write(&self, permission: &str) -> bool {
        self.token.permissions.get(permission).is_some_and(|level| *level >= Level::Write)
    }

    /// Whether the token may read this kind of thing.
    pub fn may_read(&self, permission: &str) -> Result<(), String> {
        let granted = self.token.permissions.get(permission).is_some_and(|level| *level >= Level::Read);
        if granted { Ok(()) } else { Err("Resource not accessible by integration".to_owned()) }
    }
}

impl<'a> Root<'a> {
    pub fn node(self) -> Node<'a> {
        let (state, token) = (self.state, self.token);
        Node::new("Query", move |field, arguments| match field {
            "repository" => repository(state, token, arguments),
            "viewer" => node(user(BOT)),
            "rateLimit" => node(rate_limit(state)),
            other => unmodelled("Query", other),
        })
    }
}

fn rate_limit<'a>(state: &State) -> Node<'a> {
    let limits = &state.limits;
    Node::plain(
        "RateLimit",
        json!({
            "cost": 1, "nodeCount": 1, "limit": limits.hourly, "remaining": limits.remaining,
            "used": limits.hourly - limits.remaining, "resetAt": rfc3339(limits.reset),
        }),
    )
}

/// The viewer and owners are users; the author of a comment is a bot where its login says so.
pub fn user<'a>(login: &str) -> Node<'a> {
    Node::plain("User", actor_fields(login))
}

pub fn actor<'a>(login: &str) -> Node<'a> {
    // GitHub's GraphQL gives the login of a bot without the suffix that REST has.
    match login.strip_suffix("[bot]") {
        Some(name) => Node::plain("Bot", actor_fields(name)),
        None => user(login),
    }
}

fn actor_fields(login: &str) -> Value {
    json!({"login": login, "id": format!("U_{login}"), "url": format!("https://github.com/{login}"), "databaseId": 1})
}

fn repository<'a>(state: &'a State, token: &'a Token, arguments: &Value) -> Answer<'a> {
    let (owner, name) = (arguments["owner"].as_str().unwrap_or(""), arguments["name"].as_str().unwrap_or(""));
    let missing = || format!("Could not resolve to a Repository with the name '{owner}/{name}'.");
    let (id, _) = state.named(owner, name).ok_or_else(missing)?;
    if !token.repos.contains(&id) {
        return Err(missing());
    }
    let view = View { state, token, repo: state.repo(id) };
    node(Node::new("Repository", move |field, arguments| repository_field(view, field, arguments)))
}

fn repository_field<'a>(view: View<'a>, field: &str, arguments: &Value) -> Answer<'a> {
    let repo = view.repo;
    match field {
        "id" => leaf(format!("R_{}", repo.id)),
        "databaseId" => leaf(repo.id),
        "name" => leaf(repo.name.as_str()),
        "nameWithOwner" => leaf(repo.full_name()),
        "url" => leaf(format!("https://github.com/{}", repo.full_name())),
        "owner" => node(user(&repo.owner)),
        "isPrivate" => leaf(repo.private),
        "isArchived" => leaf(repo.archived),
        "isFork" => leaf(false),
        "object" => {
            view.may_read("contents")?;
            let wanted = arguments["expression"].as_str().or(arguments["oid"].as_str()).unwrap_or_default();
            maybe(git::object(view, wanted))
        }
        "ref" => {
            view.may_read("contents")?;
            maybe(git::reference(view, arguments["qualifiedName"].as_str().unwrap_or_default()))
        }
        "defaultBranchRef" => maybe(git::reference(view, &repo.default_branch)),
        "pullRequest" => {
            view.may_read("pull_requests")?;
            let number = arguments["number"].as_i64().unwrap_or(0);
            let missing = || format!("Could not resolve to a PullRequest with the number of {number}.");
            node(pull::pull(view, repo.pulls.get(&number).ok_or_else(missing)?))
        }
        other => unmodelled("Repository", other),
    }
}
