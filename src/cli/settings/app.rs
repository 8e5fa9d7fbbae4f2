//! Who the App is and which GitHub it lives on: its id, its key, its webhook secrets.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::arguments::Arguments;
use super::key;
use super::reader::{Problems, Reader, given};
use crate::github;
use crate::github::signature::Secrets;

impl Arguments {
    /// Whether nothing was said about the App at all: then somebody runs this for the first time.
    pub(in crate::cli) fn names_no_app(&self) -> bool {
        let secrets = [&self.private_key, &self.webhook_secret];
        given(self.app_id.as_ref()).is_none()
            && given(self.private_key_path.as_ref()).is_none()
            && secrets.iter().all(|secret| exposed(secret.as_ref()).is_none())
    }
}

/// The part that commands need which only speak to GitHub. Whoever has a token of his own needs no App.
pub(in crate::cli) fn github_alone(
    arguments: &Arguments,
    has_token: bool,
) -> Result<github::Settings, Problems> {
    let mut reader = Reader::default();
    let settings = github(arguments, &mut reader, &mut Vec::new());
    let of_app = |setting: &str| matches!(setting, "APP_ID" | "PRIVATE_KEY" | "PRIVATE_KEY_PATH");
    reader.problems.retain(|problem| !(has_token && of_app(problem.setting)));
    match settings {
        Some(settings) if reader.problems.is_empty() => Ok(settings),
        Some(_) | None => Err(Problems(reader.problems)),
    }
}

/// `None` where the address cannot be used, which is then among the problems.
pub(super) fn github(
    arguments: &Arguments,
    reader: &mut Reader,
    warnings: &mut Vec<String>,
) -> Option<github::Settings> {
    let app_id = app_id(arguments, reader);
    let key = private_key(arguments, reader, warnings);
    let written = given(arguments.github_api_url.as_ref()).unwrap_or("https://api.github.com").to_owned();
    let api = reader.url("GITHUB_API_URL", Some(&written), "https://github.example.com/api/v3");
    let example = "https://github.example.com/api/graphql";
    let graphql = reader.url("GITHUB_GRAPHQL_URL", arguments.github_graphql_url.as_ref(), example);
    let timeout = arguments.request_timeout.as_ref();
    let request_timeout = reader.duration("SCRUTINEER_REQUEST_TIMEOUT", timeout, Duration::from_secs(20));
    let pause =
        reader.duration("SCRUTINEER_WRITE_PAUSE", arguments.write_pause.as_ref(), Duration::from_secs(1));
    let reserve = reader.count("SCRUTINEER_RESERVE", arguments.reserve.as_ref(), 100);
    let api = api?;
    if api.scheme() == "http" && !is_local(&api) {
        warnings
            .push("GITHUB_API_URL is not encrypted; tokens can be read on the way: write https".to_owned());
    }
    let mut settings = github::Settings::new(api, app_id, key);
    settings.graphql_url = graphql.unwrap_or(settings.graphql_url);
    settings.request_timeout = request_timeout;
    settings.write_pause = pause;
    settings.reserve = u64::from(reserve);
    Some(settings)
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

fn app_id(arguments: &Arguments, reader: &mut Reader) -> String {
    let remedy = "write the number GitHub shows as \"App ID\" on the App's page, or its client id";
    let is_id = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.');
    let parse = |text: &str| is_id(text).then(|| text.to_owned());
    let id = reader.value("APP_ID", arguments.app_id.as_ref(), String::new(), parse, remedy);
    if given(arguments.app_id.as_ref()).is_none() {
        reader.problem("APP_ID", "is missing", remedy);
    }
    id
}

fn private_key(arguments: &Arguments, reader: &mut Reader, warnings: &mut Vec<String>) -> SecretString {
    let missing = SecretString::from("");
    let text = exposed(arguments.private_key.as_ref());
    let path = given(arguments.private_key_path.as_ref());
    let (setting, key) = match (text, path) {
        (None, None) => {
            reader.problem(
                "PRIVATE_KEY",
                "is missing",
                "on the App's page generate a private key, and name the file in PRIVATE_KEY_PATH",
            );
            return missing;
        }
        (Some(_), Some(_)) => {
            reader.problem("PRIVATE_KEY", "and PRIVATE_KEY_PATH are both set", "keep one of them");
            return missing;
        }
        (Some(text), None) => ("PRIVATE_KEY", Ok(SecretString::from(text))),
        (None, Some(path)) => ("PRIVATE_KEY_PATH", key::read(path)),
    };
    if let Some(path) = path
        && key::is_open_to_all(path)
    {
        warnings.push(format!("everybody on this machine can read {path}: run chmod 600 on it"));
    }
    let remedy = "give the .pem file GitHub made for the App, as it is, with \\n for line ends, or in base64";
    key.and_then(|key| key::normalise(&key)).unwrap_or_else(|what| {
        reader.problem(setting, what, remedy);
        missing
    })
}

pub(super) fn secrets(arguments: &Arguments, reader: &mut Reader) -> Secrets {
    let text = exposed(arguments.webhook_secret.as_ref()).unwrap_or_default();
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let secrets: Vec<SecretString> = parts.map(SecretString::from).collect();
    if secrets.is_empty() {
        let remedy =
            "write the secret of the App's webhook here and on the App's page, as from: openssl rand -hex 32";
        reader.problem("WEBHOOK_SECRET", "is missing", remedy);
    }
    Secrets(secrets)
}

/// The text of a secret, if there is any.
pub(in crate::cli) fn exposed(secret: Option<&SecretString>) -> Option<&str> {
    secret.map(|secret| secret.expose_secret().trim()).filter(|text| !text.is_empty())
}
