//! Installation tokens: minted by us, for one repository and the permissions a review uses, kept until
//! shortly before they end, and by one call at a time however many ask.

mod mint;
mod slot;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::HeaderValue;
use secrecy::SecretString;

use crate::domain::{InstallationId, Repo, RepoId};

use super::transport::Transport;
use super::{ConfigError, Error, Settings, clock};

use mint::Mint;
pub(super) use slot::Serial;
use slot::{Slot, Token};

type Key = (InstallationId, RepoId);

/// The tokens in use, one per installation and repository.
pub(super) struct Tokens {
    source: Source,
    slots: Mutex<HashMap<Key, Arc<Slot>>>,
    margin: i64,
    max: usize,
}

/// Where tokens come from.
enum Source {
    Mint(Mint),
    /// One token for everything, given by whoever started us.
    Given(SecretString),
}

/// A token, ready to be sent, and which one it is.
pub(super) struct Pass {
    pub authorization: HeaderValue,
    pub serial: Serial,
}

impl Tokens {
    pub(super) fn new(settings: &Settings) -> Result<Tokens, ConfigError> {
        Ok(Tokens {
            source: match &settings.token {
                Some(token) => Source::Given(token.clone()),
                None => Source::Mint(Mint::new(settings)?),
            },
            slots: Mutex::default(),
            margin: i64::try_from(settings.token_margin.as_secs()).unwrap_or(i64::MAX),
            max: settings.max_tokens.max(1),
        })
    }

    /// A token for this repository. `refused` is one that GitHub answered 401 to: it is not given again.
    pub(super) async fn get(
        &self,
        transport: &Transport,
        repo: &Repo,
        refused: Option<Serial>,
    ) -> Result<Pass, Error> {
        let slot = self.slot((repo.installation, repo.id));
        let usable_until = clock::now_unix().saturating_add(self.margin);
        slot.get(usable_until, refused, || self.source.token(transport, repo)).await
    }

    /// The App's own signature.
    pub(super) fn app_authorization(&self) -> Result<HeaderValue, Error> {
        match &self.source {
            Source::Mint(mint) => mint.authorization(),
            Source::Given(_) => Err(super::app::no_key()),
        }
    }

    /// Gives the kept token up: what it may do can have changed since it was minted.
    pub(super) fn forget(&self, repo: &Repo) {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.remove(&(repo.installation, repo.id));
    }

    /// The slot of a key. The map is locked for this look-up only, never across a call.
    fn slot(&self, key: Key) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if !slots.contains_key(&key) && slots.len() >= self.max {
            make_room(&mut slots, self.max);
        }
        Arc::clone(slots.entry(key).or_default())
    }
}

impl Source {
    async fn token(&self, transport: &Transport, repo: &Repo) -> Result<Token, Error> {
        match self {
            Source::Mint(mint) => mint.mint(transport, repo).await,
            Source::Given(secret) => Ok(Token { secret: secret.clone(), expires_at: i64::MAX }),
        }
    }
}

/// Drops what is not in use and has ended; if that is not enough, anything not in use. A slot that
/// somebody waits at stays, or a second one would mint beside it.
fn make_room(slots: &mut HashMap<Key, Arc<Slot>>, max: usize) {
    let now = clock::now_unix();
    slots.retain(|_, slot| Arc::strong_count(slot) > 1 || slot.is_live(now));
    let surplus = (slots.len() + 1).saturating_sub(max);
    let idle = slots.iter().filter(|(_, slot)| Arc::strong_count(slot) == 1);
    let leaving: Vec<Key> = idle.map(|(key, _)| *key).take(surplus).collect();
    for key in leaving {
        slots.remove(&key);
    }
}
