//! The hostile set: texts that cost parsers dearly or mean something else to each reader, by name. Each is answered
//! within the ceilings; `cargo run --release --example mutate -- write FOLDER` writes them, to measure an audit of them.

/// What the engine may say of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Audited, and the whole of it was read.
    Whole,
    /// Audited, with places that did not parse.
    Broken,
    /// Not audited, with a reason that holds these words.
    Skipped(&'static str),
    /// Any of these: how far the grammar comes is not ours.
    Any,
}

pub(crate) struct Hostile {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
    pub(crate) answer: Answer,
}

pub(crate) fn set() -> Vec<Hostile> {
    width_and_depth().into_iter().chain(encodings()).chain(layout()).chain(syntax()).collect()
}

fn hostile(name: &'static str, bytes: impl Into<Vec<u8>>, answer: Answer) -> Hostile {
    Hostile { name, bytes: bytes.into(), answer }
}

fn width_and_depth() -> Vec<Hostile> {
    use Answer::{Any, Broken, Skipped, Whole};
    let nested = |open: &str, close: &str, times: usize| {
        format!("x = {}1{}\n", open.repeat(times), close.repeat(times))
    };
    let calls: String = (0..15_000).map(|n| format!("requests.get(u{n})\n")).collect();
    vec![
        hostile("parentheses_200000", nested("(", ")", 200_000), Skipped("too complex")),
        hostile("parentheses_open_200000", "(".repeat(200_000), Broken),
        hostile("lists_100000", nested("[", "]", 100_000), Skipped("too complex")),
        hostile("sum_20000", format!("x = {}1\n", "1 + ".repeat(20_000)), Skipped("too complex")),
        hostile("stars_1_mb", "*a,".repeat(349_000), Skipped("too complex")),
        hostile("lambdas_errors_1_mb", "from r lambda: ts import get as: ".repeat(31_000), Any),
        hostile("strings_open_1_mb", "f'{\"".repeat(250_000), Any),
        hostile("comments_1_mb", "# noqa: S113\n".repeat(19_999), Whole),
        hostile(
            "directives_in_one_line_1_mb",
            "#scrutineer:ignore[no-such-rule-".repeat(32_000) + "]\n",
            Whole,
        ),
        hostile(
            "directives_19000",
            "x = 1  # scrutineer: ignore[http-call-without-timeout] a\n".repeat(17_000),
            Whole,
        ),
        hostile("calls_15000", format!("import requests\n{calls}"), Whole),
        hostile("table_of_numbers_1_mb", format!("x = [{}]\n", "1,".repeat(240_000)), Whole),
        hostile("one_name_100000", "a = a\n".repeat(19_000), Whole),
        hostile("functions_15000", "def f(a): return a\n".repeat(15_000), Whole),
        hostile(
            "classes_nested_90",
            (0..90).map(|n| format!("{}class A:\n", " ".repeat(n))).collect::<String>()
                + &" ".repeat(90)
                + "x = 1\n",
            Whole,
        ),
    ]
}

fn encodings() -> Vec<Hostile> {
    use Answer::{Skipped, Whole};
    vec![
        hostile("nul_byte", "x = 1\0\n", Skipped("NUL")),
        hostile("byte_order_mark", "\u{feff}x = 1\n", Whole),
        hostile("cookie_latin_1", b"# -*- coding: latin-1 -*-\nx = '\xe9'\n".to_vec(), Whole),
        hostile(
            "cookie_cp1251",
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\nx = '\xcf'\n".to_vec(),
            Whole,
        ),
        hostile("cookie_unknown", "# coding: klingon\nx = 1\n", Skipped("klingon")),
        hostile("cookie_utf_16", "# coding: utf-16\nx = 1\n", Skipped("utf-16")),
        hostile("no_utf_8", b"x = 1\ny = '\xff'\n".to_vec(), Skipped("line 2 is not valid UTF-8")),
        hostile("over_long", b"x = '\xc0\xaf'\n".to_vec(), Skipped("UTF-8")),
    ]
}

fn layout() -> Vec<Hostile> {
    use Answer::{Any, Broken, Whole};
    vec![
        hostile("empty", "", Whole),
        hostile("crlf", "def f():\r\n    return 1\r\n", Whole),
        hostile("lone_cr", "x = 1\ry = 2\r", Any),
        hostile("form_feed", "x = 1\n\u{c}\ndef f():\n    return 1\n", Whole),
        hostile("tabs", "def f():\n\tif x:\n\t\treturn 1\n", Whole),
        hostile("line_separators", "x = 'a\u{2028}b\u{85}c'\ny = 1\n", Whole),
        hostile("right_to_left", "x = 1  # \u{202e} } evil\n", Whole),
        hostile("conflict_markers", "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> b\n", Broken),
    ]
}

fn syntax() -> Vec<Hostile> {
    use Answer::{Any, Whole};
    vec![
        hostile("python_2", "print 'a', x\nexec 'y'\nraise E, 'm'\nx = 017L\n", Any),
        hostile(
            "match",
            "match x:\n    case {'a': [1, *b], **c} if d: pass\n    case A(e=1) | None as f: pass\n",
            Whole,
        ),
        hostile(
            "pep_695",
            "def f[T: int, *A, **P](x: T) -> T: ...\nclass A[T]: ...\ntype X[T] = list[T]\n",
            Whole,
        ),
        hostile("pep_701", "x = f'{f'{1}'}'\ny = f\"{a[\"b\"]}\"\n", Whole),
        hostile("pep_750", "x = t'{name!r:>{width}}'\n", Any),
        hostile("pep_654", "try: pass\nexcept* E: pass\n", Whole),
    ]
}
