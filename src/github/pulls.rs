//! One pull request as it stands, for where no delivery told about it.

use super::transport::JSON;
use super::{Error, RepoClient, RequestId, event};
use crate::domain::PullNumber;

impl RepoClient {
    /// The pull request as it is now.
    pub async fn pull(&self, pull: PullNumber) -> Result<event::Pull, Error> {
        let answer = self.get(self.url(&["pulls", &pull.0.to_string()]), JSON).await?;
        event::Pull::read(&answer.body)
            .map_err(|error| Error::Malformed { cause: error.to_string(), request_id: RequestId::default() })
    }
}
