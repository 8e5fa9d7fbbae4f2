//! The id that git gives to a content: equal ids mean equal bytes.

use sha1::Sha1;
use sha2::{Digest, Sha256};

/// Whether these bytes are the blob of that id, in the id's own hash: 40 digits of SHA-1 or 64 of SHA-256.
pub fn is_blob(bytes: &[u8], oid: &str) -> bool {
    match oid.len() {
        40 => digest::<Sha1>(bytes) == oid,
        64 => digest::<Sha256>(bytes) == oid,
        _ => false,
    }
}

fn digest<D: Digest>(bytes: &[u8]) -> String {
    let mut digest = D::new();
    digest.update(format!("blob {}\0", bytes.len()));
    digest.update(bytes);
    hex::encode(digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_has_the_id_that_git_computes() {
        assert!(is_blob(b"", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"));
        assert!(is_blob(b"hello\n", "ce013625030ba8dba906f756967f9e9ca394464a"));
        assert!(is_blob(b"", "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813"));
    }

    #[test]
    fn other_bytes_have_another_id() {
        assert!(!is_blob(b"hello", "ce013625030ba8dba906f756967f9e9ca394464a"));
        assert!(!is_blob(b"", ""));
    }
}
