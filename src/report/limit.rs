//! Cutting to GitHub's limits. It counts some fields in bytes and some in characters, refuses what is
//! longer, and never cuts by itself.

/// What GitHub takes for the summary and for the text of a check run, in bytes.
pub const CHECK_BYTES: usize = 65_535;
/// What GitHub takes for the title of a check run and of an annotation, in characters.
pub const TITLE_CHARS: usize = 255;

const CUT: &str = "…";

/// At most `limit` bytes, cut between characters; a cut shows as `…`.
pub fn limit_bytes(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(limit.saturating_sub(CUT.len()));
    let cut = if limit < CUT.len() { "" } else { CUT };
    format!("{}{cut}", &text[..end])
}

/// At most `limit` characters; a cut shows as `…`.
pub fn limit_chars(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    let cut = if limit == 0 { "" } else { CUT };
    format!("{kept}{cut}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_falls_between_characters_and_shows() {
        let bytes = |limit, expect: &str| assert_eq!(limit_bytes("näive", limit), expect);
        bytes(6, "näive");
        bytes(5, "n…");
        bytes(3, "…");
        bytes(2, "");
        let chars = |limit, expect: &str| assert_eq!(limit_chars("näive", limit), expect);
        chars(5, "näive");
        chars(4, "näi…");
        chars(0, "");
    }
}
