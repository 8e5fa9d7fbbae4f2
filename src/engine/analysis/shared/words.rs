//! Names taken apart into words: `_openConnections` says `open` and `connections`.

/// The words of an identifier, in lower case.
pub(in crate::engine::analysis) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        if c == '_' || c.is_uppercase() && !before.is_uppercase() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut().filter(|_| c != '_') {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Whether one of the words, or it without a plural's `s`, is in the list.
pub(in crate::engine::analysis) fn says_one_of(name: &str, list: &[String]) -> bool {
    words(name).iter().any(|word| {
        let singular = word.strip_suffix('s').unwrap_or(word);
        list.iter().any(|known| known == word || known == singular)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_falls_apart_at_underscores_and_capitals() {
        let check = |name: &str, expect: &[&str]| assert_eq!(words(name), expect, "{name}");
        check("_openConnections", &["open", "connections"]);
        check("HTTPClient", &["httpclient"]);
        check("ws_ids", &["ws", "ids"]);
        check("__", &[]);
    }
}
