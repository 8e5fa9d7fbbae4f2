//! A directory, a git repository in it, and the binary run there.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A function with one finding of a rule of tier comment and severity medium.
pub(crate) const SLOW: &str = "import requests\n\n\ndef load(url):\n    return requests.get(url)\n";
/// The rule that finds it.
pub(crate) const TIMEOUT: &str = "http-call-without-timeout";
/// A file without findings.
pub(crate) const FINE: &str = "import os\n\n\ndef name():\n    return os.name\n";

pub(crate) struct World {
    dir: TempDir,
}

impl World {
    /// A directory without a repository.
    pub(crate) fn plain() -> World {
        World { dir: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn new() -> World {
        let world = World::plain();
        world.git(["init", "--quiet", "--initial-branch=main"]);
        world
    }

    pub(crate) fn root(&self) -> PathBuf {
        fs::canonicalize(self.dir.path()).unwrap()
    }

    pub(crate) fn write(&self, path: impl AsRef<Path>, content: impl AsRef<[u8]>) -> &World {
        let at = self.root().join(path);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, content).unwrap();
        self
    }

    pub(crate) fn remove(&self, path: &str) -> &World {
        fs::remove_file(self.root().join(path)).unwrap();
        self
    }

    pub(crate) fn link(&self, path: &str, target: impl AsRef<Path>) -> &World {
        std::os::unix::fs::symlink(target, self.root().join(path)).unwrap();
        self
    }

    /// Commits everything and names the commit.
    pub(crate) fn commit(&self) -> String {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "--allow-empty", "--message=a change"]);
        self.git(["rev-parse", "HEAD"]).trim().to_owned()
    }

    pub(crate) fn git<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> String {
        let mut git = Command::new("git");
        let identity =
            ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "core.hooksPath=/dev/null"];
        let output = isolated(&mut git).current_dir(self.root()).args(identity).args(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs `scrutineer audit`.
    pub(crate) fn audit<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        self.audit_in("", args)
    }

    pub(crate) fn audit_in<A: AsRef<OsStr>>(
        &self,
        directory: &str,
        args: impl IntoIterator<Item = A>,
    ) -> Run {
        let mut binary = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
        let output =
            isolated(&mut binary).current_dir(self.root().join(directory)).arg("audit").args(args).output();
        Run::new(output.unwrap())
    }

    /// Runs any other subcommand.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Run {
        let mut binary = Command::new(env!("CARGO_BIN_EXE_scrutineer"));
        Run::new(isolated(&mut binary).current_dir(self.root()).args(args).output().unwrap())
    }

    /// The findings of `scrutineer audit --format json`, as `path:line rule`, one per line.
    pub(crate) fn findings<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Vec<String> {
        self.audit(json(args)).findings()
    }
}

/// The arguments with the format of which [`Run::json`] reads.
pub(crate) fn json<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Vec<std::ffi::OsString> {
    let args = args.into_iter().map(|arg| arg.as_ref().to_owned());
    args.chain(["--format=json".into()]).collect()
}

/// Without the configuration of this machine.
fn isolated(command: &mut Command) -> &mut Command {
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("HOME", "/nonexistent")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
}

/// What a run of the binary said.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    fn new(output: Output) -> Run {
        Run {
            code: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {}{}", self.out, self.err))
    }

    pub(crate) fn findings(&self) -> Vec<String> {
        self.list("findings", |f| format!("{}:{} {}", text(&f["path"]), f["start"]["line"], text(&f["rule"])))
    }

    /// Files that were not audited, as `path: reason`.
    pub(crate) fn skipped(&self) -> Vec<String> {
        self.list("skipped", |s| format!("{}: {}", text(&s["path"]), text(&s["reason"])))
    }

    pub(crate) fn notes(&self) -> Vec<String> {
        self.list("notes", |note| text(note).to_owned())
    }

    fn list(&self, name: &str, told: impl Fn(&serde_json::Value) -> String) -> Vec<String> {
        self.json()[name].as_array().unwrap().iter().map(told).collect()
    }

    /// An error that says this, and exit code 2.
    #[track_caller]
    pub(crate) fn fails_with(&self, words: &str) {
        assert_eq!(self.code, 2, "{}{}", self.out, self.err);
        assert!(self.err.contains(words), "{}", self.err);
    }
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap()
}

/// The one finding of [`SLOW`] as it is told.
pub(crate) fn slow(path: &str) -> String {
    format!("{path}:5 {TIMEOUT}")
}
