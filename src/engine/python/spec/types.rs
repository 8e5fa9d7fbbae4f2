//! Of what type is the marked expression, and what does a method call call?

use super::{ask, module};
use crate::engine::python::Kind;

const NONE: &str = "nothing";

fn check(cases: &[(&str, &str)]) {
    for (snippet, expect) in cases {
        let (module, node) = ask(snippet);
        assert_eq!(module.type_of(node).unwrap_or(NONE), *expect, "in\n{snippet}");
    }
}

#[test]
fn annotations_tell_types() {
    check(&[
        ("from a import T\ndef f(x: T):\n    ⟦x⟧", "a.T"),
        ("from a import T\ndef f(x: 'T'):\n    ⟦x⟧", "a.T"),
        ("import a\ndef f(x: a.T):\n    ⟦x⟧", "a.T"),
        ("import a\ndef f(x: 'a.T | None'):\n    ⟦x⟧", "a.T"),
        ("from a import T\ndef f(x: T | None = None):\n    ⟦x⟧", "a.T"),
        ("from a import T\nfrom typing import Optional\ndef f(x: Optional[T]):\n    ⟦x⟧", "a.T"),
        ("from a import T\nimport typing as t\ndef f(x: t.Optional['T']):\n    ⟦x⟧", "a.T"),
        (
            "from a import T\nfrom typing import Annotated\ndef f(x: Annotated[T, Depends(g)]):\n    ⟦x⟧",
            "a.T",
        ),
        ("from a import T, U\ndef f(x: T | U):\n    ⟦x⟧", NONE),
        ("from typing import Union\ndef f(x: Union[int, None]):\n    ⟦x⟧", "builtins.int"),
        ("def f(x: list[int]):\n    ⟦x⟧", "builtins.list"),
        ("from typing import Dict\ndef f(x: Dict[str, int]):\n    ⟦x⟧", "builtins.dict"),
        ("from a import T\ndef f(*x: T):\n    ⟦x⟧", NONE),
        ("from a import T\ndef f(x: type[T]):\n    ⟦x⟧", NONE),
        ("from typing import Any\ndef f(x: Any):\n    ⟦x⟧", NONE),
        ("from a import T\nx: T = make()\n⟦x⟧", "a.T"),
        ("from a import T\nx: T\n⟦x⟧", "a.T"),
        ("from a import T\nclass A:\n    x: T\n    def f(self):\n        ⟦self.x⟧", "a.T"),
        (
            "from a import T\nclass A:\n    def __init__(self):\n        self.x: T = y\n    def f(self):\n        ⟦self.x⟧",
            "a.T",
        ),
        ("class A: pass\ndef f(x: A):\n    ⟦x⟧", "~A"),
        ("def f(x):\n    ⟦x⟧", NONE),
        ("from a import T\ndef f(x: T):\n    for x in y: pass\n    ⟦x⟧", NONE),
    ]);
}

#[test]
fn constructors_and_known_callables_tell_types() {
    check(&[
        ("import requests\ns = requests.Session()\n⟦s⟧", "requests.Session"),
        ("import requests\n⟦requests.Session()⟧", "requests.Session"),
        ("import requests\n⟦requests.get(u)⟧", NONE),
        ("import a\n⟦a.T()⟧", NONE),
        ("import tarfile\nt = tarfile.open(p)\n⟦t⟧", "tarfile.TarFile"),
        ("import tarfile\nwith tarfile.open(p) as t:\n    ⟦t⟧", "tarfile.TarFile"),
        ("import tarfile\nwith a as b, tarfile.open(p) as t:\n    ⟦t⟧", "tarfile.TarFile"),
        ("import tarfile\nwith (tarfile.open(p) as t):\n    ⟦t⟧", "tarfile.TarFile"),
        ("import sqlite3\nc = sqlite3.connect(p).cursor()\n⟦c⟧", "sqlite3.Cursor"),
        ("import sqlite3\nd = sqlite3.connect(p)\nc = d.cursor()\n⟦c⟧", "sqlite3.Cursor"),
        ("import asyncpg\nasync def f():\n    p = await asyncpg.create_pool()\n    ⟦p⟧", "asyncpg.Pool"),
        (
            "import aiohttp\nasync def f():\n    async with aiohttp.ClientSession() as s:\n        ⟦s⟧",
            "aiohttp.ClientSession",
        ),
        (
            "import asyncpg\nasync def f(p: asyncpg.PoolAcquire):\n    async with p as c:\n        ⟦c⟧",
            "asyncpg.Connection",
        ),
        ("class A: pass\na = A()\n⟦a⟧", "~A"),
        ("class A:\n    def f(self):\n        ⟦self⟧", "~A"),
        ("class A:\n    @classmethod\n    def f(cls):\n        ⟦cls⟧", NONE),
        (
            "import r\nclass A:\n    def __init__(self):\n        self.s = r.Session()\n    def f(self):\n        ⟦self.s⟧",
            "r.Session",
        ),
        (
            "import r\nclass A:\n    def __init__(self):\n        self.s = r.Session()\na = A()\n⟦a.s⟧",
            "r.Session",
        ),
        (
            "import r\nclass A:\n    def __init__(self, s: r.Session):\n        self.s = s\n    def f(self):\n        ⟦self.s⟧",
            "r.Session",
        ),
        ("import r\nx = None\nx = r.Session()\n⟦x⟧", "r.Session"),
        ("import r\nx = r.Session()\nx = x.json()\n⟦x⟧", NONE),
        ("import r\nx = r.Session() if y else r.Session()\n⟦x⟧", "r.Session"),
        ("import r\nx = y or r.Session()\n⟦x⟧", NONE),
        ("import r\nx = None or r.Session()\n⟦x⟧", "r.Session"),
        ("from r import T\ndef f() -> T: pass\nx = f()\n⟦x⟧", "r.T"),
        ("from r import T\nasync def f() -> T: pass\nx = f()\n⟦x⟧", NONE),
        ("from r import T\nasync def f() -> T: pass\nasync def g():\n    x = await f()\n    ⟦x⟧", "r.T"),
        ("from r import T\nclass A:\n    def f(self) -> T: pass\nx = A().f()\n⟦x⟧", "r.T"),
        ("from r import T\nclass A:\n    def __enter__(self) -> T: pass\nwith A() as x:\n    ⟦x⟧", "r.T"),
        ("class A:\n    def __enter__(self): return 1\nwith A() as x:\n    ⟦x⟧", NONE),
        ("class A:\n    def __enter__(self) -> 'Self': return self\nwith A() as x:\n    ⟦x⟧", "~A"),
        ("import flask\napp = flask.Flask(n)\n⟦app.logger⟧", "logging.Logger"),
        ("try: pass\nexcept ValueError as e:\n    ⟦e⟧", "builtins.ValueError"),
    ]);
}

#[test]
fn literals_have_types() {
    check(&[
        ("⟦'a'⟧", "builtins.str"),
        ("x = f'{y}'\n⟦x⟧", "builtins.str"),
        ("x = rb'a'\n⟦x⟧", "builtins.bytes"),
        ("x = [1]\n⟦x⟧", "builtins.list"),
        ("x = {}\n⟦x⟧", "builtins.dict"),
        ("x = {a for a in b}\n⟦x⟧", "builtins.set"),
        ("x = 1\n⟦x⟧", "builtins.int"),
        ("x = 1\nx = 'a'\n⟦x⟧", NONE),
    ]);
}

fn callees(text: &str) -> Vec<String> {
    let module = module(text);
    let tree = module.tree();
    let calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    calls.map(|call| module.callee(call).unwrap_or(NONE).to_owned()).collect()
}

#[test]
fn methods_are_called_through_the_type_of_their_receiver() {
    let cases = [
        (
            "import tarfile\nwith tarfile.open(p) as t:\n    t.extractall(d)",
            "tarfile.open tarfile.TarFile.extractall",
        ),
        ("import r\nr.Session().get(u)", "r.Session.get r.Session"),
        ("import r\ns = r.Session()\ns.get(u).json()", "r.Session nothing r.Session.get"),
        ("def f(): pass\nf()", "~f"),
        ("class A:\n    def g(self): pass\nA().g()", "~A.g ~A"),
        ("def f(x): x.g()", "nothing"),
        ("class A:\n    def g(self): pass\nclass B(A): pass\nb = B()\nb.g()", "~B ~A.g"),
        ("from r import T\nclass A:\n    s: T\nclass B(A):\n    def g(self): self.s.h()", "r.T.h"),
        ("'a'.join(x)", "builtins.str.join"),
    ];
    for (text, expect) in cases {
        assert_eq!(callees(text).join(" "), expect, "in\n{text}");
    }
}
