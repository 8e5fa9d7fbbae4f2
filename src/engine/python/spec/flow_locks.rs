//! Which locks are held at the mark?

use super::flow::{agree, marked};
use crate::engine::python::flow::Held;

fn word(held: &Held) -> String {
    let lock = &held.lock;
    let keyed = if lock.keyed { " keyed" } else { "" };
    format!("{} {:?} {:?}{keyed}", lock.path, lock.family, lock.kind).to_lowercase()
}

fn check(cases: &[(&str, &str)]) {
    let cases: Vec<(&str, String)> =
        cases.iter().map(|(text, expect)| (*text, (*expect).to_owned())).collect();
    agree(&cases, |snippet| {
        let (module, nodes) = marked(snippet);
        module.locks_at(nodes[0]).iter().map(word).collect::<Vec<_>>().join(", ")
    });
}

/// A method of a class whose constructor makes `self._lock` as said.
fn in_class(constructor: &str, body: &str) -> String {
    let lines: String = body.lines().map(|line| format!("        {line}\n")).collect();
    format!(
        "import asyncio, threading\nclass A:\n    def __init__(self):\n        self._lock = {constructor}\n    async def f(self, x):\n{lines}"
    )
}

#[test]
fn a_lock_is_known_by_its_type() {
    let cases = [
        ("asyncio.Lock()", "self._lock async mutex"),
        ("threading.Lock()", "self._lock thread mutex"),
        ("threading.RLock()", "self._lock thread reentrant"),
        ("threading.Condition()", "self._lock thread condition"),
        ("asyncio.Semaphore(3)", "self._lock async semaphore"),
        ("make()", "self._lock unknown unknown"),
    ];
    for (constructor, expect) in cases {
        check(&[(&in_class(constructor, "with self._lock:\n    ⟦a()⟧"), expect)]);
    }
}

#[test]
fn a_lock_is_held_from_its_with_to_the_end_of_the_block() {
    let held = "self._lock async mutex";
    let cases = [
        ("async with self._lock:\n    ⟦a()⟧", held),
        ("async with self._lock:\n    b()\n⟦a()⟧", ""),
        ("async with self._lock:\n    if x:\n        ⟦await a()⟧", held),
        ("async with ⟦self._lock⟧:\n    a()", ""),
        ("async with self._lock, ⟦x()⟧:\n    a()", held),
        ("async with x(), self._lock:\n    ⟦a()⟧", held),
        (
            "async with self._lock:\n    async with self.lock_b:\n        ⟦a()⟧",
            "self._lock async mutex, self.lock_b unknown unknown",
        ),
        ("async with self._lock:\n    def g():\n        ⟦a()⟧", ""),
        ("async with self._lock:\n    self._lock.release()\n    ⟦a()⟧", ""),
        ("async with self._lock:\n    return ⟦a()⟧", held),
        ("if x:\n    async with self._lock:\n        b()\n⟦a()⟧", ""),
        ("for i in x:\n    ⟦a()⟧\n    async with self._lock:\n        b()", ""),
        ("try:\n    async with self._lock:\n        b()\nexcept E:\n    ⟦a()⟧", ""),
        ("async with self._lock:\n    try:\n        b()\n    except E:\n        ⟦a()⟧", held),
    ];
    for (body, expect) in cases {
        check(&[(&in_class("asyncio.Lock()", body), expect)]);
    }
}

#[test]
fn a_lock_is_held_between_acquire_and_release() {
    let held = "self._lock async mutex";
    let cases = [
        ("await self._lock.acquire()\n⟦a()⟧\nself._lock.release()", held),
        ("await self._lock.acquire()\nself._lock.release()\n⟦a()⟧", ""),
        ("await self._lock.acquire()\ntry:\n    ⟦a()⟧\nfinally:\n    self._lock.release()\n", held),
        ("await self._lock.acquire()\ntry:\n    b()\nfinally:\n    self._lock.release()\n⟦a()⟧", ""),
        ("if x:\n    await self._lock.acquire()\n⟦a()⟧", ""),
        ("try:\n    await self._lock.acquire()\nexcept E:\n    ⟦a()⟧", ""),
        ("if self._lock.acquire(blocking=False):\n    ⟦a()⟧", held),
        ("if not self._lock.acquire(False):\n    return\n⟦a()⟧", held),
        ("if not self._lock.acquire(False):\n    ⟦a()⟧", ""),
        ("self._lock.acquire(timeout=1)\n⟦a()⟧", ""),
    ];
    for (body, expect) in cases {
        check(&[(&in_class("asyncio.Lock()", body), expect)]);
    }
}

#[test]
fn locks_come_from_many_places() {
    check(&[
        (
            "import threading\nlock = threading.Lock()\ndef f():\n    with lock:\n        ⟦a()⟧",
            "lock thread mutex",
        ),
        (
            "from threading import Lock as L\nguard = L()\ndef f():\n    with guard:\n        ⟦a()⟧",
            "guard thread mutex",
        ),
        (
            "from app.state import lock\ndef f():\n    with lock:\n        ⟦a()⟧",
            "app.state.lock unknown unknown",
        ),
        ("from threading import Lock\ndef f(x: Lock):\n    with x:\n        ⟦a()⟧", "x thread mutex"),
        (
            "import threading\nclass A:\n    _lock = threading.Lock()\n    @classmethod\n    def f(cls):\n        with cls._lock:\n            ⟦a()⟧",
            "cls._lock thread mutex",
        ),
        (
            "from dataclasses import dataclass, field\nimport asyncio\n@dataclass\nclass A:\n    guard: object = field(default_factory=asyncio.Lock)\n    async def f(self):\n        async with self.guard:\n            ⟦a()⟧",
            "self.guard async mutex",
        ),
        (
            "class A:\n    async def f(self, key):\n        async with self._locks[key]:\n            ⟦a()⟧",
            "self._locks[key] unknown unknown keyed",
        ),
        (
            "class A:\n    async def f(self, key):\n        async with self._lock_for(key):\n            ⟦a()⟧",
            "self._lock_for(key) unknown unknown keyed",
        ),
        (
            "import redis\nr = redis.Redis()\ndef f():\n    with r.lock('a'):\n        ⟦a()⟧",
            "r.lock('a') distributed unknown keyed",
        ),
        ("with x.clock:\n    ⟦a()⟧", ""),
        ("with x.block():\n    ⟦a()⟧", ""),
        ("with open(x) as v:\n    ⟦a()⟧", ""),
        ("with x.writeLock:\n    ⟦a()⟧", "x.writelock unknown unknown"),
    ]);
}
