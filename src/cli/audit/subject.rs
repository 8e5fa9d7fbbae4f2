//! One file to audit: where its texts are, how they are read, and what the engine says of them.

use std::path::PathBuf;
use std::sync::Mutex;

use crate::cli::files;
use crate::cli::git::{self, Blob, Blobs};
use crate::domain::Sha;
use crate::engine::difference::FilePair;
use crate::engine::language::{has_python_shebang, is_python_path, may_be_script};
use crate::engine::{Engine, FileAudit, Options, SkipReason, Skipped, Source, diff, oid};

/// A file that may be Python.
#[derive(Debug)]
pub(super) struct Subject {
    /// As it is told: relative to the root, `/` between segments.
    pub(super) path: String,
    pub(super) old_path: Option<String>,
    pub(super) head: Content,
    /// `None` where nothing is compared.
    pub(super) base: Option<Content>,
}

/// Where a text is.
#[derive(Debug)]
pub(super) enum Content {
    Disk(PathBuf),
    Blob(Sha),
    Link,
    Submodule,
    Nothing,
}

impl From<Option<&git::Side>> for Content {
    fn from(side: Option<&git::Side>) -> Content {
        match side.map(|side| (side.kind, &side.oid)) {
            Some((git::Kind::File, oid)) => Content::Blob(oid.clone()),
            Some((git::Kind::Link, _)) => Content::Link,
            Some((git::Kind::Submodule, _)) => Content::Submodule,
            None => Content::Nothing,
        }
    }
}

/// What was learned of a file.
pub(super) struct Audited {
    pub(super) pair: FilePair,
    /// The head's text, where there are findings to show in it.
    pub(super) text: Option<String>,
}

/// A text, or why there is none.
enum Text {
    Bytes(Vec<u8>),
    Nothing,
    Skipped(SkipReason),
}

/// Everything that is needed to audit a subject; shared by the threads.
pub(super) struct Auditor<'a> {
    pub(super) engine: &'a Engine,
    pub(super) options: &'a Options,
    pub(super) blobs: Option<Mutex<Blobs>>,
}

impl Subject {
    /// Whether it can be Python at all, before its content is known.
    pub(super) fn may_be_python(&self) -> bool {
        let paths = || std::iter::once(&self.path).chain(&self.old_path);
        paths().any(|path| is_python_path(path) || may_be_script(path))
    }

    /// Whether both sides are known to be the same without reading them.
    pub(super) fn is_unchanged(&self) -> bool {
        matches!((&self.head, &self.base), (Content::Blob(head), Some(Content::Blob(base))) if head == base)
    }
}

impl Auditor<'_> {
    /// `None` where there is nothing to say: the file is no Python, or did not change.
    pub(super) fn audit(&self, subject: &Subject) -> Option<Audited> {
        let head = self.read(&subject.head);
        if is_untouched(&head, subject.base.as_ref()) {
            return None;
        }
        let base = subject.base.as_ref().map(|base| self.read(base));
        let (head, base) = match base {
            Some(base) => only_python(subject, head, base)?,
            // A file that is audited as it is was chosen for being Python, or named.
            None => (head, None),
        };
        let audit = self.audit_text(&subject.path, &head);
        // Most files have nothing to show and nothing to compare with: they are not decoded again.
        let wanted = base.is_some() || !audit.findings.is_empty();
        let text = wanted.then(|| self.text(&subject.path, &head)).flatten();
        let (base, hunks) = match base {
            Some(base) => {
                let hunks = self.text(&subject.path, &base).zip(text.as_deref());
                let hunks = hunks.map(|(base, head)| diff::between(&base, head)).unwrap_or_default();
                (Some(self.audit_text(&subject.path, &base)), hunks)
            }
            None => (None, Vec::new()),
        };
        let text = text.filter(|_| !audit.findings.is_empty());
        let pair = FilePair { head: audit, base, hunks, old_path: subject.old_path.clone() };
        Some(Audited { pair, text })
    }

    fn audit_text(&self, path: &str, text: &Text) -> FileAudit {
        let nothing = FileAudit { path: path.to_owned(), ..FileAudit::default() };
        match text {
            Text::Bytes(bytes) => self.engine.audit(path, bytes, self.options),
            Text::Nothing => nothing,
            Text::Skipped(reason) => {
                let skipped = Skipped { path: path.to_owned(), reason: reason.clone() };
                FileAudit { skipped: Some(skipped), ..nothing }
            }
        }
    }

    /// The text whose lines the findings count; where it cannot be decoded, as well as can be.
    fn text(&self, path: &str, text: &Text) -> Option<String> {
        match text {
            Text::Bytes(bytes) => Some(match Source::decode(path, bytes, self.engine.limits()) {
                Ok(source) => source.text().to_owned(),
                Err(_) => String::from_utf8_lossy(bytes).into_owned(),
            }),
            Text::Nothing => Some(String::new()),
            Text::Skipped(_) => None,
        }
    }

    fn read(&self, content: &Content) -> Text {
        let limit = self.engine.limits().file_bytes;
        match content {
            Content::Disk(at) => files::read(at, limit).map_or_else(Text::Skipped, Text::Bytes),
            Content::Blob(oid) => self.read_blob(oid, limit),
            Content::Link => Text::Skipped(SkipReason::Symlink),
            Content::Submodule => Text::Skipped(SkipReason::Submodule),
            Content::Nothing => Text::Nothing,
        }
    }

    fn read_blob(&self, oid: &Sha, limit: usize) -> Text {
        let unreadable = |why: String| Text::Skipped(SkipReason::Unreadable(why));
        let Some(mut blobs) = self.blobs.as_ref().and_then(|blobs| blobs.lock().ok()) else {
            return unreadable("git cat-file is not running".to_owned());
        };
        match blobs.read(oid, limit as u64) {
            Ok(Blob::Bytes(bytes)) => Text::Bytes(bytes),
            Ok(Blob::TooLarge { bytes }) => {
                let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
                Text::Skipped(SkipReason::TooLarge { bytes, limit })
            }
            Ok(Blob::Missing) => unreadable(
                "it is missing in this partial clone; fetch it with `git fetch --refetch`".to_owned(),
            ),
            Err(error) => unreadable(error.to_string()),
        }
    }
}

/// Whether a file on disk still is what the tree has.
fn is_untouched(head: &Text, base: Option<&Content>) -> bool {
    match (head, base) {
        (Text::Bytes(bytes), Some(Content::Blob(oid))) => oid::is_blob(bytes, oid.as_str()),
        _ => false,
    }
}

/// Of a name that does not tell, each side counts only if its first line does; a link is no script.
fn only_python(subject: &Subject, head: Text, base: Text) -> Option<(Text, Option<Text>)> {
    let by_path = |path: &str, text: Text| match text {
        _ if is_python_path(path) => text,
        Text::Bytes(bytes) if may_be_script(path) && has_python_shebang(&bytes) => Text::Bytes(bytes),
        Text::Bytes(_) | Text::Nothing | Text::Skipped(_) => Text::Nothing,
    };
    let old_path = subject.old_path.as_ref().unwrap_or(&subject.path);
    let head = by_path(&subject.path, head);
    let base = match base {
        // What was a link or a submodule had no findings of its own.
        Text::Skipped(SkipReason::Symlink | SkipReason::Submodule) => Text::Nothing,
        text => by_path(old_path, text),
    };
    let none = matches!((&head, &base), (Text::Nothing, Text::Nothing));
    (!none).then_some((head, Some(base)))
}
