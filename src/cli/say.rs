//! Words to the person at the terminal: results to standard output, everything else to standard error.

use std::fmt::Display;
use std::io::{self, ErrorKind, IsTerminal, Write};

use crate::report::escape::terminal;

/// Tells what went wrong, with its causes.
pub(super) fn error(error: &anyhow::Error) {
    let causes: Vec<String> = error.chain().map(|cause| terminal::text(&cause.to_string())).collect();
    to_stderr(format_args!("error: {}\n", causes.join("\n  because: ")));
}

/// Writes a result. A reader that has seen enough, as `head` does, is no failure.
pub(super) fn result(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Tells what is already made safe for a terminal, such as an excerpt with its mistake.
pub(super) fn aside(text: &str) {
    to_stderr(text);
}

/// Replaces the line of progress, where somebody is watching.
pub(super) fn progress(words: impl Display) {
    if io::stderr().is_terminal() {
        to_stderr(format_args!("\r\x1b[K{words}"));
    }
}

fn to_stderr(words: impl Display) {
    // Where standard error is closed, nobody is left to be told.
    let _ = write!(io::stderr().lock(), "{words}");
}

/// Whether results may be coloured: a terminal reads them, and nobody said otherwise.
pub(super) fn has_colour() -> bool {
    anstream::AutoStream::choice(&io::stdout()) != anstream::ColorChoice::Never
}
