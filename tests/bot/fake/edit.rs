//! Changes to files, as a commit makes them.

use super::git::{Entry, Files};

/// One change to the files of a branch.
#[derive(Clone, Debug)]
pub enum Edit {
    Put(String, Entry),
    Delete(String),
    Rename(String, String),
}

impl Edit {
    pub fn delete(path: &str) -> Edit {
        Edit::Delete(path.to_owned())
    }

    pub fn rename(from: &str, to: &str) -> Edit {
        Edit::Rename(from.to_owned(), to.to_owned())
    }

    pub fn apply(self, files: &mut Files) {
        match self {
            Edit::Put(path, entry) => {
                files.insert(path, entry);
            }
            Edit::Delete(path) => {
                files.remove(&path).expect("a file to delete");
            }
            Edit::Rename(from, to) => {
                let entry = files.remove(&from).expect("a file to rename");
                files.insert(to, entry);
            }
        }
    }
}

impl From<(&str, &str)> for Edit {
    fn from((path, text): (&str, &str)) -> Edit {
        Edit::Put(path.to_owned(), Entry::file(text))
    }
}

impl From<&(&str, &str)> for Edit {
    fn from(pair: &(&str, &str)) -> Edit {
        Edit::from(*pair)
    }
}

impl From<(String, String)> for Edit {
    fn from((path, text): (String, String)) -> Edit {
        Edit::Put(path, Entry::file(text))
    }
}

impl From<(&str, Entry)> for Edit {
    fn from((path, entry): (&str, Entry)) -> Edit {
        Edit::Put(path.to_owned(), entry)
    }
}
