//! Where does the value that the marked name is bound to flow out of its function? And what do methods do with
//! `self.x`?

use super::flow::{agree, marked};
use crate::engine::python::ScopeKind;

fn escapes(cases: &[(&str, &str)]) {
    let cases: Vec<(&str, String)> =
        cases.iter().map(|(text, expect)| (*text, (*expect).to_owned())).collect();
    agree(&cases, |snippet| {
        let (module, nodes) = marked(snippet);
        let scopes = module.scopes();
        let bound = scopes.all().flat_map(|(_, scope)| scope.bound().flat_map(|(_, ids)| ids));
        let bound: Vec<_> = bound.filter(|id| scopes.binding(*id).node == nodes[0]).collect();
        let found = module.escapes(bound[0]);
        found.iter().map(|escape| format!("{:?}", escape.way).to_lowercase()).collect::<Vec<_>>().join(", ")
    });
}

#[test]
fn a_value_gets_out_in_many_ways() {
    escapes(&[
        ("⟦v⟧ = g()\nv.close()", ""),
        ("⟦v⟧ = g()\nreturn v", "returned"),
        ("⟦v⟧ = g()\nreturn v.read()", ""),
        ("⟦v⟧ = g()\nreturn x, [v]", "returned"),
        ("⟦v⟧ = g()\nyield v", "yielded"),
        ("⟦v⟧ = g()\nx.v = v", "stored"),
        ("⟦v⟧ = g()\nx[0] = v", "stored"),
        ("⟦v⟧ = g()\nh(v)", "passed"),
        ("⟦v⟧ = g()\nh(k=v)", "passed"),
        ("⟦v⟧ = g()\nx.append((1, v))", "passed"),
        ("⟦v⟧ = g()\nw = v\nreturn w", "returned"),
        ("⟦v⟧ = g()\nw = v if x else None\nh(w)", "passed"),
        ("⟦v⟧ = g()\nwith v:\n    pass", "entered"),
        ("⟦v⟧ = g()\nwith v as w:\n    pass", "entered"),
        ("⟦v⟧ = g()\ndef h():\n    return v", "captured"),
        ("⟦v⟧ = g()\nx(lambda: v)", "captured"),
        ("⟦v⟧ = g()\nraise v", "raised"),
        ("⟦v⟧ = g()\nif v is None:\n    return", ""),
        ("⟦v⟧ = g()\nfor i in v:\n    pass", ""),
        ("⟦v⟧ = g()\nv = h()\nreturn v", ""),
        ("⟦v⟧ = g()\nif x:\n    v = h()\nreturn v", "returned"),
        ("⟦v⟧ = g()\nprint(f'{v}')", ""),
        ("def f():\n    global w\n    ⟦v⟧ = g()\n    w = v\n", "stored"),
    ]);
}

#[test]
fn methods_use_attributes_in_many_ways() {
    let cases = [
        ("return self.x", "read"),
        ("self.x = 1", "write"),
        ("self.x += 1", "update"),
        ("self.x = self.x + 1", "update, read"),
        ("del self.x", "delete"),
        ("return self.x[0]", "look"),
        ("return 1 in self.x", "look"),
        ("return self.x in a", "read"),
        ("self.x[k] = 1", "setelement"),
        ("del self.x[k]", "setelement"),
        ("self.x[k] += 1", "updateelement"),
        ("self.x[k] = self.x.get(k, 0) + 1", "updateelement, call get"),
        ("for i in self.x: pass", "iterate"),
        ("return [i for i in self.x.values()]", "iterate values"),
        ("return list(self.x.items())", "iterate items"),
        ("self.x.append(1)", "call append"),
        ("for self.x in y: pass", "write"),
        ("self.x, y = 1, 2", "write"),
        ("with y as self.x: pass", "write"),
        ("return len(self.x)", "look"),
        ("g(self.x)", "read"),
    ];
    for (line, expect) in cases {
        let (module, _) = marked(&format!("class A:\n    def f(self):\n        {line}\n"));
        let class = module.classes().next().map(|(id, _)| id).unwrap();
        let accesses = module.accesses(class).into_values().flatten().map(|access| {
            let method = access.method.map(|node| format!(" {}", module.text(node))).unwrap_or_default();
            format!("{:?}{method}", access.kind).to_lowercase()
        });
        assert_eq!(accesses.collect::<Vec<_>>().join(", "), expect, "in\n{line}");
        assert!(matches!(module.scopes().get(module.class(class).scope).kind, ScopeKind::Class(_)));
    }
}
