//! Lists the files under rules/ so that the binary carries them: one sorted table of (path, text).

#![expect(clippy::disallowed_methods, reason = "a build script reads the tree it builds")]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?).join("rules.rs");
    let mut files = Vec::new();
    collect(&root.join("rules"), &mut files)?;
    files.sort();
    fs::write(out, table(&root, &files))?;
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    Ok(())
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
