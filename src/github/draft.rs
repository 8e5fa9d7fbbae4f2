//! Writes that are not sent: a dry run keeps them, and the writer is told that they were carried out.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::Method;
use serde_json::Value;
use url::Url;

/// One write as it would have been sent.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Draft {
    pub method: String,
    pub path: String,
    pub body: Value,
}

/// Where a dry run keeps its writes. Cheap to clone: all clones are one list.
#[derive(Clone, Debug, Default)]
pub struct Drafts(Arc<Mutex<Vec<Draft>>>);

impl Drafts {
    /// What would have been written, in order.
    pub fn take(&self) -> Vec<Draft> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Keeps a write, and gives the answer GitHub might have given: an id that no write of GitHub's has.
    pub(super) fn keep(&self, method: &Method, url: &Url, body: &Bytes) -> Bytes {
        let mut drafts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let body = serde_json::from_slice(body).unwrap_or_default();
        drafts.push(Draft { method: method.to_string(), path: url.path().to_owned(), body });
        format!("{{\"id\": -{}}}", drafts.len()).into()
    }
}
