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

#[test]
fn formatted_text_folds_where_all_of_it_is_known() {
    check(&[
        ("⟦'a%sb' % 'x'⟧", text("axb")),
        ("⟦'%s-%d' % ('x', 2)⟧", text("x-2")),
        ("⟦'100%%' % ()⟧", text("100%")),
        ("⟦'%s' % y⟧", None),
        ("⟦'%s %s' % ('x',)⟧", None),
        ("⟦'%5d' % 1⟧", None),
        ("⟦'%(a)s' % {'a': 1}⟧", None),
        ("⟦'{}-{}'.format('a', 1)⟧", text("a-1")),
        ("⟦'{1}{0}'.format('a', 'b')⟧", text("ba")),
        ("⟦'{x}{{}}'.format(x='a')⟧", text("a{}")),
        ("⟦'{:>3}'.format(1)⟧", None),
        ("⟦'{a.b}'.format(a=1)⟧", None),
        ("⟦'{}'.format(y)⟧", None),
        ("⟦'{}'.format(*y)⟧", None),
        ("⟦', '.join(['a', 'b'])⟧", text("a, b")),
        ("⟦''.join(('a',))⟧", text("a")),
        ("⟦', '.join(x)⟧", None),
        ("⟦', '.join(['a', 1])⟧", None),
        ("A = 'a'\n⟦'{}/{}'.format(A, f'{A}b')⟧", text("a/ab")),
        ("⟦'a' 'b' f'{1}'⟧", text("ab1")),
        ("⟦('a'\n 'b')⟧", text("ab")),
        ("⟦'a'.upper()⟧", None),
    ]);
}

#[test]
fn conditions_fold_to_what_is_certain() {
    check(&[
        ("⟦'a' if x else 'a'⟧", text("a")),
        ("⟦'a' if 1 < 2 else 'b'⟧", text("a")),
        ("⟦'' or 'b'⟧", text("b")),
        ("⟦'a' and 'b'⟧", text("b")),
        ("⟦x or 'b'⟧", None),
        ("⟦1 == 1⟧", Some(Constant::Bool(true))),
        ("⟦'a' != 'a'⟧", Some(Constant::Bool(false))),
        ("⟦1 < 2 < 3⟧", None),
        ("⟦1 == 'a'⟧", None),
        ("if x:\n    A = 'a'\nelse:\n    A = 'a'\n⟦A⟧", text("a")),
        ("if x:\n    A = 'a'\nelse:\n    A = 'b'\n⟦A⟧", None),
        ("import os\nA = os.environ.get('A', 'b')\n⟦A⟧", None),
        ("import os\n⟦os.getenv('A', 'b')⟧", None),
    ]);
}

#[test]
fn whole_numbers_are_reckoned_as_python_does() {
    check(&[
        ("⟦7 // 2⟧", int(3)),
        ("⟦-7 // 2⟧", int(-4)),
        ("⟦-7 % 3⟧", int(2)),
        ("⟦7 % -3⟧", int(-2)),
        ("⟦1 // 0⟧", None),
        ("⟦0o600 | 0o44⟧", int(0o644)),
        ("⟦0o777 & 0o70⟧", int(0o70)),
        ("⟦9223372036854775807 + 1⟧", None),
        ("⟦24 * 60 * 60⟧", int(86400)),
        ("⟦10 - 3⟧", int(7)),
    ]);
}
