//! Python's literals as values: numbers, string prefixes and escapes.

/// The letters in front of a string's quotes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Prefix {
    pub(super) raw: bool,
    pub(super) bytes: bool,
    pub(super) formatted: bool,
}

impl Prefix {
    /// Reads the opening of a string: letters and quotes.
    pub(super) fn read(start: &str) -> Prefix {
        let has = |letter: char| start.contains([letter, letter.to_ascii_uppercase()]);
        Prefix { raw: has('r'), bytes: has('b'), formatted: has('f') }
    }
}

/// `12`, `1_000`, `0xff`, `0o17`, `0b1`, Python 2's `017` and `12L`; `None` beyond 64 bits.
pub(super) fn integer(text: &str) -> Option<i64> {
    let digits: String = text.chars().filter(|c| *c != '_').collect::<String>().to_ascii_lowercase();
    let digits = digits.strip_suffix('l').unwrap_or(&digits);
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(rest) = digits.strip_prefix(prefix) {
            return i64::from_str_radix(rest, radix).ok();
        }
    }
    match digits.strip_prefix('0') {
        Some(rest) if rest.bytes().any(|b| b != b'0') => i64::from_str_radix(rest, 8).ok(),
        _ => digits.parse().ok(),
    }
}

/// A float; imaginary numbers have no value here.
pub(super) fn float(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|c| *c != '_').collect();
    digits.parse().ok()
}

/// The value of the text between the quotes, interpolations left out. Bytes come as characters up to U+00FF.
pub(super) fn content(text: &str, prefix: Prefix) -> Option<String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let text = if prefix.raw { text } else { unescape(&text, prefix.bytes)? };
    Some(match prefix.formatted {
        true => text.replace("{{", "{").replace("}}", "}"),
        false => text,
    })
}

/// The bytes of a bytes literal whose escapes are resolved.
pub(super) fn to_bytes(text: &str) -> Option<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect()
}

fn unescape(text: &str, bytes: bool) -> Option<String> {
    let mut value = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        value.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let (character, length) = escape(behind, bytes)?;
        match character {
            Escape::Character(character) => value.push(character),
            Escape::Nothing => {}
            Escape::Literal => value.push('\\'),
        }
        rest = &behind[length..];
    }
    value.push_str(rest);
    Some(value)
}

enum Escape {
    Character(char),
    /// A backslash at the end of a line joins the lines.
    Nothing,
    /// Not an escape: the backslash stays.
    Literal,
}

/// What the text behind a backslash means, and how many of its bytes belong to it.
fn escape(text: &str, bytes: bool) -> Option<(Escape, usize)> {
    let simple = |character| Some((Escape::Character(character), 1));
    match text.chars().next() {
        Some('\n') => Some((Escape::Nothing, 1)),
        Some(c @ ('\\' | '\'' | '"')) => simple(c),
        Some('a') => simple('\x07'),
        Some('b') => simple('\x08'),
        Some('f') => simple('\x0c'),
        Some('n') => simple('\n'),
        Some('r') => simple('\r'),
        Some('t') => simple('\t'),
        Some('v') => simple('\x0b'),
        Some('0'..='7') => {
            let length = text.bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
            numbered(&text[..length], 8, length)
        }
        Some('x') => numbered(text.get(1..3)?, 16, 3),
        Some('u') if !bytes => numbered(text.get(1..5)?, 16, 5),
        Some('U') if !bytes => numbered(text.get(1..9)?, 16, 9),
        Some('N') if !bytes => None,
        _ => Some((Escape::Literal, 0)),
    }
}

fn numbered(digits: &str, radix: u32, length: usize) -> Option<(Escape, usize)> {
    let number = u32::from_str_radix(digits, radix).ok()?;
    Some((Escape::Character(char::from_u32(number)?), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_read_in_every_base() {
        let cases = [
            ("0", Some(0)),
            ("00", Some(0)),
            ("1_000", Some(1000)),
            ("0xFF", Some(255)),
            ("0o17", Some(15)),
            ("0B11", Some(3)),
            ("0777", Some(511)),
            ("12L", Some(12)),
            ("99999999999999999999", None),
            ("1j", None),
        ];
        for (text, expect) in cases {
            assert_eq!(integer(text), expect, "{text}");
        }
    }

    #[test]
    fn escapes_are_resolved_as_python_does() {
        let cases = [
            (r"a\n\t\\b", "", Some("a\n\t\\b")),
            (r"\x41\101\u00e9\U0001F600", "", Some("AAé😀")),
            (r"\d\ ", "", Some(r"\d\ ")),
            ("a\\\nb", "", Some("ab")),
            ("a\r\nb\rc", "", Some("a\nb\nc")),
            (r"\n", "r", Some(r"\n")),
            (r"\u0041\xff", "b", Some("\\u0041\u{ff}")),
            ("{{x}}", "f", Some("{x}")),
            (r"\N{DASH}", "", None),
            (r"\x4", "", None),
            (r"\ud800", "", None),
        ];
        for (text, prefix, expect) in cases {
            assert_eq!(content(text, Prefix::read(prefix)).as_deref(), expect, "{text}");
        }
    }
}
