//! The local repository, through git's plumbing only. The checkout may be hostile: nothing that its
//! configuration names is run, nothing is fetched, and no text is compared by git.
#![expect(clippy::disallowed_methods, reason = "the command line is the room that starts processes")]

mod blobs;
mod changes;
mod error;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(super) use blobs::{Blob, Blobs};
pub(super) use changes::{Change, Kind, Side};
pub(super) use error::Error;

use crate::domain::Sha;

/// A repository, bare or with a working tree.
pub(super) struct Repository {
    /// Where git is run.
    dir: PathBuf,
    /// The root of the working tree.
    root: Option<PathBuf>,
}

impl Repository {
    /// The repository that holds this directory.
    pub(super) fn discover(dir: &Path) -> Result<Repository, Error> {
        let mut repository = Repository { dir: dir.to_owned(), root: None };
        repository.run(["rev-parse", "--git-dir"]).map_err(Error::or_no_repository)?;
        if repository.run(["rev-parse", "--is-inside-work-tree"])? == b"true\n" {
            let root = path_of(line(&repository.run(["rev-parse", "--show-toplevel"])?));
            // A configured work tree elsewhere would make us read files that are none of the project.
            if !dir.starts_with(&root) {
                return Err(Error::ForeignWorkTree { root });
            }
            repository = Repository { dir: root.clone(), root: Some(root) };
        }
        Ok(repository)
    }

    pub(super) fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    /// The tree that a revision names.
    pub(super) fn tree(&self, revision: &str) -> Result<Sha, Error> {
        self.resolve(revision, "tree")
    }

    /// The commit that a revision names.
    pub(super) fn commit(&self, revision: &str) -> Result<Sha, Error> {
        self.resolve(revision, "commit")
    }

    fn resolve(&self, revision: &str, kind: &str) -> Result<Sha, Error> {
        let unknown = || Error::UnknownRevision { revision: revision.to_owned(), shallow: self.is_shallow() };
        let object = format!("{revision}^{{{kind}}}");
        match self.run(["rev-parse", "--quiet", "--verify", "--end-of-options", &object]) {
            Ok(output) => sha(line(&output)).ok_or_else(unknown),
            Err(Error::Failed { .. }) => Err(unknown()),
            Err(other) => Err(other),
        }
    }

    /// Where two commits parted, as a pull request counts it.
    pub(super) fn merge_base(&self, a: &Sha, b: &Sha) -> Result<Sha, Error> {
        let none = || Error::NoMergeBase {
            a: a.short().to_owned(),
            b: b.short().to_owned(),
            shallow: self.is_shallow(),
        };
        match self.run(["merge-base", "--end-of-options", a.as_str(), b.as_str()]) {
            Ok(output) => sha(line(&output)).ok_or_else(none),
            Err(Error::Failed { .. }) => Err(none()),
            Err(other) => Err(other),
        }
    }

    fn is_shallow(&self) -> bool {
        self.run(["rev-parse", "--is-shallow-repository"]).is_ok_and(|output| output == b"true\n")
    }

    /// Reads blobs, as many as are asked for, through one process.
    pub(super) fn blobs(&self) -> Result<Blobs, Error> {
        Blobs::start(self.command(["cat-file", "--batch"]))
    }

    fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Vec<u8>, Error> {
        let mut command = self.command(args);
        let output = command.stdin(Stdio::null()).output().map_err(|cause| Error::NotStarted { cause })?;
        finished(&command, output)
    }

    fn command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.dir).args(HARDENED).args(args).envs(ENVIRONMENT);
        command
    }
}

/// Whatever the checkout configures, no hook, no monitor and no helper is run.
const HARDENED: [&str; 7] = [
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.untrackedCache=false",
];

/// No lock is taken, nothing is fetched by a partial clone, nothing is asked on a terminal, and
/// neither replacements nor the machine's configuration change what an object is.
const ENVIRONMENT: [(&str, &str); 8] = [
    ("GIT_CONFIG_NOSYSTEM", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", ""),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_NO_REPLACE_OBJECTS", "1"),
    ("GIT_LITERAL_PATHSPECS", "1"),
    ("LC_ALL", "C"),
];

fn finished(command: &Command, output: Output) -> Result<Vec<u8>, Error> {
    if output.status.success() {
        return Ok(output.stdout);
    }
    let plumbing = command.get_args().nth(HARDENED.len()).unwrap_or_default().to_string_lossy().into_owned();
    let told = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(Error::Failed { plumbing, told })
}

/// The output without the newline that git adds.
fn line(output: &[u8]) -> &[u8] {
    output.strip_suffix(b"\n").unwrap_or(output)
}

fn sha(bytes: &[u8]) -> Option<Sha> {
    std::str::from_utf8(bytes).ok().and_then(Sha::parse)
}

/// A file name as git has it. Names are bytes; where the system cannot express them they are shown as well as can be.
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    #[cfg(unix)]
    return PathBuf::from(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes));
    #[cfg(not(unix))]
    return PathBuf::from(String::from_utf8_lossy(bytes).into_owned());
}
