//! The binary: run the command line, print what went wrong, and say so in the exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    scrutineer::cli::main()
}
