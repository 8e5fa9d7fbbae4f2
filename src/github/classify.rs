//! From an answer, or the lack of one, to the error a caller acts on.

use std::time::Duration;

use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::transport::{Answer, Kind, Lost};
use super::{Error, RequestId, clock, timestamp};

/// GitHub's advice where a secondary limit names no time.
pub(super) const SECONDARY_WAIT: Duration = Duration::from_secs(60);
/// No wait of GitHub's is longer than an hour; whatever claims more is a mistake.
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 3_600);
/// How much of GitHub's own words is kept.
const MESSAGE_BYTES: usize = 1_000;

/// What GitHub says in the body of a refusal.
#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    errors: Value,
}

/// The answer if it is a success, else the error it stands for.
pub(super) fn success(answer: Answer, kind: Kind) -> Result<Answer, Error> {
    if answer.status.is_success() {
        return Ok(answer);
    }
    Err(refusal(&answer, kind))
}

/// The error that an answer other than a success stands for.
pub(super) fn refusal(answer: &Answer, kind: Kind) -> Error {
    let body: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    let message = message(&body, answer.status);
    if let Some((retry_after, secondary)) = rate_limit(answer, &message, &body.errors) {
        let request_id = request_id(answer);
        return Error::RateLimited {
            retry_after,
            secondary,
            request_id,
        };
    }
    let request_id = request_id(answer);
    match answer.status.as_u16() {
        401 => Error::Unauthorized { message, request_id },
        403 => Error::Forbidden { message, request_id },
        404 => Error::NotFound {
            what: message,
            request_id,
        },
        410 | 451 => Error::Gone { message, request_id },
        408 | 500..=599 => unanswered(kind, Some(answer.status.as_u16()), message, request_id),
        400..=499 => Error::Unprocessable {
            message,
            errors: words(&body.errors),
            request_id,
        },
        status => Error::Malformed {
            cause: format!("status {status}"),
            request_id,
        },
    }
}

/// The error for an answer that did not come, or is of no use.
pub(super) fn lost(lost: Lost, kind: Kind) -> Error {
    let request_id = RequestId::default();
    match lost {
        Lost::NeverSent(cause) => Error::Unavailable {
            status: None,
            cause,
            request_id,
        },
        Lost::NoAnswer(cause) => unanswered(kind, None, cause, request_id),
        Lost::Useless(cause) if kind == Kind::Read => Error::Malformed { cause, request_id },
        Lost::Useless(cause) => Error::Unknown { cause, request_id },
    }
}

/// The error for a success whose body we cannot read. A write was carried out, but what it made is unknown.
pub(super) fn unreadable(answer: &Answer, kind: Kind, cause: &str) -> Error {
    let (cause, request_id) = (cause.to_owned(), request_id(answer));
    match kind {
        Kind::Read => Error::Malformed { cause, request_id },
        Kind::Write => Error::Unknown { cause, request_id },
    }
}

fn unanswered(kind: Kind, status: Option<u16>, cause: String, request_id: RequestId) -> Error {
    match kind {
        Kind::Read => Error::Unavailable {
            status,
            cause,
            request_id,
        },
        Kind::Write => {
            let cause = match status {
                Some(status) => format!("status {status}, {cause}"),
                None => cause,
            };
            Error::Unknown { cause, request_id }
        }
    }
}

/// How long to wait and whether the limit is a secondary one, if the answer means a rate limit.
fn rate_limit(answer: &Answer, message: &str, errors: &Value) -> Option<(Duration, bool)> {
    let exhausted = answer.header("x-ratelimit-remaining") == Some("0");
    let scolded = speaks_of_abuse(message) || has_code(errors, "abuse");
    match answer.status {
        StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS => {
            if let Some(wait) = retry_after(answer) {
                return Some((wait, !exhausted || scolded));
            }
            if exhausted && !scolded {
                return Some((until_reset(answer), false));
            }
            let limited = scolded || answer.status == StatusCode::TOO_MANY_REQUESTS;
            limited.then_some((SECONDARY_WAIT, true))
        }
        StatusCode::UNPROCESSABLE_ENTITY if scolded => {
            Some((retry_after(answer).unwrap_or(SECONDARY_WAIT), true))
        }
        _ => None,
    }
}

pub(super) fn retry_after(answer: &Answer) -> Option<Duration> {
    let seconds = answer.header("retry-after")?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_WAIT))
}

/// The wait until the quota is full again; one second more, since the header is cut to seconds.
pub(super) fn until_reset(answer: &Answer) -> Duration {
    let reset: Option<i64> = answer
        .header("x-ratelimit-reset")
        .and_then(|text| text.parse().ok());
    let Some(reset) = reset else {
        return SECONDARY_WAIT;
    };
    // GitHub's clock is the one that counts, if it tells.
    let now = server_time(answer).unwrap_or_else(clock::now_unix);
    let seconds = u64::try_from(reset.saturating_sub(now)).unwrap_or(0);
    Duration::from_secs(seconds.saturating_add(1)).min(LONGEST_WAIT)
}

/// GitHub's clock when it answered.
pub(super) fn server_time(answer: &Answer) -> Option<i64> {
    timestamp::from_http_date(answer.header("date")?)
}

/// Whether a text is one by which GitHub tells of a secondary limit.
pub(super) fn speaks_of_abuse(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["secondary rate limit", "abuse detection", "submitted too quickly"]
        .iter()
        .any(|words| message.contains(words))
}

fn has_code(errors: &Value, code: &str) -> bool {
    let list = errors.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().any(|error| error["code"] == code)
}

/// GitHub's `errors` as texts: it sends strings, objects with a message, or objects with field and code.
fn words(errors: &Value) -> Vec<String> {
    match errors {
        Value::Null => Vec::new(),
        Value::Array(list) => list.iter().map(word).collect(),
        other => vec![word(other)],
    }
}

fn word(error: &Value) -> String {
    let text = match (error.as_str(), error["message"].as_str()) {
        (Some(text), _) | (None, Some(text)) => text.to_owned(),
        (None, None) => error.to_string(),
    };
    cut(text)
}

fn message(body: &Refusal, status: StatusCode) -> String {
    let fallback = || status.canonical_reason().unwrap_or("unknown status").to_owned();
    cut(body.message.clone().unwrap_or_else(fallback))
}

fn cut(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(MESSAGE_BYTES));
    text
}

pub(super) fn request_id(answer: &Answer) -> RequestId {
    RequestId(answer.header("x-github-request-id").map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName};

    use super::*;

    /// One word for the kind of error, then what a caller reads in it.
    fn summary(error: &Error) -> String {
        match error {
            Error::RateLimited {
                retry_after,
                secondary,
                ..
            } => {
                format!("rate {} {secondary}", retry_after.as_secs())
            }
            Error::Unauthorized { message, .. } => format!("unauthorized {message}"),
            Error::Forbidden { message, .. } => format!("forbidden {message}"),
            Error::NotFound { what, .. } => format!("not found {what}"),
            Error::Gone { message, .. } => format!("gone {message}"),
            Error::Unprocessable { message, errors, .. } => format!("unprocessable {message} {errors:?}"),
            Error::Unavailable { status, .. } => format!("unavailable {status:?}"),
            Error::Unknown { cause, .. } => format!("unknown {cause}"),
            Error::Malformed { cause, .. } => format!("malformed {cause}"),
        }
    }

    fn answer(status: u16, headers: &[(&'static str, &str)], body: &str) -> Answer {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter(headers),
            body: body.to_owned().into(),
        }
    }

    fn check(status: u16, headers: &[(&'static str, &str)], body: &str, read: &str, write: &str) {
        let answer = answer(status, headers, body);
        assert_eq!(
            summary(&refusal(&answer, Kind::Read)),
            read,
            "read: {status} {body}"
        );
        assert_eq!(
            summary(&refusal(&answer, Kind::Write)),
            write,
            "write: {status} {body}"
        );
    }

    fn same(status: u16, headers: &[(&'static str, &str)], body: &str, expect: &str) {
        check(status, headers, body, expect, expect);
    }

    const DATE: (&str, &str) = ("date", "Thu, 01 Jan 1970 00:01:40 GMT");

    #[test]
    fn rate_limits_keep_the_time_to_wait() {
        let secondary = r#"{"message":"You have exceeded a secondary rate limit."}"#;
        let empty = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "130"), DATE];
        same(403, &[("retry-after", "7")], "{}", "rate 7 true");
        same(429, &[("retry-after", "7")], "", "rate 7 true");
        same(429, &[], "", "rate 60 true");
        same(403, &[], secondary, "rate 60 true");
        same(403, &empty, "{}", "rate 31 false");
        same(403, &empty, secondary, "rate 60 true");
        same(
            429,
            &[("retry-after", "9"), ("x-ratelimit-remaining", "0")],
            "{}",
            "rate 9 false",
        );
        same(403, &[("retry-after", "99999999999999")], "{}", "rate 7200 true");
        same(
            422,
            &[],
            r#"{"message":"Validation Failed","errors":[{"code":"abuse"}]}"#,
            "rate 60 true",
        );
        same(
            422,
            &[],
            r#"{"message":"was submitted too quickly"}"#,
            "rate 60 true",
        );
    }

    #[test]
    fn refusals_are_told_apart() {
        let integration = r#"{"message":"Resource not accessible by integration"}"#;
        same(
            401,
            &[],
            r#"{"message":"Bad credentials"}"#,
            "unauthorized Bad credentials",
        );
        same(
            403,
            &[("x-ratelimit-remaining", "12")],
            integration,
            "forbidden Resource not accessible by integration",
        );
        same(404, &[], "", "not found Not Found");
        same(410, &[], "{}", "gone Gone");
        same(
            451,
            &[],
            r#"{"message":"Repository access blocked"}"#,
            "gone Repository access blocked",
        );
        same(
            400,
            &[],
            r#"{"message":"Problems parsing JSON"}"#,
            "unprocessable Problems parsing JSON []",
        );
        same(304, &[], "", "malformed status 304");
    }

    #[test]
    fn the_reasons_of_a_422_are_texts_whatever_their_shape() {
        same(
            422,
            &[],
            r#"{"message":"m","errors":["line must be part of the diff"]}"#,
            r#"unprocessable m ["line must be part of the diff"]"#,
        );
        same(
            422,
            &[],
            r#"{"message":"m","errors":[{"field":"x","message":"bad x"}]}"#,
            r#"unprocessable m ["bad x"]"#,
        );
        same(
            422,
            &[],
            r#"{"message":"m","errors":[{"code":"invalid"}]}"#,
            r#"unprocessable m ["{\"code\":\"invalid\"}"]"#,
        );
        same(
            422,
            &[],
            r#"{"message":"m","errors":"plain"}"#,
            r#"unprocessable m ["plain"]"#,
        );
        same(422, &[], "<html>", "unprocessable Unprocessable Entity []");
    }

    #[test]
    fn a_failing_server_leaves_the_outcome_of_a_write_unknown() {
        check(
            502,
            &[],
            "<html>oops</html>",
            "unavailable Some(502)",
            "unknown status 502, Bad Gateway",
        );
        check(
            503,
            &[],
            r#"{"message":"m"}"#,
            "unavailable Some(503)",
            "unknown status 503, m",
        );
    }

    #[test]
    fn what_was_never_sent_may_be_sent_again() {
        let cases = [
            (Lost::NeverSent("refused".into()), Kind::Write, "unavailable None"),
            (Lost::NeverSent("refused".into()), Kind::Read, "unavailable None"),
            (Lost::NoAnswer("late".into()), Kind::Write, "unknown late"),
            (Lost::NoAnswer("late".into()), Kind::Read, "unavailable None"),
            (Lost::Useless("long".into()), Kind::Write, "unknown long"),
            (Lost::Useless("long".into()), Kind::Read, "malformed long"),
        ];
        for (case, kind, expect) in cases {
            assert_eq!(summary(&lost(case, kind)), expect);
        }
    }

    #[test]
    fn githubs_request_id_is_kept_and_shown() {
        let error = refusal(
            &answer(404, &[("x-github-request-id", "AB:12")], "{}"),
            Kind::Read,
        );
        assert_eq!(error.request_id(), Some("AB:12"));
        assert_eq!(
            error.to_string(),
            "not found at GitHub: Not Found (GitHub request AB:12)"
        );
    }

    #[test]
    fn long_texts_of_github_are_cut() {
        let body = serde_json::json!({"message": "é".repeat(5_000)}).to_string();
        assert!(summary(&refusal(&answer(403, &[], &body), Kind::Read)).len() < 1_100);
    }
}
