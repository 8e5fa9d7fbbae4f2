//! The whole of the fake's world as plain data: webhook payloads and API answers are both drawn from it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::anchor::Side;
use super::calls::Call;
use super::clock;
use super::faults::Fault;
use super::git::Git;
use super::hook::Hook;
use super::limits::Limits;

/// The App's id and the login of its bot.
pub const APP_ID: i64 = 4242;
pub const APP_SLUG: &str = "scrutineer";
pub const BOT: &str = "scrutineer[bot]";

pub struct State {
    pub installations: BTreeMap<i64, Installation>,
    pub repos: BTreeMap<i64, Repo>,
    pub tokens: HashMap<String, Token>,
    pub token_lifetime: Duration,
    pub limits: Limits,
    pub faults: Vec<Fault>,
    pub hook: Hook,
    pub calls: Vec<Call>,
    /// What the bot did that no bot may do, such as asking for an address GitHub does not have.
    pub offences: Vec<String>,
    /// What was written since a human last looked.
    pub unread: Vec<String>,
    /// A file on whose lines no comment is taken, as happens when GitHub's own diff is not the one it showed.
    pub refuse_lines_of: Option<String>,
    /// Requests that read, counted: replicas that lag are told in these.
    pub reads: u64,
    /// Signs under comments: the comment, who gave it, what it shows.
    pub reactions: Vec<(i64, String, String)>,
    next_id: i64,
    time: i64,
}

pub struct Installation {
    pub id: i64,
    pub account: String,
    pub permissions: BTreeMap<String, Level>,
    pub repos: BTreeSet<i64>,
    pub suspended: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Read,
    Write,
}

impl Level {
    pub fn parse(text: &str) -> Option<Level> {
        match text {
            "read" => Some(Level::Read),
            "write" => Some(Level::Write),
            _ => None,
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Level::Read => "read",
            Level::Write => "write",
        }
    }
}

#[derive(Clone)]
pub struct Token {
    pub installation: i64,
    /// The repositories it reaches.
    pub repos: BTreeSet<i64>,
    pub permissions: BTreeMap<String, Level>,
    pub expires: Instant,
}

pub struct Repo {
    pub id: i64,
    pub owner: String,
    pub name: String,
    /// Names it had before; requests for them are redirected.
    pub old_names: Vec<(String, String)>,
    pub private: bool,
    pub archived: bool,
    pub default_branch: String,
    pub branches: BTreeMap<String, String>,
    pub pulls: BTreeMap<i64, Pull>,
    pub checks: Vec<CheckRun>,
    pub git: Git,
    /// GitHub leaves out the patch of a file beyond this many bytes.
    pub patch_limit: usize,
    pub next_number: i64,
    /// Who may do what: `admin`, `write`, `read`, or a role between.
    pub collaborators: BTreeMap<String, &'static str>,
}

pub struct Pull {
    pub id: i64,
    pub number: i64,
    pub title: String,
    pub author: String,
    pub head: String,
    pub head_ref: String,
    /// The fork it comes from, `None` for a branch of the repository itself, or for a fork since deleted.
    pub fork: Option<String>,
    pub base_ref: String,
    /// The base branch's tip when GitHub last looked at the pull request: it may be old.
    pub base_sha: String,
    pub draft: bool,
    pub state: PullState,
    pub locked: bool,
    pub labels: Vec<String>,
    pub created_at: i64,
    pub updated_at: i64,
    pub reviews: Vec<Review>,
    pub comments: Vec<Comment>,
    /// The conversation beside the reviews.
    pub words: Vec<Words>,
    /// The head it had before, and until which read GitHub still answers with it.
    pub stale: Option<(String, u64)>,
    /// Every head it ever had.
    pub heads: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PullState {
    Open,
    Closed,
    Merged,
}

pub struct Review {
    pub id: i64,
    pub author: String,
    pub body: String,
    pub state: &'static str,
    pub commit_id: String,
    pub at: i64,
    pub hidden: Hidden,
}

/// A comment in the conversation.
pub struct Words {
    pub id: i64,
    pub author: String,
    pub body: String,
    pub at: i64,
    pub hidden: Hidden,
}

pub struct Comment {
    pub id: i64,
    /// None for a single comment, which GitHub wraps into a review of its own.
    pub review: Option<i64>,
    pub author: String,
    pub body: String,
    pub path: String,
    pub commit_id: String,
    pub place: Place,
    pub in_reply_to: Option<i64>,
    pub resolved: bool,
    /// Folded away, and why.
    pub minimized: Option<String>,
    pub deleted: bool,
    pub at: i64,
    pub hidden: Hidden,
}

/// What a comment speaks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    File,
    Lines { side: Side, start: Option<u32>, line: u32 },
}

#[derive(Clone, Debug)]
pub struct CheckRun {
    pub id: i64,
    pub name: String,
    pub head_sha: String,
    pub external_id: String,
    pub details_url: Option<String>,
    pub status: String,
    pub conclusion: Option<String>,
    pub title: Option<String>,
    pub summary: Option<String>,
    pub text: Option<String>,
    pub annotations: Vec<Value>,
    pub actions: Vec<Value>,
    pub started_at: i64,
    pub completed_at: Option<i64>,
    pub hidden: Hidden,
    /// Every title and conclusion it ever had, oldest first.
    pub history: Vec<String>,
}

/// Whether a thing can be seen already: GitHub's replicas lag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hidden {
    No,
    UntilRead(u64),
    Until(Instant),
}

impl State {
    pub fn new() -> State {
        State {
            installations: BTreeMap::new(),
            repos: BTreeMap::new(),
            tokens: HashMap::new(),
            token_lifetime: Duration::from_secs(3600),
            limits: Limits::default(),
            faults: Vec::new(),
            hook: Hook::default(),
            calls: Vec::new(),
            offences: Vec::new(),
            unread: Vec::new(),
            refuse_lines_of: None,
            reads: 0,
            reactions: Vec::new(),
            next_id: 1000,
            time: clock::now() - 100_000,
        }
    }

    pub fn new_id(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    /// The world's time in seconds; each event happens a second after the one before.
    pub fn tick(&mut self) -> i64 {
        self.time += 1;
        self.time
    }

    pub fn seen(&self, hidden: Hidden) -> bool {
        match hidden {
            Hidden::No => true,
            Hidden::UntilRead(read) => self.reads > read,
            Hidden::Until(when) => Instant::now() >= when,
        }
    }

    pub fn repo(&self, id: i64) -> &Repo {
        &self.repos[&id]
    }

    pub fn repo_mut(&mut self, id: i64) -> &mut Repo {
        self.repos.get_mut(&id).expect("a repository of this world")
    }

    /// The repository that has, or once had, this name; and whether the name is the present one.
    pub fn named(&self, owner: &str, name: &str) -> Option<(i64, bool)> {
        let same = |o: &str, n: &str| o.eq_ignore_ascii_case(owner) && n.eq_ignore_ascii_case(name);
        let now = self.repos.values().find(|repo| same(&repo.owner, &repo.name));
        let once = || self.repos.values().find(|repo| repo.old_names.iter().any(|(o, n)| same(o, n)));
        now.map(|repo| (repo.id, true)).or_else(|| once().map(|repo| (repo.id, false)))
    }

    /// The head GitHub answers with when asked now.
    pub fn shown_head(&self, pull: &Pull) -> String {
        match &pull.stale {
            Some((old, until)) if self.reads <= *until => old.clone(),
            _ => pull.head.clone(),
        }
    }

    pub fn installation_of(&self, repo: i64) -> i64 {
        let holds = |installation: &&Installation| installation.repos.contains(&repo);
        self.installations.values().find(holds).map_or(0, |installation| installation.id)
    }
}

impl Repo {
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// The commit a name stands for: a full id, a branch, `refs/heads/...`, `refs/pull/N/head` or `HEAD`.
    pub fn resolve(&self, name: &str) -> Option<String> {
        let branch = name.strip_prefix("refs/heads/").unwrap_or(name);
        let branch = if name == "HEAD" { &self.default_branch } else { branch };
        let pull = name.strip_prefix("refs/pull/").and_then(|rest| rest.strip_suffix("/head"));
        let pull = pull.and_then(|number| self.pulls.get(&number.parse().ok()?));
        self.branches
            .get(branch)
            .cloned()
            .or_else(|| pull.map(|pull| pull.head.clone()))
            .or_else(|| self.git.files(name).map(|_| name.to_owned()))
    }
}

impl PullState {
    pub fn rest(self) -> &'static str {
        match self {
            PullState::Open => "open",
            PullState::Closed | PullState::Merged => "closed",
        }
    }

    pub fn graphql(self) -> &'static str {
        match self {
            PullState::Open => "OPEN",
            PullState::Closed => "CLOSED",
            PullState::Merged => "MERGED",
        }
    }
}
