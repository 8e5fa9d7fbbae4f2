//! The settings of `serve` as they are written: text, from a flag or from the environment. Nothing is
//! checked here, so that nothing is told one by one, and no value is repeated by whoever parses flags.

use std::convert::Infallible;

use clap::Args;
use secrecy::SecretString;

/// Every setting may be given as a flag or in the environment. Give secrets in the environment: flags
/// are shown to everybody on the machine.
///
/// Durations are written as 500ms, 2s, 5m or 1h.
#[derive(Clone, Debug, Default, Args)]
#[group(id = "settings")]
pub(in crate::cli) struct Arguments {
    /// The App's id, or its client id
    #[arg(long, env = "APP_ID", value_name = "ID", help_heading = "The App")]
    pub(super) app_id: Option<String>,

    /// The App's private key: the PEM text, also with \n for line ends, or in base64
    #[arg(long, env = "PRIVATE_KEY", value_name = "PEM", hide_env_values = true, value_parser = secret, help_heading = "The App")]
    pub(super) private_key: Option<SecretString>,

    /// The file with the App's private key, instead of PRIVATE_KEY
    #[arg(long, env = "PRIVATE_KEY_PATH", value_name = "FILE", help_heading = "The App")]
    pub(super) private_key_path: Option<String>,

    /// The webhook's secret; several, separated by commas, while it is being changed
    #[arg(long, env = "WEBHOOK_SECRET", value_name = "SECRETS", hide_env_values = true, value_parser = secret, help_heading = "The App")]
    pub(super) webhook_secret: Option<SecretString>,

    /// Where deliveries arrive [default: /api/github/webhooks]
    #[arg(long, env = "WEBHOOK_PATH", value_name = "PATH", help_heading = "The server")]
    pub(super) webhook_path: Option<String>,

    /// The address to listen on [default: 127.0.0.1]
    #[arg(long, env = "HOST", value_name = "ADDRESS", help_heading = "The server")]
    pub(super) host: Option<String>,

    /// The port to listen on [default: 3000]
    #[arg(long, env = "PORT", value_name = "PORT", help_heading = "The server")]
    pub(super) port: Option<String>,

    /// Where metrics are served at /metrics, as 127.0.0.1:9090 [default: nowhere]
    #[arg(long, env = "METRICS_ADDR", value_name = "ADDRESS:PORT", help_heading = "The server")]
    pub(super) metrics_addr: Option<String>,

    /// The address under which people and GitHub reach this server
    #[arg(long, env = "PUBLIC_URL", value_name = "URL", help_heading = "The server")]
    pub(super) public_url: Option<String>,

    /// The database: sqlite://PATH, or postgres://USER:PASSWORD@HOST/DATABASE for several replicas [default: sqlite://scrutineer.sqlite, a file in the working directory]
    #[arg(long, env = "DATABASE_URL", value_name = "URL", hide_env_values = true, value_parser = secret, help_heading = "The server")]
    pub(super) database_url: Option<SecretString>,

    /// GitHub's REST API; on Enterprise Server https://HOST/api/v3 [default: https://api.github.com]
    #[arg(long, env = "GITHUB_API_URL", value_name = "URL", help_heading = "GitHub")]
    pub(super) github_api_url: Option<String>,

    /// GitHub's GraphQL API [default: the one that belongs to the REST API]
    #[arg(long, env = "GITHUB_GRAPHQL_URL", value_name = "URL", help_heading = "GitHub")]
    pub(super) github_graphql_url: Option<String>,

    /// The longest time one call to GitHub may take [default: 20s]
    #[arg(long, env = "SCRUTINEER_REQUEST_TIMEOUT", value_name = "DURATION", help_heading = "GitHub")]
    pub(super) request_timeout: Option<String>,

    /// How long GitHub may still carry out a write whose answer never came [default: 15s]
    #[arg(long, env = "SCRUTINEER_SETTLE", value_name = "DURATION", help_heading = "GitHub")]
    pub(super) settle: Option<String>,

    /// The least time between two writes of one installation, as GitHub asks for [default: 1s]
    #[arg(long, env = "SCRUTINEER_WRITE_PAUSE", value_name = "DURATION", help_heading = "GitHub")]
    pub(super) write_pause: Option<String>,

    /// Requests of the hourly quota that are kept for telling the results of reviews under way [default: 100]
    #[arg(long, env = "SCRUTINEER_RESERVE", value_name = "NUMBER", help_heading = "GitHub")]
    pub(super) reserve: Option<String>,

    /// How many pull requests are reviewed at once [default: 4]
    #[arg(long, env = "SCRUTINEER_CONCURRENCY", value_name = "NUMBER", help_heading = "The queue")]
    pub(super) concurrency: Option<String>,

    /// How long a pull request rests after a push, so that pushes in quick succession are one review [default: 2s]
    #[arg(long, env = "SCRUTINEER_DEBOUNCE", value_name = "DURATION", help_heading = "The queue")]
    pub(super) debounce: Option<String>,

    /// The longest time steady pushes can put a review off [default: 30s]
    #[arg(long, env = "SCRUTINEER_STARVATION", value_name = "DURATION", help_heading = "The queue")]
    pub(super) starvation: Option<String>,

    /// A review that takes longer than this opens its check run before the result is there [default: 2s]
    #[arg(long, env = "SCRUTINEER_CHECK_START", value_name = "DURATION", help_heading = "The queue")]
    pub(super) check_start: Option<String>,

    /// How long a person waits between two /audit commands [default: 30s]
    #[arg(long, env = "SCRUTINEER_COMMAND_COOLDOWN", value_name = "DURATION", help_heading = "The queue")]
    pub(super) command_cooldown: Option<String>,

    /// How often the queue is looked at when nothing wakes it [default: 1s]
    #[arg(long, env = "SCRUTINEER_POLL", value_name = "DURATION", help_heading = "The queue")]
    pub(super) poll: Option<String>,

    /// How long a pull request stays with a process that says nothing any more [default: 60s]
    #[arg(long, env = "SCRUTINEER_LEASE", value_name = "DURATION", help_heading = "The queue")]
    pub(super) lease: Option<String>,

    /// The first pause after a failure; it doubles with each attempt [default: 2s]
    #[arg(long, env = "SCRUTINEER_RETRY", value_name = "DURATION", help_heading = "The queue")]
    pub(super) retry: Option<String>,

    /// How many attempts are made before a review is given up [default: 5]
    #[arg(long, env = "SCRUTINEER_ATTEMPTS", value_name = "NUMBER", help_heading = "The queue")]
    pub(super) attempts: Option<String>,

    /// A review that takes longer counts as failed [default: 10m]
    #[arg(long, env = "SCRUTINEER_DEADLINE", value_name = "DURATION", help_heading = "The queue")]
    pub(super) deadline: Option<String>,

    /// How often failed deliveries are asked for again, and open check runs swept [default: 5m]
    #[arg(long, env = "SCRUTINEER_PATROL", value_name = "DURATION", help_heading = "The queue")]
    pub(super) patrol: Option<String>,

    /// How long reviews may go on after SIGTERM [default: 20s]
    #[arg(long, env = "SCRUTINEER_GRACE", value_name = "DURATION", help_heading = "The queue")]
    pub(super) grace: Option<String>,

    /// What is logged, as info or scrutineer=debug [default: info]
    #[arg(long, env = "RUST_LOG", value_name = "FILTER", help_heading = "The log")]
    pub(super) log: Option<String>,

    /// How it is logged: text or json [default: text]
    #[arg(long, env = "LOG_FORMAT", value_name = "FORMAT", help_heading = "The log")]
    pub(super) log_format: Option<String>,
}

/// Wraps the text at once. Cannot fail, so no message can repeat it.
pub(in crate::cli) fn secret(text: &str) -> Result<SecretString, Infallible> {
    Ok(SecretString::from(text))
}
