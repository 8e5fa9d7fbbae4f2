//! Writes that were not sent, for a person.

use crate::github::Draft;
use crate::report::escape::terminal;
use crate::report::words::count;

pub(super) fn text(drafts: &[Draft]) -> String {
    let mut out = String::new();
    for draft in drafts {
        let body = serde_json::to_string_pretty(&draft.body).unwrap_or_default();
        out.push_str(&format!("{} {}\n", draft.method, terminal::line(&draft.path)));
        out.push_str(&terminal::text(&body));
        out.push_str("\n\n");
    }
    out + &match drafts.len() {
        0 => "Nothing would be written.\n".to_owned(),
        number => format!("{} would be sent; none was.\n", count(number, "write", "writes")),
    }
}
