//! The settings, as a table of what is written and what comes of it.
#![expect(clippy::disallowed_methods, reason = "tests own their files")]

use std::time::Duration;

use clap::{Command, FromArgMatches};

use super::arguments::Arguments;
use super::*;

const KEY: &str = include_str!("../../../tests/data/test-key.pem");
const APP: [(&str, &str); 3] =
    [("app-id", "12345"), ("private-key", KEY), ("webhook-secret", "old one, new one")];

fn arguments(flags: &[(&str, &str)]) -> Arguments {
    // Without the environment, so that the machine's own settings do not matter.
    let command =
        <Arguments as clap::Args>::augment_args(Command::new("test")).mut_args(|arg| arg.env(None::<&str>));
    let flags = flags.iter().map(|(name, value)| format!("--{name}={value}"));
    let matches = command.try_get_matches_from(std::iter::once("test".to_owned()).chain(flags)).unwrap();
    Arguments::from_arg_matches(&matches).unwrap()
}

fn with(more: &[(&str, &str)]) -> Result<Settings, Problems> {
    let kept = APP.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    resolve(&arguments(&kept.chain(more).copied().collect::<Vec<_>>()))
}

fn settings(more: &[(&str, &str)]) -> Settings {
    with(more).unwrap()
}

/// One flag, what is wrong with it, and its remedy.
fn refused(flag: &str, value: &str, setting: &str, words: &str) {
    let Problems(problems) = with(&[(flag, value)]).unwrap_err();
    let [problem] = problems.as_slice() else {
        panic!("{flag}={value}: {problems:?}");
    };
    assert_eq!(problem.setting, setting);
    assert!(problem.to_string().contains(words), "{problem}");
    assert!(!problem.remedy.is_empty());
}

#[test]
fn three_settings_are_enough() {
    let settings = settings(&[]);
    assert_eq!(settings.listen, "127.0.0.1:3000");
    assert_eq!(settings.server.webhook_path, "/api/github/webhooks");
    assert_eq!(settings.github.api_url.as_str(), "https://api.github.com/");
    assert_eq!(settings.github.graphql_url.as_str(), "https://api.github.com/graphql");
    assert_eq!(settings.store.0.url, "sqlite://scrutineer.sqlite");
    assert_eq!(settings.secrets.0.0.len(), 2);
    assert_eq!(settings.log, Log { filter: "info".to_owned(), json: false });
    assert!(settings.metrics.is_none() && settings.public_url.is_none() && settings.warnings.is_empty());
}

#[test]
fn every_mistake_is_told_at_once() {
    let Problems(problems) = resolve(&arguments(&[
        ("port", "http"),
        ("github-api-url", "github.com"),
        ("debounce", "2"),
        ("log-format", "xml"),
    ]))
    .unwrap_err();
    let named: Vec<&str> = problems.iter().map(|problem| problem.setting).collect();
    assert_eq!(
        named,
        [
            "APP_ID",
            "PRIVATE_KEY",
            "GITHUB_API_URL",
            "WEBHOOK_SECRET",
            "SCRUTINEER_DEBOUNCE",
            "PORT",
            "LOG_FORMAT"
        ]
    );
}

#[test]
fn a_mistake_is_told_with_its_remedy() {
    refused("app-id", "my app", "APP_ID", "App ID");
    refused("app-id", " ", "APP_ID", "is missing");
    refused("private-key", "secret-key", "PRIVATE_KEY", "neither a PEM");
    refused("webhook-secret", " , ", "WEBHOOK_SECRET", "openssl rand");
    refused("webhook-path", "hooks", "WEBHOOK_PATH", "/api/github/webhooks");
    refused("webhook-path", "/{all}", "WEBHOOK_PATH", "/api/github/webhooks");
    refused("webhook-path", "/health/live", "WEBHOOK_PATH", "not under /health");
    refused("port", "70000", "PORT", "up to 65535");
    refused("github-api-url", "ftp://x", "GITHUB_API_URL", "/api/v3");
    refused("github-graphql-url", "x", "GITHUB_GRAPHQL_URL", "/api/graphql");
    refused("public-url", "//x", "PUBLIC_URL", "https://");
    refused("metrics-addr", "9090", "METRICS_ADDR", "127.0.0.1:9090");
    refused("log", "scrutineer=loud", "RUST_LOG", "info");
    refused("poll", "0s", "SCRUTINEER_POLL", "is 0");
    refused("lease", "30s", "SCRUTINEER_LEASE", "twice");
    refused("starvation", "1s", "SCRUTINEER_DEBOUNCE", "SCRUTINEER_STARVATION");
    refused("concurrency", "none", "SCRUTINEER_CONCURRENCY", "from 1 up");
    refused("private-key-path", "key.pem", "PRIVATE_KEY", "keep one of them");
    for flag in ["request-timeout", "settle", "check-start", "retry", "deadline", "grace"] {
        let setting = format!("SCRUTINEER_{}", flag.replace('-', "_").to_uppercase());
        refused(flag, "soon", &setting, "500ms");
    }
}

#[test]
fn enterprise_server_has_graphql_beside_rest() {
    let settings = settings(&[("github-api-url", "https://github.example.com/api/v3")]);
    assert_eq!(settings.github.graphql_url.as_str(), "https://github.example.com/api/graphql");
}

#[test]
fn what_is_written_counts() {
    let settings = settings(&[
        ("host", "::1"),
        ("port", "8080"),
        ("metrics-addr", "0.0.0.0:9090"),
        ("debounce", "500ms"),
        ("retry", "1s"),
        ("github-graphql-url", "https://x.example/g"),
        ("database-url", "sqlite:///var/lib/s.sqlite"),
        ("log-format", "json"),
        ("attempts", "3"),
    ]);
    assert_eq!(settings.listen, "[::1]:8080");
    assert_eq!(settings.metrics.as_deref(), Some("0.0.0.0:9090"));
    assert_eq!(settings.store.0.debounce, Duration::from_millis(500));
    assert_eq!(
        (settings.review.retry, settings.worker.retry),
        (Duration::from_secs(1), Duration::from_secs(1))
    );
    assert_eq!(settings.github.graphql_url.as_str(), "https://x.example/g");
    assert_eq!(settings.store.0.url, "sqlite:///var/lib/s.sqlite");
    assert_eq!(settings.worker.attempts, 3);
    assert!(settings.log.json);
}

#[test]
fn a_key_in_a_file_that_everybody_may_read_is_warned_of() {
    use std::os::unix::fs::PermissionsExt;

    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key.pem");
    std::fs::write(&path, KEY).unwrap();
    let path = path.to_str().unwrap();
    let flags = [("private-key", ""), ("private-key-path", path)];
    for (mode, warnings) in [(0o644, 1), (0o600, 0)] {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(settings(&flags).warnings.len(), warnings, "{mode:o}");
    }
}

#[test]
fn an_address_without_encryption_is_warned_of_unless_it_is_here() {
    assert_eq!(settings(&[("github-api-url", "http://ghe.example/api/v3")]).warnings.len(), 1);
    assert!(settings(&[("github-api-url", "http://127.0.0.1:9/x")]).warnings.is_empty());
}

#[test]
fn with_nothing_set_there_is_no_app() {
    assert!(arguments(&[("port", "1"), ("app-id", "")]).names_no_app());
    assert!(!arguments(&[("webhook-secret", "x")]).names_no_app());
}

#[test]
fn no_secret_is_shown() {
    let secrets = ["hook-secret", "pass-word", "MIIE"];
    let flags = [
        ("app-id", "1"),
        ("private-key", KEY),
        ("webhook-secret", "hook-secret"),
        ("database-url", "postgres://me:pass-word@db/x"),
    ];
    let arguments = arguments(&flags);
    let mut shown = format!("{arguments:?} {:#?}", resolve(&arguments).unwrap());
    let broken = [
        ("private-key", "-----BEGIN RSA PRIVATE KEY-----MIIE"),
        ("github-api-url", "https://me:pass-word@x/?"),
        ("webhook-path", "me:pass-word@"),
    ];
    let problems = with(&broken).unwrap_err();
    shown.push_str(&format!("{problems} {problems:?}"));
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn help_shows_no_secret_of_the_environment() {
    let command = <Arguments as clap::Args>::augment_args(Command::new("test"));
    for name in ["private_key", "webhook_secret", "database_url"] {
        let arg = command.get_arguments().find(|arg| arg.get_id() == name).unwrap();
        assert!(arg.is_hide_env_values_set(), "{name}");
    }
}
