//! Tells the tests whether a PostgreSQL can be started here; without one they show what they left out.

use std::env;
use std::path::{Path, PathBuf};

fn main() {
    // A new step of the tables is compiled in; a PostgreSQL that was installed or removed is noticed.
    println!("cargo::rerun-if-changed=src/store/migrations");
    println!("cargo::rerun-if-changed={DEBIAN}");
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rustc-check-cfg=cfg(initdb)");
    if let Some(programs) = programs() {
        println!("cargo::rustc-cfg=initdb");
        println!("cargo::rustc-env=POSTGRES_PROGRAMS={}", programs.display());
    }
}

/// Debian keeps the programs of each version out of `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql";

/// Where `initdb` and `postgres` are.
fn programs() -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    let debian = Path::new(DEBIAN).read_dir().into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = debian.map(|version| version.path().join("bin")).collect();
    folders.sort();
    folders.reverse();
    folders.extend(env::split_paths(&path));
    folders
        .into_iter()
        .find(|folder| ["initdb", "postgres"].iter().all(|program| folder.join(program).exists()))
}
