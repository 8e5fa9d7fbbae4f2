//! Which files differ between two trees, or lie in one tree and in the working tree.

use super::{Error, Repository, sha};
use crate::domain::Sha;

/// One changed path. Paths are bytes, relative to the root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Change {
    /// The path after the change; of a deleted file the one before.
    pub(in crate::cli) path: Vec<u8>,
    /// The path before, if the file was renamed.
    pub(in crate::cli) old_path: Option<Vec<u8>>,
    pub(in crate::cli) base: Option<Side>,
    pub(in crate::cli) head: Option<Side>,
}

/// What stands at a path on one side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Side {
    pub(in crate::cli) kind: Kind,
    pub(in crate::cli) oid: Sha,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Kind {
    File,
    Link,
    Submodule,
}

impl Repository {
    /// The changed paths between two trees, renames found, in the order of their bytes.
    pub(in crate::cli) fn changes(&self, base: &Sha, head: &Sha) -> Result<Vec<Change>, Error> {
        let output = self.run([
            "diff-tree",
            "-z",
            "-r",
            "-M",
            "-l1000",
            "--raw",
            "--no-abbrev",
            "--no-ext-diff",
            "--no-textconv",
            "--end-of-options",
            base.as_str(),
            head.as_str(),
        ])?;
        let mut changes = raw_changes(&output).ok_or(Error::Unintelligible { plumbing: "diff-tree" })?;
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(changes)
    }

    /// Every file of a tree.
    pub(in crate::cli) fn files(&self, tree: &Sha) -> Result<Vec<(Vec<u8>, Side)>, Error> {
        let output = self.run(["ls-tree", "-z", "-r", "--full-tree", "--end-of-options", tree.as_str()])?;
        let files: Option<Vec<_>> = records(&output).map(tree_file).collect();
        files.ok_or(Error::Unintelligible { plumbing: "ls-tree" })
    }

    /// Every path of the working tree: tracked, or neither tracked nor ignored. Some may be gone from the disk.
    pub(in crate::cli) fn working_paths(&self) -> Result<Vec<Vec<u8>>, Error> {
        let output =
            self.run(["ls-files", "-z", "--full-name", "--cached", "--others", "--exclude-standard"])?;
        let mut paths: Vec<Vec<u8>> = records(&output).map(<[u8]>::to_vec).collect();
        paths.sort();
        paths.dedup();
        Ok(paths)
    }
}

/// The records of an output in which each ends in NUL.
fn records(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    output.split(|byte| *byte == 0).filter(|record| !record.is_empty())
}

/// `:100644 100644 <oid> <oid> M`, the path, and for a rename the path after it.
fn raw_changes(output: &[u8]) -> Option<Vec<Change>> {
    let mut records = records(output);
    let mut changes = Vec::new();
    while let Some(record) = records.next() {
        let fields: Vec<&str> = std::str::from_utf8(record).ok()?.strip_prefix(':')?.split(' ').collect();
        let [base_mode, head_mode, base_oid, head_oid, status] = fields[..] else {
            return None;
        };
        let first = records.next()?.to_vec();
        let (old_path, path) = match status.starts_with(['R', 'C']) {
            true => (Some(first), records.next()?.to_vec()),
            false => (None, first),
        };
        changes.push(Change {
            path,
            old_path,
            base: side(base_mode, base_oid)?,
            head: side(head_mode, head_oid)?,
        });
    }
    Some(changes)
}

/// `100644 blob <oid>`, a tab, and the path.
fn tree_file(record: &[u8]) -> Option<(Vec<u8>, Side)> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let fields: Vec<&str> = std::str::from_utf8(&record[..tab]).ok()?.split(' ').collect();
    let [mode, _, oid] = fields[..] else { return None };
    Some((record[tab + 1..].to_vec(), side(mode, oid)??))
}

/// The inner `None` means that nothing stands there.
fn side(mode: &str, oid: &str) -> Option<Option<Side>> {
    let kind = match mode {
        "000000" => return Some(None),
        "120000" => Kind::Link,
        "160000" => Kind::Submodule,
        _ if mode.starts_with("100") => Kind::File,
        _ => return None,
    };
    Some(Some(Side { kind, oid: sha(oid.as_bytes())? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, expect: &[(&str, Option<&str>, bool, bool)]) {
        let changes = raw_changes(output.as_bytes()).unwrap();
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).unwrap();
        let told: Vec<_> = changes
            .iter()
            .map(|c| (text(&c.path), c.old_path.as_ref().map(text), c.base.is_some(), c.head.is_some()))
            .collect();
        let expect: Vec<_> = expect
            .iter()
            .map(|(path, old, base, head)| ((*path).to_owned(), old.map(str::to_owned), *base, *head))
            .collect();
        assert_eq!(told, expect);
    }

    #[test]
    fn changes_are_read_with_odd_names_and_renames() {
        let (a, b, zero) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        check(
            &format!(
                ":100644 100755 {a} {b} M\0x\ny\tz.py\0:000000 100644 {zero} {b} A\0é.py\0\
                 :100644 000000 {a} {zero} D\0gone.py\0:100644 100644 {a} {b} R090\0old.py\0new.py\0"
            ),
            &[
                ("x\ny\tz.py", None, true, true),
                ("é.py", None, false, true),
                ("gone.py", None, true, false),
                ("new.py", Some("old.py"), true, true),
            ],
        );
        check("", &[]);
    }

    #[test]
    fn what_is_no_answer_of_git_is_refused() {
        for output in ["x", ":100644 M\0a\0", ":100644 100644 a b M\0a\0", ":100644 100644"] {
            assert_eq!(raw_changes(output.as_bytes()), None, "{output}");
        }
    }
}
