//! Paths as relative URI references: every byte that is not unreserved is percent-encoded, so that a
//! path can neither name a scheme or host nor start a query.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

pub(super) fn of_path(path: &str) -> String {
    utf8_percent_encode(path.trim_start_matches('/'), ENCODED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_relative_reference() {
        let check = |path: &str, expect: &str| assert_eq!(of_path(path), expect);
        check("app/main.py", "app/main.py");
        check("a b/ü#?.py", "a%20b/%C3%BC%23%3F.py");
        check("javascript:alert(1).py", "javascript%3Aalert%281%29.py");
        check("//evil.example/x.py", "evil.example/x.py");
    }
}
