//! The App's own credential: a JSON Web Token signed with its private key, good for ten minutes and for
//! minting tokens only.

use http::HeaderValue;
use octocrab::jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::{ConfigError, clock};

/// Back-dated as GitHub advises, so that a clock a little ahead of GitHub's does no harm.
const BACK_DATED: i64 = 60;
/// GitHub accepts ten minutes at most.
const LIFETIME: i64 = 9 * 60;

/// The App and its key.
pub(super) struct App {
    issuer: Issuer,
    key: EncodingKey,
}

/// An App's number, or its client id.
#[derive(Serialize)]
#[serde(untagged)]
enum Issuer {
    AppId(u64),
    ClientId(String),
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a Issuer,
    iat: i64,
    exp: i64,
}

impl App {
    pub(super) fn new(app_id: &str, pem: &SecretString) -> Result<App, ConfigError> {
        let key = EncodingKey::from_rsa_pem(pem.expose_secret().as_bytes())
            .map_err(|error| ConfigError::PrivateKey(error.to_string()))?;
        let issuer = match app_id.parse() {
            Ok(number) => Issuer::AppId(number),
            Err(_) => Issuer::ClientId(app_id.to_owned()),
        };
        Ok(App { issuer, key })
    }

    /// A fresh token as an `Authorization` header. Signing costs about a millisecond, once per hour and
    /// repository: not worth keeping.
    pub(super) fn authorization(&self) -> Result<HeaderValue, String> {
        let now = clock::now_unix();
        let claims = Claims { iss: &self.issuer, iat: now - BACK_DATED, exp: now + LIFETIME };
        let token = encode(&Header::new(Algorithm::RS256), &claims, &self.key)
            .map_err(|error| format!("the App's key cannot sign: {error}"))?;
        bearer(&SecretString::from(token))
    }
}

/// `Bearer …`, marked so that no debug output shows it.
pub(super) fn bearer(token: &SecretString) -> Result<HeaderValue, String> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret()))
        .map_err(|_| "GitHub gave a token that is no header value".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}
