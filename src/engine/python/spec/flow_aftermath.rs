//! Does control come to the second mark once it has run through the first without an exception?

use super::flow::{agree, pair};

fn check(cases: &[(&str, bool)]) {
    agree(cases, |snippet| {
        let (module, block, node) = pair(snippet);
        module.nodes_behind(block, &|node| module.text(node) == "ended()").contains(&node)
    });
}

#[test]
fn what_ends_by_itself_goes_on() {
    check(&[
        ("try:\n    a()\n⟦except E:\n    pass⟧\n⟦b()⟧", true),
        ("try:\n    a()\n⟦except E:\n    raise⟧\n⟦b()⟧", false),
        ("try:\n    a()\n⟦except E:\n    if x:\n        raise⟧\n⟦b()⟧", true),
        ("try:\n    a()\n⟦except E:\n    return⟧\n⟦b()⟧", false),
        ("try:\n    a()\n⟦except E:\n    return⟧\nfinally:\n    ⟦b()⟧", true),
        ("try:\n    a()\n⟦except E:\n    ended()⟧\n⟦b()⟧", false),
    ]);
}

#[test]
fn a_loop_comes_back() {
    check(&[
        ("while x:\n    try:\n        a()\n    ⟦except E:\n        pass⟧\n    ⟦b()⟧", true),
        ("while x:\n    try:\n        a()\n    ⟦except E:\n        break⟧\n    ⟦b()⟧", false),
        ("while x:\n    ⟦if y:\n        continue⟧\n    ⟦b()⟧", true),
    ]);
}
