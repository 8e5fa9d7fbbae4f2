//! What a person sees on a pull request: the words without what hides in them, and the checks.

use super::state::{CheckRun, Place, State, Words};

/// One review, or one comment that stands alone.
#[derive(Clone, Debug)]
pub struct Remark {
    pub author: String,
    pub body: String,
    pub comments: Vec<Note>,
}

/// One comment on lines or on a file.
#[derive(Clone, Debug)]
pub struct Note {
    pub id: i64,
    pub path: String,
    pub place: Seen,
    pub resolved: bool,
    /// Folded away, and why.
    pub minimized: Option<String>,
    pub body: String,
}

/// Where a person sees a comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    File,
    Lines(u32, u32),
    Outdated,
}

impl Note {
    /// `app.py:3-5`, `app.py`, `app.py (outdated)`.
    pub fn anchor(&self) -> String {
        match self.place {
            Seen::File => self.path.clone(),
            Seen::Lines(start, end) if start == end => format!("{}:{end}", self.path),
            Seen::Lines(start, end) => format!("{}:{start}-{end}", self.path),
            Seen::Outdated => format!("{} (outdated)", self.path),
        }
    }
}

impl State {
    /// The conversation of a pull request, oldest first. Whatever is in it has now been read.
    pub fn conversation(&mut self, repo: i64, number: i64) -> Vec<Remark> {
        self.unread.retain(|what| what.starts_with("check run") || what.starts_with("reaction"));
        let pull = &self.repo(repo).pulls[&number];
        let mut remarks = Vec::new();
        for review in &pull.reviews {
            let comments = self.notes(repo, number, Some(review.id));
            remarks.push(Remark { author: review.author.clone(), body: visible(&review.body), comments });
        }
        for note in self.notes(repo, number, None) {
            let by = pull.comments.iter().find(|comment| comment.id == note.id).expect("just found");
            remarks.push(Remark { author: by.author.clone(), body: String::new(), comments: vec![note] });
        }
        let said = |words: &Words| Remark {
            author: words.author.clone(),
            body: visible(&words.body),
            comments: Vec::new(),
        };
        remarks.extend(pull.words.iter().map(said));
        remarks
    }

    fn notes(&self, repo: i64, number: i64, review: Option<i64>) -> Vec<Note> {
        let (repo, pull) = (self.repo(repo), &self.repo(repo).pulls[&number]);
        let inside = pull.comments.iter().filter(|comment| comment.review == review && !comment.deleted);
        inside
            .map(|comment| Note {
                id: comment.id,
                path: comment.path.clone(),
                place: match (&comment.place, self.lines_now(repo, pull, comment)) {
                    (Place::File, _) => Seen::File,
                    (_, (start, Some(line))) => Seen::Lines(start.unwrap_or(line), line),
                    (_, (_, None)) => Seen::Outdated,
                },
                resolved: comment.resolved,
                minimized: comment.minimized.clone(),
                body: visible(&comment.body),
            })
            .collect()
    }

    /// The check runs on a commit, oldest first. They have now been read.
    pub fn checks(&mut self, repo: i64, sha: &str) -> Vec<CheckRun> {
        let about = format!("check run scrutineer on {}", &sha[..7]);
        self.unread.retain(|what| !what.starts_with(&about));
        self.repo(repo).checks.iter().filter(|run| run.head_sha == sha).cloned().collect()
    }
}

/// A text without HTML comments, which no person sees.
pub fn visible(text: &str) -> String {
    let mut seen = String::new();
    let mut rest = text;
    while let Some(start) = rest.find("<!--") {
        seen.push_str(&rest[..start]);
        rest = rest[start..].find("-->").map_or("", |end| &rest[start + end + 3..]);
    }
    seen.push_str(rest);
    seen.trim().to_owned()
}
