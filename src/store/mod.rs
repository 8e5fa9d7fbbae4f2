//! stub
use crate::domain::*;
use std::time::Duration;
#[derive(Clone)] pub struct Store;
#[derive(Debug, thiserror::Error)] #[error("x")] pub struct Error;
#[derive(Clone, Copy, Debug, PartialEq, Eq)] pub struct WriteId(pub i64);
#[derive(Clone, Copy, Debug, PartialEq, Eq)] pub enum WriteKind { Check, CheckUpdate, Review, FileComment }
#[derive(Clone, Copy, Debug, PartialEq, Eq)] pub enum WriteState { Intended, Done, Void }
#[derive(Clone, Debug)] pub struct Write { pub id: WriteId, pub kind: WriteKind, pub head: Sha, pub state: WriteState, pub at_ms: i64, pub github_id: Option<i64>, pub detail: String }
pub struct Intent { pub kind: WriteKind, pub head: Sha, pub detail: String }
#[derive(Clone)] pub struct Claim { pub target: Target, pub key: String, pub generation: i64, pub attempts: i64, pub glimpse: Glimpse, pub fresh: bool }
impl Store {
  pub async fn is_current(&self, _: &Claim) -> Result<bool, Error> { Ok(true) }
  pub async fn intend(&self, _: &Claim, _: &Intent) -> Result<WriteId, Error> { Ok(WriteId(0)) }
  pub async fn done(&self, _: WriteId, _: Option<i64>) -> Result<(), Error> { Ok(()) }
  pub async fn void(&self, _: WriteId) -> Result<(), Error> { Ok(()) }
  pub async fn writes(&self, _: &Target) -> Result<Vec<Write>, Error> { Ok(vec![]) }
  pub fn now_ms(&self) -> i64 { 0 }
  pub async fn later(&self, _: &Claim, _: Duration) {}
}
