//! Inputs for the escapers' property tests: foreign words made of the pieces that break media.

use proptest::prelude::*;

const PIECES: &[&str] = &[
    "<!--",
    "-->",
    "<",
    "!--",
    "--",
    ">",
    "&lt;!--",
    "&#60;",
    "@",
    "@octocat",
    "octo@cat.com",
    "#1",
    "GH-1",
    "#",
    "\n",
    "\r\n",
    "\r",
    "\t",
    "    ",
    "::",
    "::error::",
    "##[error]",
    "%",
    "%0A",
    ":",
    ",",
    "`",
    "``",
    "```",
    "````suggestion",
    "~~~",
    "|",
    "\\",
    "\\`",
    "[a](b)",
    "![a](b)",
    "https://evil.example",
    "www.evil.example",
    "mailto:a@b.c",
    "\u{1b}[31m",
    "\u{9b}",
    "\u{202e}",
    "\u{200b}",
    "\0",
    "\u{7f}",
    "$",
    "*",
    "_",
    "- ",
    "+ ",
    "1. ",
    "===",
    "> ",
    "<script>",
    "\"",
    "'",
    "a",
    "word",
    "é",
    "漢",
    "🎉",
    " ",
];

/// Any text, and texts stitched from the pieces above.
pub(crate) fn text() -> impl Strategy<Value = String> {
    let stitched =
        proptest::collection::vec(proptest::sample::select(PIECES), 0..12).prop_map(|pieces| pieces.concat());
    prop_oneof![3 => stitched, 1 => any::<String>()]
}

/// A failing input is printed, not written into the tree: it becomes an example in a test by hand.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
