//! What does the marked name stand for?

use super::ask;

const NONE: &str = "nothing";

fn check(cases: &[(&str, &str)]) {
    for (snippet, expect) in cases {
        let (module, node) = ask(snippet);
        assert_eq!(module.qualified_name(node).unwrap_or(NONE), *expect, "in\n{snippet}");
    }
}

#[test]
fn imports_give_names() {
    check(&[
        ("import requests\n⟦requests.get⟧(u)", "requests.get"),
        ("import requests as r\n⟦r.get⟧(u)", "requests.get"),
        ("from requests import get\n⟦get⟧(u)", "requests.get"),
        ("from requests import get as g\n⟦g⟧(u)", "requests.get"),
        ("import os.path\n⟦os.path.join⟧", "os.path.join"),
        ("import os.path as p\n⟦p.join⟧", "os.path.join"),
        ("import os, os.path\n⟦os.environ⟧", "os.environ"),
        ("import a.b, a.c\n⟦a.c.d⟧", "a.c.d"),
        ("from . import models\n⟦models.User⟧", ".models.User"),
        ("from .models import User as U\n⟦U⟧", ".models.User"),
        ("from ..db import session\n⟦session.add⟧", "..db.session.add"),
        ("from . . import x\n⟦x⟧", "..x"),
        ("from a import (b,\n  c as d,)\n⟦d⟧", "a.c"),
        ("import a . b\n⟦a.b⟧", "a.b"),
    ]);
}

#[test]
fn imports_count_wherever_python_would_see_them() {
    check(&[
        ("def f():\n    import requests\n    ⟦requests.get⟧(u)", "requests.get"),
        ("def f():\n    import requests\n⟦requests⟧.get(u)", NONE),
        ("try:\n    import ujson\nexcept ImportError:\n    ujson = None\n⟦ujson.loads⟧", "ujson.loads"),
        ("try:\n    import ujson as json\nexcept ImportError:\n    import json\n⟦json.loads⟧", NONE),
        ("try:\n    from a import x\nexcept ImportError:\n    from a import x\n⟦x⟧", "a.x"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from a import T\n⟦T⟧", "a.T"),
        ("if v:\n    import a as m\nelse:\n    import b as m\n⟦m⟧", NONE),
        ("class A:\n    import os\n    x = ⟦os.sep⟧", "os.sep"),
        ("class A:\n    import os\n    def f(self):\n        ⟦os⟧.sep", NONE),
        ("def f():\n    ⟦json.loads⟧\nimport json", "json.loads"),
    ]);
}

#[test]
fn a_name_of_the_scope_hides_those_outside() {
    check(&[
        ("import requests\ndef f(requests):\n    ⟦requests⟧.get(u)", NONE),
        ("import requests\ndef f(*requests):\n    ⟦requests⟧.get(u)", NONE),
        ("import requests\nf = lambda requests: ⟦requests⟧.get(u)", NONE),
        ("import requests\nf = lambda x: ⟦requests.get⟧(x)", "requests.get"),
        ("import requests\ndef f():\n    requests = X()\n    ⟦requests⟧.get(u)", NONE),
        ("import requests\ndef f():\n    ⟦requests⟧.get(u)\n    for requests in x: pass", NONE),
        ("import r\n[⟦r⟧.get(u) for r in x]", NONE),
        ("import r\n[a for a in ⟦r.x⟧ for r in a]", "r.x"),
        ("import r\n[a for a in y for b in ⟦r⟧ for r in a]", NONE),
        ("import r\n[0 for r in x]\n⟦r.get⟧", "r.get"),
        ("import r\n[(r := 1) for a in x]\n⟦r⟧", NONE),
        ("import r\ndef f(x=⟦r.get⟧, r=1): pass", "r.get"),
        ("import r\ndef f(r) -> ⟦r.T⟧: pass", "r.T"),
        ("import r\ndef f(r: ⟦r.T⟧): pass", "r.T"),
        ("import r\n@⟦r.deco⟧\ndef f(r): pass", "r.deco"),
        ("import r\nclass A(⟦r.B⟧):\n    r = 1", "r.B"),
        ("import r\nwith x as r: pass\n⟦r⟧", NONE),
        ("import r\ntry: pass\nexcept E as r: pass\n⟦r⟧", NONE),
        ("import r\nmatch x:\n    case {'a': r}: pass\n⟦r⟧", NONE),
        ("import r\nmatch x:\n    case r.A: pass\n⟦r.A⟧", "r.A"),
        ("import r\ndel r\n⟦r.get⟧", "r.get"),
        ("import r\nr += 1\n⟦r⟧", NONE),
        ("import r\n(a, (r, *b)) = x\n⟦r⟧", NONE),
    ]);
}

#[test]
fn global_and_nonlocal_reach_outside() {
    check(&[
        ("import r\ndef f():\n    global r\n    r = 1\n⟦r⟧.get", NONE),
        ("def f():\n    global r\n    import r\ndef g():\n    ⟦r.get⟧", "r.get"),
        ("import r\ndef f():\n    r = 1\n    def g():\n        global r\n        ⟦r.get⟧", "r.get"),
        ("def f():\n    import r\n    def g():\n        nonlocal r\n        r = 1\n    ⟦r⟧.get", NONE),
        ("def f():\n    def g():\n        nonlocal r\n        r = 1\n    import r\n    ⟦r⟧.get", NONE),
        ("x = 0\ndef f():\n    import x\n    def g():\n        ⟦x.y⟧", "x.y"),
    ]);
}

#[test]
fn plain_assignments_are_followed() {
    check(&[
        ("import requests\nget = requests.get\n⟦get⟧(u)", "requests.get"),
        ("import requests\ndef f():\n    s = requests\n    ⟦s.get⟧(u)", "requests.get"),
        ("import a\nb = c = a.x\n⟦c⟧", "a.x"),
        ("import a\nb, c = a.x, a.y\n⟦c⟧", "a.y"),
        ("import a\nb, c = a.x\n⟦c⟧", NONE),
        ("import a\nb: int = a.x\n⟦b⟧", "a.x"),
        ("import a\nif (b := a.x):\n    ⟦b⟧", "a.x"),
        ("import a\nb = a.x\nb = a.x\n⟦b⟧", "a.x"),
        ("import a\nb = a.x\nb = a.y\n⟦b⟧", NONE),
        ("import a\nb = None\nb = a.y\n⟦b⟧", "a.y"),
        ("a = b\nb = a\n⟦a⟧", NONE),
        ("import a\nb = a.f()\n⟦b⟧", NONE),
        ("import a\nb = a[0]\n⟦b⟧", NONE),
        ("import a\nfor b in a.x:\n    ⟦b⟧", NONE),
    ]);
}

#[test]
fn attributes_of_self_and_of_classes_are_followed() {
    check(&[
        (
            "import r\nclass A:\n    def __init__(self):\n        self.s = r.x\n    def f(self):\n        ⟦self.s.get⟧()",
            "r.x.get",
        ),
        ("import r\nclass A:\n    s = r.x\n    def f(self):\n        ⟦self.s⟧", "r.x"),
        ("import r\nclass A:\n    s = r.x\n⟦A.s.get⟧", "r.x.get"),
        (
            "import r\nclass A:\n    s = None\n    def f(self):\n        self.s = r.x\n    def g(me):\n        ⟦me.s⟧",
            "r.x",
        ),
        (
            "import r\nclass A:\n    def f(self):\n        self.s = r.x\n    def g(self):\n        self.s = r.y\n        ⟦self.s⟧",
            NONE,
        ),
        (
            "import r\nclass A:\n    def f(self):\n        self.s = r.x\n        self.s += 1\n        ⟦self.s⟧",
            NONE,
        ),
        ("class A:\n    def f(self): pass\n    def g(self):\n        ⟦self.f⟧()", "~A.f"),
        (
            "class A:\n    def f(self): pass\n    def g(self):\n        def h():\n            ⟦self.f⟧()",
            "~A.f",
        ),
        ("class A:\n    @classmethod\n    def f(cls):\n        ⟦cls.f⟧()", "~A.f"),
        ("class A:\n    def f(self): pass\n    def g(self):\n        self = x\n        ⟦self.f⟧()", NONE),
        ("class A:\n    def f(self):\n        ⟦self.unknown⟧()", NONE),
        ("class A:\n    @staticmethod\n    def f(x):\n        ⟦x.f⟧()", NONE),
        ("def f(self):\n    ⟦self.x⟧", NONE),
        ("class A:\n    class B: pass\n⟦A.B⟧", "~A.B"),
    ]);
}

#[test]
fn definitions_of_the_file_are_marked() {
    check(&[
        ("def f(): pass\n⟦f⟧()", "~f"),
        ("class A:\n    def f(self): pass\n⟦A.f⟧", "~A.f"),
        ("class A: pass\n⟦A⟧()", "~A"),
        ("def f():\n    def g(): pass\n    ⟦g⟧()", "~f.g"),
        ("def f(): pass\ng = f\n⟦g⟧()", "~f"),
        ("def f(): pass\nf = wrap(f)\n⟦f⟧()", NONE),
        ("if x:\n    def f(): pass\nelse:\n    def f(): pass\n⟦f⟧()", "~f"),
        ("try:\n    from a import f\nexcept ImportError:\n    def f(): pass\n⟦f⟧()", NONE),
    ]);
}

#[test]
fn builtins_are_what_nobody_else_binds() {
    check(&[
        ("⟦open⟧(p)", "builtins.open"),
        ("def f():\n    return ⟦len⟧(x)", "builtins.len"),
        ("from codecs import open\n⟦open⟧(p)", "codecs.open"),
        ("def open(p): pass\n⟦open⟧(p)", "~open"),
        ("from os import *\n⟦open⟧(p)", NONE),
        ("⟦unknown⟧(p)", NONE),
        ("class A:\n    def open(self): ⟦open⟧(p)", "builtins.open"),
        ("class A:\n    def open(self): pass\n    x = ⟦open⟧", "~A.open"),
    ]);
}

#[test]
fn known_modules_pour_their_names_in() {
    check(&[
        ("from math import *\n⟦pi⟧", "math.pi"),
        ("from math import *\nfrom os.path import *\n⟦join⟧(a)", "os.path.join"),
        ("from math import *\n⟦open⟧(p)", "builtins.open"),
        ("from math import *\n⟦nothing_of_math⟧", NONE),
        ("from math import *\nfrom unknown import *\n⟦pi⟧", NONE),
        ("from math import *\ndef f():\n    ⟦pi⟧", "math.pi"),
        ("from math import *\ndef pi(): pass\n⟦pi⟧", "~pi"),
    ]);
}

#[test]
fn labels_are_no_names() {
    check(&[
        ("import get\nx.⟦get⟧", NONE),
        ("import get\nf(⟦get⟧=1)", NONE),
        ("import get\nf(x=⟦get⟧)", "get"),
        ("import a\na.b().⟦c⟧", NONE),
        ("import a\n⟦a.b().c⟧", NONE),
    ]);
}

#[test]
fn members_are_inherited_within_the_file() {
    check(&[
        ("class A:\n    def f(self): pass\nclass B(A):\n    def g(self):\n        ⟦self.f⟧()", "~A.f"),
        ("class A:\n    def f(self): pass\nclass B(A): pass\n⟦B.f⟧", "~A.f"),
        (
            "import r\nclass A:\n    def __init__(self):\n        self.s = r.x\nclass B(A):\n    def g(self):\n        ⟦self.s⟧",
            "r.x",
        ),
        ("import r\nclass A:\n    s = r.x\nclass B(r.Base, A):\n    def g(self):\n        ⟦self.s⟧", NONE),
        ("import r\nclass A:\n    s = r.x\nclass B(A, r.Base):\n    def g(self):\n        ⟦self.s⟧", "r.x"),
        (
            "import r\nclass A(object):\n    s = r.x\nclass M: pass\nclass B(M, A):\n    def g(self):\n        ⟦self.s⟧",
            "r.x",
        ),
        (
            "import r\nclass A:\n    s = r.x\nclass B(A):\n    s = r.y\n    def g(self):\n        ⟦self.s⟧",
            "r.y",
        ),
        ("class A(A):\n    def g(self):\n        ⟦self.s⟧", NONE),
        ("class A(B):\n    def g(self):\n        ⟦self.s⟧\nclass B(A): pass", NONE),
        (
            "import r\nclass A:\n    s: r.T\n    def __init__(self):\n        self.s = r.x\n        ⟦self.s⟧",
            "r.x",
        ),
    ]);
}
