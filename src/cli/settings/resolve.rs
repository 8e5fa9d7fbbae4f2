//! From text to settings, or to the list of all problems.

use std::time::Duration;

use tracing_subscriber::EnvFilter;
use url::Url;

use super::app;
use super::arguments::Arguments;
use super::reader::{Problems, Reader, given};
use crate::github::signature::Secrets;
use crate::{github, review, server, store, worker};

/// Everything `serve` needs, each room's part as that room wants it.
#[derive(Debug)]
pub(in crate::cli) struct Settings {
    pub(in crate::cli) github: github::Settings,
    pub(in crate::cli) secrets: Hidden<Secrets>,
    pub(in crate::cli) server: server::Settings,
    pub(in crate::cli) store: Hidden<store::Settings>,
    pub(in crate::cli) review: review::Settings,
    pub(in crate::cli) worker: worker::Settings,
    pub(in crate::cli) patrol: worker::Patrol,
    /// `ADDRESS:PORT` for deliveries.
    pub(in crate::cli) listen: String,
    /// `ADDRESS:PORT` for metrics.
    pub(in crate::cli) metrics: Option<String>,
    pub(in crate::cli) public_url: Option<Url>,
    pub(in crate::cli) log: Log,
    /// What works, but should be changed.
    pub(in crate::cli) warnings: Vec<String>,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Log {
    pub(in crate::cli) filter: String,
    pub(in crate::cli) json: bool,
}

/// Keeps what may hold a secret out of debug output.
pub(in crate::cli) struct Hidden<T>(pub(in crate::cli) T);

impl<T> std::fmt::Debug for Hidden<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(hidden)")
    }
}

/// The database unless the settings say otherwise.
pub(in crate::cli) const DATABASE: &str = "sqlite://scrutineer.sqlite";

const SECOND: Duration = Duration::from_secs(1);

pub(in crate::cli) fn resolve(arguments: &Arguments) -> Result<Settings, Problems> {
    let mut reader = Reader::default();
    let mut warnings = Vec::new();
    let github = app::github(arguments, &mut reader, &mut warnings);
    let lease = reader.duration("SCRUTINEER_LEASE", arguments.lease.as_ref(), 60 * SECOND);
    let secrets = Hidden(app::secrets(arguments, &mut reader));
    let server = server(arguments, &mut reader);
    let store = store(arguments, &mut reader, lease);
    let review = review(arguments, &mut reader);
    let worker = worker(arguments, &mut reader, lease);
    let every = reader.duration("SCRUTINEER_PATROL", arguments.patrol.as_ref(), 300 * SECOND);
    let patrol = worker::Patrol::new(every.max(SECOND), worker.deadline);
    let listen = listen(arguments, &mut reader);
    let metrics = metrics(arguments, &mut reader);
    let public_url = reader.url("PUBLIC_URL", arguments.public_url.as_ref(), "https://audit.example.com");
    let log = log(arguments, &mut reader);
    check_together(&store, &worker, github.as_ref(), &mut reader);
    match github {
        Some(github) if reader.problems.is_empty() => Ok(Settings {
            github,
            secrets,
            server,
            store: Hidden(store),
            review,
            worker,
            patrol,
            listen,
            metrics,
            public_url,
            log,
            warnings,
        }),
        Some(_) | None => Err(Problems(reader.problems)),
    }
}

fn server(arguments: &Arguments, reader: &mut Reader) -> server::Settings {
    let usual = server::Settings::default();
    let is_segment = |part: &str| part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b));
    let parse = |text: &str| {
        let inner = text.strip_prefix('/')?;
        let usable = inner.split('/').all(is_segment) && !text.starts_with("/health/");
        usable.then(|| text.to_owned())
    };
    let remedy = "write a path such as /api/github/webhooks, not under /health";
    server::Settings {
        webhook_path: reader.value(
            "WEBHOOK_PATH",
            arguments.webhook_path.as_ref(),
            usual.webhook_path,
            parse,
            remedy,
        ),
        app_id: given(arguments.app_id.as_ref()).map(str::to_owned),
        ..usual
    }
}

impl Arguments {
    /// Where the database is. May hold a password.
    pub(in crate::cli) fn database(&self) -> &str {
        app::exposed(self.database_url.as_ref()).unwrap_or(DATABASE)
    }
}

fn store(arguments: &Arguments, reader: &mut Reader, lease: Duration) -> store::Settings {
    let usual = store::Settings::new(arguments.database());
    store::Settings {
        lease,
        debounce: reader.duration("SCRUTINEER_DEBOUNCE", arguments.debounce.as_ref(), usual.debounce),
        starvation: reader.duration("SCRUTINEER_STARVATION", arguments.starvation.as_ref(), usual.starvation),
        ..usual
    }
}

fn review(arguments: &Arguments, reader: &mut Reader) -> review::Settings {
    let usual = review::Settings::default();
    let retry = reader.duration("SCRUTINEER_RETRY", arguments.retry.as_ref(), usual.retry);
    review::Settings {
        cooldown: reader.duration(
            "SCRUTINEER_COMMAND_COOLDOWN",
            arguments.command_cooldown.as_ref(),
            usual.cooldown,
        ),
        settle: reader.duration("SCRUTINEER_SETTLE", arguments.settle.as_ref(), usual.settle),
        check_start: reader.duration(
            "SCRUTINEER_CHECK_START",
            arguments.check_start.as_ref(),
            usual.check_start,
        ),
        retry,
        stale_retry: retry,
        ..usual
    }
}

fn worker(arguments: &Arguments, reader: &mut Reader, lease: Duration) -> worker::Settings {
    let usual = worker::Settings::new(lease);
    let attempts = reader.count("SCRUTINEER_ATTEMPTS", arguments.attempts.as_ref(), 5);
    let concurrency = reader.count("SCRUTINEER_CONCURRENCY", arguments.concurrency.as_ref(), 4);
    worker::Settings {
        concurrency: usize::from(concurrency),
        attempts: i64::from(attempts),
        poll: reader.duration("SCRUTINEER_POLL", arguments.poll.as_ref(), usual.poll),
        deadline: reader.duration("SCRUTINEER_DEADLINE", arguments.deadline.as_ref(), usual.deadline),
        grace: reader.duration("SCRUTINEER_GRACE", arguments.grace.as_ref(), usual.grace),
        // A mistake is told once, where review reads the same setting.
        retry: Reader::default().duration("SCRUTINEER_RETRY", arguments.retry.as_ref(), usual.retry),
        ..usual
    }
}

fn listen(arguments: &Arguments, reader: &mut Reader) -> String {
    let host = given(arguments.host.as_ref()).unwrap_or("127.0.0.1");
    let remedy = "write a number up to 65535; 0 takes any free port";
    let port: u16 = reader.value("PORT", arguments.port.as_ref(), 3000, |text| text.parse().ok(), remedy);
    match host.contains(':') && !host.starts_with('[') {
        true => format!("[{host}]:{port}"),
        false => format!("{host}:{port}"),
    }
}

fn metrics(arguments: &Arguments, reader: &mut Reader) -> Option<String> {
    let parse = |text: &str| {
        let (host, port) = text.rsplit_once(':')?;
        let _: u16 = port.parse().ok()?;
        (!host.is_empty()).then(|| Some(text.to_owned()))
    };
    let remedy = "write an address and a port, as 127.0.0.1:9090";
    reader.value("METRICS_ADDR", arguments.metrics_addr.as_ref(), None, parse, remedy)
}

fn log(arguments: &Arguments, reader: &mut Reader) -> Log {
    let parse = |text: &str| EnvFilter::try_new(text).ok().map(|_| text.to_owned());
    let remedy = "write a level or levels by room, as info or info,scrutineer::review=debug";
    let filter = reader.value("RUST_LOG", arguments.log.as_ref(), "info".to_owned(), parse, remedy);
    let format = |text: &str| match text {
        "json" => Some(true),
        "text" => Some(false),
        _ => None,
    };
    let json = reader.value("LOG_FORMAT", arguments.log_format.as_ref(), false, format, "write json or text");
    Log { filter, json }
}

/// Settings that are right alone and wrong together.
fn check_together(
    store: &store::Settings,
    worker: &worker::Settings,
    github: Option<&github::Settings>,
    reader: &mut Reader,
) {
    let call = github.map_or(Duration::ZERO, |github| github.request_timeout);
    if call * 2 > store.lease {
        let what = format!("is {:?}, with calls to GitHub of up to {call:?}", store.lease);
        let remedy = "make it at least twice SCRUTINEER_REQUEST_TIMEOUT, or a write could outlive its lease";
        reader.problem("SCRUTINEER_LEASE", what, remedy);
    }
    if store.debounce > store.starvation {
        let what = format!("is {:?}, and reviews are put off {:?} at most", store.debounce, store.starvation);
        reader.problem("SCRUTINEER_DEBOUNCE", what, "make it no longer than SCRUTINEER_STARVATION");
    }
    if worker.poll.is_zero() {
        reader.problem("SCRUTINEER_POLL", "is 0", "write 1s, or a little less");
    }
}
