//! Bytes to text, as Python reads a source file: a byte order mark, else the encoding cookie of PEP 263, else
//! UTF-8. What is no text at all is told with its reason.

use encoding_rs::Encoding;

use super::limits::Limits;
use super::skip::SkipReason;

/// The text of a file, without its byte order mark.
pub(super) fn decode_text(bytes: &[u8], limits: &Limits) -> Result<String, SkipReason> {
    if bytes.len() > limits.file_bytes {
        return Err(SkipReason::TooLarge { bytes: bytes.len(), limit: limits.file_bytes });
    }
    if bytes.starts_with(b"version https://git-lfs.github.com/spec/") {
        return Err(SkipReason::LfsPointer);
    }
    if bytes.contains(&0) {
        return Err(SkipReason::NotText);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return decode_utf8(rest);
    }
    match cookie(bytes) {
        None => decode_utf8(bytes),
        Some(label) => decode_declared(bytes, &label),
    }
}

fn decode_utf8(bytes: &[u8]) -> Result<String, SkipReason> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].iter().filter(|b| **b == b'\n').count() + 1;
        SkipReason::Encoding(format!("line {line} is not valid UTF-8, and no encoding is declared"))
    })?;
    Ok(text.to_owned())
}

fn decode_declared(bytes: &[u8], label: &str) -> Result<String, SkipReason> {
    let Some(encoding) = encoding_of(label) else {
        return Err(SkipReason::Encoding(format!("the declared encoding {label:?} is not known")));
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes);
    let text =
        text.ok_or_else(|| SkipReason::Encoding(format!("the text is not valid {label}, as it declares")))?;
    Ok(text.into_owned())
}

/// Python's name of an encoding to its decoder. Encodings that no Python source can have are refused.
fn encoding_of(label: &str) -> Option<&'static Encoding> {
    let normal = label.to_ascii_lowercase().replace('_', "-");
    let known = match normal.as_str() {
        name if name == "utf-8" || name.starts_with("utf-8-") => "utf-8",
        "latin-1" | "iso-latin-1" | "l1" | "iso8859-1" => "latin1",
        name if name.starts_with("latin-1-") || name.starts_with("iso-8859-1-") => "latin1",
        name => name,
    };
    let encoding = Encoding::for_label_no_replacement(known.as_bytes())?;
    encoding.is_ascii_compatible().then_some(encoding)
}

/// The encoding that a PEP 263 comment in the first two lines declares.
fn cookie(bytes: &[u8]) -> Option<String> {
    let mut lines = bytes.split(|b| *b == b'\n');
    let first = lines.next()?;
    if let Some(label) = cookie_in(first) {
        return Some(label);
    }
    let blank = |line: &[u8]| {
        let text = line.trim_ascii_start();
        text.is_empty() || text.starts_with(b"#")
    };
    if blank(first) { cookie_in(lines.next()?) } else { None }
}

fn cookie_in(line: &[u8]) -> Option<String> {
    let comment = line.trim_ascii_start();
    if !comment.starts_with(b"#") {
        return None;
    }
    let comment = String::from_utf8_lossy(comment);
    comment.match_indices("coding").find_map(|(at, word)| {
        let rest = &comment[at + word.len()..];
        let value = rest.strip_prefix([':', '='])?.trim_start_matches([' ', '\t']);
        let end =
            value.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))).unwrap_or(value.len());
        (end > 0).then(|| value[..end].to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> Result<String, String> {
        decode_text(bytes, &Limits::default()).map_err(|reason| reason.to_string())
    }

    #[test]
    fn text_is_decoded_as_python_would() {
        let cases: [(&[u8], &str); 11] = [
            (b"", ""),
            (b"x = 1\n", "x = 1\n"),
            (b"\xef\xbb\xbfx", "x"),
            ("é".as_bytes(), "é"),
            (b"# -*- coding: latin-1 -*-\n'\xe9'", "# -*- coding: latin-1 -*-\n'é'"),
            (
                b"#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n'\xcf'",
                "#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n'П'",
            ),
            (b"# coding=UTF_8\n'\xc3\xa9'", "# coding=UTF_8\n'é'"),
            (b"# coding: utf-8-unix\n'\xc3\xa9'", "# coding: utf-8-unix\n'é'"),
            (b"# coding: iso-8859-15\n'\xa4'", "# coding: iso-8859-15\n'€'"),
            (b"x = 1\n# coding: nonsense\n", "x = 1\n# coding: nonsense\n"),
            (b"\n\n# coding: nonsense\n", "\n\n# coding: nonsense\n"),
        ];
        for (bytes, expect) in cases {
            match decode(bytes) {
                Ok(source) => assert_eq!(source, expect),
                Err(error) => assert_eq!(error, expect),
            }
        }
    }

    #[test]
    fn what_is_no_readable_text_is_skipped_with_the_reason() {
        let cases: [(&[u8], &str); 6] = [
            (b"a\0b", "not text: it contains a NUL byte"),
            (b"x\n\xff", "unreadable encoding: line 2 is not valid UTF-8, and no encoding is declared"),
            (b"# coding: klingon\n", "unreadable encoding: the declared encoding \"klingon\" is not known"),
            (b"# coding: utf-16\n", "unreadable encoding: the declared encoding \"utf-16\" is not known"),
            (b"# coding: euc-jp\n\xff", "unreadable encoding: the text is not valid euc-jp, as it declares"),
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
                "a Git LFS pointer: its content is not in the repository",
            ),
        ];
        for (bytes, expect) in cases {
            assert_eq!(decode(bytes).unwrap_err(), expect);
        }
    }
}
