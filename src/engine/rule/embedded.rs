//! The files under rules/ that the build script put into the binary, sorted by path.

/// (path from the repository's root, text)
pub(super) const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rules.rs"));
