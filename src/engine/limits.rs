//! The ceilings under which a file is audited. The operator sets them; a repository can only lower them.
//! They count bytes, lines and steps, never time, so that the same input always gets the same answer.

/// Ceilings for one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file as it is stored.
    pub file_bytes: usize,
    /// Lines, as git counts them.
    pub lines: usize,
    /// Nodes of the syntax tree.
    pub nodes: usize,
    /// Levels of the syntax tree. Python itself refuses 200 levels of parentheses and 100 of indentation.
    pub depth: usize,
    /// Calls of the parser's progress callback. Ordinary code takes one per 200 bytes, hostile code one per 15 or
    /// fewer; a short file is given less.
    pub parse_steps: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { file_bytes: 1 << 20, lines: 20_000, nodes: 1_000_000, depth: 5_000, parse_steps: 40_000 }
    }
}
