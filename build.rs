//! What the build finds out about its surroundings: the files under rules/, which the binary carries as one
//! sorted table of (path, text), and whether tests can start a PostgreSQL here or show what they left out.

#![expect(clippy::disallowed_methods, reason = "a build script reads the tree it builds")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    // A new step of the tables is compiled in.
    println!("cargo::rerun-if-changed=src/store/migrations");
    rules()?;
    postgresql();
    Ok(())
}

fn rules() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?).join("rules.rs");
    let mut files = Vec::new();
    collect(&root.join("rules"), &mut files)?;
    files.sort();
    println!("cargo::rerun-if-changed=rules");
    fs::write(out, table(&root, &files))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yml") {
            files.push(path);
        }
    }
    Ok(())
}

fn table(root: &Path, files: &[PathBuf]) -> String {
    let mut text = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(file).to_string_lossy().replace('\\', "/");
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    ({name:?}, include_str!({:?})),", file.to_string_lossy());
    }
    text.push_str("]\n");
    text
}

/// Debian keeps the programs of each version out of `PATH`.
const DEBIAN: &str = "/usr/lib/postgresql";
/// It changes when a package is installed.
const PACKAGES: &str = "/var/lib/dpkg/status";

/// Tells the tests of a PostgreSQL, and notices one that was installed or removed.
fn postgresql() {
    // To watch a path that is not there would mean to build anew each time.
    if let Some(there) = [DEBIAN, PACKAGES].into_iter().find(|path| Path::new(path).exists()) {
        println!("cargo::rerun-if-changed={there}");
    }
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rustc-check-cfg=cfg(initdb)");
    if let Some(programs) = postgresql_programs() {
        println!("cargo::rustc-cfg=initdb");
        println!("cargo::rustc-env=POSTGRES_PROGRAMS={}", programs.display());
    }
}

/// Where `initdb` and `postgres` are.
fn postgresql_programs() -> Option<PathBuf> {
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
