//! Hostile and broken files are answered, not feared.

use super::{ask, library, module};
use crate::engine::python::Module;
use crate::engine::{Limits, SkipReason, Source};

fn parse(text: &str) -> Result<Module, SkipReason> {
    let limits = Limits::default();
    let source = Source::decode("a.py", text.as_bytes(), &limits).map_err(|skipped| skipped.reason)?;
    Module::parse(source, &limits, library()).map_err(|skipped| skipped.reason)
}

#[test]
fn a_megabyte_of_stars_is_cut_off_by_its_steps() {
    let answer = parse(&"*a,".repeat(340_000)).err();
    assert_eq!(answer, Some(SkipReason::Budget("parsing it takes too many steps")));
}

#[test]
fn depth_does_not_exhaust_the_stack() {
    let cases = [
        "(".repeat(200_000),
        format!("x = {}1{}", "(".repeat(50_000), ")".repeat(50_000)),
        format!("x = {}", "a.".repeat(50_000)),
        format!("x = a{}", "()".repeat(30_000)),
        format!("x = a{}", "[0]".repeat(30_000)),
        format!("{}x", "await ".repeat(50_000)),
        format!("x = {}y", "lambda: ".repeat(20_000)),
        format!("x = {}1", "1 + ".repeat(20_000)),
        format!("x = {}1", "a or ".repeat(20_000)),
        format!("{}1", "x = ".repeat(10_000)),
        format!("({} = 1", "(x,".repeat(5_000)),
        (0..1_000).map(|n| format!("{}if x:\n", " ".repeat(n))).collect(),
        (0..10_000).map(|n| format!("a{n} = a{}\n", n + 1)).collect(),
        (0..10_000).map(|n| format!("a{n} = a{}()\n", n + 1)).collect(),
        format!("match x:\n case {}y{}: pass", "[".repeat(20_000), "]".repeat(20_000)),
        "def f(a, a, a): global a; nonlocal a; a = a\n".repeat(1_000),
    ];
    for text in cases {
        let start: String = text.chars().take(20).collect();
        match parse(&text) {
            Ok(module) => drop(module.broken()),
            Err(reason) => assert!(matches!(reason, SkipReason::Budget(_)), "{start}: {reason}"),
        }
    }
}

#[test]
fn broken_lines_are_told() {
    let cases = [
        ("x = 1\n", vec![]),
        ("<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\ny = 3\n", vec![(1, 1)]),
        ("def f(:\n    pass\nx = 1\n", vec![(1, 1)]),
        ("x = 1\n)\ny = 2\n", vec![(2, 2)]),
    ];
    for (text, expect) in cases {
        let broken = module(text).broken();
        assert_eq!(broken.is_empty(), expect.is_empty(), "{broken:?} in\n{text}");
        if let Some(first) = expect.first() {
            assert_eq!(broken[0].0, first.0, "{broken:?} in\n{text}");
        }
    }
}

#[test]
fn a_function_with_a_syntax_error_is_broken_and_its_neighbour_is_not() {
    let cases = [
        ("def f():\n    x = = 1\n    ⟦y⟧\n", true),
        ("def f():\n    x = = 1\n\ndef g():\n    ⟦y⟧\n", false),
        ("class A:\n    def f(self):\n        x = )\n    def g(self):\n        ⟦y⟧\n", false),
        ("def f():\n    x = 1\n    ⟦y⟧\n", false),
    ];
    for (snippet, expect) in cases {
        let (module, node) = ask(snippet);
        assert_eq!(module.in_broken_code(node), expect, "in\n{snippet}");
    }
}

#[test]
fn line_endings_never_shift_lines() {
    for (text, line) in
        [("a\r\nb\r\nx", 3), ("a\rb\rx", 1), ("a\x0c\nx", 2), ("'''\r\n\r\n'''\nx", 4), ("\u{feff}a\nx", 2)]
    {
        let module = module(text);
        let at = module.source().text().rfind('x').unwrap();
        assert_eq!(module.source().position(at).line, line, "{text:?}");
    }
}

#[test]
fn python_2_is_read_as_far_as_it_goes() {
    let module = module("import os\nprint os.getcwd()\nexec 'x'\nexcept_ = 017L\nprint >>f, `x`\n");
    assert!(module.functions().next().is_none());
    assert!(!module.tree().is_empty());
}

#[test]
fn new_syntax_is_read() {
    for text in [
        "match x:\n    case {'a': [1, *rest]} if y: pass\n",
        "def f[T: int, *A, **P](x: T) -> T: ...\nclass A[T]: ...\ntype X[T] = list[T]\n",
        "x = f'{f'{1}'}'\n",
        "with (a as b, c as d): pass\n",
        "try: pass\nexcept* E: pass\n",
        "async def f(): return [x async for x in y]\n",
        "print(a := 1, *b, **c)\n",
        "def f(a, /, *, b): pass\n",
    ] {
        assert_eq!(module(text).broken(), [], "in\n{text}");
    }
}

#[test]
fn an_empty_file_has_a_module() {
    for text in ["", "\n", "# only a comment", "\u{feff}", "\\\n"] {
        assert_eq!(module(text).functions().count(), 0);
    }
}

#[test]
fn the_same_text_gives_the_same_answers() {
    let text = "import a\ndef f(x: a.T):\n    y = a.S()\n    y.g(x)\n";
    let answers = |module: &Module| {
        let nodes = module.tree().nodes();
        nodes
            .map(|node| format!("{:?}{:?}", module.qualified_name(node), module.type_of(node)))
            .collect::<String>()
    };
    assert_eq!(answers(&module(text)), answers(&module(text)));
}
