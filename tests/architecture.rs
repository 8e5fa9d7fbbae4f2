//! The house as a test: who may name whom, where each foreign crate lives, and what must never be there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and this one reads the sources"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms it may name. A room names only rooms below it, so no circle can form.
const ROOMS: &[(&str, &[&str])] = &[
    ("cli", &["server", "worker", "review", "report", "github", "store", "engine", "domain"]),
    ("server", &["review", "github", "store", "report", "domain"]),
    ("worker", &["review", "store", "domain"]),
    ("review", &["report", "github", "store", "engine", "domain"]),
    ("report", &["engine", "domain"]),
    ("github", &["domain"]),
    ("store", &["domain"]),
    ("engine", &[]),
    ("domain", &[]),
];

/// The one home of each foreign crate: a room, or a folder of one.
const HOMES: &[(&str, &str)] = &[
    ("aho_corasick", "engine"),
    ("anstream", "cli"),
    ("annotate_snippets", "report"),
    ("anyhow", "cli"),
    ("askama", "report"),
    ("axum", "server"),
    ("base64", "cli"),
    ("clap", "cli"),
    ("encoding_rs", "engine"),
    ("fancy_regex", "engine"),
    ("hmac", "github"),
    ("http", "github"),
    ("http_body_util", "github"),
    ("hyper", "server"),
    ("hyper_rustls", "github"),
    ("imara_diff", "engine"),
    ("octocrab", "github"),
    ("percent_encoding", "report"),
    ("prometheus_client", "server"),
    ("pulldown_cmark", "review"),
    ("regex", "engine"),
    ("rustc_hash", "engine"),
    ("sha1", "engine"),
    ("sqlx", "store"),
    ("tower_http", "server"),
    ("tracing_subscriber", "cli"),
    ("tree_sitter", "engine/python"),
    ("tree_sitter_python", "engine/python"),
];

/// Crates that several rooms name, each with the reason why that is no leak.
const COMMON: &[(&str, &str)] = &[
    ("bytes", "a webhook's raw body, handed from the server to its signature without a copy"),
    ("hex", "digests as text: signatures, fingerprints, request names"),
    ("hyper_util", "both ends of HTTP: the accept loop with its time-outs, the connector under the client"),
    ("ignore", "one meaning of .gitignore patterns on the command line and in a policy"),
    ("secrecy", "secrets are wrapped where they enter and unwrapped where they are used"),
    ("serde", "derives only; every room has values that are read or written"),
    ("serde_json", "the format of GitHub, of our reports and of stored details"),
    ("serde_saphyr", "rule files and policies are both YAML, each with its own strict types"),
    ("sha2", "fingerprints, signatures and request names"),
    ("strsim", "'did you mean' in every error about a misspelt word"),
    ("thiserror", "derives only; each room has one error type"),
    ("tokio", "the runtime under every room that waits"),
    ("tracing", "logs"),
    ("url", "addresses in settings and in the client"),
    ("uuid", "incident ids and names of processes"),
];

#[test]
fn every_room_names_only_rooms_below_it() {
    let allowed: BTreeMap<&str, &[&str]> = ROOMS.iter().copied().collect();
    let mut wrong = Vec::new();
    for file in sources() {
        let room = file.room();
        let Some(allowed) = allowed.get(room.as_str()) else {
            wrong.push(format!("{}: `{room}` is no room of the table", file.path));
            continue;
        };
        for named in file.rooms_named() {
            if named != room && !allowed.contains(&named) {
                wrong.push(format!("{}: `{room}` must not name `{named}`", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_table_of_rooms_has_no_circle() {
    for (index, (room, below)) in ROOMS.iter().enumerate() {
        for named in *below {
            let place = ROOMS.iter().position(|(name, _)| name == named).expect("a room of the table");
            assert!(place > index, "`{room}` stands below `{named}` and yet names it");
        }
    }
}

#[test]
fn every_foreign_crate_stays_at_home() {
    let mut wrong = Vec::new();
    for file in sources() {
        for (name, home) in HOMES {
            let at_home = file.inner.starts_with(&format!("{home}/")) || file.inner == format!("{home}.rs");
            if !at_home && file.names_crate(name) {
                wrong.push(format!("{}: `{name}` lives in `{home}`", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_dependency_has_a_home_or_is_common_and_gives_its_reason() {
    let placed: BTreeSet<&str> = HOMES.iter().chain(COMMON).map(|(name, _)| *name).collect();
    let declared = dependencies();
    let sources = sources();
    for (name, reasoned) in &declared {
        assert!(placed.contains(name.as_str()), "`{name}` has neither a home nor a reason to be common");
        assert!(reasoned, "Cargo.toml gives no reason for `{name}`");
    }
    for name in placed {
        assert!(declared.iter().any(|(declared, _)| declared == name), "`{name}` is no dependency any more");
        let named = sources.iter().any(|file| file.names_crate(name));
        assert!(named, "nothing names `{name}`: drop the dependency");
    }
}

#[test]
fn panics_unwind_in_every_profile() {
    let manifest = read("Cargo.toml");
    for profile in ["dev", "release"] {
        let section = manifest.split(&format!("[profile.{profile}]\n")).nth(1).unwrap_or_default();
        let section = section.split("\n[").next().unwrap_or_default();
        assert!(
            section.contains("panic = \"unwind\""),
            "profile {profile} must unwind: a job's panic is its own"
        );
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for file in sources() {
        assert!(file.text.starts_with("//!") || file.is_tests(), "{} does not open with `//!`", file.path);
    }
}

#[test]
fn the_engine_is_pure() {
    let doors = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "SystemTime",
        "Instant::now",
        "tokio::",
        "async fn",
    ];
    for file in sources().iter().filter(|file| file.room() == "engine" && !file.is_tests()) {
        let code = file.production_code();
        for door in doors {
            assert!(
                !code.contains(door),
                "{} names `{door}`; the engine is text in, findings out",
                file.path
            );
        }
    }
}

struct SourceFile {
    /// From the root of the repository.
    path: String,
    /// Below `src/`.
    inner: String,
    text: String,
    /// The text without comments.
    code: String,
}

impl SourceFile {
    fn room(&self) -> String {
        let first = self.inner.split('/').next().unwrap_or_default();
        first.trim_end_matches(".rs").to_owned()
    }

    fn is_tests(&self) -> bool {
        let name = self.inner.rsplit('/').next().unwrap_or_default();
        matches!(name, "tests.rs" | "stories.rs" | "sample.rs") || self.inner.contains("/tests/")
    }

    /// The code above its unit tests.
    fn production_code(&self) -> String {
        self.code.split("#[cfg(test)]\nmod ").next().unwrap_or_default().to_owned()
    }

    fn rooms_named(&self) -> BTreeSet<&str> {
        let from_root = paths_after(&self.code, "crate::").into_iter().flat_map(first_names);
        let depth = self.inner.matches('/').count() + usize::from(!self.inner.ends_with("/mod.rs"));
        let upwards = "super::".repeat(depth + 1);
        let upwards = paths_after(&self.code, &upwards).into_iter().flat_map(first_names);
        from_root.chain(upwards).filter(|name| ROOMS.iter().any(|(room, _)| room == name)).collect()
    }

    fn names_crate(&self, name: &str) -> bool {
        ["::", "!", ";", " as "].iter().any(|follows| {
            let needle = format!("{name}{follows}");
            let mut found = self.code.match_indices(&needle);
            found.any(|(at, _)| {
                let before = self.code[..at].chars().next_back().unwrap_or(' ');
                let is_use = self.code[..at].ends_with("use ");
                let is_path = !before.is_alphanumeric() && !matches!(before, '_' | ':' | '.');
                is_path && (is_use || matches!(*follows, "::" | "!"))
            })
        })
    }
}

/// What stands behind each occurrence of a path's beginning.
fn paths_after<'t>(code: &'t str, start: &str) -> Vec<&'t str> {
    code.match_indices(start).map(|(at, _)| &code[at + start.len()..]).collect()
}

/// The names a path goes on with: one, or those of a `{group}`.
fn first_names(rest: &str) -> Vec<&str> {
    let name = |text: &'_ str| text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    match rest.strip_prefix('{') {
        Some(group) => {
            let group = group.split('}').next().unwrap_or_default();
            group.split(',').map(str::trim).map(|part| &part[..name(part)]).collect()
        }
        None => vec![&rest[..name(rest)]],
    }
}

fn sources() -> Vec<SourceFile> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of src") {
            let path: PathBuf = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let inner = path.strip_prefix(&root).expect("below src").display().to_string();
                let text = fs::read_to_string(&path).expect("UTF-8");
                let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                let code = lines.collect::<Vec<_>>().join("\n");
                found.push(SourceFile { path: format!("src/{inner}"), inner, text, code });
            }
        }
    }
    found.retain(|file| file.inner != "lib.rs" && file.inner != "main.rs");
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The names under `[dependencies]`, as code writes them, and whether each line gives a reason.
fn dependencies() -> Vec<(String, bool)> {
    let manifest = read("Cargo.toml");
    let section = manifest.split("[dependencies]\n").nth(1).expect("dependencies");
    let section = section.split("\n[").next().expect("a section");
    let mut found: Vec<(String, bool)> = Vec::new();
    for line in section.lines() {
        let name =
            line.split(" = ").next().filter(|name| line.contains(" = ") && !name.starts_with([' ', '#']));
        if let Some(name) = name {
            found.push((name.replace('-', "_"), false));
        }
        if let Some(last) = found.last_mut().filter(|_| line.contains(" # ")) {
            last.1 = true;
        }
    }
    found
}

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}
