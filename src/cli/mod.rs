//! The owner's door: the only room that reads flags, environment and local files.

use std::process::ExitCode;

pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
