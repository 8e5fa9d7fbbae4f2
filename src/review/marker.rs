//! The hidden line at the foot of each comment that lets us recognise our own finding.
//!
//! It is trusted in comments written by us alone, and text that comes from a pull request cannot
//! produce it, because the Markdown writer lets no HTML comment through.

use std::fmt;

use crate::domain::Sha;
use crate::engine::Fingerprint;

const OPEN: &str = "<!-- scrutineer:finding ";
const CLOSE: &str = " -->";

/// Which finding of which target a comment carries, and for which head it was written.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(super) struct Marker {
    /// The target's key.
    pub target: String,
    pub head: Sha,
    /// The fingerprint's digest: equal for equal findings of one place in the code.
    pub group: String,
    pub occurrence: u32,
}

impl Marker {
    pub(super) fn new(target: &str, head: &Sha, fingerprint: &Fingerprint) -> Marker {
        Marker {
            target: target.to_owned(),
            head: head.clone(),
            group: fingerprint.group.clone(),
            occurrence: fingerprint.occurrence,
        }
    }

    /// Finds the marker in the body of one of our own comments.
    pub(super) fn read(body: &str) -> Option<Marker> {
        let (_, rest) = body.rsplit_once(OPEN)?;
        let (fields, _) = rest.split_once(CLOSE)?;
        let mut fields = fields.split(' ');
        let marker = Marker {
            target: fields.next()?.to_owned(),
            head: Sha::parse(fields.next()?)?,
            group: fields.next()?.to_owned(),
            occurrence: fields.next()?.parse().ok()?,
        };
        fields.next().is_none().then_some(marker)
    }
}

impl fmt::Display for Marker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Marker { target, head, group, occurrence } = self;
        write!(f, "{OPEN}{target} {head} {group} {occurrence}{CLOSE}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker() -> Marker {
        let fingerprint = Fingerprint { group: "f".repeat(32), occurrence: 2 };
        Marker::new("42/pull/7", &Sha::parse(&"a".repeat(40)).unwrap(), &fingerprint)
    }

    #[test]
    fn a_marker_is_read_back_from_the_comment_that_carries_it() {
        let body = format!("Text of the comment.\n\n{}", marker());
        assert_eq!(Marker::read(&body), Some(marker()));
    }

    #[test]
    fn anything_else_is_no_marker() {
        for body in
            ["", "<!-- scrutineer:finding -->", "<!-- scrutineer:finding a b c d -->", "<!-- scrutineer"]
        {
            assert_eq!(Marker::read(body), None, "{body}");
        }
        assert_eq!(Marker::read(&marker().to_string().replace(" 2 -->", " 2 3 -->")), None);
    }
}
