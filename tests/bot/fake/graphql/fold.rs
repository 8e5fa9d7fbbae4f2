//! The mutation that hides comments.

use std::cell::RefCell;

use serde_json::json;

use super::node::{Answer, Node, leaf, unmodelled};
use super::query::Root;
use crate::fake::state::{BOT, Comment, Level, State};

/// What a mutation wants hidden, and why; the state is changed after all of it was answered.
#[derive(Default)]
pub struct Folds(RefCell<Vec<(i64, String)>>);

impl Folds {
    pub fn apply(self, state: &mut State) {
        for (id, why) in self.0.into_inner() {
            state.unread.push(format!("comment {id} hidden"));
            let mut pulls = state.repos.values_mut().flat_map(|repo| repo.pulls.values_mut());
            let comment = pulls.find_map(|pull| pull.comments.iter_mut().find(|one| one.id == id));
            comment.expect("found before").minimized = Some(why);
        }
    }
}

pub fn node<'a>(root: Root<'a>, folds: &'a Folds) -> Node<'a> {
    Node::new("Mutation", move |field, arguments| {
        let text = |name: &str| arguments["input"][name].as_str().unwrap_or_default().to_owned();
        match field {
            "minimizeComment" => {
                let comment = reached(&root, &text("subjectId"), "PRRC_")?;
                permitted(&root, "pull_requests", comment.author == BOT)?;
                folds.0.borrow_mut().push((comment.id, text("classifier").to_lowercase()));
                done("MinimizeCommentPayload")
            }
            other => unmodelled("Mutation", other),
        }
    })
}

fn done<'a>(kind: &'static str) -> Answer<'a> {
    super::node::node(Node::new(kind, move |field, _| match field {
        "clientMutationId" => leaf(json!(null)),
        other => unmodelled(kind, other),
    }))
}

/// The comment with this id in a repository that the token reaches.
fn reached<'a>(root: &Root<'a>, id: &str, prefix: &str) -> Result<&'a Comment, String> {
    let missing = || format!("Could not resolve to a node with the global id of '{id}'.");
    let number: i64 = id.strip_prefix(prefix).and_then(|rest| rest.parse().ok()).ok_or_else(missing)?;
    let repos = root.state.repos.values().filter(|repo| root.token.repos.contains(&repo.id));
    let mut comments = repos.flat_map(|repo| repo.pulls.values()).flat_map(|pull| &pull.comments);
    comments.find(|one| one.id == number && root.state.stands(one)).ok_or_else(missing)
}

fn permitted(root: &Root<'_>, permission: &str, sound: bool) -> Result<(), String> {
    let granted = root.token.permissions.get(permission).is_some_and(|level| *level >= Level::Write);
    if sound && granted { Ok(()) } else { Err("Resource not accessible by integration".to_owned()) }
}
