//! Reading the change in the fewest calls: one page of files with their patches, then one look that
//! brings the texts together with the state, the policy and what stands there already.

use std::collections::VecDeque;

use super::Stop;
use super::audit::Audited;
use super::select::{self, Selection};
use crate::domain::{PullNumber, Sha};
use crate::github::{
    BlobView, COMPARED_FILES, ChangedFile, CommitState, Comparison, Error, FILES_PER_PAGE, Look, PullState,
    RepoClient, View,
};

/// GitHub lists no more files than this, and does not say that it stopped.
const MAX_FILES: usize = 3_000;

/// Texts asked for in one look: GitHub gives a query ten seconds.
pub(super) const TEXTS_PER_LOOK: usize = 50;

/// The changed files, sorted into what we audit and what we only count.
#[derive(Clone, Debug, Default)]
pub(super) struct Listing {
    pub python: Vec<ChangedFile>,
    /// Python files that are gone.
    pub removed: Vec<ChangedFile>,
    /// The policy file, if the pull request changes it.
    pub policy: Option<ChangedFile>,
    /// Changed files that are not Python.
    pub others: usize,
    /// The commit GitHub listed, where its addresses tell.
    pub head: Option<Sha>,
    /// GitHub may have cut the list: it never tells more files than this.
    pub truncated: Option<usize>,
}

/// Lists the changed files, page by page.
pub(super) async fn list(repo: &RepoClient, pull: PullNumber) -> Result<Listing, Stop> {
    let mut listing = Listing::default();
    let mut seen = 0;
    for page in 1.. {
        let files = repo.files(pull, page).await?;
        let count = files.len();
        seen += count;
        files.into_iter().for_each(|file| listing.take(file));
        if count < FILES_PER_PAGE || seen >= MAX_FILES {
            break;
        }
    }
    listing.truncated = (seen >= MAX_FILES).then_some(MAX_FILES);
    Ok(listing)
}

/// Where these files are at the head.
pub(super) fn paths(files: &[ChangedFile]) -> Vec<String> {
    files.iter().map(|file| file.filename.clone()).collect()
}

impl Listing {
    /// What one commit has that another has not.
    pub(super) fn of(comparison: Comparison) -> Listing {
        let truncated = (comparison.files.len() >= COMPARED_FILES).then_some(COMPARED_FILES);
        let mut listing = Listing { truncated, ..Listing::default() };
        comparison.files.into_iter().for_each(|file| listing.take(file));
        listing
    }

    /// Whether there is nothing to read: neither Python nor a policy.
    pub(super) fn needs_no_text(&self) -> bool {
        self.python.is_empty() && self.policy.is_none()
    }

    /// What the first look brings: a batch of Python files and, last, a changed policy.
    pub(super) fn first_paths(&self) -> Vec<String> {
        let batch = self.python.chunks(TEXTS_PER_LOOK).next().unwrap_or_default();
        let policy = self.policy.iter().map(|file| file.filename.clone());
        paths(batch).into_iter().chain(policy).collect()
    }

    /// The audit of nothing, as far as the listing tells.
    pub(super) fn nothing_audited(&self) -> Audited {
        Audited { others: self.others, truncated: self.truncated, ..Audited::default() }
    }

    fn take(&mut self, file: ChangedFile) {
        self.head = self.head.take().or_else(|| file.listed_at());
        match select::select(&file) {
            Selection::Python | Selection::PerhapsScript => self.python.push(file),
            Selection::RemovedPython => self.removed.push(file),
            Selection::Unchanged => {}
            Selection::Other => {
                self.others += 1;
                if file.filename == super::policy::PATH {
                    self.policy = Some(file);
                }
            }
        }
    }
}

/// What is looked at besides a head.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// A pull request into this branch.
    Pull(PullNumber, String),
    /// A commit on top of this one.
    Commit(Sha),
}

impl Place {
    /// Where the policy holds that the head cannot change.
    fn policy_at(&self) -> String {
        match self {
            Place::Pull(_, base_ref) => format!("refs/heads/{base_ref}"),
            Place::Commit(base) => base.to_string(),
        }
    }
}

/// What the first look shows.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// Of a pull request only.
    pub pull: Option<PullState>,
    pub standing: CommitState,
    pub blobs: Vec<Option<BlobView>>,
}

/// Where the texts come from: one head of a pull request, or one commit.
pub(super) struct Texts<'a> {
    pub repo: &'a RepoClient,
    pub place: Place,
    pub head: Sha,
    /// Where the change left the base, if that is known already.
    pub fork: Option<Sha>,
}

impl Texts<'_> {
    /// The first texts, together with what stands there: the state of the pull request and all our threads.
    pub(super) async fn first(&mut self, paths: &[String]) -> Result<Seen, Stop> {
        let mut view = self.fetch(paths, true).await?;
        if self.follow_base(view.pull.as_ref()) {
            let again = self.fetch(&[], true).await?;
            (view.pull, view.standing) = (again.pull, again.standing);
        }
        let standing = view.standing.ok_or_else(|| Stop::stale("the look brought no state"))?;
        if let Some(pull) = &mut view.pull {
            self.rest_of_threads(pull).await?;
        }
        Ok(Seen { pull: view.pull, standing, blobs: view.blobs })
    }

    /// Whether the pull request has another base than its delivery told; from now on it is that one.
    fn follow_base(&mut self, pull: Option<&PullState>) -> bool {
        match (&mut self.place, pull) {
            (Place::Pull(_, base_ref), Some(pull)) if *base_ref != pull.base_ref => {
                *base_ref = pull.base_ref.clone();
                true
            }
            _ => false,
        }
    }

    /// Further texts only.
    pub(super) async fn more(&self, paths: &[String]) -> Result<Vec<Option<BlobView>>, Stop> {
        Ok(self.fetch(paths, false).await?.blobs)
    }

    /// GitHub gives up on queries that take too long: ask again in halves, and leave a text that
    /// alone is too much to the caller.
    async fn fetch(&self, paths: &[String], with_state: bool) -> Result<View, Stop> {
        let mut whole = View { pull: None, standing: None, blobs: Vec::with_capacity(paths.len()) };
        let mut todo = VecDeque::from([paths]);
        while let Some(part) = todo.pop_front() {
            let state_wanted = with_state && whole.standing.is_none();
            match self.repo.look(&self.ask(part, state_wanted, None)).await {
                Ok(view) => {
                    whole.pull = whole.pull.or(view.pull);
                    whole.standing = whole.standing.or(view.standing);
                    whole.blobs.extend(view.blobs);
                }
                Err(Error::Unavailable { .. }) if part.len() > 1 => {
                    let (left, right) = part.split_at(part.len() / 2);
                    todo.push_front(right);
                    todo.push_front(left);
                }
                Err(Error::Unavailable { .. }) if part.len() == 1 && !state_wanted => whole.blobs.push(None),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(whole)
    }

    async fn rest_of_threads(&self, state: &mut PullState) -> Result<(), Stop> {
        while let Some(cursor) = state.threads_next.take() {
            let view = self.repo.look(&self.ask(&[], true, Some(cursor))).await?;
            let Some(page) = view.pull else { break };
            state.threads.extend(page.threads);
            state.threads_next = page.threads_next;
        }
        Ok(())
    }

    fn ask(&self, paths: &[String], with_state: bool, threads_after: Option<String>) -> Look {
        Look {
            pull: match self.place {
                Place::Pull(number, _) => Some(number),
                Place::Commit(_) => None,
            },
            head: self.head.clone(),
            policy_at: self.place.policy_at(),
            paths: paths.to_vec(),
            with_state,
            threads_after,
        }
    }
}

/// How much text one scan may still take in.
pub(super) struct Allowance {
    left: usize,
}

impl Allowance {
    pub(super) fn new(bytes: usize) -> Allowance {
        Allowance { left: bytes }
    }

    /// Takes `bytes` out of the allowance, if they are still in it.
    pub(super) fn take(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}
