//! Which value does the marked expression always have?

use super::ask;
use crate::engine::python::Constant;

fn check(cases: &[(&str, Option<Constant>)]) {
    for (snippet, expect) in cases {
        let (module, node) = ask(snippet);
        assert_eq!(module.constant(node), *expect, "in\n{snippet}");
    }
}

fn text(value: &str) -> Option<Constant> {
    Some(Constant::Str(value.to_owned()))
}

fn int(value: i64) -> Option<Constant> {
    Some(Constant::Int(value))
}

#[test]
fn literals_are_constants() {
    check(&[
        ("⟦'a'⟧", text("a")),
        ("⟦r'\\d'⟧", text("\\d")),
        ("⟦'a\\n'⟧", text("a\n")),
        ("⟦'''a\r\nb'''⟧", text("a\nb")),
        ("⟦b'\\xff'⟧", Some(Constant::Bytes(vec![255]))),
        ("⟦'a' 'b'⟧", text("ab")),
        ("⟦12⟧", int(12)),
        ("⟦-1⟧", int(-1)),
        ("⟦0x10⟧", int(16)),
        ("⟦1.5⟧", Some(Constant::Float(1.5))),
        ("⟦True⟧", Some(Constant::Bool(true))),
        ("⟦not True⟧", Some(Constant::Bool(false))),
        ("⟦None⟧", Some(Constant::None)),
        ("⟦(1, 'a')⟧", Some(Constant::Tuple(vec![Constant::Int(1), Constant::Str("a".into())]))),
        ("⟦[1]⟧", Some(Constant::List(vec![Constant::Int(1)]))),
        ("⟦()⟧", Some(Constant::Tuple(vec![]))),
    ]);
}

#[test]
fn expressions_fold() {
    check(&[
        ("⟦'a' + 'b'⟧", text("ab")),
        ("⟦('a' + 'b')⟧", text("ab")),
        ("⟦f'a{1}b{\"c\"}{None}'⟧", text("a1bcNone")),
        ("⟦f'{{x}}'⟧", text("{x}")),
        ("⟦f'{x}'⟧", None),
        ("⟦f'{1:>3}'⟧", None),
        ("⟦f'{1!r}'⟧", None),
        ("⟦f'{1=}'⟧", None),
        ("⟦60 * 60⟧", int(3600)),
        ("⟦2 ** 10⟧", int(1024)),
        ("⟦1 << 20⟧", int(1 << 20)),
        ("⟦2 ** 1000⟧", None),
        ("⟦'a' if True else 'b'⟧", text("a")),
        ("⟦'a' if x else 'b'⟧", None),
        ("⟦'a' * 3⟧", None),
    ]);
}

#[test]
fn names_assigned_once_are_constants() {
    check(&[
        ("X = 'a'\ndef f():\n    ⟦X⟧", text("a")),
        ("X = 'a'\nY = X + 'b'\n⟦f'{Y}c'⟧", text("abc")),
        ("X: str = 'a'\n⟦X⟧", text("a")),
        ("X, Y = 1, 2\n⟦Y⟧", int(2)),
        ("X = 'a'\nX = 'b'\n⟦X⟧", None),
        ("X = 'a'\nX += 'b'\n⟦X⟧", None),
        ("X = 'a'\ndef f(X):\n    ⟦X⟧", None),
        ("X = 'a'\ndef f():\n    global X\n    X = 'b'\n⟦X⟧", None),
        ("def f(X='a'):\n    ⟦X⟧", None),
        ("for X in 'a': ⟦X⟧", None),
        ("X = X\n⟦X⟧", None),
        ("class A:\n    X = 'a'\n    def f(self):\n        ⟦self.X⟧", text("a")),
        ("class A:\n    X = 'a'\n⟦A.X⟧", text("a")),
        ("class A:\n    X = 'a'\n    def f(self):\n        self.X = y\n        ⟦self.X⟧", None),
        ("class A:\n    def f(self):\n        self.X = 1\n    def g(self):\n        ⟦self.X⟧", int(1)),
    ]);
}

#[test]
fn doubling_and_nesting_end() {
    let doubling: String = (0..60).map(|n| format!("a{n} = a{} + a{}\n", n + 1, n + 1)).collect();
    check(&[(&format!("{doubling}a60 = 'x' * 1\n⟦a0⟧"), None)]);
    let sum = format!("⟦{}1⟧", "1 + ".repeat(4_000));
    check(&[(&sum, None)]);
}
