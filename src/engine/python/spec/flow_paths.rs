//! Does a path lead from the first mark to the second, and does every path to the second pass the first?

use super::flow::{agree, marked, pair};

/// `every`: each path to the second mark passes the first. `some`: some path leads from the first to the second.
/// `no`: none does.
fn check(cases: &[(&str, &str)]) {
    agree(cases, |snippet| {
        let (module, a, b) = pair(snippet);
        match (module.dominates(a, b), module.reaches(a, b)) {
            (true, true) => "every",
            (true, false) => "every, but none",
            (false, true) => "some",
            (false, false) => "no",
        }
    });
}

#[test]
fn statements_run_in_order() {
    check(&[
        ("⟦a()⟧\n⟦b()⟧", "every"),
        ("⟦b()⟧\n⟦a()⟧", "every"),
        ("b(⟦a()⟧)\n⟦c⟧", "every"),
        ("⟦b(a())⟧; ⟦c()⟧", "every"),
        ("x = ⟦a()⟧ + ⟦b()⟧", "every"),
        ("x = ⟦a⟧(⟦b⟧)", "every"),
        ("x[⟦i()⟧] = ⟦v()⟧", "no"),
        ("x[⟦v()⟧] += ⟦i()⟧", "every"),
        ("⟦x⟧, y = ⟦v()⟧", "no"),
        ("print(f'{⟦a()⟧}{⟦b()⟧}')", "every"),
    ]);
}

#[test]
fn branches_part_and_meet() {
    check(&[
        ("if x:\n    ⟦a()⟧\nelse:\n    ⟦b()⟧", "no"),
        ("if x:\n    ⟦a()⟧\n⟦b()⟧", "some"),
        ("if ⟦x⟧:\n    ⟦b()⟧", "every"),
        ("if x:\n    pass\nelif ⟦y⟧:\n    pass\nelse:\n    ⟦b()⟧", "every"),
        ("if x:\n    ⟦a()⟧\nelif y:\n    ⟦b()⟧", "no"),
        ("if x:\n    return\n⟦a()⟧\n⟦b()⟧", "every"),
        ("if x:\n    ⟦a()⟧\n    return\n⟦b()⟧", "no"),
        ("v = ⟦a()⟧ if x else ⟦b()⟧", "no"),
        ("v = ⟦a()⟧ and ⟦b()⟧", "every"),
        ("v = x and ⟦a()⟧\n⟦b()⟧", "some"),
        ("if x or ⟦a()⟧:\n    ⟦b()⟧", "some"),
        ("if x and ⟦a()⟧:\n    ⟦b()⟧", "every"),
        ("if not (x and ⟦a()⟧):\n    ⟦b()⟧", "some"),
        ("match x:\n    case 1:\n        ⟦a()⟧\n    case 2:\n        ⟦b()⟧", "no"),
        ("match x:\n    case 1:\n        ⟦a()⟧\n    case _:\n        return\n⟦b()⟧", "every"),
        ("match x:\n    case 1:\n        ⟦a()⟧\n⟦b()⟧", "some"),
        ("match x:\n    case v if ⟦a()⟧:\n        ⟦b()⟧", "every"),
        ("assert x, ⟦a()⟧\n⟦b()⟧", "no"),
    ]);
}

#[test]
fn loops_come_back() {
    check(&[
        ("for i in x:\n    ⟦b()⟧\n    ⟦a()⟧", "every"),
        ("for i in x:\n    ⟦a()⟧\n⟦b()⟧", "some"),
        ("for i in ⟦a()⟧:\n    ⟦b()⟧", "every"),
        ("for i in [1, 2]:\n    ⟦a()⟧\n⟦b()⟧", "every"),
        ("for i in [*x]:\n    ⟦a()⟧\n⟦b()⟧", "some"),
        ("for i in x:\n    if y:\n        break\nelse:\n    ⟦a()⟧\n⟦b()⟧", "some"),
        ("for i in x:\n    if y:\n        ⟦a()⟧\n        break\nelse:\n    ⟦b()⟧", "no"),
        ("for i in x:\n    if y:\n        continue\n    ⟦a()⟧\n    ⟦b()⟧", "every"),
        ("while ⟦x⟧:\n    ⟦b()⟧", "every"),
        ("while True:\n    ⟦a()⟧\n⟦b()⟧", "no"),
        ("while True:\n    ⟦a()⟧\n    if x:\n        break\n⟦b()⟧", "every"),
        ("while 1:\n    if x:\n        break\n    ⟦a()⟧\n⟦b()⟧", "some"),
        ("while x:\n    ⟦a()⟧\n    while y:\n        break\n    ⟦b()⟧", "every"),
        ("v = [⟦a()⟧ for i in ⟦b()⟧]", "no"),
        ("v = [⟦b()⟧ for i in x if ⟦a()⟧]", "some"),
        ("v = [i for i in x if ⟦a()⟧ if ⟦b()⟧]", "every"),
    ]);
}

#[test]
fn exceptions_go_to_their_handlers() {
    check(&[
        ("try:\n    ⟦a()⟧\nexcept E:\n    ⟦b()⟧", "every"),
        ("try:\n    c()\n    ⟦a()⟧\nexcept E:\n    ⟦b()⟧", "some"),
        ("try:\n    c()\n    ⟦a()⟧\nexcept E:\n    return\n⟦b()⟧", "every"),
        ("try:\n    c()\n    ⟦a()⟧\nexcept E:\n    pass\n⟦b()⟧", "some"),
        ("try:\n    v = 1\n    ⟦a⟧()\nexcept E:\n    pass\nelse:\n    ⟦b()⟧", "every"),
        ("try:\n    raise ValueError\nexcept KeyError:\n    ⟦a()⟧\nexcept ValueError:\n    ⟦b()⟧", "no"),
        ("try:\n    ⟦a⟧\n    raise KeyError(1)\nexcept ValueError:\n    pass\n⟦b()⟧", "no"),
        (
            "try:\n    try:\n        ⟦a()⟧\n    except KeyError:\n        raise\nexcept OSError:\n    ⟦b()⟧",
            "every",
        ),
        (
            "try:\n    try:\n        c()\n    except Exception:\n        ⟦a()⟧\nexcept OSError:\n    ⟦b()⟧",
            "every",
        ),
        (
            "try:\n    try:\n        ⟦a()⟧\n    except Exception:\n        pass\nexcept SystemExit:\n    ⟦b()⟧",
            "some",
        ),
        ("try:\n    sys.exit()\nfinally:\n    ⟦a()⟧\n⟦b()⟧", "every"),
        ("import sys\ndef f():\n    try:\n        ⟦sys.exit()⟧\n    except Exception:\n        ⟦b()⟧", "no"),
        ("import sys\ndef f():\n    ⟦sys.exit()⟧\n    ⟦b()⟧", "no"),
        (
            "import sys\ndef f():\n    try:\n        ⟦sys.exit()⟧\n    except SystemExit:\n        pass\n    ⟦b()⟧",
            "every",
        ),
    ]);
}

#[test]
fn finally_stands_on_every_way_out() {
    check(&[
        ("try:\n    c()\nfinally:\n    ⟦a()⟧\n⟦b()⟧", "every"),
        ("try:\n    ⟦a()⟧\nfinally:\n    c()\n⟦b()⟧", "every"),
        ("try:\n    if x:\n        return ⟦a()⟧\nfinally:\n    ⟦b()⟧", "some"),
        ("try:\n    return ⟦a()⟧\nfinally:\n    c()\n⟦b()⟧", "no"),
        ("while x:\n    try:\n        ⟦a()⟧\n        break\n    finally:\n        c()\n⟦b()⟧", "some"),
        ("while True:\n    try:\n        ⟦a()⟧\n        break\n    finally:\n        c()\n⟦b()⟧", "every"),
        ("try:\n    ⟦a()⟧\nexcept E:\n    raise\nfinally:\n    ⟦b()⟧", "every"),
        ("try:\n    try:\n        ⟦a()⟧\n    finally:\n        c()\nfinally:\n    ⟦b()⟧", "every"),
        ("try:\n    c()\nfinally:\n    return ⟦a()⟧\n⟦b()⟧", "no"),
    ]);
}

#[test]
fn with_is_left_on_every_way() {
    check(&[
        ("with x:\n    ⟦a()⟧\n⟦b()⟧", "every"),
        ("with x:\n    return ⟦a()⟧\n⟦b()⟧", "every"),
        ("with x:\n    ⟦a()⟧\n    raise E\n⟦b()⟧", "every"),
        ("def f(self):\n    with self.lock:\n        ⟦a()⟧\n        raise E\n    ⟦b()⟧", "no"),
        (
            "import contextlib\ndef f():\n    with contextlib.suppress(E):\n        c()\n        ⟦a()⟧\n    ⟦b()⟧",
            "some",
        ),
        (
            "import contextlib\ndef f():\n    with contextlib.suppress(KeyError):\n        ⟦a()⟧\n        raise ValueError\n    ⟦b()⟧",
            "every",
        ),
        ("with x as ⟦v⟧, y(v) as w:\n    ⟦b()⟧", "every"),
        ("with x() as v, ⟦y(v)⟧ as w:\n    ⟦b()⟧", "every"),
    ]);
}

#[test]
fn functions_have_their_own_time() {
    check(&[
        ("def g():\n    ⟦a()⟧\n⟦b()⟧\n", "no"),
        ("v = lambda: ⟦a()⟧\n⟦b()⟧", "no"),
        ("def g(v=⟦a()⟧): pass\n⟦b()⟧", "every"),
        ("@⟦a()⟧\ndef g(): pass\n⟦b()⟧", "every"),
        ("class A:\n    ⟦a()⟧\n    def f(self): pass\n⟦b()⟧", "every"),
        ("module\nif x:\n    ⟦a()⟧\n⟦b()⟧", "some"),
    ]);
}

#[test]
fn what_cannot_be_reached_is_known() {
    let cases = &[
        ("return\n⟦a()⟧", true),
        ("raise E\n⟦a()⟧", true),
        ("import sys\ndef f():\n    ⟦sys.exit()⟧", false),
        ("import sys\n⟦sys.exit(1);⟧", false),
        ("class A(TestCase):\n    def test(self):\n        self.fail()\n        ⟦a()⟧", true),
        ("while True:\n    pass\n⟦a()⟧", true),
        ("if x:\n    return\nelse:\n    raise E\n⟦a()⟧", true),
        ("for i in x:\n    continue\n    ⟦a()⟧", true),
        ("if False:\n    ⟦a()⟧", true),
        ("try:\n    return 1\nexcept E:\n    return 2\n⟦a()⟧", true),
        ("try:\n    return 1\nexcept E:\n    pass\n⟦a()⟧", false),
        ("if TYPE_CHECKING:\n    ⟦a()⟧", false),
        ("def stop():\n    log()\n    raise E\ndef f():\n    stop()\n    ⟦a()⟧", true),
        ("def stop():\n    if x:\n        return\n    raise E\ndef f():\n    stop()\n    ⟦a()⟧", false),
        (
            "from typing import NoReturn\ndef stop() -> NoReturn:\n    g()\ndef f():\n    stop()\n    ⟦a()⟧",
            true,
        ),
        ("async def stop():\n    raise E\nasync def f():\n    stop()\n    ⟦a()⟧", false),
        ("async def stop():\n    raise E\nasync def f():\n    await stop()\n    ⟦a()⟧", true),
        (
            "class A:\n    def stop(self):\n        raise NotImplementedError\n    def f(self):\n        self.stop()\n        ⟦a()⟧",
            false,
        ),
        ("try:\n    pass\nexcept KeyboardInterrupt:\n    ⟦a()⟧", false),
        ("import pytest\ndef f():\n    with pytest.raises(E):\n        raise E\n    ⟦a()⟧", false),
        ("match x:\n    case 1:\n        return\n    case other:\n        raise E\n⟦a()⟧", true),
        ("match x:\n    case 1:\n        return\n    case other if y:\n        raise E\n⟦a()⟧", false),
    ];
    agree(cases, |snippet| {
        let (module, nodes) = marked(snippet);
        module.is_unreachable(nodes[0])
    });
}
