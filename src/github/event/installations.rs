//! `installation` and `installation_repositories`: where the App may work changed.

use serde::Deserialize;

use super::Malformed;
use super::payload::{IdPayload, parse};
use crate::domain::{InstallationId, RepoId};

/// Something happened to an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InstallationEvent {
    pub action: String,
    pub installation: InstallationId,
    /// Of `installation_repositories`: what it no longer reaches.
    pub removed: Vec<RepoId>,
}

#[derive(Deserialize)]
struct Payload {
    action: String,
    installation: IdPayload,
    #[serde(default)]
    repositories_removed: Vec<Removed>,
}

#[derive(Deserialize)]
struct Removed {
    id: RepoId,
}

pub(super) fn installation(json: &[u8]) -> Result<InstallationEvent, Malformed> {
    let payload: Payload = parse(json)?;
    Ok(InstallationEvent {
        action: payload.action,
        installation: payload.installation.id,
        removed: payload.repositories_removed.into_iter().map(|repo| repo.id).collect(),
    })
}
