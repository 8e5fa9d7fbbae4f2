//! Whether a webhook's bytes come from GitHub. Nothing is parsed before this says so: [`Verified`] can be
//! made here only, and `event` reads nothing else.

use std::fmt;

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// The webhook secrets that count now: usually one, two while the secret is being changed.
#[derive(Clone)]
pub struct Secrets(pub Vec<SecretString>);

/// A body whose signature was checked.
#[derive(Clone)]
pub struct Verified(Bytes);

/// The signature is missing, malformed or wrong. Which of these is nobody's business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the delivery is not signed with our webhook secret")]
pub struct Rejected;

impl Secrets {
    /// Checks the value of `X-Hub-Signature-256` over the raw body. An empty secret never matches: anybody
    /// can sign with it.
    pub fn verify(&self, signature: Option<&str>, body: Bytes) -> Result<Verified, Rejected> {
        let digest = signature.and_then(read_digest).ok_or(Rejected)?;
        // Every secret is tried, so that the time taken does not tell which one matched.
        let mut matched = false;
        for secret in &self.0 {
            matched |= is_signed(secret.expose_secret().as_bytes(), &body, &digest);
        }
        if matched { Ok(Verified(body)) } else { Err(Rejected) }
    }
}

/// `sha256=` and 64 lower-case hexadecimal digits, nothing else.
fn read_digest(header: &str) -> Option<[u8; 32]> {
    let hex = header.strip_prefix("sha256=")?;
    if hex.bytes().any(|b| b.is_ascii_uppercase()) {
        return None;
    }
    let mut digest = [0; 32];
    hex::decode_to_slice(hex, &mut digest).ok()?;
    Some(digest)
}

fn is_signed(secret: &[u8], body: &[u8], digest: &[u8]) -> bool {
    if secret.is_empty() {
        return false;
    }
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else {
        return false;
    };
    mac.update(body);
    mac.verify_slice(digest).is_ok()
}

impl Verified {
    /// A payload that an operator hands in from a file of his own: there is no signature to check, and
    /// what comes of it is shown to him, not done.
    pub fn by_hand(body: Bytes) -> Verified {
        Verified(body)
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Verified({} bytes)", self.0.len())
    }
}

/// The value of `X-Hub-Signature-256`, as GitHub would send it.
#[cfg(test)]
pub(crate) fn sign(secret: &str, body: &[u8]) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap().chain_update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "It's a Secret to Everybody";
    const DIGEST: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    fn check(secrets: &[&str], signature: Option<&str>, expect: bool) {
        let secrets = Secrets(secrets.iter().map(|s| SecretString::from(*s)).collect());
        let verified = secrets.verify(signature, Bytes::from_static(b"Hello, World!"));
        assert_eq!(verified.is_ok(), expect, "{signature:?}");
    }

    #[test]
    fn the_example_of_githubs_documentation_is_accepted() {
        check(&[SECRET], Some(&format!("sha256={DIGEST}")), true);
    }

    #[test]
    fn any_of_several_secrets_is_enough_while_they_are_rotated() {
        check(&["new", SECRET], Some(&format!("sha256={DIGEST}")), true);
        check(&[SECRET, "new"], Some(&format!("sha256={DIGEST}")), true);
        check(&["new", "newer"], Some(&format!("sha256={DIGEST}")), false);
        check(&[], Some(&format!("sha256={DIGEST}")), false);
    }

    #[test]
    fn anything_but_the_exact_form_is_rejected() {
        let upper = DIGEST.to_uppercase();
        for signature in [
            String::new(),
            DIGEST.to_owned(),
            "sha256=".to_owned(),
            format!("sha1={DIGEST}"),
            format!("SHA256={DIGEST}"),
            format!("sha256={upper}"),
            format!("sha256= {DIGEST}"),
            format!("sha256={DIGEST}00"),
            format!("sha256={}", &DIGEST[..62]),
            format!("sha256={}", DIGEST.replace('7', "8")),
            format!("sha256=g{}", &DIGEST[1..]),
        ] {
            check(&[SECRET], Some(&signature), false);
        }
        check(&[SECRET], None, false);
    }

    #[test]
    fn an_empty_secret_never_matches() {
        let mac = Hmac::<Sha256>::new_from_slice(b"").unwrap().chain_update(b"Hello, World!");
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        check(&[""], Some(&signature), false);
    }
}
