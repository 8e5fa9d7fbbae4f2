//! The sample change: a small shop, before and after. What is in it on purpose:
//!
//! | where | what |
//! |---|---|
//! | `settings.py` | a new secret with a usable default; an old one that was there before |
//! | `orders.py` | a blocking call on the event loop, a dropped task, a doubled route |
//! | `rates.py` | moved out of `orders.py` together with its old finding: not new |
//! | `backup.py` | no timeout, TLS not verified (once suppressed, with a reason), an archive unpacked unchecked |

use std::path::{Path, PathBuf};

use crate::fake::verbs::Edit;

/// The files of the base.
pub fn before() -> Vec<Edit> {
    edits("before")
}

/// The files of the head, over those of the base.
pub fn change() -> Vec<Edit> {
    edits("after")
}

fn edits(side: &str) -> Vec<Edit> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/demo/sample").join(side);
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    let name =
        |file: &PathBuf| file.strip_prefix(&root).expect("a file below").to_string_lossy().into_owned();
    files.iter().map(|file| (name(file), std::fs::read_to_string(file).expect("a text")).into()).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("the sample") {
        let path = entry.expect("the sample").path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}
