//! How GitHub writes things down: the same shapes serve the answers and the webhook payloads.

use std::collections::BTreeMap;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::clock::rfc3339;
use super::git::Change;
use super::state::{
    APP_ID, APP_SLUG, BOT, CheckRun, Comment, Level, Place, Pull, PullState, Repo, Review, State, Words,
};

pub fn permissions(permissions: &BTreeMap<String, Level>) -> Value {
    permissions.iter().map(|(name, level)| (name.clone(), Value::from(level.name()))).collect()
}

/// Every event an App like ours can be told of.
const EVENTS: [&str; 8] = [
    "check_run",
    "check_suite",
    "issue_comment",
    "merge_group",
    "pull_request",
    "pull_request_review_comment",
    "pull_request_review_thread",
    "push",
];

pub fn app() -> Value {
    json!({
        "id": APP_ID, "slug": APP_SLUG, "node_id": format!("A_{APP_ID}"), "client_id": "Iv1.fake", "name": "Scrutineer",
        "owner": user("octo-org"), "description": "", "external_url": "https://example.org",
        "html_url": format!("https://github.com/apps/{APP_SLUG}"),
        "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z",
        "permissions": {
            "checks": "write", "contents": "read", "issues": "read", "merge_queues": "read", "metadata": "read",
            "pull_requests": "write",
        },
        "events": EVENTS,
    })
}

pub fn user(login: &str) -> Value {
    let id: i64 = 100 + login.bytes().map(i64::from).sum::<i64>();
    let kind = if login.ends_with("[bot]") { "Bot" } else { "User" };
    json!({
        "login": login, "id": id, "node_id": format!("U_{id}"), "type": kind, "site_admin": false,
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}"),
        "url": format!("https://api.github.com/users/{login}"), "html_url": format!("https://github.com/{login}"),
    })
}

pub fn repository(repo: &Repo) -> Value {
    let name = repo.full_name();
    json!({
        "id": repo.id, "node_id": format!("R_{}", repo.id), "name": repo.name, "full_name": name,
        "private": repo.private, "owner": user(&repo.owner), "fork": false, "archived": repo.archived,
        "html_url": format!("https://github.com/{name}"), "url": format!("https://api.github.com/repos/{name}"),
        "default_branch": repo.default_branch, "visibility": if repo.private { "private" } else { "public" },
        "created_at": "2025-01-01T00:00:00Z", "updated_at": "2025-01-01T00:00:00Z", "pushed_at": "2025-01-01T00:00:00Z",
    })
}

pub fn pull(state: &State, repo: &Repo, pull: &Pull) -> Value {
    let name = repo.full_name();
    let head = state.shown_head(pull);
    let changes = repo.git.three_dot(&pull.base_sha, &head);
    let sum = |count: fn(&Change) -> usize| changes.iter().map(count).sum::<usize>();
    let merged = pull.state == PullState::Merged;
    let closed = (pull.state != PullState::Open).then(|| rfc3339(pull.updated_at));
    let mut shape = json!({
        "id": pull.id, "node_id": format!("PR_{}", pull.id), "number": pull.number, "title": pull.title,
        "url": format!("https://api.github.com/repos/{name}/pulls/{}", pull.number),
        "html_url": format!("https://github.com/{name}/pull/{}", pull.number),
        "state": pull.state.rest(), "locked": pull.locked, "draft": pull.draft, "user": user(&pull.author),
        "body": null, "labels": pull.labels.iter().map(|label| json!({"name": label})).collect::<Vec<_>>(),
        "created_at": rfc3339(pull.created_at), "updated_at": rfc3339(pull.updated_at),
        "closed_at": closed, "merged_at": if merged { closed.clone() } else { None }, "merged": merged,
        "head": head_side(repo, pull, &head),
        "base": {
            "label": format!("{}:{}", repo.owner, pull.base_ref), "ref": pull.base_ref, "sha": pull.base_sha,
            "user": user(&repo.owner), "repo": repository(repo),
        },
    });
    let counts = json!({
        "comments": 0, "review_comments": pull.comments.len(), "commits": 1, "changed_files": changes.len(),
        "additions": sum(|change| change.additions), "deletions": sum(|change| change.deletions),
        "merge_commit_sha": null, "mergeable": null, "rebaseable": null, "mergeable_state": "unknown",
        "author_association": "CONTRIBUTOR", "auto_merge": null, "active_lock_reason": null, "milestone": null,
        "assignee": null, "assignees": [], "requested_reviewers": [], "requested_teams": [],
        "maintainer_can_modify": false,
    });
    for (key, value) in counts.as_object().into_iter().flatten() {
        shape[key] = value.clone();
    }
    shape
}

fn head_side(repo: &Repo, pull: &Pull, head: &str) -> Value {
    let owner = pull.fork.as_deref().unwrap_or(&repo.owner);
    let from = match &pull.fork {
        None => repository(repo),
        Some(owner) => {
            json!({"id": repo.id + 500_000, "name": repo.name, "full_name": format!("{owner}/{}", repo.name), "fork": true})
        }
    };
    json!({
        "label": format!("{owner}:{}", pull.head_ref), "ref": pull.head_ref, "sha": head,
        "user": user(owner), "repo": from,
    })
}

/// GitHub's addresses of a file name the commit they were listed for; of a removed file, the commit that had it.
pub fn changed_file(repo: &Repo, change: &Change, base: &str, head: &str) -> Value {
    let status = match change.status {
        'A' => "added",
        'D' => "removed",
        'R' => "renamed",
        'C' => "copied",
        'T' => "changed",
        _ => "modified",
    };
    let name = repo.full_name();
    let path = utf8_percent_encode(&change.path, NON_ALPHANUMERIC);
    let at = if change.status == 'D' { base } else { head };
    let mut file = json!({
        "sha": change.oid, "filename": change.path, "status": status,
        "additions": change.additions, "deletions": change.deletions, "changes": change.additions + change.deletions,
        "blob_url": format!("https://github.com/{name}/blob/{at}/{path}"),
        "raw_url": format!("https://github.com/{name}/raw/{at}/{path}"),
        "contents_url": format!("https://api.github.com/repos/{name}/contents/{path}?ref={at}"),
    });
    if let Some(patch) = change.patch.as_ref().filter(|patch| patch.len() <= repo.patch_limit) {
        file["patch"] = patch.as_str().into();
    }
    if let Some(old) = &change.old_path {
        file["previous_filename"] = old.as_str().into();
    }
    file
}

/// A commit as webhooks tell of it.
pub fn commit(repo: &Repo, sha: &str) -> Value {
    json!({
        "id": sha, "tree_id": repo.git.tree(sha), "message": "change", "timestamp": "2026-11-21T10:00:00Z",
        "author": {"name": "Octo Cat", "email": "octocat@example.org"},
        "committer": {"name": "Octo Cat", "email": "octocat@example.org"},
    })
}

pub fn check_run(repo: &Repo, run: &CheckRun) -> Value {
    let base = format!("https://api.github.com/repos/{}/check-runs/{}", repo.full_name(), run.id);
    let of_branch = |pull: &&Pull| pull.fork.is_none() && pull.head == run.head_sha;
    let pulls: Vec<Value> = repo
        .pulls
        .values()
        .filter(of_branch)
        .map(|pull| json!({"number": pull.number, "id": pull.id}))
        .collect();
    json!({
        "id": run.id, "node_id": format!("CR_{}", run.id), "name": run.name, "head_sha": run.head_sha,
        "external_id": run.external_id, "status": run.status, "conclusion": run.conclusion,
        "details_url": run.details_url, "url": base,
        "html_url": format!("https://github.com/{}/runs/{}", repo.full_name(), run.id),
        "started_at": rfc3339(run.started_at), "completed_at": run.completed_at.map(rfc3339),
        "output": {
            "title": run.title, "summary": run.summary, "text": run.text,
            "annotations_count": run.annotations.len(), "annotations_url": format!("{base}/annotations"),
        },
        "check_suite": {"id": suite_id(&run.head_sha), "head_sha": run.head_sha}, "app": app(), "pull_requests": pulls,
    })
}

/// One suite per commit; its id is made of the commit's.
pub fn suite_id(sha: &str) -> i64 {
    i64::from_str_radix(&sha[..8], 16).unwrap_or(1)
}

pub fn words(repo: &Repo, number: i64, words: &Words) -> Value {
    json!({
        "id": words.id, "node_id": format!("IC_{}", words.id), "user": user(&words.author), "body": words.body,
        "html_url": format!("https://github.com/{}/pull/{number}#issuecomment-{}", repo.full_name(), words.id),
        "created_at": rfc3339(words.at), "updated_at": rfc3339(words.at), "author_association": "NONE",
        "performed_via_github_app": (words.author == BOT).then(app),
    })
}

/// A pull request as the conversation's events see it: an issue, without head and base.
pub fn issue(repo: &Repo, pull: &Pull) -> Value {
    let url = format!("https://api.github.com/repos/{}/pulls/{}", repo.full_name(), pull.number);
    json!({
        "id": pull.id, "number": pull.number, "title": pull.title, "state": pull.state.rest(), "locked": pull.locked,
        "user": user(&pull.author), "updated_at": rfc3339(pull.updated_at), "draft": pull.draft,
        "pull_request": {"url": url},
    })
}

/// For a fork, neither a branch nor a pull request is named.
pub fn suite(repo: &Repo, sha: &str, at: i64) -> Value {
    let own = repo.pulls.values().find(|pull| pull.fork.is_none() && pull.head == sha);
    let pulls: Vec<Value> = own.iter().map(|pull| json!({"number": pull.number, "id": pull.id})).collect();
    json!({
        "id": suite_id(sha), "node_id": format!("CS_{}", suite_id(sha)), "head_sha": sha, "app": app(),
        "head_branch": own.map(|pull| &pull.head_ref), "pull_requests": pulls, "status": "queued",
        "conclusion": null, "before": null, "after": sha, "updated_at": rfc3339(at), "created_at": rfc3339(at),
    })
}

pub fn review(repo: &Repo, pull: &Pull, review: &Review) -> Value {
    json!({
        "id": review.id, "node_id": format!("PRR_{}", review.id), "user": user(&review.author), "body": review.body,
        "state": review.state, "commit_id": review.commit_id, "submitted_at": rfc3339(review.at),
        "html_url": format!("https://github.com/{}/pull/{}#pullrequestreview-{}", repo.full_name(), pull.number, review.id),
        "author_association": "NONE",
    })
}

pub fn comment(state: &State, repo: &Repo, pull: &Pull, comment: &Comment) -> Value {
    let (start, line) = state.lines_now(repo, pull, comment);
    let (side, original_start, original) = match &comment.place {
        Place::File => (None, None, None),
        Place::Lines { side, start, line } => (Some(side.name()), *start, Some(*line)),
    };
    json!({
        "id": comment.id, "node_id": format!("PRRC_{}", comment.id), "pull_request_review_id": comment.review,
        "user": user(&comment.author), "body": comment.body, "path": comment.path, "diff_hunk": "@@",
        "commit_id": if line.is_some() { &pull.head } else { &comment.commit_id }, "original_commit_id": comment.commit_id,
        "side": side, "start_side": start.and(side), "line": line, "start_line": start,
        "original_line": original, "original_start_line": original_start,
        "position": line, "original_position": original,
        "subject_type": if comment.place == Place::File { "file" } else { "line" },
        "in_reply_to_id": comment.in_reply_to,
        "created_at": rfc3339(comment.at), "updated_at": rfc3339(comment.at),
        "html_url": format!("https://github.com/{}/pull/{}#discussion_r{}", repo.full_name(), pull.number, comment.id),
    })
}
