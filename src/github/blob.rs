//! One file's bytes by object id, for what GraphQL cannot give: cut, binary or oddly encoded text.

use super::{Error, RepoClient};

impl RepoClient {
    /// The bytes of a blob.
    pub async fn blob(&self, oid: &str) -> Result<Vec<u8>, Error> {
        let _ = oid;
        Err(Error::unfinished())
    }
}
