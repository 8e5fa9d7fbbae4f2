//! Reads values out of text and collects what is wrong with them, each with its remedy.

use std::fmt;
use std::time::Duration;

use url::Url;

use super::duration;

/// One setting that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Problem {
    pub(in crate::cli) setting: &'static str,
    /// What is wrong, as it follows the name. Never the value of a secret.
    pub(in crate::cli) what: String,
    pub(in crate::cli) remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.setting, self.what, self.remedy)
    }
}

/// Everything that keeps the App from starting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Problems(pub(in crate::cli) Vec<Problem>);

impl std::error::Error for Problems {}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the settings cannot be used")?;
        for problem in &self.0 {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

/// Collects problems while values are read; a value with a problem is replaced by its default, so that
/// the reading goes on.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) problems: Vec<Problem>,
}

impl Reader {
    pub(super) fn problem(
        &mut self,
        setting: &'static str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.problems.push(Problem { setting, what: what.into(), remedy: remedy.into() });
    }

    pub(super) fn duration(
        &mut self,
        setting: &'static str,
        text: Option<&String>,
        default: Duration,
    ) -> Duration {
        self.value(
            setting,
            text,
            default,
            duration::parse,
            "write a number and its unit, as 500ms, 2s, 5m or 1h",
        )
    }

    /// A whole number from one up.
    pub(super) fn count(&mut self, setting: &'static str, text: Option<&String>, default: u16) -> u16 {
        let parse = |text: &str| text.parse().ok().filter(|count| *count > 0);
        self.value(setting, text, default, parse, "write a whole number from 1 up")
    }

    pub(super) fn url(&mut self, setting: &'static str, text: Option<&String>, example: &str) -> Option<Url> {
        let parse = |text: &str| Url::parse(text).ok().filter(is_plain).map(Some);
        let remedy = format!("write an address such as {example}, without user, query or fragment");
        self.value(setting, text, None, parse, &remedy)
    }

    /// Any other value with a default.
    pub(super) fn value<T>(
        &mut self,
        setting: &'static str,
        text: Option<&String>,
        default: T,
        parse: impl Fn(&str) -> Option<T>,
        remedy: &str,
    ) -> T {
        let Some(text) = given(text) else {
            return default;
        };
        parse(text).unwrap_or_else(|| {
            self.problem(setting, format!("{} cannot be read", quoted(text)), remedy);
            default
        })
    }
}

/// Container tools set what is not there to nothing.
pub(super) fn given(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// The value for a message, unless it may hold a password.
fn quoted(text: &str) -> String {
    match text.contains('@') || text.len() > 100 {
        true => "as it is written".to_owned(),
        false => format!("{text:?}"),
    }
}

fn is_plain(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
        && url.has_host()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}
