//! What a change introduces: the findings after it against those before it, over all its files.
//!
//! Both sides are compared as if nothing were suppressed, so that adding or removing a comment
//! makes no finding new; what is suppressed says so itself.

mod file;
mod ledger;
#[cfg(test)]
mod stories;

use super::FileAudit;
use super::diff::Hunk;
use super::finding::Finding;
use super::suppress::SuppressionComment;
use file::File;
use ledger::Ledger;

/// One changed file, audited on both sides.
#[derive(Clone, Debug)]
pub struct FilePair {
    /// As it is after the change; for a deleted file an audit without findings.
    pub head: FileAudit,
    /// As it was before, audited under the head's path so that identities agree. An added file has
    /// an audit without findings; `None` means that we do not know what was there.
    pub base: Option<FileAudit>,
    pub hunks: Vec<Hunk>,
    /// Its path before, if it was renamed.
    pub old_path: Option<String>,
}

/// What became of the findings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// New through this change, in the order of files and lines; suppressed ones included.
    pub introduced: Vec<Finding>,
    /// There before and after, or not known to be new.
    pub standing: usize,
    /// The same code in another place.
    pub moved: usize,
    /// Still there although the change rewrote its statement.
    pub touched: usize,
    /// Gone, and not because the file cannot be read any more.
    pub fixed: usize,
    pub added_suppressions: Vec<AddedSuppression>,
}

/// A suppression that the change itself adds: its reviewers should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedSuppression {
    pub path: String,
    pub comment: SuppressionComment,
    /// How many of the introduced findings it silences.
    pub silenced: usize,
}

/// Compares all files of a change at once, since code moves between them.
pub fn difference(pairs: &[FilePair]) -> Difference {
    let files: Vec<File<'_>> = pairs.iter().map(File::new).collect();
    let mut ledger = Ledger::new(&files);
    let standing = ledger.pair_standing() + ledger.settle_unknown(&files);
    let moved = ledger.pair_moved();
    let touched = ledger.pair_touched();
    let introduced = ledger.introduced();
    Difference {
        added_suppressions: files.iter().flat_map(|file| added_suppressions(file, &introduced)).collect(),
        fixed: ledger.fixed(&files),
        introduced,
        standing,
        moved,
        touched,
    }
}

fn added_suppressions(file: &File<'_>, introduced: &[Finding]) -> Vec<AddedSuppression> {
    let path = &file.pair.head.path;
    let silenced_by = |line: u32| {
        let by_it = |finding: &&Finding| finding.suppressed.as_ref().is_some_and(|by| by.line == line);
        introduced.iter().filter(|finding| finding.path == *path).filter(by_it).count()
    };
    let comments = file.pair.head.suppressions.iter();
    comments
        .filter(|comment| file.is_added(comment.line))
        .map(|comment| AddedSuppression {
            path: path.clone(),
            comment: comment.clone(),
            silenced: silenced_by(comment.line),
        })
        .collect()
}
