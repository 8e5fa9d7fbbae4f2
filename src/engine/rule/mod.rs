//! Rules: one YAML file each.

/// A rule, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Kebab-case, equal to the file's name, stable for ever.
    pub id: String,
    /// The folder's name.
    pub category: String,
    pub title: String,
    /// CWE numbers, most exact first.
    pub cwe: Vec<u16>,
    /// Codes of other tools whose suppression comments silence this rule too.
    pub aliases: Vec<String>,
    /// A typical fix, in minutes.
    pub effort: u32,
}
