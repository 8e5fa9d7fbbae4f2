//! The wire form of a look's answer, field by field as `queries/*.graphql` ask for it.

use serde::Deserialize;
use serde_json::Value;

use super::{BlobView, CommitState, PolicyBlob, PullState, PullStatus, RuleBlob, StandingCheck, Thread};
use crate::domain::Sha;
use crate::github::{CheckId, CheckStatus, Conclusion};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Blob {
    oid: String,
    byte_size: u64,
    is_binary: Option<bool>,
    is_truncated: bool,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    pub pull_request: Option<Pull>,
    rules: Option<Folder>,
    head: Option<Head>,
}

/// What is no folder answers with nothing.
#[derive(Deserialize)]
struct Folder {
    entries: Option<Vec<Entry>>,
}

#[derive(Deserialize)]
struct Entry {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    object: Option<EntryText>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryText {
    is_truncated: Option<bool>,
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pull {
    head_ref_oid: Sha,
    base_ref_name: String,
    base_ref: Option<BaseRef>,
    is_draft: bool,
    state: PullStatus,
    review_threads: Threads,
}

#[derive(Deserialize)]
struct BaseRef {
    target: Option<Oid>,
}

#[derive(Deserialize)]
struct Oid {
    oid: Sha,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Threads {
    page_info: PageInfo,
    #[serde(flatten)]
    list: Nodes<ThreadNode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageInfo {
    has_next_page: bool,
    end_cursor: Option<String>,
}

/// GraphQL lists may be null, and so may each of their entries.
#[derive(Deserialize)]
struct Nodes<T> {
    nodes: Option<Vec<Option<T>>>,
}

impl<T> Default for Nodes<T> {
    fn default() -> Nodes<T> {
        Nodes { nodes: None }
    }
}

impl<T> Nodes<T> {
    fn iter(&self) -> impl Iterator<Item = &T> {
        self.nodes.iter().flatten().flatten()
    }

    fn into_iter(self) -> impl Iterator<Item = T> {
        self.nodes.into_iter().flatten().flatten()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ThreadNode {
    is_resolved: bool,
    is_outdated: bool,
    path: String,
    line: Option<u32>,
    start_line: Option<u32>,
    original_line: Option<u32>,
    comments: Comments,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Comments {
    total_count: u64,
    #[serde(flatten)]
    list: Nodes<CommentNode>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CommentNode {
    id: String,
    /// A BigInt, which GitHub writes as text.
    full_database_id: Value,
    body: String,
    viewer_did_author: bool,
    created_at: String,
    is_minimized: bool,
    viewer_can_minimize: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Head {
    tree: Option<Oid>,
    check_suites: Option<Nodes<Suite>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Suite {
    app: Option<App>,
    check_runs: Option<Nodes<Run>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct App {
    database_id: Option<i64>,
    client_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    database_id: Option<i64>,
    external_id: Option<String>,
    status: String,
    conclusion: Option<String>,
    title: Option<String>,
    annotations: Option<Count>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Count {
    total_count: u32,
}

impl From<Blob> for BlobView {
    fn from(blob: Blob) -> BlobView {
        BlobView {
            oid: blob.oid,
            byte_size: blob.byte_size,
            // GitHub says null where it cannot tell; then there is no text either.
            is_binary: blob.is_binary.unwrap_or(blob.text.is_none()),
            is_truncated: blob.is_truncated,
            text: blob.text,
        }
    }
}

impl From<Blob> for PolicyBlob {
    fn from(blob: Blob) -> PolicyBlob {
        PolicyBlob { oid: blob.oid, text: blob.text, is_truncated: blob.is_truncated }
    }
}

impl Pull {
    pub(super) fn into_state(self) -> PullState {
        let page = self.review_threads.page_info;
        PullState {
            head: self.head_ref_oid,
            base_ref: self.base_ref_name,
            base_tip: self.base_ref.and_then(|base| base.target).map(|target| target.oid),
            is_draft: self.is_draft,
            state: self.state,
            threads: self.review_threads.list.into_iter().filter_map(ThreadNode::into_thread).collect(),
            threads_next: page.end_cursor.filter(|_| page.has_next_page),
        }
    }
}

impl ThreadNode {
    /// A thread whose comments were all deleted says nothing.
    fn into_thread(self) -> Option<Thread> {
        let replied = self.comments.total_count > 1;
        let first = self.comments.list.into_iter().next()?;
        Some(Thread {
            comment: first.id,
            may_minimize: first.viewer_can_minimize,
            minimized: first.is_minimized,
            replied,
            ours: first.viewer_did_author,
            path: self.path,
            line: self.line,
            start_line: self.start_line,
            original_line: self.original_line,
            resolved: self.is_resolved,
            outdated: self.is_outdated,
            body: first.body,
            database_id: id(&first.full_database_id),
            created_at: first.created_at,
        })
    }
}

fn id(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

impl State {
    pub(super) fn commit(&mut self, policy: Option<PolicyBlob>, app_id: &str) -> CommitState {
        let folder = self.rules.take().and_then(|folder| folder.entries).unwrap_or_default();
        let rules = folder.into_iter().filter(|entry| entry.kind == "blob").map(Entry::rules).collect();
        let tree = self.head.as_ref().and_then(|head| head.tree.as_ref());
        CommitState { tree: tree.map(|tree| tree.oid.clone()), policy, rules, checks: self.checks(app_id) }
    }

    /// The check runs that are our App's, by its number or client id.
    fn checks(&self, app_id: &str) -> Vec<StandingCheck> {
        let suites = self.head.iter().filter_map(|head| head.check_suites.as_ref()).flat_map(Nodes::iter);
        let ours = suites.filter(|suite| suite.is_of(app_id));
        let runs = ours.filter_map(|suite| suite.check_runs.as_ref()).flat_map(Nodes::iter);
        runs.filter_map(Run::standing).collect()
    }
}

impl Entry {
    fn rules(self) -> RuleBlob {
        let whole = self.object.filter(|object| object.is_truncated != Some(true));
        RuleBlob { name: self.name, text: whole.and_then(|object| object.text) }
    }
}

impl Suite {
    /// A suite that names no App was let through by the filter, if that was by number.
    fn is_of(&self, app_id: &str) -> bool {
        match &self.app {
            Some(app) => app.is(app_id),
            None => app_id.parse::<i32>().is_ok(),
        }
    }
}

impl App {
    fn is(&self, app_id: &str) -> bool {
        let by_number = self.database_id.is_some_and(|number| number.to_string() == app_id);
        by_number || self.client_id.as_deref() == Some(app_id)
    }
}

impl Run {
    fn standing(&self) -> Option<StandingCheck> {
        Some(StandingCheck {
            id: CheckId(self.database_id?),
            external_id: self.external_id.clone(),
            status: self.status(),
            title: self.title.clone(),
            annotations: self.annotations.as_ref().map_or(0, |count| count.total_count),
        })
    }

    fn status(&self) -> CheckStatus {
        match (self.status.as_str(), self.conclusion.as_deref()) {
            ("COMPLETED", conclusion) => {
                CheckStatus::Completed(Conclusion::read(conclusion.unwrap_or_default()))
            }
            _ => CheckStatus::InProgress,
        }
    }
}

impl Conclusion {
    /// Reads GraphQL's spelling, which is REST's in capitals.
    fn read(word: &str) -> Conclusion {
        let word = Value::String(word.to_ascii_lowercase());
        Conclusion::deserialize(word).unwrap_or(Conclusion::Other)
    }
}
