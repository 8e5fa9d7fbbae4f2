//! Running the engine over both sides of every changed file, a few at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Context;
use super::base::{Base, Sides};
use super::verify;
use crate::engine::diff::Hunk;
use crate::engine::difference::{Difference, FilePair, difference};
use crate::engine::{Engine, FileAudit, Foreign, Options, SkipReason, Skipped};
use crate::report::Broken;

/// What the audit of the whole change gave.
#[derive(Clone, Debug, Default)]
pub(super) struct Audited {
    pub difference: Difference,
    /// The audited files, by path.
    pub files: BTreeMap<String, AuditedFile>,
    /// Python files that were not audited, each with its reason.
    pub skipped: Vec<Skipped>,
    /// Lines of audited files that are no valid Python.
    pub broken: Vec<Broken>,
    /// Python files that the policy does not want audited.
    pub ignored: Vec<String>,
    /// Python files that nobody of the project writes by hand.
    pub foreign: Vec<(String, Foreign)>,
    /// Rules that needed too many steps, each with the file.
    pub gave_up: Vec<(String, String)>,
    /// Changed files that are not Python.
    pub others: usize,
    /// GitHub cut the list of files: it never tells more than this.
    pub truncated: Option<usize>,
}

/// What publishing needs to know of an audited file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AuditedFile {
    pub hunks: Vec<Hunk>,
    /// Whether comments may stand on these hunks.
    pub anchors: bool,
    /// The whole text, kept only where a finding brings a suggestion.
    pub text: Option<String>,
}

impl Audited {
    pub(super) fn file(&self, path: &str) -> Option<&AuditedFile> {
        self.files.get(path)
    }

    /// Whether all Python of the change was audited, except those the policy leaves out.
    pub(super) fn is_complete(&self) -> bool {
        self.skipped.is_empty() && self.broken.is_empty() && self.truncated.is_none()
    }
}

/// Collects the audits of single files until the difference over all of them can be taken.
#[derive(Default)]
pub(super) struct Auditor {
    pairs: Vec<FilePair>,
    audited: Audited,
}

impl Auditor {
    pub(super) fn new(audited: Audited) -> Auditor {
        Auditor { pairs: Vec::new(), audited }
    }

    pub(super) fn skip(&mut self, path: &str, reason: SkipReason) {
        self.audited.skipped.push(Skipped { path: path.to_owned(), reason });
    }

    /// Leaves out a file because the policy says so.
    pub(super) fn ignore(&mut self, path: &str) {
        self.audited.ignored.push(path.to_owned());
    }

    /// Counts a file that turned out not to be Python.
    pub(super) fn not_python(&mut self) {
        self.audited.others += 1;
    }

    /// Audits these files, at most as many at once as the process has cores for.
    pub(super) async fn audit(&mut self, cx: &Context, options: &Options, files: Vec<Sides>) {
        let mut running = Vec::with_capacity(files.len());
        for sides in files {
            let path = sides.path.clone();
            let engine = Arc::clone(&cx.engine);
            let cores = Arc::clone(&cx.cores);
            let options = options.clone();
            let job = tokio::spawn(async move {
                let _core = cores.acquire().await;
                tokio::task::spawn_blocking(move || audit_sides(&engine, &options, sides)).await
            });
            running.push((path, job));
        }
        for (path, job) in running {
            match job.await {
                Ok(Ok(done)) => self.take(done),
                Ok(Err(panic)) | Err(panic) => self.crashed(&path, &panic),
            }
        }
    }

    /// Takes an audit that was made before.
    pub(super) fn known(&mut self, pair: FilePair) {
        let file = AuditedFile { hunks: pair.hunks.clone(), anchors: false, text: None };
        self.take(Done { pair, file });
    }

    /// What was audited so far.
    pub(super) fn pairs(&self) -> &[FilePair] {
        &self.pairs
    }

    fn take(&mut self, done: Done) {
        if let Some(skipped) = done.pair.head.skipped.clone() {
            self.audited.skipped.push(skipped);
        }
        let path = &done.pair.head.path;
        self.audited.foreign.extend(done.pair.head.foreign.map(|foreign| (path.clone(), foreign)));
        let gave_up = done.pair.head.exhausted.iter().map(|rule| (rule.clone(), path.clone()));
        self.audited.gave_up.extend(gave_up);
        let broken = done.pair.head.broken.iter();
        let broken =
            broken.map(|(first, last)| Broken { path: path.clone(), first_line: *first, last_line: *last });
        self.audited.broken.extend(broken);
        self.audited.files.insert(done.pair.head.path.clone(), done.file);
        self.pairs.push(done.pair);
    }

    /// A bug of ours in one file must not cost the audit of the others.
    fn crashed(&mut self, path: &str, cause: &tokio::task::JoinError) {
        let incident = uuid::Uuid::new_v4().to_string();
        tracing::error!(incident, path, %cause, "the audit of a file crashed");
        self.skip(path, SkipReason::Internal(format!("incident {incident}")));
    }

    /// Takes the difference over the whole change.
    pub(super) fn finish(mut self) -> Audited {
        // In whatever order they came: the same change is the same difference.
        self.pairs.sort_by(|left, right| left.head.path.cmp(&right.head.path));
        let difference = difference(&self.pairs);
        Audited { difference, ..self.audited }
    }
}

struct Done {
    pair: FilePair,
    file: AuditedFile,
}

fn audit_sides(engine: &Engine, options: &Options, sides: Sides) -> Done {
    let mut head = engine.audit(&sides.path, &sides.head, options);
    let base = match &sides.base {
        Base::Absent => Some(FileAudit { path: sides.path.clone(), ..FileAudit::default() }),
        Base::Text(text) => Some(engine.audit(&sides.path, text, options)),
        Base::Unknown => None,
    };
    let text = text(&head, sides.head);
    verify::keep_proven(engine, options, &mut head, text.as_deref(), &sides.hunks);
    let text = text.filter(|_| suggests(&head));
    let file = AuditedFile { hunks: sides.hunks.clone(), anchors: sides.anchors, text };
    let pair = FilePair { head, base, hunks: sides.hunks, old_path: sides.old_path };
    Done { pair, file }
}

/// A suggestion is made of whole lines, so its comment needs the text; other texts are dropped here.
fn text(audit: &FileAudit, head: Vec<u8>) -> Option<String> {
    let text = suggests(audit).then(|| String::from_utf8(head).ok()).flatten();
    text.filter(|text| !text.starts_with('\u{feff}'))
}

fn suggests(audit: &FileAudit) -> bool {
    audit.findings.iter().any(|finding| finding.suggestion.is_some())
}
