//! Whether an answer means a rate limit, and how long to wait then.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::transport::Answer;
use super::{clock, timestamp};

/// GitHub's advice where a secondary limit names no time.
pub(super) const SECONDARY_WAIT: Duration = Duration::from_secs(60);
/// No wait of GitHub's is longer than an hour; whatever claims more is a mistake.
const LONGEST_WAIT: Duration = Duration::from_secs(2 * 3_600);

/// How long to wait and whether the limit is a secondary one, if the answer means a rate limit.
pub(super) fn rate_limit(answer: &Answer, message: &str, errors: &Value) -> Option<(Duration, bool)> {
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
    let reset: Option<i64> = answer.header("x-ratelimit-reset").and_then(|text| text.parse().ok());
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

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderName};
    use serde_json::json;

    use super::*;

    fn check(status: u16, headers: &[(&'static str, &str)], message: &str, expect: Option<(u64, bool)>) {
        let headers =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter(headers),
            body: bytes::Bytes::new(),
        };
        let errors = if message == "coded" { json!([{"code": "abuse"}]) } else { json!(["plain"]) };
        let limit =
            rate_limit(&answer, message, &errors).map(|(wait, secondary)| (wait.as_secs(), secondary));
        assert_eq!(limit, expect, "{status} {message}");
    }

    const SECONDARY: &str = "You have exceeded a secondary rate limit.";

    #[test]
    fn githubs_wait_is_kept_within_reason() {
        check(403, &[("retry-after", "7")], "", Some((7, true)));
        check(429, &[("retry-after", "7")], "", Some((7, true)));
        check(429, &[("retry-after", "9"), ("x-ratelimit-remaining", "0")], "", Some((9, false)));
        check(403, &[("retry-after", "99999999999999")], "", Some((7_200, true)));
    }

    #[test]
    fn an_empty_quota_waits_for_its_reset_by_githubs_clock() {
        let date = ("date", "Thu, 01 Jan 1970 00:01:40 GMT");
        let empty = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "130"), date];
        check(403, &empty, "", Some((31, false)));
        check(403, &empty, SECONDARY, Some((60, true)));
        let past = [("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "10"), date];
        check(429, &past, "", Some((1, false)));
    }

    #[test]
    fn a_secondary_limit_without_a_time_waits_a_minute() {
        check(429, &[], "", Some((60, true)));
        check(403, &[], SECONDARY, Some((60, true)));
        check(403, &[], "You have triggered an abuse detection mechanism", Some((60, true)));
        check(422, &[], "coded", Some((60, true)));
        check(422, &[], "was submitted too quickly", Some((60, true)));
    }

    #[test]
    fn other_refusals_are_no_limits() {
        check(403, &[("x-ratelimit-remaining", "12")], "Resource not accessible by integration", None);
        check(422, &[], "Validation Failed", None);
        check(404, &[("x-ratelimit-remaining", "0")], "", None);
    }
}
