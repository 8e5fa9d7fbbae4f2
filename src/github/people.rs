//! Who may command us in a repository. GitHub's `author_association` in payloads is wrong for private
//! members, so the question is asked, and the answer kept for minutes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;

use super::repo::decode;
use super::transport::{JSON, Kind};
use super::{Error, RepoClient, clock};
use crate::domain::RepoId;

/// How long an answer is believed, in seconds.
const BELIEVED: i64 = 300;
/// So many answers are kept; beyond it the old ones are dropped.
const MOST: usize = 1_000;

/// Answers of the last minutes.
#[derive(Default)]
pub(super) struct People {
    known: Mutex<HashMap<(RepoId, String), Known>>,
}

#[derive(Clone, Copy)]
struct Known {
    may_write: bool,
    until: i64,
}

#[derive(Deserialize)]
struct Answer {
    permission: String,
}

impl RepoClient {
    /// Whether this person may write to the repository. Roles between count as GitHub counts them: who
    /// maintains may write, who triages may not.
    pub async fn may_write(&self, login: &str) -> Result<bool, Error> {
        let people = &self.connection.people;
        let key = (self.repo.id, login.to_ascii_lowercase());
        let now = clock::now_unix();
        if let Some(known) = people.recall(&key, now) {
            return Ok(known);
        }
        let may_write = self.ask_permission(login).await?;
        people.keep(key, Known { may_write, until: now + BELIEVED }, now);
        Ok(may_write)
    }

    async fn ask_permission(&self, login: &str) -> Result<bool, Error> {
        match self.get(self.url(&["collaborators", login, "permission"]), JSON).await {
            Ok(answer) => {
                let answer: Answer = decode(&answer, Kind::Read)?;
                Ok(matches!(answer.permission.as_str(), "admin" | "maintain" | "write"))
            }
            Err(Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

impl People {
    fn recall(&self, key: &(RepoId, String), now: i64) -> Option<bool> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(key).filter(|known| known.until > now).map(|known| known.may_write)
    }

    fn keep(&self, key: (RepoId, String), answer: Known, now: i64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, known| known.until > now);
        }
        if known.len() < MOST {
            known.insert(key, answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_believed_for_minutes() {
        let people = People::default();
        let key = (RepoId(1), "octocat".to_owned());
        people.keep(key.clone(), Known { may_write: true, until: 100 }, 0);
        assert_eq!(people.recall(&key, 99), Some(true));
        assert_eq!(people.recall(&key, 100), None);
        assert_eq!(people.recall(&(RepoId(2), "octocat".to_owned()), 0), None);
    }
}
