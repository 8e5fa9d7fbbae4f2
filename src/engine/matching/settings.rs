//! How strictly a rule's patterns are read: our own rules want proof, rules in Semgrep's format what Semgrep does.

/// The switches of one rule, Semgrep's `options`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A name matches as it is written, besides what it resolves to. Our own rules take resolved names only.
    pub written_names: bool,
    /// Literals match names of constant value.
    pub constant_propagation: bool,
    /// Inside a pattern, a name that is assigned once matches what its value matches.
    pub symbolic_propagation: bool,
    /// `and`, `or`, `|`, `&` and `^` group as they like, and `|`, `&`, `^` order as they like.
    pub ac_matching: bool,
    /// `and` and `or` order as they like.
    pub commutative_boolop: bool,
    /// `==` and `!=` order as they like.
    pub symmetric_eq: bool,
    /// A statement pattern that is one expression is also found inside the statement's expression.
    pub implicit_deep_exprstmt: bool,
    /// `...` between statements reaches into nested blocks.
    pub go_deeper_stmt: bool,
    /// `x: T = value` and fields of classes are assignments.
    pub vardef_assign: bool,
    /// The comparisons that the rule may cost in one file.
    pub steps: u32,
}

impl Settings {
    /// For the rules that this project carries.
    pub const OWN: Settings = Settings {
        written_names: false,
        constant_propagation: true,
        symbolic_propagation: false,
        ac_matching: true,
        commutative_boolop: false,
        symmetric_eq: false,
        implicit_deep_exprstmt: true,
        go_deeper_stmt: true,
        vardef_assign: true,
        steps: 20_000_000,
    };

    /// For rules in Semgrep's format.
    pub const SEMGREP: Settings = Settings { written_names: true, steps: 2_000_000, ..Settings::OWN };
}

impl Default for Settings {
    fn default() -> Settings {
        Settings::OWN
    }
}
