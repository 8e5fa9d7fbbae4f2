//! A hundred rules more: varied, about names that ordinary code uses, so that many of them are really tried.

use scrutineer::engine::rule::{Bounds, UserRules};

const NAMES: [&str; 25] = [
    "filter",
    "execute",
    "save",
    "get_or_create",
    "render",
    "redirect",
    "connect",
    "send_mail",
    "dumps",
    "loads",
    "urlopen",
    "mark_safe",
    "format_html",
    "raw",
    "extra",
    "delete",
    "update",
    "bulk_create",
    "select_related",
    "aggregate",
    "set_cookie",
    "atomic",
    "on_commit",
    "reverse",
    "resolve",
];

/// Four shapes of rules, from one call to statements in order.
const SHAPES: [&str; 4] = [
    "pattern: $X.NAME(..., debug=True, ...)",
    "patterns:\n      - pattern: $OBJECT.NAME($ARGUMENT)\n      - pattern-inside: |\n          def $F(...):\n            ...\n\
     \u{20}     - metavariable-regex: {metavariable: $ARGUMENT, regex: '^\"'}\n      - pattern-not: $OBJECT.NAME(\"safe\")",
    "patterns:\n      - pattern: |\n          $A = $O.NAME(...)\n          ...\n          $A.close()\n\
     \u{20}     - focus-metavariable: $A",
    "pattern-either:\n      - pattern: NAME(\"...\", <... input(...) ...>)\n      - pattern: |\n          @NAME(...)\n\
     \u{20}         def $F(...): ...\n      - pattern: from $M import NAME",
];

pub(crate) fn hundred_rules() -> UserRules {
    let mut text = String::from("rules:\n");
    for (number, shape) in SHAPES.iter().enumerate() {
        for name in NAMES {
            let id = format!("{}-{number}", name.replace('_', "-"));
            let head =
                format!("  - id: {id}\n    languages: [python]\n    severity: INFO\n    message: m\n    ");
            text.push_str(&format!("{head}{}\n", shape.replace("NAME", name)));
        }
    }
    let users = UserRules::load([("hundred.yml", text.as_str())], [], Bounds::REPOSITORY);
    assert!(users.errors.is_empty(), "{:?}", users.errors);
    users
}
