//! Functions, classes, and what encloses the marked place.

use super::{ask, module, module_at};
use crate::engine::python::{Function, Module, ParamKind, is_test_path};

fn signature(module: &Module, function: &Function) -> String {
    let params = function.params.iter().map(|param| {
        let star = match param.kind {
            ParamKind::VarPositional => "*",
            ParamKind::VarKeyword => "**",
            ParamKind::PositionalOnly => "/",
            ParamKind::KeywordOnly => "=",
            ParamKind::PositionalOrKeyword => "",
        };
        let part = |mark: &str, node| match node {
            Some(node) => format!("{mark}{}", module.text(node)),
            None => String::new(),
        };
        let name = module.names().text(param.name);
        format!("{star}{name}{}{}", part(":", param.annotation), part("=", param.default))
    });
    params.collect::<Vec<_>>().join(" ")
}

#[test]
fn parameters_are_read_with_kind_annotation_and_default() {
    let cases = [
        ("def f(): pass", ""),
        ("def f(a, b=1): pass", "a b=1"),
        ("def f(a, /, b): pass", "/a b"),
        ("def f(a, *, b): pass", "a =b"),
        ("def f(*a, b, **c): pass", "*a =b **c"),
        ("def f(a: int, b: str = 'x'): pass", "a:int b:str='x'"),
        ("def f(*a: int, **b: str): pass", "*a:int **b:str"),
        ("f = lambda a, *b: 0", "a *b"),
        ("def f(a,  # note\n  b): pass", "a b"),
        ("def f(a, (b, c)): pass", "a b c"),
    ];
    for (text, expect) in cases {
        let module = module(text);
        let (_, function) = module.functions().next().unwrap();
        assert_eq!(signature(&module, function), expect, "in\n{text}");
    }
}

#[test]
fn functions_know_how_they_were_written() {
    let text = "import a\n@a.first\n@a.second(1)\nasync def f():\n    yield 1\n\nclass A:\n    @property\n    def g(self): return lambda: (yield)\n";
    let module = module(text);
    let functions: Vec<_> = module.functions().map(|(_, function)| function).collect();
    assert_eq!(functions.len(), 3);
    assert!(functions[0].is_async && functions[0].is_generator);
    assert!(!functions[1].is_async && !functions[1].is_generator && functions[1].class.is_some());
    assert!(functions[2].name.is_none() && functions[2].is_generator);
    let decorators = &functions[0].decorators;
    let names: Vec<_> = decorators.iter().map(|item| module.qualified_name(item.callee).unwrap()).collect();
    assert_eq!(names, ["a.first", "a.second"]);
    assert_eq!((decorators[0].call.is_some(), decorators[1].call.is_some()), (false, true));
}

#[test]
fn classes_know_bases_keywords_and_methods() {
    let module = module(
        "import abc\nclass A(abc.ABC, B, metaclass=M):\n    def f(self): pass\n    if x:\n        def g(self): pass\n    class C: pass\n",
    );
    let classes: Vec<_> = module.classes().map(|(_, class)| class).collect();
    let bases: Vec<_> = classes[0].bases.iter().map(|base| module.qualified_name(*base)).collect();
    assert_eq!(bases, [Some("abc.ABC"), None]);
    assert_eq!(module.names().text(classes[0].keywords[0].0), "metaclass");
    assert_eq!(classes[0].methods.len(), 2);
    assert!(classes[1].outer.is_some());
}

#[test]
fn symbol_paths_name_the_definitions_around() {
    let cases = [
        ("⟦x⟧", ""),
        ("def f():\n    ⟦x⟧", "f"),
        ("class A:\n    ⟦x⟧ = 1", "A"),
        ("class A:\n    def f(self):\n        def g():\n            [⟦x⟧ for a in b]", "A › f › g"),
        ("def f(a=⟦x⟧): pass", "f"),
        ("@⟦x⟧\ndef f(): pass", "f"),
        ("class A(⟦x⟧): pass", "A"),
        ("f = lambda: ⟦x⟧", ""),
    ];
    for (snippet, expect) in cases {
        let (module, node) = ask(snippet);
        assert_eq!(module.symbol_path(node), expect, "in\n{snippet}");
    }
}

#[test]
fn enclosing_places_are_found() {
    let describe = |snippet: &str| {
        let (module, node) = ask(snippet);
        let name = |text: Option<&str>| text.unwrap_or("-").to_owned();
        let function = module.enclosing_def(node).and_then(|(_, function)| function.name);
        let class = module.enclosing_class(node).map(|id| module.class(id).name);
        [
            name(function.map(|id| module.names().text(id))),
            name(class.map(|id| module.names().text(id))),
            name(module.enclosing_loop(node).map(|_| "loop")),
            format!("{}", module.enclosing_tries(node).count()),
            format!("{}", module.enclosing_with_items(node).count()),
            name(module.in_async(node).then_some("async")),
        ]
        .join(" ")
    };
    let cases = [
        ("⟦x⟧", "- - - 0 0 -"),
        ("async def f():\n    ⟦x⟧", "f - - 0 0 async"),
        ("async def f():\n    lambda: ⟦x⟧", "f - - 0 0 -"),
        ("async def f():\n    def g():\n        ⟦x⟧", "g - - 0 0 -"),
        ("async def f(a=⟦x⟧): pass", "- - - 0 0 -"),
        ("class A:\n    def f(self):\n        ⟦x⟧", "f A - 0 0 -"),
        ("for a in ⟦x⟧: pass", "- - - 0 0 -"),
        ("for a in b:\n    ⟦x⟧", "- - loop 0 0 -"),
        ("for a in b: pass\nelse:\n    ⟦x⟧", "- - - 0 0 -"),
        ("while ⟦x⟧: pass", "- - loop 0 0 -"),
        ("for a in b:\n    def f():\n        ⟦x⟧", "f - - 0 0 -"),
        ("[⟦x⟧ for a in b]", "- - loop 0 0 -"),
        ("try:\n    try:\n        ⟦x⟧\n    except E: pass\nfinally: pass", "- - - 2 0 -"),
        ("try: pass\nexcept E:\n    ⟦x⟧", "- - - 0 0 -"),
        ("try: pass\nfinally:\n    ⟦x⟧", "- - - 0 0 -"),
        ("with a, b as c:\n    ⟦x⟧", "- - - 0 2 -"),
        ("with ⟦x⟧: pass", "- - - 0 0 -"),
    ];
    for (snippet, expect) in cases {
        assert_eq!(describe(snippet), expect, "in\n{snippet}");
    }
}

#[test]
fn the_statement_of_a_place_is_the_innermost_one() {
    let cases = [
        ("a = f(⟦x⟧)", "a = f(x)"),
        ("if ⟦x⟧:\n    pass", "if x:\n    pass"),
        ("if y:\n    f(⟦x⟧)", "f(x)"),
        ("@⟦x⟧\ndef f(): pass", "@x\ndef f(): pass"),
        ("f(lambda: ⟦x⟧)", "f(lambda: x)"),
    ];
    for (snippet, expect) in cases {
        let (module, node) = ask(snippet);
        assert_eq!(module.text(module.statement_of(node)), expect);
    }
}

#[test]
fn test_files_are_known_by_their_path() {
    let tests = [
        "tests/a.py",
        "pkg/tests/unit/a.py",
        "test_a.py",
        "pkg/a_test.py",
        "conftest.py",
        "test/x.py",
        "tests.py",
    ];
    let others = ["app.py", "latest.py", "contest.py", "testimony/a.py", "attest.py"];
    assert!(tests.iter().all(|path| is_test_path(path)));
    assert!(!others.iter().any(|path| is_test_path(path)));
    assert!(module_at("tests/a.py", "").is_test_file());
}
