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

#[test]
fn isinstance_tells_the_type_where_it_holds() {
    check(&[
        ("def f(x):\n    if isinstance(x, str):\n        ⟦x⟧", "builtins.str"),
        ("def f(x):\n    if isinstance(x, str):\n        pass\n    ⟦x⟧", NONE),
        ("def f(x):\n    if isinstance(x, str):\n        pass\n    else:\n        ⟦x⟧", NONE),
        ("def f(x):\n    if not isinstance(x, str):\n        return\n    ⟦x⟧", "builtins.str"),
        ("def f(x):\n    if not isinstance(x, str):\n        raise E\n    g(⟦x⟧)", "builtins.str"),
        ("def f(x):\n    if not isinstance(x, str):\n        log(x)\n    ⟦x⟧", NONE),
        (
            "def f(x):\n    for y in z:\n        if not isinstance(x, str):\n            continue\n        ⟦x⟧",
            "builtins.str",
        ),
        ("def f(x):\n    assert isinstance(x, str)\n    ⟦x⟧", "builtins.str"),
        ("def f(x):\n    if y and isinstance(x, str):\n        ⟦x⟧", "builtins.str"),
        ("def f(x):\n    if y or isinstance(x, str):\n        ⟦x⟧", NONE),
        ("def f(x):\n    return isinstance(x, str) and ⟦x⟧", "builtins.str"),
        ("def f(x):\n    return not isinstance(x, str) or ⟦x⟧", "builtins.str"),
        ("def f(x):\n    return ⟦x⟧ if isinstance(x, str) else 1", "builtins.str"),
        ("def f(x):\n    return 1 if isinstance(x, str) else ⟦x⟧", NONE),
        ("def f(xs):\n    return [⟦x⟧ for x in xs if isinstance(x, str)]", "builtins.str"),
        ("def f(x):\n    if isinstance(x, (str,)):\n        ⟦x⟧", "builtins.str"),
        ("def f(x):\n    if isinstance(x, (str, bytes)):\n        ⟦x⟧", NONE),
        ("import a\ndef f(x):\n    if isinstance(x, a.T):\n        ⟦x⟧", "a.T"),
        ("class A: pass\ndef f(x):\n    while isinstance(x, A):\n        ⟦x⟧", "~A"),
        ("def f(x):\n    if isinstance(x, str):\n        x = g()\n        ⟦x⟧", NONE),
        (
            "def f(x):\n    if isinstance(x, str):\n        for y in z:\n            g(⟦x⟧)\n            x = y",
            NONE,
        ),
        ("def f(x):\n    if isinstance(x, str):\n        def g():\n            ⟦x⟧", NONE),
        ("def f(x: int | str):\n    if isinstance(x, int):\n        return\n    ⟦x⟧", "builtins.str"),
        (
            "def f(x: int | str | None):\n    if isinstance(x, str):\n        pass\n    else:\n        ⟦x⟧",
            "builtins.int",
        ),
        (
            "from typing import Union\ndef f(x: Union[int, str, bytes]):\n    if isinstance(x, (int, str)):\n        return\n    ⟦x⟧",
            "builtins.bytes",
        ),
        ("def f(x: int | str | bytes):\n    if isinstance(x, int):\n        return\n    ⟦x⟧", NONE),
        (
            "class A:\n    def f(self):\n        if isinstance(self.x, str):\n            ⟦self.x⟧",
            "builtins.str",
        ),
        (
            "class A:\n    def f(self):\n        if isinstance(self.x, str):\n            self.x = y\n            ⟦self.x⟧",
            NONE,
        ),
        ("def f(x, y):\n    if isinstance(y, str):\n        ⟦x⟧", NONE),
        ("def isinstance(a, b): pass\ndef f(x):\n    if isinstance(x, str):\n        ⟦x⟧", NONE),
        (
            "def f(x):\n    if isinstance(x, int):\n        pass\n    elif isinstance(x, str):\n        ⟦x⟧",
            "builtins.str",
        ),
    ]);
}

#[test]
fn what_is_none_has_no_other_type() {
    check(&[
        ("def f(x: str | None):\n    if x is None:\n        ⟦x⟧", NONE),
        ("def f(x: str | None):\n    if x is not None:\n        ⟦x⟧", "builtins.str"),
        ("def f(x: str | None):\n    if x is None:\n        return\n    ⟦x⟧", "builtins.str"),
        ("def f(x: str | None):\n    if x is not None:\n        return\n    ⟦x⟧", NONE),
        ("def f(x: str | None):\n    if x is None:\n        x = ''\n    ⟦x⟧", "builtins.str"),
        ("def f(x: str | None):\n    return x is None or ⟦x⟧", "builtins.str"),
    ]);
}

#[test]
fn loops_and_subscripts_give_what_containers_hold() {
    check(&[
        ("from a import T\ndef f(xs: list[T]):\n    for x in xs:\n        ⟦x⟧", "a.T"),
        ("from a import T\ndef f(xs: 'list[T]'):\n    for x in xs:\n        ⟦x⟧", NONE),
        (
            "from a import T\nfrom typing import List, Optional\ndef f(xs: Optional[List[T]]):\n    for x in xs:\n        ⟦x⟧",
            "a.T",
        ),
        ("from a import T\ndef f(xs: list[T] | None = None):\n    [⟦x⟧ for x in xs]", "a.T"),
        (
            "from a import T\nfrom collections.abc import AsyncIterator\nasync def f(xs: AsyncIterator[T]):\n    async for x in xs:\n        ⟦x⟧",
            "a.T",
        ),
        ("from a import T\ndef f(xs: dict[str, T]):\n    for x in xs:\n        ⟦x⟧", "builtins.str"),
        ("from a import T\ndef f(xs: dict[str, T]):\n    for x in xs.values():\n        ⟦x⟧", "a.T"),
        ("from a import T\ndef f(xs: tuple[T, ...]):\n    for x in xs:\n        ⟦x⟧", "a.T"),
        ("from a import T, U\ndef f(xs: tuple[T, U]):\n    for x in xs:\n        ⟦x⟧", NONE),
        ("from a import T\ndef f(xs: list[T]):\n    for x in sorted(xs):\n        ⟦x⟧", "a.T"),
        ("from a import T\ndef g() -> list[T]: pass\nfor x in g():\n    ⟦x⟧", "a.T"),
        (
            "from a import T\nclass A:\n    xs: list[T]\n    def f(self):\n        for x in self.xs:\n            ⟦x⟧",
            "a.T",
        ),
        ("for x in ['a', 'b']:\n    ⟦x⟧", "builtins.str"),
        ("for x in ['a', 1]:\n    ⟦x⟧", NONE),
        ("from a import T\ndef f(xs: list[T]):\n    ⟦xs[0]⟧", "a.T"),
        ("from a import T\ndef f(xs: dict[str, T]):\n    ⟦xs['k']⟧", "a.T"),
        ("from a import T\ndef f(xs: list[T]):\n    ⟦xs[1:]⟧", NONE),
        ("def f(xs: list):\n    for x in xs:\n        ⟦x⟧", NONE),
        ("for x, y in z:\n    ⟦x⟧", NONE),
    ]);
}

#[test]
fn members_and_managers_tell_types() {
    check(&[
        (
            "from a import T\nclass A:\n    @property\n    def x(self) -> T: pass\n    def f(self):\n        ⟦self.x⟧",
            "a.T",
        ),
        ("from a import T\nclass A:\n    x: T = None\n⟦A().x⟧", "a.T"),
        ("import r\nclass A:\n    x = r.Session()\n    def f(self):\n        ⟦self.x⟧", "r.Session"),
        (
            "import r\nclass A:\n    def f(self):\n        self.x = r.Session()\n    def g(self):\n        self.x = None\n        ⟦self.x⟧",
            "r.Session",
        ),
        (
            "import r\nclass A:\n    def f(self):\n        self.x = r.Session()\n    def g(self):\n        self.x = r.Other()\n        ⟦self.x⟧",
            NONE,
        ),
        (
            "import r\nclass A:\n    async def f(self):\n        async with r.Session() as self.x:\n            ⟦self.x⟧",
            "r.Session",
        ),
        (
            "import r\nclass B:\n    def __init__(self):\n        self.s = r.Session()\nclass A(B):\n    def f(self):\n        ⟦self.s⟧",
            "r.Session",
        ),
        (
            "from a import T\nfrom contextlib import contextmanager\nfrom typing import Iterator\n@contextmanager\ndef m() -> Iterator[T]: yield\nwith m() as x:\n    ⟦x⟧",
            "a.T",
        ),
        (
            "from a import T\nfrom contextlib import asynccontextmanager\nfrom typing import AsyncGenerator\n@asynccontextmanager\nasync def m() -> AsyncGenerator[T, None]: yield\nasync def f():\n    async with m() as x:\n        ⟦x⟧",
            "a.T",
        ),
        ("from typing import Self\nclass A:\n    def f(self) -> Self: pass\nx = A().f().f()\n⟦x⟧", "~A"),
        (
            "from typing import Self\nclass A:\n    def f(self) -> Self: pass\nclass B(A): pass\n⟦B().f()⟧",
            "~B",
        ),
        ("from a import T\nfrom typing import cast\nx = cast(T, y)\n⟦x⟧", "a.T"),
        ("import r\nif (x := r.Session()):\n    ⟦x⟧", "r.Session"),
        ("import r\nx, y = r.Session(), 1\n⟦x⟧", "r.Session"),
        ("import r\n[x, *y] = r.Session(), 1\n⟦x⟧", NONE),
        ("x = 'a' + 'b'\n⟦x⟧", "builtins.str"),
        ("⟦'%s' % y⟧", "builtins.str"),
        ("⟦1 / 2⟧", "builtins.float"),
        ("⟦x + 1⟧", NONE),
        ("⟦a == b⟧", "builtins.bool"),
    ]);
}

#[test]
fn a_name_bound_very_often_has_no_type_and_costs_nothing() {
    let text = "import r\nx = r.Session()\n".to_owned() + &"x = x.next()\n".repeat(19_000);
    let module = module(&text);
    let calls = module.tree().nodes().filter(|node| module.tree().kind(*node) == Kind::Call);
    assert_eq!(calls.filter_map(|call| module.callee(call)).collect::<Vec<_>>(), ["r.Session"]);
}
