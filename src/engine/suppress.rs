#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuppressionComment {
    pub line: u32,
    pub rules: Vec<String>,
    pub reason: String,
    pub used: bool,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    pub line: u32,
    pub mistake: String,
}
