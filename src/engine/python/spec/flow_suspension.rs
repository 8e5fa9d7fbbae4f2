//! Can another task run between the first mark and the second?

use super::flow::{agree, marked, pair};

const NOWHERE: &str = "nowhere";

fn between(cases: &[(&str, &str)]) {
    let cases: Vec<(&str, String)> =
        cases.iter().map(|(text, expect)| (*text, (*expect).to_owned())).collect();
    agree(&cases, |snippet| {
        let (module, a, b) = pair(snippet);
        let found = module.suspension_between(a, b).map_or(NOWHERE, |node| module.text(node));
        found.lines().next().unwrap_or_default().to_owned()
    });
}

#[test]
fn an_await_between_lets_others_in() {
    between(&[
        ("⟦a()⟧\nb()\n⟦c()⟧", NOWHERE),
        ("⟦a()⟧\nawait b()\n⟦c()⟧", "await b()"),
        ("v = ⟦a⟧\nx.v = await g(⟦v⟧)", NOWHERE),
        ("v = ⟦a⟧\n⟦x.v⟧ = await g(v)", "await g(v)"),
        ("if ⟦k not in x⟧:\n    ⟦x[k] = 1⟧", NOWHERE),
        ("if ⟦k not in x⟧:\n    v = await g()\n    ⟦x[k] = v⟧", "await g()"),
        ("⟦a()⟧\nif x:\n    await b()\n⟦c()⟧", "await b()"),
        ("⟦a()⟧\nif x:\n    await b()\n    return\n⟦c()⟧", NOWHERE),
        ("while x:\n    ⟦a()⟧\n    ⟦b()⟧\n    await c()", NOWHERE),
        ("while x:\n    ⟦b()⟧\n    await c()\n    ⟦a()⟧", "await c()"),
        ("⟦a()⟧\nasync for i in x:\n    pass\n⟦b()⟧", "async for i in x:"),
        ("⟦a()⟧\nasync with x:\n    ⟦b()⟧", "x"),
        ("async with x:\n    ⟦a()⟧\n⟦b()⟧", "x"),
        ("⟦a()⟧\nv = [i async for i in x]\n⟦b()⟧", "async for i in x"),
        ("⟦a()⟧\nyield 1\n⟦b()⟧", "yield 1"),
        ("⟦a()⟧\nasync def g():\n    await h()\n⟦b()⟧", NOWHERE),
        ("⟦a()⟧\nv = lambda: await_me()\n⟦b()⟧", NOWHERE),
        ("try:\n    ⟦a()⟧\nexcept E:\n    await c()\n⟦b()⟧", "await c()"),
        ("try:\n    ⟦a()⟧\n    ⟦b()⟧\nfinally:\n    await c()", NOWHERE),
    ]);
}

#[test]
fn only_what_lies_on_a_way_from_one_to_the_other_counts() {
    between(&[
        ("await b()\n⟦a()⟧\n⟦c()⟧", NOWHERE),
        ("⟦a()⟧\n⟦c()⟧\nawait b()", NOWHERE),
        ("⟦a()⟧\nif x:\n    ⟦c()⟧\nelse:\n    await b()", NOWHERE),
        ("⟦a()⟧\nwhile x:\n    await b()\n⟦c()⟧", "await b()"),
        ("⟦a()⟧\nfor i in x:\n    if i:\n        await b()\n        break\n⟦c()⟧", "await b()"),
        ("⟦a()⟧\nfor i in x:\n    if i:\n        return await b()\n⟦c()⟧", NOWHERE),
        ("⟦a()⟧\nv = await b() if x else None\n⟦c()⟧", "await b()"),
        ("⟦a()⟧\nv = x and await b()\n⟦c()⟧", "await b()"),
        ("⟦a()⟧\nraise E\nawait b()\n⟦c()⟧", NOWHERE),
        ("try:\n    ⟦a()⟧\nfinally:\n    await b()\n⟦c()⟧", "await b()"),
        ("⟦a()⟧\ntry:\n    await b()\nexcept E:\n    ⟦c()⟧", "await b()"),
        ("⟦a()⟧\nmatch x:\n    case 1:\n        await b()\n⟦c()⟧", "await b()"),
        ("⟦a()⟧\nwith x:\n    ⟦c()⟧", NOWHERE),
        ("⟦a()⟧\nx(await b(), ⟦c()⟧)", "await b()"),
        ("⟦a()⟧\nx(⟦c()⟧, await b())", NOWHERE),
        ("⟦a()⟧\nprint(f'{await b()}')\n⟦c()⟧", "await b()"),
    ]);
}

#[test]
fn leaving_a_lock_lets_nobody_in() {
    between(&[
        (
            "import asyncio\nlock = asyncio.Lock()\nasync def f():\n    async with lock:\n        ⟦a()⟧\n    ⟦b()⟧",
            NOWHERE,
        ),
        (
            "import asyncio\nlock = asyncio.Lock()\nasync def f():\n    ⟦a()⟧\n    async with lock:\n        ⟦b()⟧",
            "lock",
        ),
        (
            "import asyncio\nasync def f():\n    ⟦a()⟧\n    async with asyncio.timeout(1):\n        ⟦b()⟧",
            NOWHERE,
        ),
        (
            "import asyncio\nasync def f():\n    ⟦a()⟧\n    async with asyncio.TaskGroup() as g:\n        ⟦b()⟧",
            NOWHERE,
        ),
        (
            "import asyncio\nasync def f():\n    async with asyncio.TaskGroup() as g:\n        ⟦a()⟧\n    ⟦b()⟧",
            "asyncio.TaskGroup() as g",
        ),
    ]);
}

#[test]
fn a_coroutine_that_never_waits_runs_through() {
    let cases = &[
        ("async def g():\n    return 1\nasync def f():\n    ⟦await g()⟧", false),
        ("async def g():\n    await h()\nasync def f():\n    ⟦await g()⟧", true),
        (
            "async def h():\n    x()\nasync def g():\n    return await h()\nasync def f():\n    ⟦await g()⟧",
            false,
        ),
        ("async def g():\n    await f()\nasync def f():\n    ⟦await g()⟧", true),
        ("async def g():\n    await g()\nasync def f():\n    ⟦await g()⟧", true),
        ("async def g():\n    async with x: pass\nasync def f():\n    ⟦await g()⟧", true),
        (
            "async def g():\n    def inner():\n        yield\n    return 1\nasync def f():\n    ⟦await g()⟧",
            false,
        ),
        ("def g():\n    return asyncio.sleep(1)\nasync def f():\n    ⟦await g()⟧", true),
        ("async def f(task):\n    ⟦await task⟧", true),
        ("@cached\nasync def g():\n    return 1\nasync def f():\n    ⟦await g()⟧", true),
        (
            "class A:\n    async def g(self):\n        self.x = 1\n    async def f(self):\n        ⟦await self.g()⟧",
            false,
        ),
        (
            "class A:\n    async def g(self):\n        pass\n    async def f(self):\n        ⟦await self.g()⟧",
            true,
        ),
        (
            "class A:\n    async def g(self):\n        self.x = 1\n    async def f(self):\n        ⟦await self.g()⟧\nclass B(A):\n    async def g(self):\n        await x()",
            true,
        ),
        ("async def f(x):\n    ⟦x()⟧", false),
        ("async def f(x):\n    if x:\n        ⟦return await y()⟧", true),
        ("async def f(x):\n    ⟦v = (i async for i in x)⟧", true),
    ];
    agree(cases, |snippet| {
        let (module, nodes) = marked(snippet);
        module.suspends(nodes[0])
    });
}
