//! What a caller changes about the rules: which run, how severe, for whom.

use std::collections::BTreeMap;

use super::finding::{Severity, Tier};
use super::limits::Limits;
use super::rule::Rule;

/// Settings by rule id or category; the id's word counts before the category's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    pub rules: BTreeMap<String, Setting>,
    /// Run nothing but these ids or categories; empty runs all.
    pub only: Vec<String>,
    /// Run the rules of tier optional too.
    pub optional: bool,
    /// Ceilings for this audit, if not the engine's own.
    pub limits: Option<Limits>,
}

/// What is said about one rule or category. What is not said stays as the rule has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setting {
    pub on: Option<bool>,
    pub severity: Option<Severity>,
    pub tier: Option<Tier>,
}

impl Options {
    /// What holds for this rule.
    pub fn of(&self, rule: &Rule) -> Setting {
        let own = self.rules.get(&rule.id).copied().unwrap_or_default();
        let shared = self.rules.get(&rule.category).copied().unwrap_or_default();
        Setting {
            on: own.on.or(shared.on),
            severity: own.severity.or(shared.severity),
            tier: own.tier.or(shared.tier),
        }
    }

    /// Whether the rule runs. A rule of tier optional runs where it is asked for by name or by a tier given to it.
    pub fn runs(&self, rule: &Rule) -> bool {
        let names = |name: &String| *name == rule.id || *name == rule.category;
        if !self.only.is_empty() {
            return self.only.iter().any(names);
        }
        let setting = self.of(rule);
        let by_default = rule.tier != Tier::Optional || self.optional || setting.tier.is_some();
        setting.on.unwrap_or(by_default)
    }
}
