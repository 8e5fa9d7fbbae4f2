//! From an answer, or the lack of one, to the error a caller acts on.

use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::transport::{Answer, Kind, Lost};
use super::{Error, RequestId, limits};

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
    if let Some((retry_after, secondary)) = limits::rate_limit(answer, &message, &body.errors) {
        let request_id = request_id(answer);
        return Error::RateLimited { retry_after, secondary, request_id };
    }
    let request_id = request_id(answer);
    match answer.status.as_u16() {
        401 => Error::Unauthorized { message, request_id },
        403 => Error::Forbidden { message, request_id },
        404 => Error::NotFound { what: message, request_id },
        410 | 451 => Error::Gone { message, request_id },
        408 | 500..=599 => unanswered(kind, Some(answer.status.as_u16()), message, request_id),
        400..=499 => Error::Unprocessable { message, errors: words(&body.errors), request_id },
        status => Error::Malformed { cause: format!("status {status}"), request_id },
    }
}

/// The error for an answer that did not come, or is of no use.
pub(super) fn lost(lost: Lost, kind: Kind) -> Error {
    let request_id = RequestId::default();
    match lost {
        Lost::NeverSent(cause) => Error::Unavailable { status: None, cause, request_id },
        Lost::NoAnswer(cause) => unanswered(kind, None, cause, request_id),
        Lost::TooLong(cause) if kind == Kind::Write => Error::Unknown { cause, request_id },
        Lost::TooLong(cause) | Lost::Astray(cause) => Error::Malformed { cause, request_id },
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
        Kind::Read => Error::Unavailable { status, cause, request_id },
        Kind::Write => {
            let cause = match status {
                Some(status) => format!("status {status}, {cause}"),
                None => cause,
            };
            Error::Unknown { cause, request_id }
        }
    }
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
            Error::RateLimited { retry_after, secondary, .. } => {
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
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter(headers),
            body: body.to_owned().into(),
        }
    }

    fn check(status: u16, headers: &[(&'static str, &str)], body: &str, read: &str, write: &str) {
        let answer = answer(status, headers, body);
        assert_eq!(summary(&refusal(&answer, Kind::Read)), read, "read: {status} {body}");
        assert_eq!(summary(&refusal(&answer, Kind::Write)), write, "write: {status} {body}");
    }

    fn same(status: u16, headers: &[(&'static str, &str)], body: &str, expect: &str) {
        check(status, headers, body, expect, expect);
    }

    #[test]
    fn a_rate_limit_comes_before_its_status() {
        same(403, &[("retry-after", "7")], "{}", "rate 7 true");
        same(422, &[], r#"{"message":"Validation Failed","errors":[{"code":"abuse"}]}"#, "rate 60 true");
    }

    #[test]
    fn refusals_are_told_apart() {
        let integration = r#"{"message":"Resource not accessible by integration"}"#;
        same(401, &[], r#"{"message":"Bad credentials"}"#, "unauthorized Bad credentials");
        same(
            403,
            &[("x-ratelimit-remaining", "12")],
            integration,
            "forbidden Resource not accessible by integration",
        );
        same(404, &[], "", "not found Not Found");
        same(410, &[], "{}", "gone Gone");
        same(451, &[], r#"{"message":"Repository access blocked"}"#, "gone Repository access blocked");
        same(400, &[], r#"{"message":"Problems parsing JSON"}"#, "unprocessable Problems parsing JSON []");
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
        same(422, &[], r#"{"message":"m","errors":"plain"}"#, r#"unprocessable m ["plain"]"#);
        same(422, &[], "<html>", "unprocessable Unprocessable Entity []");
    }

    #[test]
    fn a_failing_server_leaves_the_outcome_of_a_write_unknown() {
        check(502, &[], "<html>oops</html>", "unavailable Some(502)", "unknown status 502, Bad Gateway");
        check(503, &[], r#"{"message":"m"}"#, "unavailable Some(503)", "unknown status 503, m");
    }

    #[test]
    fn what_was_never_sent_may_be_sent_again() {
        let cases = [
            (Lost::NeverSent("refused".into()), Kind::Write, "unavailable None"),
            (Lost::NeverSent("refused".into()), Kind::Read, "unavailable None"),
            (Lost::NoAnswer("late".into()), Kind::Write, "unknown late"),
            (Lost::NoAnswer("late".into()), Kind::Read, "unavailable None"),
            (Lost::TooLong("long".into()), Kind::Write, "unknown long"),
            (Lost::TooLong("long".into()), Kind::Read, "malformed long"),
            (Lost::Astray("where".into()), Kind::Write, "malformed where"),
        ];
        for (case, kind, expect) in cases {
            assert_eq!(summary(&lost(case, kind)), expect);
        }
    }

    #[test]
    fn githubs_request_id_is_kept_and_shown() {
        let error = refusal(&answer(404, &[("x-github-request-id", "AB:12")], "{}"), Kind::Read);
        assert_eq!(error.request_id(), Some("AB:12"));
        assert_eq!(error.to_string(), "not found at GitHub: Not Found (GitHub request AB:12)");
    }

    #[test]
    fn long_texts_of_github_are_cut() {
        let body = serde_json::json!({"message": "é".repeat(5_000)}).to_string();
        assert!(summary(&refusal(&answer(403, &[], &body), Kind::Read)).len() < 1_100);
    }
}
