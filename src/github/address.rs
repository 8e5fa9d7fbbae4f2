//! Where things are at a GitHub: github.com, Enterprise Server, or a server of a test.

use url::Url;

use super::ConfigError;

/// The GraphQL address that belongs to a REST address: `/api/v3` has its sibling `/api/graphql`, any
/// other base has `/graphql` below it.
pub(super) fn graphql(api: &Url) -> Url {
    let base = api.path().trim_end_matches('/');
    let path = match base.strip_suffix("/api/v3") {
        Some(root) => format!("{root}/api/graphql"),
        None => format!("{base}/graphql"),
    };
    let mut url = api.clone();
    url.set_path(&path);
    url
}

/// An address below the base, whose path is kept. Each segment is encoded, so none can leave its place.
pub(super) fn below(base: &Url, segments: &[&str]) -> Url {
    let mut url = base.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// Refuses what no call can be made to.
pub(super) fn check(name: &'static str, url: &Url) -> Result<(), ConfigError> {
    let reason = if !matches!(url.scheme(), "http" | "https") {
        "it is not an http or https address"
    } else if !url.has_host() {
        "it names no host"
    } else if !url.username().is_empty() || url.password().is_some() {
        "it holds a user name or password, which GitHub's API does not use"
    } else if url.query().is_some() || url.fragment().is_some() {
        "it has a query or a fragment"
    } else {
        return Ok(());
    };
    Err(ConfigError::Address { name, url: redacted(url), reason })
}

fn redacted(url: &Url) -> String {
    let mut url = url.clone();
    // Fails only where there can be no user name or password.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn graphql_is_where_each_github_has_it() {
        for (api, expect) in [
            ("https://api.github.com", "https://api.github.com/graphql"),
            ("https://api.github.com/", "https://api.github.com/graphql"),
            ("https://git.example/api/v3", "https://git.example/api/graphql"),
            ("https://git.example/api/v3/", "https://git.example/api/graphql"),
            ("https://git.example/sub/api/v3", "https://git.example/sub/api/graphql"),
            ("http://127.0.0.1:8080/base", "http://127.0.0.1:8080/base/graphql"),
        ] {
            assert_eq!(graphql(&url(api)).as_str(), expect, "{api}");
        }
    }

    #[test]
    fn addresses_keep_the_path_of_their_base() {
        for (base, expect) in [
            ("https://api.github.com", "https://api.github.com/repos/a/b"),
            ("https://git.example/api/v3/", "https://git.example/api/v3/repos/a/b"),
            ("http://127.0.0.1:8080/base", "http://127.0.0.1:8080/base/repos/a/b"),
        ] {
            assert_eq!(below(&url(base), &["repos", "a", "b"]).as_str(), expect);
        }
        assert_eq!(below(&url("http://h"), &["a/../b?c"]).path(), "/a%2F..%2Fb%3Fc");
    }

    #[test]
    fn an_address_that_cannot_be_called_is_refused_without_showing_its_password() {
        for text in ["ftp://h/", "https://me:hunter2@h/", "https://h/?x", "data:x"] {
            let error = check("GITHUB_API_URL", &url(text)).unwrap_err().to_string();
            assert!(error.contains("GITHUB_API_URL") && !error.contains("hunter2"), "{error}");
        }
        assert!(check("GITHUB_API_URL", &url("http://127.0.0.1:1/")).is_ok());
    }
}
