//! What blocks, as data: groups of qualified names with what they wait for. `type.**.method` stands for the method
//! at the end of any chain of attributes and subscripts that begins at the type.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::engine::analysis::table::Table;
use crate::engine::finding::{Severity, Tier};
use crate::engine::matching::Starts;

/// Calls of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub names: Vec<String>,
    /// Members of the names' families that do not block; `*_path` stands for all that end so.
    #[serde(default)]
    except: Vec<String>,
    pub severity: Severity,
    pub tier: Option<Tier>,
    /// What the loop stands still for.
    pub until: String,
    pub instead: String,
    /// Said once per function: its remedy is the client, not the call.
    #[serde(default)]
    pub once: bool,
    /// Short work on the local disk: less of a matter where nothing else runs yet.
    #[serde(default)]
    pub local: bool,
    /// Works on memory where it is given this type.
    #[serde(default)]
    pub memory: Vec<String>,
    /// Words of a file in which nothing is said: its objects do not wait.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Its place among the groups.
    #[serde(skip)]
    pub number: u32,
}

impl Group {
    /// Whether a method of the group's families does not block.
    pub(super) fn leaves_out(&self, method: &str) -> bool {
        self.except.iter().any(|known| match known.strip_prefix('*') {
            Some(ending) => method.ends_with(ending),
            None => method == known,
        })
    }
}

/// All groups, by name.
pub(super) struct Groups {
    table: Table<usize>,
    /// By type, then by the methods at the end of a chain.
    chains: HashMap<String, HashMap<String, usize>>,
    chain_ends: HashSet<String>,
    groups: Vec<Group>,
}

impl Groups {
    pub(super) fn new(mut groups: Vec<Group>) -> Groups {
        let mut plain = Vec::new();
        let mut chains: HashMap<String, HashMap<String, usize>> = HashMap::new();
        for (number, group) in groups.iter_mut().enumerate() {
            group.number = number as u32;
            for name in &group.names {
                match name.split_once(".**.") {
                    Some((kind, end)) => {
                        let ends = end.split('|').map(|end| (end.to_owned(), number));
                        chains.entry(kind.to_owned()).or_default().extend(ends);
                    }
                    None => plain.push((name.clone(), number)),
                }
            }
        }
        let chain_ends = chains.values().flat_map(|ends| ends.keys().cloned()).collect();
        Groups { table: Table::new(plain), chains, chain_ends, groups }
    }

    /// Where a blocking call can be.
    pub(super) fn starts(&self) -> Starts {
        let mut starts = self.table.starts();
        let words = self.chains.keys().filter_map(|name| name.split('.').next());
        starts.words.extend(words.map(str::to_owned));
        starts
    }

    pub(super) fn get(&self, name: &str) -> Option<&Group> {
        let number = match name.split_once(".**.") {
            Some((kind, end)) => self.chains.get(kind)?.get(end)?,
            None => self.table.get(name)?,
        };
        self.groups.get(*number)
    }

    /// Whether some chain ends in this method.
    pub(super) fn ends_chain(&self, method: &str) -> bool {
        self.chain_ends.contains(method)
    }

    pub(super) fn begins_chain(&self, kind: &str) -> bool {
        self.chains.contains_key(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(names: &[&str], except: &[&str]) -> Group {
        let text = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Group {
            names: text(names),
            except: text(except),
            severity: Severity::High,
            tier: None,
            until: String::new(),
            instead: String::new(),
            once: false,
            local: false,
            memory: Vec::new(),
            unless: Vec::new(),
            number: 0,
        }
    }

    #[test]
    fn a_chain_is_known_by_its_type_and_its_end() {
        let groups = Groups::new(vec![group(&["a.B.*"], &["*_path"]), group(&["c.D.**.get|put"], &[])]);
        let number = |name: &str| groups.get(name).map(|group| group.number);
        let got = ["a.B.x", "c.D.**.put", "c.D.**.find", "c.D.put"].map(number);
        assert_eq!(got, [Some(0), Some(1), None, None]);
        assert!(groups.get("a.B.x").is_some_and(|group| group.leaves_out("topic_path")));
    }
}
