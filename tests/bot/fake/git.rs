//! One real git repository per fake repository: commits, merge bases and patches are git's own answers.
//!
//! The content of every commit is also kept in memory, so that reading a blob starts no process.

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, OnceLock};

use sha1::{Digest, Sha1};
use tempfile::TempDir;

/// The files of one commit, by path.
pub type Files = BTreeMap<String, Entry>;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub mode: Mode,
    /// The content; the target of a link; the commit id of a submodule.
    pub bytes: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    File,
    Link,
    Submodule,
}

impl Mode {
    fn octal(self) -> &'static str {
        match self {
            Mode::File => "100644",
            Mode::Link => "120000",
            Mode::Submodule => "160000",
        }
    }
}

impl Entry {
    pub fn file(bytes: impl Into<Vec<u8>>) -> Entry {
        Entry { mode: Mode::File, bytes: bytes.into() }
    }

    pub fn link(target: &str) -> Entry {
        Entry { mode: Mode::Link, bytes: target.into() }
    }

    pub fn submodule(commit: &str) -> Entry {
        Entry { mode: Mode::Submodule, bytes: commit.into() }
    }

    /// The id git gives this content.
    pub fn oid(&self) -> String {
        match self.mode {
            Mode::Submodule => String::from_utf8_lossy(&self.bytes).into_owned(),
            Mode::File | Mode::Link => blob_oid(&self.bytes),
        }
    }
}

/// The id git gives a blob.
pub fn blob_oid(bytes: &[u8]) -> String {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", bytes.len()));
    hash.update(bytes);
    hex::encode(hash.finalize())
}

/// One changed file between two commits, as git tells it.
#[derive(Clone, Debug)]
pub struct Change {
    /// A, M, D, R, C or T.
    pub status: char,
    pub path: String,
    pub old_path: Option<String>,
    /// The blob at the new side; at the old side for a deletion, as GitHub gives it.
    pub oid: String,
    pub additions: usize,
    pub deletions: usize,
    /// From the first `@@` on; none where git shows no lines (binary, pure rename, empty file).
    pub patch: Option<String>,
}

pub struct Git {
    dir: TempDir,
    commits: HashMap<String, Commit>,
    comparisons: Mutex<HashMap<Compared, Arc<Vec<Change>>>>,
}

/// From which commit, to which, and how the patch is written.
type Compared = (String, String, Context);

/// How many unchanged lines surround a change: three as people see it, none to follow a line.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    Three,
    None,
}

struct Commit {
    parents: Vec<String>,
    files: Arc<Files>,
    tree: OnceLock<String>,
}

impl Git {
    pub fn init() -> Git {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let git = Git { dir, commits: HashMap::new(), comparisons: Mutex::default() };
        git.run(&["init", "--quiet", "--bare", "."], &[]);
        git
    }

    /// Makes a commit of precisely these files.
    pub fn commit(&mut self, parents: &[&str], files: Files, message: &str) -> String {
        let number = self.commits.len();
        let stream = import_stream(number, parents, &files, message);
        let answer = self.run(&["fast-import", "--quiet", "--done", "--force"], &stream);
        let sha = String::from_utf8(answer).expect("an id").trim().to_owned();
        let parents = parents.iter().map(|parent| (*parent).to_owned()).collect();
        self.commits.insert(sha.clone(), Commit { parents, files: Arc::new(files), tree: OnceLock::new() });
        sha
    }

    /// The files of a commit, or nothing where the repository has no such commit.
    pub fn files(&self, commit: &str) -> Option<Arc<Files>> {
        self.commits.get(commit).map(|commit| commit.files.clone())
    }

    /// The id of a commit's tree: git's own, equal for equal files.
    pub fn tree(&self, commit: &str) -> Option<String> {
        let known = self.commits.get(commit)?;
        let ask = || {
            let answer = self.run(&["rev-parse", &format!("{commit}^{{tree}}")], &[]);
            String::from_utf8_lossy(&answer).trim().to_owned()
        };
        Some(known.tree.get_or_init(ask).clone())
    }

    /// Nobody finds this commit any more: no branch led to it, and it was thrown away.
    pub fn forget(&mut self, commit: &str) {
        self.commits.remove(commit).expect("a commit to forget");
    }

    /// The files of a merge of `head` into `tip`: what `head` changed since it left is as in `head`.
    pub fn merged(&self, tip: &str, head: &str) -> Files {
        let mut files = (*self.files(tip).expect("the tip")).clone();
        let ours = self.files(head).expect("the head");
        for change in self.three_dot(tip, head).iter() {
            files.remove(change.old_path.as_ref().unwrap_or(&change.path));
            if let Some(entry) = ours.get(&change.path) {
                files.insert(change.path.clone(), entry.clone());
            }
        }
        files
    }

    /// The commits behind `head` that are not behind `base`, oldest first.
    pub fn between(&self, base: &str, head: &str) -> Vec<String> {
        let answer = self.run(&["rev-list", "--reverse", head, &format!("^{base}")], &[]);
        String::from_utf8_lossy(&answer).lines().map(str::to_owned).collect()
    }

    pub fn parents(&self, commit: &str) -> &[String] {
        self.commits.get(commit).map_or(&[], |commit| &commit.parents)
    }

    /// The content of a blob anywhere in the repository.
    pub fn blob(&self, oid: &str) -> Option<Vec<u8>> {
        self.commits
            .values()
            .flat_map(|commit| commit.files.values())
            .find(|entry| entry.mode != Mode::Submodule && entry.oid() == oid)
            .map(|entry| entry.bytes.clone())
    }

    /// Whether one can walk from `head` back to `commit`.
    pub fn reaches(&self, head: &str, commit: &str) -> bool {
        let mut open = vec![head];
        while let Some(at) = open.pop() {
            if at == commit {
                return true;
            }
            open.extend(self.parents(at).iter().map(String::as_str));
        }
        false
    }

    pub fn merge_base(&self, a: &str, b: &str) -> Option<String> {
        let answer = self.output(&["merge-base", a, b], &[]).ok()?;
        Some(String::from_utf8_lossy(&answer).trim().to_owned())
    }

    /// What `head` changes since it left `base`: the three-dot comparison.
    pub fn three_dot(&self, base: &str, head: &str) -> Arc<Vec<Change>> {
        let from = self.merge_base(base, head).unwrap_or_else(|| base.to_owned());
        self.two_dot(&from, head, Context::Three)
    }

    /// What stands differently in `to` than in `from`.
    pub fn two_dot(&self, from: &str, to: &str, context: Context) -> Arc<Vec<Change>> {
        let key = (from.to_owned(), to.to_owned(), context);
        let mut known = self.comparisons.lock().expect("no panic while comparing");
        let compare = || Arc::new(self.compare(from, to, context));
        known.entry(key).or_insert_with(compare).clone()
    }

    fn compare(&self, from: &str, to: &str, context: Context) -> Vec<Change> {
        let context = if context == Context::Three { "-U3" } else { "-U0" };
        let plumbing = ["diff-tree", "-r", "-M", "--no-ext-diff", "--no-textconv"];
        let list =
            self.run(&[&plumbing[..], &["--raw", "--numstat", "--no-abbrev", "-z", from, to]].concat(), &[]);
        let text = self.run(&[&plumbing[..], &["-p", context, "--full-index", from, to]].concat(), &[]);
        join(read_list(&list), &String::from_utf8_lossy(&text))
    }

    fn run(&self, args: &[&str], input: &[u8]) -> Vec<u8> {
        self.output(args, input).unwrap_or_else(|error| panic!("git {args:?}: {error}"))
    }

    fn output(&self, args: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
        let mut child = Command::new("git")
            .args(args)
            .current_dir(self.dir.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env_remove("GIT_DIR")
            .env_remove("GIT_INDEX_FILE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("git is installed");
        child.stdin.take().expect("a pipe").write_all(input).expect("git reads");
        let done = child.wait_with_output().expect("git ends");
        let error = || String::from_utf8_lossy(&done.stderr).into_owned();
        if done.status.success() { Ok(done.stdout.clone()) } else { Err(error()) }
    }
}

/// The commit as `git fast-import` reads it; at the end it is asked for the id.
fn import_stream(number: usize, parents: &[&str], files: &Files, message: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let when = 1_700_000_000 + number;
    write!(out, "commit refs/fake/{number}\nmark :1\n").unwrap();
    writeln!(out, "committer Octo Cat <octocat@example.org> {when} +0000").unwrap();
    write!(out, "data {}\n{message}\n", message.len()).unwrap();
    for (place, parent) in parents.iter().enumerate() {
        let word = if place == 0 { "from" } else { "merge" };
        writeln!(out, "{word} {parent}").unwrap();
    }
    writeln!(out, "deleteall").unwrap();
    for (path, entry) in files {
        import_file(&mut out, path, entry);
    }
    write!(out, "get-mark :1\ndone\n").unwrap();
    out
}

fn import_file(out: &mut Vec<u8>, path: &str, entry: &Entry) {
    let (mode, path) = (entry.mode.octal(), quoted(path));
    if entry.mode == Mode::Submodule {
        writeln!(out, "M {mode} {} {path}", entry.oid()).unwrap();
        return;
    }
    write!(out, "M {mode} inline {path}\ndata {}\n", entry.bytes.len()).unwrap();
    out.extend_from_slice(&entry.bytes);
    out.push(b'\n');
}

/// A path in git's C-style quotes, so that any name at all can be committed.
fn quoted(path: &str) -> String {
    let escape = |byte: u8| match byte {
        b'"' | b'\\' | 0..0x20 | 0x7f.. => format!("\\{byte:03o}"),
        _ => char::from(byte).to_string(),
    };
    format!("\"{}\"", path.bytes().map(escape).collect::<String>())
}

/// Reads `--raw --numstat -z`: first one record per change, then as many counts in the same order.
fn read_list(list: &[u8]) -> Vec<Change> {
    let text = String::from_utf8_lossy(list);
    let mut fields = text.split('\0').peekable();
    let mut changes = Vec::new();
    while let Some(raw) = fields.next_if(|field| field.starts_with(':')) {
        let words: Vec<&str> = raw.split(' ').collect();
        let status = words[4].chars().next().expect("a status letter");
        let first = fields.next().expect("a path").to_owned();
        let second = matches!(status, 'R' | 'C').then(|| fields.next().expect("a new path").to_owned());
        let oid = if status == 'D' { words[2] } else { words[3] }.to_owned();
        let (path, old_path) = match second {
            Some(path) => (path, Some(first)),
            None => (first, None),
        };
        changes.push(Change { status, path, old_path, oid, additions: 0, deletions: 0, patch: None });
    }
    for change in &mut changes {
        let counts = fields.next().expect("a count for each change");
        let mut words = counts.split('\t');
        let mut count = || words.next().and_then(|word| word.parse().ok()).unwrap_or(0);
        (change.additions, change.deletions) = (count(), count());
        if change.old_path.is_some() {
            fields.nth(1);
        }
    }
    changes
}

/// Gives each change its part of the patch text. A change of type (file to link) has two parts and, as on
/// GitHub, no patch.
fn join(mut changes: Vec<Change>, text: &str) -> Vec<Change> {
    let mut parts = text.split_inclusive('\n').fold(Vec::<String>::new(), |mut parts, line| {
        if line.starts_with("diff --git ") {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut() {
            part.push_str(line);
        }
        parts
    });
    parts.reverse();
    for change in &mut changes {
        let part = parts.pop().unwrap_or_default();
        if change.status == 'T' {
            parts.pop();
            continue;
        }
        let from = if part.starts_with("@@ ") { Some(0) } else { part.find("\n@@ ").map(|at| at + 1) };
        change.patch = from.map(|from| part[from..].trim_end_matches('\n').to_owned());
    }
    changes
}
