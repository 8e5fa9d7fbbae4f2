//! GitHub's Markdown: the comment on a line, the check run's words, the report of a whole audit.

mod check;
pub mod commands;
mod comment;
pub mod notices;
mod pieces;
mod prose;
mod report;
mod suggestion;

pub use check::{Added, CheckInput, CheckText, Conversation, Told, check};
pub use comment::{Place, comment, file_comment};
pub use prose::prose;
pub use report::report;
