//! Which policy holds: the one at the tip of the base branch. The one a pull request proposes is
//! only checked, so that its mistakes are told where they are made.

use super::{Ceilings, Mistake, PATH, Policy};
use crate::engine::RuleSet;
use crate::github::{BlobView, PolicyBlob};

/// The policy at the base. A policy that cannot be read never switches the audit off: the defaults
/// hold, and a note tells.
pub fn at_base(
    blob: Option<&PolicyBlob>,
    operator: &Ceilings,
    known: &RuleSet,
    notes: &mut Vec<String>,
) -> Policy {
    let Some(blob) = blob else {
        return Policy::defaults(operator);
    };
    let text = blob.text.as_deref().filter(|_| !blob.is_truncated);
    let parsed = match text {
        Some(text) => Policy::parse(text, operator, known),
        None => Err(Mistake::at(1, 1, "the file is not a text of ordinary size", "keep it to one page")),
    };
    match parsed {
        Ok((policy, mistakes)) => {
            notes.extend(mistakes.iter().map(|mistake| note(mistake, "was left aside")));
            policy
        }
        Err(mistake) => {
            notes.push(note(&mistake, "is invalid, so the defaults hold"));
            Policy::defaults(operator)
        }
    }
}

/// The mistakes of the policy that the pull request proposes.
pub fn proposed(blob: Option<&BlobView>, operator: &Ceilings, known: &RuleSet) -> Vec<Mistake> {
    let Some(text) = blob.and_then(BlobView::whole_text) else {
        return Vec::new();
    };
    super::check(text, operator, known)
}

fn note(mistake: &Mistake, consequence: &str) -> String {
    format!("`{PATH}` at the base branch, line {}, {consequence}: {mistake}", mistake.line)
}
