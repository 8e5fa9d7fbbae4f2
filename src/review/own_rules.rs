//! The rules that a repository brings along, read at the tip of the base branch like its policy: the head cannot
//! change by what it is audited. What of them cannot be used is told in the check, and never stops the audit.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::Context;
use crate::engine::Engine;
use crate::engine::rule::{Bounds, UserRules};
use crate::github::{RULES_PATH, RuleBlob};

/// Notes on refused rules, at most.
const NOTES: usize = 20;

/// The context of one review: the engine knows the repository's own rules besides ours.
pub(super) fn context(cx: &Context, blobs: &[RuleBlob], notes: &mut Vec<String>) -> Context {
    let files: Vec<(String, &str)> = blobs.iter().filter_map(|blob| file(blob, notes)).collect();
    if files.is_empty() {
        return cx.clone();
    }
    let known = cx.engine.rules();
    let texts = files.iter().map(|(path, text)| (path.as_str(), *text));
    let taken = known.iter().map(|rule| rule.id.clone());
    let users = UserRules::load(texts, taken, Bounds::REPOSITORY);
    let refused = users.errors.iter().map(|error| format!("A rule is left out: {error}"));
    let told: Vec<String> = refused.chain(users.notes.iter().cloned()).collect();
    let more = told.len().saturating_sub(NOTES);
    notes.extend(told.into_iter().take(NOTES));
    if more > 0 {
        notes.push(format!("{more} further notes on `{RULES_PATH}` are not shown."));
    }
    let rules = known.clone().with(users, &digest(&files));
    Context { engine: Arc::new(Engine::new(rules, *cx.engine.limits())), ..cx.clone() }
}

/// Path and text of a rule file; what is no YAML is nobody's mistake.
fn file<'b>(blob: &'b RuleBlob, notes: &mut Vec<String>) -> Option<(String, &'b str)> {
    if !blob.name.ends_with(".yml") && !blob.name.ends_with(".yaml") {
        return None;
    }
    let path = format!("{RULES_PATH}/{}", blob.name);
    match &blob.text {
        Some(text) => Some((path, text)),
        None => {
            notes.push(format!("`{path}` is left out: it is not a text of ordinary size."));
            None
        }
    }
}

fn digest(files: &[(String, &str)]) -> String {
    let mut digest = Sha256::new();
    for (path, text) in files {
        [path.as_str(), "\0", text, "\0"].iter().for_each(|part| digest.update(part));
    }
    hex::encode(digest.finalize())
}
