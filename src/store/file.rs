//! The SQLite file: where it is, that it is ours alone, and whether it is still the one we opened.
//!
//! SQLite goes on writing into a file that somebody deleted, and says nothing; deliveries stored there
//! would be gone with the process. So each connection is checked against what the path names now.
#![expect(
    clippy::disallowed_methods,
    reason = "the database file is this room's own: its path, its lock and its identity"
)]

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::Error;
use super::clock;

/// The file `DATABASE_URL` names, by a path that does not depend on where the process stands.
pub(super) fn locate(url: &str) -> Result<PathBuf, Error> {
    let path = PathBuf::from(path_of(url)?);
    let name = path
        .file_name()
        .ok_or_else(|| Error::Unusable(format!("{url:?} names no file; write sqlite://scrutineer.sqlite")))?;
    if let Ok(whole) = path.canonicalize() {
        return Ok(whole);
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match parent.canonicalize() {
        Ok(parent) => Ok(parent.join(name)),
        Err(error) => Err(Error::Unusable(format!(
            "the directory {} cannot be entered ({error}); create it and let this process write there",
            parent.display()
        ))),
    }
}

fn path_of(url: &str) -> Result<String, Error> {
    let Some(rest) = url.strip_prefix("sqlite:") else {
        return Err(Error::Unusable(
            "it names neither an SQLite file nor a PostgreSQL database; write sqlite://PATH, as in \
             sqlite:///var/lib/scrutineer.sqlite, or postgres://USER:PASSWORD@HOST/DATABASE"
                .to_owned(),
        ));
    };
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    if !matches!(query, "" | "mode=rw" | "mode=rwc") {
        return Err(Error::Unusable(format!(
            "the parameter {query:?} is not known; write sqlite://PATH alone"
        )));
    }
    if path.ends_with(":memory:") {
        return Err(Error::Unusable(
            "the queue must survive a restart, memory does not; name a file as in sqlite://scrutineer.sqlite"
                .to_owned(),
        ));
    }
    Ok(path.strip_prefix("//").unwrap_or(path).to_owned())
}

/// The right to be the only process on a database file. The kernel takes it back when the process
/// ends, however it ends.
pub(super) struct Lock {
    file: File,
}

impl Lock {
    pub(super) fn take(database: &Path) -> Result<Lock, Error> {
        let mut path = database.as_os_str().to_owned();
        path.push(".lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| unwritable(Path::new(&path), &error))?;
        match file.try_lock() {
            Ok(()) => {
                note_owner(&mut file);
                Ok(Lock { file })
            }
            Err(TryLockError::WouldBlock) => {
                Err(Error::InUse { path: database.to_owned(), owner: read_owner(&mut file) })
            }
            Err(TryLockError::Error(error)) => Err(unwritable(Path::new(&path), &error)),
        }
    }

    pub(super) fn release(&self) {
        if let Err(error) = self.file.unlock() {
            tracing::debug!(%error, "the database lock is released with the process only");
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Error {
    Error::Unusable(format!(
        "{} cannot be locked ({error}); let this process write there, or name another file",
        path.display()
    ))
}

/// For the message to whoever starts a second process. The lock itself does not need it.
fn note_owner(file: &mut File) {
    let written = file.set_len(0).and_then(|()| write!(file, "process {}", std::process::id()));
    if let Err(error) = written {
        tracing::debug!(%error, "the database lock does not tell its owner");
    }
}

fn read_owner(file: &mut File) -> String {
    let mut owner = String::new();
    match file.take(64).read_to_string(&mut owner) {
        Ok(_) if owner.starts_with("process ") => owner,
        _ => "another process".to_owned(),
    }
}

/// Device and inode: what a path names at one moment.
type Identity = Option<(u64, u64)>;

/// Notices when the path begins to name another file, or none.
pub(super) struct Watch {
    path: PathBuf,
    seen: Mutex<(Identity, Instant)>,
}

impl Watch {
    pub(super) fn new(path: &Path) -> Watch {
        Watch { path: path.to_owned(), seen: Mutex::new((identity(path), clock::monotonic())) }
    }

    /// Whether a connection of this age was opened on a file that the path no longer names.
    pub(super) fn is_stale(&self, age: Duration) -> bool {
        let now = clock::monotonic();
        let current = identity(&self.path);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.0 != current {
            tracing::error!(path = %self.path.display(), "the database file was replaced or deleted; opening it anew");
            *seen = (current, now);
        }
        now.checked_sub(age).is_none_or(|opened| opened < seen.1)
    }
}

fn identity(path: &Path) -> Identity {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, expect: Result<&str, &str>) {
        match (path_of(url), expect) {
            (Ok(path), Ok(expect)) => assert_eq!(path, expect, "{url}"),
            (Err(error), Err(word)) => assert!(error.to_string().contains(word), "{url}: {error}"),
            (got, expect) => panic!("{url}: {got:?}, expected {expect:?}"),
        }
    }

    #[test]
    fn a_database_address_names_a_file() {
        check("sqlite://scrutineer.sqlite", Ok("scrutineer.sqlite"));
        check("sqlite:scrutineer.sqlite", Ok("scrutineer.sqlite"));
        check("sqlite:///var/lib/s.sqlite?mode=rwc", Ok("/var/lib/s.sqlite"));
        check("sqlite::memory:", Err("survive"));
        check("sqlite://x?cache=shared", Err("cache=shared"));
        check("mysql://localhost/x", Err("sqlite://PATH"));
    }

    #[test]
    fn a_directory_that_is_not_there_is_named() {
        let error = locate("sqlite:///nowhere/at/all.sqlite").unwrap_err().to_string();
        assert!(error.contains("/nowhere/at") && error.contains("create it"), "{error}");
    }

    #[test]
    fn the_lock_excludes_and_names_its_owner() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.sqlite");
        let lock = Lock::take(&path).unwrap();
        let error = Lock::take(&path).err().unwrap().to_string();
        assert!(error.contains(&format!("process {}", std::process::id())), "{error}");
        lock.release();
        assert!(Lock::take(&path).is_ok());
    }
}
