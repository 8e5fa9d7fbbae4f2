//! Characters that a reader cannot see but that change what the reader sees: control bytes,
//! bidirectional overrides, zero-width and tag characters. They are shown by their number.

/// Whether the character acts without being seen. A newline and a tab are no such characters.
pub fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        c if c.is_control() => true,
        '\u{ad}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{3164}' | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' => true,
        '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// Shows each hidden character as `\u{202e}`. A carriage return that ends a line is dropped.
pub fn reveal(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek().is_none_or(|next| *next == '\n') => {}
            c => push(&mut shown, c),
        }
    }
    shown
}

/// Appends the character, or its number if it is hidden.
pub fn push(shown: &mut String, c: char) {
    if is_hidden(c) {
        shown.extend(c.escape_unicode());
    } else {
        shown.push(c);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_shown_by_their_number() {
        let check = |input: &str, expect: &str| assert_eq!(reveal(input), expect);
        check("plain, naïve, 漢字, 🎉", "plain, naïve, 漢字, 🎉");
        check("a\u{202e}b", "a\\u{202e}b");
        check("\u{1b}[31m", "\\u{1b}[31m");
        check("a\u{9b}31m", "a\\u{9b}31m");
        check("line\r\nline\r", "line\nline");
        check("over\rwritten", "over\\u{d}written");
        check("a\tb\nc", "a\tb\nc");
    }
}
