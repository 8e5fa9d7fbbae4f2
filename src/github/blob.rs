//! One file's bytes by object id, for what GraphQL cannot give: cut, binary or oddly encoded text.

use super::transport::RAW;
use super::{Error, RepoClient};

impl RepoClient {
    /// The bytes of a blob.
    pub async fn blob(&self, oid: &str) -> Result<Vec<u8>, Error> {
        let answer = self.get(self.url(&["git", "blobs", oid]), RAW).await?;
        Ok(answer.body.into())
    }
}
