//! What does the marked call run, and which argument does each parameter get?

use super::ask;
use crate::engine::python::{Argument, Field, Kind, Mismatch, Module, NodeId, Resolved};

const NONE: &str = "nothing";

/// The call that is marked, or whose callee is.
fn call_at(module: &Module, node: NodeId) -> NodeId {
    let tree = module.tree();
    let mut around = std::iter::once(node).chain(tree.ancestors(node));
    around.find(|node| tree.kind(*node) == Kind::Call).unwrap()
}

fn resolved(snippet: &str) -> String {
    let (module, node) = ask(snippet);
    match module.resolve_call(call_at(&module, node)) {
        Some(Resolved::Function(id)) => format!("function {}", module.function_path(id)),
        Some(Resolved::Method(id)) => format!("method {}", module.function_path(id)),
        Some(Resolved::Constructor(id)) => format!("class {}", module.class_path(id)),
        None => NONE.to_owned(),
    }
}

fn check(cases: &[(&str, &str)]) {
    for (snippet, expect) in cases {
        assert_eq!(resolved(snippet), *expect, "in\n{snippet}");
    }
}

#[test]
fn a_name_calls_the_function_it_is_bound_to() {
    check(&[
        ("def f(): pass\n⟦f()⟧", "function ~f"),
        ("def f(): pass\ndef g():\n    ⟦f()⟧", "function ~f"),
        ("def f():\n    def g(): pass\n    ⟦g()⟧", "function ~f.g"),
        ("def f(): pass\ng = f\n⟦g()⟧", "function ~f"),
        ("def f(): pass\n⟦(f)()⟧", "function ~f"),
        ("def f(): pass\ndef f(a): pass\n⟦f()⟧", NONE),
        ("if x:\n    def f(): pass\nelse:\n    def f(a): pass\n⟦f()⟧", NONE),
        ("try:\n    from a import f\nexcept ImportError:\n    def f(): pass\n⟦f()⟧", NONE),
        ("def f(): pass\nf = wrap(f)\n⟦f()⟧", NONE),
        ("def f(): pass\ndef g(f):\n    ⟦f()⟧", NONE),
        ("def f(): pass\n⟦f()()⟧", NONE),
        ("import a\n⟦a.f()⟧", NONE),
        ("from functools import partial\ndef f(a): pass\ng = partial(f, 1)\n⟦g()⟧", NONE),
        ("from functools import partial\ndef f(a): pass\n⟦partial(f, 1)⟧", NONE),
        ("f = lambda a: a\n⟦f(1)⟧", NONE),
        ("def f(): pass\nf += 1\n⟦f()⟧", NONE),
        ("f = g\ng = f\n⟦f()⟧", NONE),
    ]);
}

#[test]
fn a_method_is_called_through_what_holds_it() {
    check(&[
        ("class A:\n    def f(self): pass\n    def g(self):\n        ⟦self.f()⟧", "method ~A.f"),
        ("class A:\n    def f(self): pass\n    def g(self):\n        lambda: ⟦self.f()⟧", "method ~A.f"),
        (
            "class A:\n    @staticmethod\n    def f(): pass\n    def g(self):\n        ⟦self.f()⟧",
            "function ~A.f",
        ),
        (
            "class A:\n    @classmethod\n    def f(cls): pass\n    def g(self):\n        ⟦self.f()⟧",
            "method ~A.f",
        ),
        (
            "class A:\n    @classmethod\n    def f(cls): pass\n    @classmethod\n    def g(cls):\n        ⟦cls.f()⟧",
            "method ~A.f",
        ),
        (
            "class A:\n    def f(self): pass\n    @classmethod\n    def g(cls):\n        ⟦cls.f(x)⟧",
            "function ~A.f",
        ),
        ("class A:\n    def f(self): pass\n⟦A.f(a)⟧", "function ~A.f"),
        ("class A:\n    @classmethod\n    def f(cls): pass\n⟦A.f()⟧", "method ~A.f"),
        ("class A:\n    def f(self): pass\n⟦A().f()⟧", "method ~A.f"),
        ("class A:\n    def f(self): pass\na = A()\n⟦a.f()⟧", "method ~A.f"),
        ("class A:\n    def f(self): pass\ndef g(a: A):\n    ⟦a.f()⟧", "method ~A.f"),
        (
            "class A:\n    def f(self): pass\nclass B:\n    def __init__(self):\n        self.a = A()\n    def g(self):\n        ⟦self.a.f()⟧",
            "method ~A.f",
        ),
        (
            "class A:\n    def f(self): pass\n    def g(self):\n        h = self.f\n        ⟦h()⟧",
            "method ~A.f",
        ),
        (
            "class A:\n    def f(self): pass\n    def __init__(self):\n        self.f = x\n    def g(self):\n        ⟦self.f()⟧",
            NONE,
        ),
        ("class A:\n    @property\n    def f(self): pass\n    def g(self):\n        ⟦self.f()⟧", NONE),
        (
            "from functools import cached_property\nclass A:\n    @cached_property\n    def f(self): pass\n    def g(self):\n        ⟦self.f()⟧",
            NONE,
        ),
        (
            "class A:\n    @property\n    def f(self): pass\n    @f.setter\n    def f(self, v): pass\n    def g(self):\n        ⟦self.f()⟧",
            NONE,
        ),
        ("class A:\n    def g(self):\n        ⟦self.missing()⟧", NONE),
        (
            "class A:\n    def _f(self): pass\n    f = _f\n    def g(self):\n        ⟦self.f()⟧",
            "method ~A._f",
        ),
        ("def g(a):\n    ⟦a.f()⟧", NONE),
    ]);
}

#[test]
fn inherited_methods_are_found_in_pythons_order() {
    check(&[
        ("class A:\n    def f(self): pass\nclass B(A):\n    def g(self):\n        ⟦self.f()⟧", "method ~A.f"),
        (
            "class A:\n    def f(self): pass\nclass B(A):\n    def f(self): pass\n    def g(self):\n        ⟦self.f()⟧",
            "method ~B.f",
        ),
        (
            "class A:\n    def f(self): pass\nclass B(A): pass\nclass C(A):\n    def f(self): pass\nclass D(B, C):\n    def g(self):\n        ⟦self.f()⟧",
            "method ~C.f",
        ),
        (
            "class A:\n    def f(self): pass\nclass B(A, lib): pass\nclass C(B):\n    def g(self):\n        ⟦self.f()⟧",
            "method ~A.f",
        ),
        ("class A:\n    def f(self): pass\nclass B(lib, A):\n    def g(self):\n        ⟦self.f()⟧", NONE),
        (
            "from typing import Generic, T\nclass A(Generic[T]):\n    def f(self): pass\nclass B(A[int]):\n    def g(self):\n        ⟦self.f()⟧",
            "method ~A.f",
        ),
        (
            "class A: pass\nclass B(A): pass\nclass C(A, B):\n    def f(self): pass\n    def g(self):\n        ⟦self.h()⟧",
            NONE,
        ),
    ]);
}

#[test]
fn super_looks_above_the_class() {
    check(&[
        (
            "class A:\n    def f(self): pass\nclass B(A):\n    def f(self):\n        ⟦super().f()⟧",
            "method ~A.f",
        ),
        (
            "class A:\n    def f(self): pass\nclass B(A):\n    def f(self):\n        ⟦super(B, self).f()⟧",
            "method ~A.f",
        ),
        (
            "class A:\n    @classmethod\n    def f(cls): pass\nclass B(A):\n    @classmethod\n    def f(cls):\n        ⟦super().f()⟧",
            "method ~A.f",
        ),
        (
            "class A:\n    def __new__(cls): pass\nclass B(A):\n    def __new__(cls):\n        ⟦super().__new__(cls)⟧",
            "function ~A.__new__",
        ),
        ("class A: pass\nclass B(A):\n    def f(self):\n        ⟦super().f()⟧", NONE),
        ("class B(lib):\n    def f(self):\n        ⟦super().f()⟧", NONE),
        ("def f():\n    ⟦super().f()⟧", NONE),
    ]);
}

#[test]
fn a_class_is_called_to_construct() {
    check(&[
        ("class A: pass\n⟦A()⟧", "class ~A"),
        ("class A: pass\nB = A\n⟦B()⟧", "class ~A"),
        ("class A:\n    class B: pass\n⟦A.B()⟧", "class ~A.B"),
        ("class A:\n    @classmethod\n    def f(cls):\n        ⟦cls()⟧", "class ~A"),
        ("class A: pass\nclass A: pass\n⟦A()⟧", NONE),
    ]);
}

/// `a=1 b=default c=?`, or the reason why the call cannot be bound.
fn bound(snippet: &str) -> String {
    let (module, node) = ask(snippet);
    let text = |name| module.names().text(name);
    let words = match module.bind_call(call_at(&module, node)) {
        None => return NONE.to_owned(),
        Some(Ok(arguments)) => {
            let words = arguments.iter().map(|(name, argument)| match argument {
                Argument::Given(value) => format!("{}={}", text(name), module.text(value)),
                Argument::Default => format!("{}=default", text(name)),
                Argument::Unknown => format!("{}=?", text(name)),
            });
            words.collect::<Vec<_>>()
        }
        Some(Err(Mismatch::Missing(names))) => {
            return format!("missing {}", names.iter().map(|name| text(*name)).collect::<Vec<_>>().join(" "));
        }
        Some(Err(Mismatch::TooMany { takes, given, first })) => {
            return format!("takes {takes}, given {given}, first {}", module.text(first));
        }
        Some(Err(Mismatch::Unknown { name, .. })) => return format!("unknown {}", text(name)),
        Some(Err(Mismatch::PositionalOnly { name, .. })) => return format!("positional only {}", text(name)),
        Some(Err(Mismatch::Twice { name, .. })) => return format!("twice {}", text(name)),
    };
    words.join(" ")
}

#[test]
fn arguments_go_to_their_parameters() {
    let cases = [
        ("def f(a, b): pass\n⟦f(1, 2)⟧", "a=1 b=2"),
        ("def f(a, b): pass\n⟦f(b=1, a=2)⟧", "a=2 b=1"),
        ("def f(a, b=0): pass\n⟦f(1)⟧", "a=1 b=default"),
        ("def f(a, /, b): pass\n⟦f(1, b=2)⟧", "a=1 b=2"),
        ("def f(a, *, b): pass\n⟦f(1, b=2)⟧", "a=1 b=2"),
        ("def f(a, *args): pass\n⟦f(1, 2, 3)⟧", "a=1 args=?"),
        ("def f(a, **kwargs): pass\n⟦f(1, b=2)⟧", "a=1 kwargs=?"),
        ("def f(a, /, **kwargs): pass\n⟦f(1, a=2)⟧", "a=1 kwargs=?"),
        ("def f(a, b): pass\n⟦f(*x)⟧", "a=? b=?"),
        ("def f(a, b): pass\n⟦f(1, *x)⟧", "a=1 b=?"),
        ("def f(a, b): pass\n⟦f(1, **x)⟧", "a=1 b=?"),
        ("def f(a, b): pass\n⟦f(*x, b=1)⟧", "a=? b=1"),
        ("def f(a): pass\n⟦f(x for x in y)⟧", "a=(x for x in y)"),
        ("def f(a): pass\n⟦f(1,  # one\n)⟧", "a=1"),
        ("def f(a=1): pass\n⟦f()⟧", "a=default"),
        ("def f(*, a=1): pass\n⟦f()⟧", "a=default"),
        ("class A:\n    def f(self, a): pass\n    def g(self):\n        ⟦self.f(1)⟧", "a=1"),
        ("class A:\n    def f(self, a): pass\n⟦A.f(x, 1)⟧", "self=x a=1"),
        ("class A:\n    @staticmethod\n    def f(a): pass\n⟦A.f(1)⟧", "a=1"),
        ("class A:\n    @classmethod\n    def f(cls, a): pass\n⟦A.f(1)⟧", "a=1"),
        ("class A:\n    def f(*args): pass\n⟦A().f(1)⟧", NONE),
    ];
    for (snippet, expect) in cases {
        assert_eq!(bound(snippet), expect, "in\n{snippet}");
    }
}

#[test]
fn a_call_that_python_refuses_is_a_mismatch() {
    let cases = [
        ("def f(a, b): pass\n⟦f(1)⟧", "missing b"),
        ("def f(a, b): pass\n⟦f()⟧", "missing a b"),
        ("def f(*, a): pass\n⟦f()⟧", "missing a"),
        ("def f(*, a): pass\n⟦f(*x)⟧", "missing a"),
        ("def f(a, /): pass\n⟦f(**x)⟧", "missing a"),
        ("def f(a): pass\n⟦f(1, 2)⟧", "takes 1, given 2, first 2"),
        ("def f(): pass\n⟦f(1)⟧", "takes 0, given 1, first 1"),
        ("def f(a, *, b=0): pass\n⟦f(1, 2)⟧", "takes 1, given 2, first 2"),
        ("def f(a): pass\n⟦f(1, b=2)⟧", "unknown b"),
        ("def f(a, /): pass\n⟦f(a=1)⟧", "positional only a"),
        ("def f(a): pass\n⟦f(1, a=2)⟧", "twice a"),
        ("def f(a, b): pass\n⟦f(*x, c=1)⟧", "unknown c"),
        (
            "class A:\n    def f(self): pass\n    def g(self):\n        ⟦self.f(1)⟧",
            "takes 0, given 1, first 1",
        ),
        ("class A:\n    def f(self, a): pass\n⟦A.f(1)⟧", "missing a"),
    ];
    for (snippet, expect) in cases {
        assert_eq!(bound(snippet), expect, "in\n{snippet}");
    }
}

#[test]
fn constructors_take_what_init_or_the_fields_say() {
    let dataclass = |body: &str| {
        format!("from dataclasses import dataclass, field, KW_ONLY\nfrom typing import ClassVar\n{body}")
    };
    let cases = [
        ("class A:\n    def __init__(self, a): pass\n⟦A(1)⟧".to_owned(), "a=1"),
        ("class A:\n    def __init__(self, a): pass\nclass B(A): pass\n⟦B()⟧".to_owned(), "missing a"),
        ("class A: pass\n⟦A(1)⟧".to_owned(), "takes 0, given 1, first 1"),
        ("class A(lib): pass\n⟦A(1)⟧".to_owned(), NONE),
        ("class A(lib):\n    def __init__(self): pass\n⟦A(1)⟧".to_owned(), NONE),
        ("class A(metaclass=M):\n    def __init__(self): pass\n⟦A(1)⟧".to_owned(), NONE),
        (
            "import abc\nclass A(metaclass=abc.ABCMeta):\n    def __init__(self): pass\n⟦A(1)⟧".to_owned(),
            "takes 0, given 1, first 1",
        ),
        ("class A:\n    def __new__(cls, a): pass\n⟦A()⟧".to_owned(), NONE),
        ("@deco\nclass A:\n    def __init__(self): pass\n⟦A(1)⟧".to_owned(), NONE),
        ("class A:\n    @deco\n    def __init__(self): pass\n⟦A(1)⟧".to_owned(), NONE),
        (dataclass("@dataclass\nclass A:\n    a: int\n    b: int = 0\n⟦A(1)⟧"), "a=1 b=default"),
        (dataclass("@dataclass\nclass A:\n    a: int\n⟦A(1, 2)⟧"), "takes 1, given 2, first 2"),
        (
            dataclass(
                "@dataclass(frozen=True)\nclass A:\n    a: int\n    b: list = field(default_factory=list)\n⟦A()⟧",
            ),
            "missing a",
        ),
        (
            dataclass(
                "@dataclass\nclass A:\n    a: int = field(init=False)\n    b: ClassVar[int] = 1\n⟦A()⟧",
            ),
            "",
        ),
        (
            dataclass("@dataclass\nclass A:\n    a: int\n@dataclass\nclass B(A):\n    b: int\n⟦B(1, 2)⟧"),
            "a=1 b=2",
        ),
        (
            dataclass("@dataclass\nclass A:\n    a: int\n    _: KW_ONLY\n    b: int\n⟦A(1, 2)⟧"),
            "takes 1, given 2, first 2",
        ),
        (dataclass("@dataclass(kw_only=True)\nclass A:\n    a: int\n⟦A(a=1)⟧"), "a=1"),
        (dataclass("@dataclass(init=False)\nclass A:\n    a: int\n⟦A(1)⟧"), NONE),
        (dataclass("@dataclass(**options)\nclass A:\n    a: int\n⟦A(1)⟧"), NONE),
        (dataclass("@dataclass\nclass A(lib):\n    a: int\n⟦A(1, 2)⟧"), NONE),
        (dataclass("@dataclass\nclass A:\n    a: int\n    def __init__(self, b): pass\n⟦A(1)⟧"), "b=1"),
        (
            "from typing import NamedTuple\nclass A(NamedTuple):\n    a: int\n    b: int = 0\n⟦A(1, 2, 3)⟧"
                .to_owned(),
            "takes 2, given 3, first 3",
        ),
    ];
    for (snippet, expect) in cases {
        assert_eq!(bound(&snippet), expect, "in\n{snippet}");
    }
}

#[test]
fn every_call_of_a_file_can_be_asked() {
    let (module, _) = ask("⟦x⟧\ny()\nz.a()()\nf'{g()}'\n(lambda: 0)()\nawait_()\n");
    let tree = module.tree();
    let calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    for call in calls {
        assert!(tree.child(call, Field::Function).is_some());
        assert_eq!(module.resolve_call(call), None);
    }
}
