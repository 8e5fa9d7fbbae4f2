//! Where a redirect leads, and when we go there. Renamed and transferred repositories answer with one.

use http::StatusCode;
use http::header::LOCATION;
use url::Url;

use super::{Answer, Lost};

/// The address to repeat the call at; `None` where the answer is no redirect. Our token is for this GitHub
/// only, so a redirect to any other origin is an error.
pub(super) fn target(from: &Url, answer: &Answer) -> Result<Option<Url>, Lost> {
    if !is_repeat(answer.status) {
        return Ok(None);
    }
    let location = answer.headers.get(LOCATION).and_then(|value| value.to_str().ok());
    let Some(next) = location.and_then(|location| from.join(location).ok()) else {
        return Err(Lost::Astray("a redirect without a usable address".to_owned()));
    };
    if next.origin() != from.origin() {
        let host = next.host_str().unwrap_or("nowhere").to_owned();
        return Err(Lost::Astray(format!("redirected to another host, {host}: not followed")));
    }
    Ok(Some(next))
}

/// The statuses by which GitHub asks to repeat the same call elsewhere. 303 is not one of them: it asks
/// for another call.
fn is_repeat(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT
    )
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::HeaderMap;

    use super::*;

    fn check(status: u16, location: &str, expect: Result<Option<&str>, ()>) {
        let from = Url::parse("https://git.example/api/v3/repos/a/b/pulls/1").unwrap();
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::from_iter([(LOCATION, location.parse().unwrap())]),
            body: Bytes::new(),
        };
        let target = target(&from, &answer).map_err(|_| ());
        let expect = expect.map(|url| url.map(|url| Url::parse(url).unwrap()));
        assert_eq!(target, expect, "{status} {location}");
    }

    #[test]
    fn a_redirect_is_followed_within_the_same_github() {
        let there = "https://git.example/api/v3/repositories/1/pulls/1";
        for status in [301, 302, 307, 308] {
            check(status, there, Ok(Some(there)));
            check(status, "/api/v3/repositories/1/pulls/1", Ok(Some(there)));
        }
    }

    #[test]
    fn a_redirect_to_another_origin_is_refused() {
        for location in [
            "https://evil.example/api/v3",
            "http://git.example/api/v3",
            "https://git.example:8443/",
            "//evil.example/x",
            "https://git.example.evil.example/",
        ] {
            check(307, location, Err(()));
        }
    }

    #[test]
    fn other_answers_are_no_redirects() {
        for status in [200, 201, 303, 304, 404] {
            check(status, "https://evil.example/", Ok(None));
        }
    }
}
