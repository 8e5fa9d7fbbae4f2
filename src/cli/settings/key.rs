//! The App's private key, in whatever form it survived the way into the environment.
#![expect(clippy::disallowed_methods, reason = "the command line reads the file it was told to read")]

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

/// The PEM text: as it is, with `\n` or blanks for line ends, in quotes, or in base64.
///
/// The error says what is wrong and never quotes the key.
pub(super) fn normalise(text: &SecretString) -> Result<SecretString, String> {
    let text = text.expose_secret().trim().trim_matches(['"', '\'']).trim();
    if text.starts_with("-----BEGIN") {
        return rebuild(text).map(SecretString::from);
    }
    let compact: String = text.split_whitespace().collect();
    let decoded = STANDARD.decode(compact).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded {
        Some(pem) if pem.trim_start().starts_with("-----BEGIN") => {
            rebuild(pem.trim()).map(SecretString::from)
        }
        Some(_) | None => Err("is neither a PEM text nor one in base64".to_owned()),
    }
}

/// Sets the line ends right: environments and container tools turn them into `\n`, blanks or CRLF.
fn rebuild(pem: &str) -> Result<String, String> {
    let pem = pem.replace("\\r", "").replace("\\n", "\n");
    let (label, rest) = pem
        .strip_prefix("-----BEGIN ")
        .and_then(|rest| rest.split_once("-----"))
        .ok_or("has a damaged first line")?;
    check_label(label, rest)?;
    let end = format!("-----END {label}-----");
    let (body, _) = rest.split_once(&end).ok_or("is cut off: its last line is missing")?;
    let body: String = body.split_whitespace().collect();
    let lines = body.as_bytes().chunks(64).map(String::from_utf8_lossy).collect::<Vec<_>>().join("\n");
    Ok(format!("-----BEGIN {label}-----\n{lines}\n{end}\n"))
}

fn check_label(label: &str, rest: &str) -> Result<(), String> {
    match label {
        "RSA PRIVATE KEY" | "PRIVATE KEY" if rest.contains("ENCRYPTED") => {
            Err("is protected by a passphrase".to_owned())
        }
        "RSA PRIVATE KEY" | "PRIVATE KEY" => Ok(()),
        "ENCRYPTED PRIVATE KEY" => Err("is protected by a passphrase".to_owned()),
        "PUBLIC KEY" | "RSA PUBLIC KEY" | "CERTIFICATE" => {
            Err("is the public part, not the private key".to_owned())
        }
        "OPENSSH PRIVATE KEY" | "EC PRIVATE KEY" | "DSA PRIVATE KEY" => {
            Err("is a key of another kind; GitHub Apps use RSA".to_owned())
        }
        _ => Err("is a PEM text of another kind".to_owned()),
    }
}

/// Reads the key from its file.
pub(super) fn read(path: &str) -> Result<SecretString, String> {
    fs::read_to_string(path)
        .map(SecretString::from)
        .map_err(|error| format!("names {path:?}, which cannot be read ({error})"))
}

/// Whether everybody on the machine may read the file.
pub(super) fn is_open_to_all(path: &str) -> bool {
    use std::os::unix::fs::PermissionsExt;

    fs::metadata(Path::new(path)).is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = include_str!("../../../tests/data/test-key.pem");

    fn check(text: &str, expect: Result<&str, &str>) {
        match (normalise(&SecretString::from(text)), expect) {
            (Ok(key), Ok(expect)) => assert_eq!(key.expose_secret().trim(), expect.trim()),
            (Err(error), Err(word)) => {
                assert!(error.contains(word), "{error}");
                assert!(!error.contains("MII"), "{error}");
            }
            (got, expect) => panic!("{text:?}: {:?}, expected {expect:?}", got.map(|_| "a key")),
        }
    }

    #[test]
    fn a_key_is_read_in_every_form_it_is_given() {
        check(KEY, Ok(KEY));
        check(&KEY.replace('\n', "\\n"), Ok(KEY));
        check(&KEY.replace('\n', "\r\n"), Ok(KEY));
        check(&KEY.replace('\n', " "), Ok(KEY));
        check(&format!("\"{}\"", KEY.replace('\n', "\\n")), Ok(KEY));
        check(&STANDARD.encode(KEY), Ok(KEY));
        let wrapped: Vec<String> = STANDARD
            .encode(KEY)
            .as_bytes()
            .chunks(76)
            .map(|c| String::from_utf8_lossy(c).into_owned())
            .collect();
        check(&wrapped.join("\n"), Ok(KEY));
    }

    #[test]
    fn what_is_no_private_key_is_told_apart() {
        check("secret", Err("neither"));
        check(&STANDARD.encode("secret"), Err("neither"));
        check(&KEY[..200], Err("cut off"));
        check("-----BEGIN PUBLIC KEY-----\nMII\n-----END PUBLIC KEY-----", Err("public part"));
        check("-----BEGIN OPENSSH PRIVATE KEY-----\nMII\n-----END OPENSSH PRIVATE KEY-----", Err("RSA"));
        check(
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII\n-----END ENCRYPTED PRIVATE KEY-----",
            Err("passphrase"),
        );
        check("-----BEGIN nonsense", Err("damaged"));
    }

    #[test]
    fn a_key_file_that_is_not_there_is_named() {
        let error = read("/nowhere/key.pem").unwrap_err();
        assert!(error.contains("/nowhere/key.pem"), "{error}");
    }
}
