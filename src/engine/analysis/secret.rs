//! What is a secret, by its name, and what could serve as one, by its value. Values never leave this file.

/// What kind of secret a name speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secret {
    /// Signs or encrypts: any text works as one, a guessable text works for everybody.
    Key,
    Password,
    /// Given by a service: only what it gave works.
    Credential,
}

/// Ends of names, as words.
const KEYS: [&[&str]; 17] = [
    &["secret"],
    &["secret", "key"],
    &["secret", "key", "base"],
    &["secretkey"],
    &["jwt", "key"],
    &["jwt", "secret"],
    &["signing", "key"],
    &["session", "key"],
    &["encryption", "key"],
    &["encrypt", "key"],
    &["hmac", "key"],
    &["fernet", "key"],
    &["master", "key"],
    &["cookie", "key"],
    &["auth", "key"],
    &["admin", "token"],
    &["admin", "key"],
];
const PASSWORDS: [&[&str]; 4] = [&["password"], &["passwd"], &["passphrase"], &["passwort"]];
const CREDENTIALS: [&[&str]; 11] = [
    &["client", "secret"],
    &["consumer", "secret"],
    &["secret", "access", "key"],
    &["access", "key", "secret"],
    &["api", "key"],
    &["apikey"],
    &["api", "secret"],
    &["api", "token"],
    &["auth", "token"],
    &["access", "token"],
    &["bot", "token"],
];

/// Values that say that there is none.
const SENTINELS: [&str; 12] = [
    "none",
    "null",
    "n/a",
    "na",
    "unset",
    "undefined",
    "unknown",
    "missing",
    "default",
    "false",
    "true",
    "todo",
];
/// Parts of values that no service would accept.
const PLACEHOLDERS: [&str; 17] = [
    "your",
    "xxx",
    "***",
    "...",
    "placeholder",
    "example",
    "dummy",
    "fake",
    "empty",
    "not-needed",
    "not_needed",
    "no-key",
    "no_key",
    "unused",
    "insert",
    "test",
    "sk-no",
];
/// Keys that are given to every browser or phone.
const PUBLIC: [&str; 5] = ["phc_", "pk_", "pk-lf-", "pub_", "public"];
/// Services elsewhere that give out their own passwords.
const OUTSIDE: [&str; 7] = ["smtp", "email", "mail", "proxy", "imap", "ldap", "ftp"];
/// Databases and brokers that a developer starts beside the program.
const SERVICES: [&str; 16] = [
    "db",
    "database",
    "postgres",
    "postgresql",
    "pg",
    "mysql",
    "mariadb",
    "mongo",
    "mongodb",
    "redis",
    "rabbitmq",
    "amqp",
    "minio",
    "neo4j",
    "clickhouse",
    "elastic",
];

/// The kind of secret that this name is for, if it is for one. `token_url` and `password_min_length` are not.
pub(super) fn named(name: &str) -> Option<Secret> {
    let words = words(name);
    let ends = |ends: &[&[&str]]| ends.iter().any(|end| words.ends_with(end_words(end).as_slice()));
    let of_others = words.iter().any(|word| OUTSIDE.contains(&word.as_str()));
    let is_password = ends(&PASSWORDS)
        || (words.len() > 1 && words.last().is_some_and(|last| last == "pass" || last == "pwd"));
    if ends(&CREDENTIALS) || (of_others && is_password) {
        Some(Secret::Credential)
    } else if ends(&KEYS) {
        Some(Secret::Key)
    } else if is_password {
        Some(Secret::Password)
    } else {
        None
    }
}

fn end_words(end: &[&str]) -> Vec<String> {
    end.iter().map(|word| (*word).to_owned()).collect()
}

/// Whether the name is of a database or broker, as in `POSTGRES_PASSWORD`.
pub(super) fn is_of_service(name: &str) -> bool {
    words(name).iter().any(|word| SERVICES.contains(&word.as_str()))
}

/// Whether this text would work as such a secret.
pub(super) fn is_usable(secret: Secret, value: &str) -> bool {
    let lower = value.trim().to_lowercase();
    let is_reference = ["://", "${", "{{", "%("].iter().any(|mark| lower.contains(mark))
        || lower.starts_with(['/', '~', '<', '$', '{'])
        || lower.starts_with("./")
        || [".pem", ".key", ".json", ".txt"].iter().any(|ending| lower.ends_with(ending));
    // A key may be of several words; of a password those are what a form says.
    let is_word = lower.chars().any(char::is_alphanumeric)
        && (secret == Secret::Key || !lower.contains(char::is_whitespace));
    if is_reference || !is_word || SENTINELS.contains(&lower.as_str()) {
        return false;
    }
    match secret {
        Secret::Key => true,
        // An anonymous visitor gives an address.
        Secret::Password => !lower.contains('@'),
        // A service refuses what it did not give out, so only what looks given out is a secret.
        Secret::Credential if PUBLIC.iter().any(|start| lower.starts_with(start)) => false,
        Secret::Credential => looks_random(value) && !PLACEHOLDERS.iter().any(|word| lower.contains(word)),
    }
}

/// Long, of letters and digits, and of many different ones.
fn looks_random(value: &str) -> bool {
    let different: std::collections::HashSet<char> = value.chars().collect();
    let digits = value.chars().filter(char::is_ascii_digit).count();
    value.len() >= 16 && different.len() >= 10 && digits >= 3
}

/// A password written into an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InUrl {
    /// To this machine, or to a host without a dot: a service beside the program.
    Beside,
    Elsewhere,
}

/// Whether the text is an address with a password in it, and where it leads.
pub(super) fn in_url(value: &str) -> Option<InUrl> {
    let (_, rest) = value.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let (user, host) = authority.rsplit_once('@')?;
    let (_, password) = user.split_once(':')?;
    let is_hole = password.is_empty() || password.contains(['{', '<', '$', '%', '*']);
    let beside =
        super::calls::is_loopback(value) || !host.split(':').next().unwrap_or_default().contains('.');
    (!is_hole).then_some(if beside { InUrl::Beside } else { InUrl::Elsewhere })
}

/// `APP_SECRET_KEY`, `appSecretKey` and `app.secret-key` as words in small letters.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        let begins = c.is_uppercase() && before.is_lowercase();
        if begins || !c.is_alphanumeric() {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphanumeric(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_only_look_secret_are_none() {
        for name in [
            "token_url",
            "secret_name",
            "password_min_length",
            "SECRET_KEY_FILE",
            "public_key",
            "api_key_header",
            "PWD",
            "PASS",
            "compass",
            "key",
            "token",
            "monkey",
            "access_key_id",
        ] {
            assert_eq!(named(name), None, "{name}");
        }
    }

    #[test]
    fn names_tell_keys_from_passwords_and_credentials() {
        for (name, expect) in [
            ("SECRET_KEY", Secret::Key),
            ("jwtSecret", Secret::Key),
            ("APP_SECRET", Secret::Key),
            ("DB_PASS", Secret::Password),
            ("admin_password", Secret::Password),
            ("GOOGLE_CLIENT_SECRET", Secret::Credential),
            ("AWS_SECRET_ACCESS_KEY", Secret::Credential),
            ("openai_api_key", Secret::Credential),
        ] {
            assert_eq!(named(name), Some(expect), "{name}");
        }
    }

    #[test]
    fn placeholders_and_references_are_no_secrets() {
        for (secret, value, expect) in [
            (Secret::Key, "dev", true),
            (Secret::Key, "your-secret-key-here", true),
            (Secret::Key, "changeme", true),
            (Secret::Key, "", false),
            (Secret::Key, "super secret key", true),
            (Secret::Key, "/run/secrets/key", false),
            (Secret::Key, "None", false),
            (Secret::Password, "hunter2", true),
            (Secret::Password, "Enter your password", false),
            (Secret::Credential, "your-api-key", false),
            (Secret::Credential, "EMPTY", false),
            (Secret::Credential, "dev-key-123", false),
            (Secret::Credential, "k3Jx9QmT2vLw8ZpR", true),
            (Secret::Password, "guest@example.com", false),
        ] {
            assert_eq!(is_usable(secret, value), expect, "{value}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_told_by_its_host() {
        for (url, expect) in [
            ("postgresql://app:app@localhost/app", Some(InUrl::Beside)),
            ("amqp://guest:guest@rabbitmq:5672//", Some(InUrl::Beside)),
            ("postgresql://app:S3cr3t@db.example.com/app", Some(InUrl::Elsewhere)),
            ("postgresql://localhost/app", None),
            ("redis://:@localhost", None),
            ("postgresql://app:{password}@db.example.com/app", None),
        ] {
            assert_eq!(in_url(url), expect, "{url}");
        }
    }
}
