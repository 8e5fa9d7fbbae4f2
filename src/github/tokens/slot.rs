//! One token's place: whoever comes first mints, the others wait and share what came of it.

use std::sync::atomic::{AtomicU64, Ordering};

use http::HeaderValue;
use secrecy::SecretString;
use tokio::sync::Mutex;

use super::Pass;
use crate::github::{Error, RequestId, jwt};

/// Which mint of a slot a token came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::github) struct Serial(u64);

/// A token as GitHub gave it. Its length and form are GitHub's business.
#[derive(Clone, Debug)]
pub(super) struct Token {
    pub secret: SecretString,
    /// Seconds since 1970.
    pub expires_at: i64,
}

#[derive(Default)]
pub(super) struct Slot {
    last: Mutex<Option<Last>>,
    /// How many mints were finished, counted so that a waiter knows whether one was finished while it waited.
    mints: AtomicU64,
}

/// What the last mint gave.
struct Last {
    serial: Serial,
    outcome: Result<Token, Error>,
}

impl Slot {
    /// The kept token if it is still good at `usable_until` and not the refused one, else a new one.
    ///
    /// Whoever waited while a mint failed gets that failure too: a GitHub that is down is asked once per
    /// time-out, not once per waiter.
    pub(super) async fn get<F>(
        &self,
        usable_until: i64,
        refused: Option<Serial>,
        mint: impl FnOnce() -> F,
    ) -> Result<Pass, Error>
    where
        F: Future<Output = Result<Token, Error>>,
    {
        let seen = self.mints.load(Ordering::Acquire);
        let mut last = self.last.lock().await;
        if let Some(kept) = last.as_ref() {
            match &kept.outcome {
                Ok(token) if token.expires_at > usable_until && refused != Some(kept.serial) => {
                    return pass(token, kept.serial);
                }
                Err(error) if kept.serial.0 > seen => return Err(error.clone()),
                Ok(_) | Err(_) => {}
            }
        }
        let outcome = mint().await;
        let serial = Serial(self.mints.fetch_add(1, Ordering::AcqRel) + 1);
        *last = Some(Last { serial, outcome: outcome.clone() });
        pass(&outcome?, serial)
    }

    /// Whether there is a token that has not ended, or one is being minted.
    pub(super) fn is_live(&self, now: i64) -> bool {
        match self.last.try_lock() {
            Ok(last) => last
                .as_ref()
                .and_then(|last| last.outcome.as_ref().ok())
                .is_some_and(|token| token.expires_at > now),
            Err(_) => true,
        }
    }
}

fn pass(token: &Token, serial: Serial) -> Result<Pass, Error> {
    let authorization: HeaderValue = jwt::bearer(&token.secret)
        .map_err(|cause| Error::Malformed { cause, request_id: RequestId::default() })?;
    Ok(Pass { authorization, serial })
}
