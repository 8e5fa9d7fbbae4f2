//! Which GitHub, which App, and how patient we are. Read from the environment by `cli`.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::{Drafts, address};

/// Everything needed to speak to one GitHub as one App.
#[derive(Clone)]
pub struct Settings {
    /// Where the REST API is: `https://api.github.com`, or `https://HOST/api/v3` on Enterprise Server.
    pub api_url: Url,
    /// Where GraphQL is. [`Settings::new`] derives it from `api_url`.
    pub graphql_url: Url,
    /// The App's id, or its client id: GitHub accepts both.
    pub app_id: String,
    /// The App's RSA key in PEM.
    pub private_key: SecretString,
    pub user_agent: String,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long one call may take, from sending to the last byte of its answer.
    pub request_timeout: Duration,
    /// How long before its end a token is no longer used.
    pub token_margin: Duration,
    /// How many tokens are remembered at most.
    pub max_tokens: usize,
    /// The longest answer that is read, in bytes.
    pub max_answer: usize,
    /// The least time between two writes of one installation.
    pub write_pause: Duration,
    /// How many requests of the hourly quota reads leave untouched.
    pub reserve: u64,
    /// A token to use for every call, instead of the App's own: somebody tries a review by hand.
    pub token: Option<SecretString>,
    /// Where writes are kept instead of being sent: a dry run.
    pub drafts: Option<Drafts>,
}

impl Settings {
    /// The usual patience, and GraphQL where this GitHub has it.
    pub fn new(api_url: Url, app_id: impl Into<String>, private_key: SecretString) -> Settings {
        Settings {
            graphql_url: address::graphql(&api_url),
            api_url,
            app_id: app_id.into(),
            private_key,
            user_agent: concat!("scrutineer/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            token_margin: Duration::from_secs(120),
            max_tokens: 10_000,
            max_answer: 64 << 20,
            write_pause: Duration::from_secs(1),
            reserve: 100,
            token: None,
            drafts: None,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("api_url", &self.api_url.as_str())
            .field("graphql_url", &self.graphql_url.as_str())
            .field("app_id", &self.app_id)
            .finish_non_exhaustive()
    }
}

/// A setting with which no call can be made. Says which, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error(
        "PRIVATE_KEY is not an RSA private key in PEM: {0}; give the .pem file that GitHub made for the App, \
         raw, with \\n for line ends, or in base64"
    )]
    PrivateKey(String),
    #[error(
        "{name} {url} cannot be used: {reason}; give an address such as https://api.github.com or \
         https://HOST/api/v3"
    )]
    Address { name: &'static str, url: String, reason: &'static str },
    #[error("the HTTP client cannot be started: {0}")]
    Client(String),
}
