//! Git objects by id or expression, refs, and the checks that hang on a commit.

use serde_json::{Value, json};

use super::node::{Answer, Got, Node, connection, leaf, maybe, node, unmodelled};
use super::query::View;
use crate::fake::clock::rfc3339;
use crate::fake::git::{Entry, Files, Mode, blob_oid};
use crate::fake::json::suite_id;
use crate::fake::state::{APP_ID, APP_SLUG, CheckRun};

/// GitHub cuts the text of a blob here.
const MOST_TEXT: usize = 512_000;

/// `<commit>`, `<branch>`, `<commit>:<path>` or a blob's id.
pub fn object<'a>(view: View<'a>, wanted: &str) -> Option<Node<'a>> {
    match wanted.split_once(':') {
        None => {
            let by_name = view.repo.resolve(wanted).map(|sha| commit(view, sha));
            by_name.or_else(|| view.repo.git.blob(wanted).map(blob))
        }
        Some((name, path)) => at_path(view, &view.repo.resolve(name)?, path),
    }
}

fn at_path<'a>(view: View<'a>, sha: &str, path: &str) -> Option<Node<'a>> {
    let files = view.repo.git.files(sha)?;
    match files.get(path) {
        Some(entry) if entry.mode == Mode::Submodule => None,
        Some(entry) => Some(blob(entry.bytes.clone())),
        None => tree(&files, path),
    }
}

fn tree<'a>(files: &Files, path: &str) -> Option<Node<'a>> {
    let prefix = if path.is_empty() { String::new() } else { format!("{}/", path.trim_end_matches('/')) };
    files.keys().find(|name| name.starts_with(&prefix))?;
    let children = files.iter().filter_map(|(name, entry)| Some((name.strip_prefix(&prefix)?, entry)));
    let children: Vec<(String, Entry)> = children
        .filter(|(name, _)| !name.contains('/'))
        .map(|(name, entry)| (name.to_owned(), entry.clone()))
        .collect();
    // The fake keeps no tree objects; an id of the right form is enough for whoever only asks whether it is there.
    let oid = blob_oid(format!("tree {prefix}").as_bytes());
    Some(Node::new("Tree", move |field, _| match field {
        "oid" => leaf(oid.as_str()),
        "id" => leaf(format!("T_{oid}")),
        "abbreviatedOid" => leaf(&oid[..7]),
        "entries" => Ok(Got::Nodes(
            children.iter().map(|(name, entry)| entry_node(name.clone(), entry.clone())).collect(),
        )),
        other => unmodelled("Tree", other),
    }))
}

fn blob<'a>(bytes: Vec<u8>) -> Node<'a> {
    let oid = blob_oid(&bytes);
    let binary = bytes.contains(&0);
    let cut = bytes.len() > MOST_TEXT;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(MOST_TEXT)]).into_owned();
    let fields = json!({
        "oid": oid, "id": format!("B_{oid}"), "abbreviatedOid": oid[..7], "byteSize": bytes.len(),
        "isBinary": binary, "isTruncated": cut, "text": (!binary).then_some(text),
    });
    Node::plain("Blob", fields)
}

pub fn reference<'a>(view: View<'a>, name: &str) -> Option<Node<'a>> {
    let branch = name.strip_prefix("refs/heads/").unwrap_or(name).to_owned();
    let sha = view.repo.branches.get(&branch)?.clone();
    Some(Node::new("Ref", move |field, _| match field {
        "name" => leaf(branch.as_str()),
        "prefix" => leaf("refs/heads/"),
        "id" => leaf(format!("REF_{branch}")),
        "target" => node(commit(view, sha.clone())),
        other => unmodelled("Ref", other),
    }))
}

pub fn commit<'a>(view: View<'a>, sha: String) -> Node<'a> {
    Node::new("Commit", move |field, arguments| match field {
        "oid" => leaf(sha.as_str()),
        "id" => leaf(format!("C_{sha}")),
        "abbreviatedOid" => leaf(&sha[..7]),
        "url" | "commitUrl" => leaf(format!("https://github.com/{}/commit/{sha}", view.repo.full_name())),
        "file" => maybe(tree_entry(view, &sha, arguments["path"].as_str().unwrap_or_default())),
        "tree" => maybe(view.repo.git.tree(&sha).map(|oid| {
            Node::plain("Tree", json!({"oid": oid, "id": format!("T_{oid}"), "abbreviatedOid": oid[..7]}))
        })),
        "parents" => parents(view, &sha, arguments),
        "checkSuites" => suites(view, sha.clone(), arguments),
        other => unmodelled("Commit", other),
    })
}

fn parents<'a>(view: View<'a>, sha: &str, arguments: &Value) -> Answer<'a> {
    let parents = view.repo.git.parents(sha);
    connection("parents", "CommitConnection", arguments, parents.len(), move |index| {
        commit(view, parents[index].clone())
    })
}

fn tree_entry<'a>(view: View<'a>, sha: &str, path: &str) -> Option<Node<'a>> {
    let files = view.repo.git.files(sha)?;
    let entry: Entry = files.get(path)?.clone();
    Some(entry_node(path.to_owned(), entry))
}

fn entry_node<'a>(path: String, entry: Entry) -> Node<'a> {
    Node::new("TreeEntry", move |field, _| match field {
        "path" => leaf(path.as_str()),
        "name" => leaf(path.rsplit('/').next().unwrap_or_default()),
        "oid" => leaf(entry.oid()),
        "size" => leaf(entry.bytes.len()),
        "type" => leaf(if entry.mode == Mode::Submodule { "commit" } else { "blob" }),
        "mode" => leaf(match entry.mode {
            Mode::File => 0o100_644,
            Mode::Link => 0o120_000,
            Mode::Submodule => 0o160_000,
        }),
        "object" => maybe((entry.mode != Mode::Submodule).then(|| blob(entry.bytes.clone()))),
        other => unmodelled("TreeEntry", other),
    })
}

/// GitHub makes one suite per App and commit on each push, with or without runs in it.
fn suites<'a>(view: View<'a>, sha: String, arguments: &Value) -> Answer<'a> {
    view.may_read("checks")?;
    let app = arguments["filterBy"]["appId"].as_i64();
    let total = usize::from(app.is_none_or(|app| app == APP_ID));
    connection("checkSuites", "CheckSuiteConnection", arguments, total, move |_| suite(view, sha.clone()))
}

fn suite<'a>(view: View<'a>, sha: String) -> Node<'a> {
    Node::new("CheckSuite", move |field, arguments| match field {
        "id" => leaf(format!("CS_{sha}")),
        "databaseId" => leaf(suite_id(&sha)),
        "app" => node(Node::plain(
            "App",
            json!({"databaseId": APP_ID, "slug": APP_SLUG, "clientId": "Iv1.fake", "name": "Scrutineer", "id": "A_1"}),
        )),
        "checkRuns" => runs(view, &sha, arguments),
        "commit" => node(commit(view, sha.clone())),
        other => unmodelled("CheckSuite", other),
    })
}

/// Without a `checkType`, only the latest run of each name.
fn runs<'a>(view: View<'a>, sha: &str, arguments: &Value) -> Answer<'a> {
    let filter = &arguments["filterBy"];
    let all = filter["checkType"] == "ALL";
    let mut runs =
        view.state.runs_on(view.repo.id, sha, filter["checkName"].as_str(), filter["appId"].as_i64(), all);
    if let Some(status) = filter["status"].as_str() {
        runs.retain(|run| run.status.to_uppercase() == status);
    }
    connection("checkRuns", "CheckRunConnection", arguments, runs.len(), move |index| run(runs[index]))
}

fn run<'a>(run: &'a CheckRun) -> Node<'a> {
    Node::new("CheckRun", move |field, arguments| match field {
        "id" => leaf(format!("CR_{}", run.id)),
        "databaseId" => leaf(run.id),
        "name" => leaf(run.name.as_str()),
        "externalId" => leaf(run.external_id.as_str()),
        "status" => leaf(run.status.to_uppercase()),
        "conclusion" => leaf(run.conclusion.as_ref().map(|word| word.to_uppercase())),
        "title" => leaf(run.title.clone()),
        "summary" => leaf(run.summary.clone()),
        "text" => leaf(run.text.clone()),
        "detailsUrl" => leaf(run.details_url.clone()),
        "startedAt" => leaf(rfc3339(run.started_at)),
        "completedAt" => leaf(run.completed_at.map(rfc3339)),
        "annotations" => annotations(run, arguments),
        other => unmodelled("CheckRun", other),
    })
}

fn annotations<'a>(run: &'a CheckRun, arguments: &Value) -> Answer<'a> {
    connection("annotations", "CheckAnnotationConnection", arguments, run.annotations.len(), move |index| {
        let annotation = &run.annotations[index];
        Node::new("CheckAnnotation", move |field, _| match field {
            "path" | "message" | "title" => leaf(annotation[field].clone()),
            "rawDetails" => leaf(annotation["raw_details"].clone()),
            "annotationLevel" => leaf(annotation["annotation_level"].as_str().map(str::to_uppercase)),
            "location" => Ok(Got::Node(Some(span(annotation)))),
            other => unmodelled("CheckAnnotation", other),
        })
    })
}

fn span<'a>(annotation: &'a Value) -> Node<'a> {
    let place = |line: &str, column: &str| {
        Node::plain(
            "CheckAnnotationPosition",
            json!({"line": annotation[line], "column": annotation[column]}),
        )
    };
    Node::new("CheckAnnotationSpan", move |field, _| match field {
        "start" => node(place("start_line", "start_column")),
        "end" => node(place("end_line", "end_column")),
        other => unmodelled("CheckAnnotationSpan", other),
    })
}
