//! Where mutants come from: the examples of the rules, and texts that are odd to begin with.

use scrutineer::engine::RuleSet;

const ODD: [&str; 15] = [
    "",
    "\u{feff}import os\r\nos.system('x')\r\n",
    "# -*- coding: latin-1 -*-\nx = 'é'\n",
    "def f():\n\tif x:\n        y\n\treturn 1\n\u{c}\nclass A: pass\n",
    "<<<<<<< HEAD\nasync def f(): pass\n=======\ndef f(): pass\n>>>>>>> b\n",
    "import os\nprint os.getcwd()\nexec 'x'\nexcept_ = 017L\nprint >>f, `x`\nraise E, 'm'\n",
    "match x:\n    case {'a': [1, *rest], **kw} if y: pass\n    case A(b=1) | [c, d] as e: pass\n    case _: pass\n",
    "def f[T: int, *A, **P](x: T) -> T: ...\nclass A[T](B[T]): ...\ntype X[T] = list[T]\n",
    "x = f'{f'{1:{w}}'!r}' f\"{a['b']}\" rf'\\{x}'\ny = t'{x}'\n",
    "async def f():\n    async with a as b, c as (d, e):\n        async for x in y: yield await x\n    else_ = [x async for x in y if await z]\n",
    "try:\n    pass\nexcept* (A, B) as e:\n    raise X from e\nelse:\n    pass\nfinally:\n    del e\n",
    "class A(B, metaclass=C):\n    x: int = 1\n    def f(self, /, a=1, *b, c: int = 2, **d) -> 'A': return super().f(a)\n",
    "def f(a): global x; nonlocal y; x = y = a; (x, [y, *z]) = w; x += 1; x: int\n",
    "with open('a') as f: pass  # scrutineer: ignore[open-without-encoding] told\nimport a.b.c as d, e  # noqa: F401\n",
    "@a.b(c)\n@d\ndef f(x=lambda y=1: y): return (yield), not x, -x ** y, x if y else z, x[1:2, ...], *a, {**b}\n",
];

pub(crate) fn seeds(rules: &RuleSet) -> Vec<String> {
    let examples = rules.iter().flat_map(|rule| {
        let examples = &rule.examples;
        examples.bad.iter().chain(&examples.good).chain(&examples.missed).cloned()
    });
    examples.chain(ODD.map(str::to_owned)).collect()
}
