//! A function, method or class defined twice in one block of one scope, or defined over an import, the first never
//! used in between. What its decorator may have registered, what branches or `try` choose between, and what lies in
//! or around broken code is no evidence.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{
    Binding, BindingKind, Decorator, Field, Kind, Module, Name, NodeId, Scope, ScopeId, ScopeKind,
};

use super::{Analysis, Parameters};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Decorators that register nothing, by qualified name; `pytest.mark.*` stands for a family.
    transparent: Vec<String>,
    /// Calls that see the names of their scope.
    reflective: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module([]),
        names: &["WHAT", "NAME", "SCOPE", "LINE", "LOST"],
        run: Box::new(move |module, _, hits| {
            for (id, scope) in module.scopes().all() {
                visit_scope(&with, module, id, scope, hits);
            }
        }),
    })
}

fn visit_scope(with: &With, module: &Module, id: ScopeId, scope: &Scope, hits: &mut Vec<Hit>) {
    if collects_doubles(module, scope) {
        return;
    }
    for (name, bindings) in scope.bound() {
        let bindings: Vec<&Binding> = bindings.map(|id| module.scopes().binding(id)).collect();
        for pair in bindings.windows(2) {
            let (first, second) = (pair[0], pair[1]);
            if let Some((first, second)) = definition(module, first).zip(definition(module, second))
                && (Doubled { module, scope: id, name, first, second }).is_lost(with)
            {
                hits.push(hit(module, scope, name, first, second));
            }
        }
    }
}

/// A metaclass may give the body a namespace that keeps both.
fn collects_doubles(module: &Module, scope: &Scope) -> bool {
    match scope.kind {
        ScopeKind::Class(id) => {
            module.class(id).keywords.iter().any(|(name, _)| module.names().text(*name) == "metaclass")
        }
        ScopeKind::Module | ScopeKind::Function(_) | ScopeKind::Comprehension => false,
    }
}

/// One `def`, `class` or `from ... import` that binds a name.
#[derive(Clone, Copy)]
struct Definition<'m> {
    node: NodeId,
    /// The definition with its decorators.
    statement: NodeId,
    decorators: &'m [Decorator],
    form: Form<'m>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form<'m> {
    Function,
    Class,
    /// Of this qualified name.
    Import(&'m str),
}

fn definition<'m>(module: &'m Module, binding: &'m Binding) -> Option<Definition<'m>> {
    let tree = module.tree();
    let (node, decorators, form) = match &binding.kind {
        BindingKind::Function(id) => {
            (module.function(*id).node, module.function(*id).decorators.as_slice(), Form::Function)
        }
        BindingKind::Class(id) => {
            (module.class(*id).node, module.class(*id).decorators.as_slice(), Form::Class)
        }
        BindingKind::Import(path) => {
            let statement = module.statement_of(binding.node);
            let is_from = tree.kind(statement) == Kind::ImportFromStatement;
            return is_from.then_some(Definition {
                node: binding.node,
                statement,
                decorators: &[],
                form: Form::Import(path),
            });
        }
        _ => return None,
    };
    let decorated = tree.parent(node).filter(|node| tree.kind(*node) == Kind::DecoratedDefinition);
    Some(Definition { node, statement: decorated.unwrap_or(node), decorators, form })
}

/// A name that a scope defines twice.
#[derive(Clone, Copy)]
struct Doubled<'m> {
    module: &'m Module,
    scope: ScopeId,
    name: Name,
    first: Definition<'m>,
    second: Definition<'m>,
}

impl Doubled<'_> {
    fn is_lost(self, with: &With) -> bool {
        let Doubled { module, scope, name, first, second } = self;
        let tree = module.tree();
        let text = module.names().text(name);
        // `global name` in a function: who sees which of the two is decided while the program runs.
        let at_home = module.scope_of(first.statement) == scope && module.scope_of(second.statement) == scope;
        let same_block = at_home && tree.parent(first.statement) == tree.parent(second.statement);
        let placeholder = text.chars().all(|c| c == '_');
        let transparent = first.decorators.iter().all(|decorator| with.is_transparent(module, decorator));
        same_block && !placeholder && transparent && !self.is_harmless() && !self.is_used_between(with)
    }

    /// An import over a definition is how a fast version replaces the one in Python; the same import twice changes
    /// nothing; and a fixture of a test file takes over from one that is imported.
    fn is_harmless(self) -> bool {
        match (self.first.form, self.second.form) {
            (Form::Import(first), Form::Import(second)) => first == second || self.module.is_test_file(),
            (Form::Import(_), _) => self.module.is_test_file() && !self.second.decorators.is_empty(),
            (_, Form::Import(_)) => true,
            _ => false,
        }
    }

    /// Whether anything between the two definitions may see the first: a use in the same scope, a use in a function
    /// while something between is called, a look at the scope's names, or code that did not parse.
    fn is_used_between(self, with: &With) -> bool {
        let Doubled { module, scope, name, first, second } = self;
        let tree = module.tree();
        let between = tree.between(tree.after(first.statement), second.node);
        let header = tree.subtree(second.node).take_while(|node| !is_body(module, second, *node));
        let (mut deferred_use, mut runs) = (false, false);
        for node in between.chain(header) {
            match tree.kind(node) {
                Kind::Error => return true,
                Kind::Identifier if means(module, node, scope, name) => {
                    match is_deferred(module, scope, node) {
                        true => deferred_use = true,
                        false => return true,
                    }
                }
                Kind::Call if !is_deferred(module, scope, node) => {
                    if module
                        .callee(node)
                        .is_some_and(|callee| with.reflective.iter().any(|known| known == callee))
                    {
                        return true;
                    }
                    runs = true;
                }
                _ => {}
            }
        }
        deferred_use && runs
    }
}

impl With {
    fn is_transparent(&self, module: &Module, decorator: &Decorator) -> bool {
        let Some(path) = module.qualified_name(decorator.callee) else {
            return false;
        };
        self.transparent.iter().any(|known| match known.strip_suffix('*') {
            Some(family) => path.starts_with(family),
            None => path == known,
        })
    }
}

fn is_body(module: &Module, definition: Definition<'_>, node: NodeId) -> bool {
    module.tree().kind(node) == Kind::Block && module.tree().parent(node) == Some(definition.node)
}

/// Whether an identifier is a use of `name` of `scope`, not the name of a definition or import.
fn means(module: &Module, node: NodeId, scope: ScopeId, name: Name) -> bool {
    let tree = module.tree();
    let parent = tree.parent(node).map(|parent| tree.kind(parent));
    let defines = matches!(parent, Some(Kind::FunctionDefinition | Kind::ClassDefinition))
        && tree.field(node) == Field::Name
        || matches!(parent, Some(Kind::DottedName | Kind::AliasedImport));
    !defines
        && module.text(node) == module.names().text(name)
        && module.scopes().lookup(module.scope_of(node), name) == Some(scope)
}

/// Whether the node is evaluated later than its scope's own statements: in a function defined there.
fn is_deferred(module: &Module, scope: ScopeId, node: NodeId) -> bool {
    let scopes = module.scopes();
    let mut current = module.scope_of(node);
    while current != scope {
        if matches!(scopes.get(current).kind, ScopeKind::Function(_)) {
            return true;
        }
        match scopes.get(current).parent {
            Some(parent) => current = parent,
            None => return false,
        }
    }
    false
}

fn hit(module: &Module, scope: &Scope, name: Name, first: Definition<'_>, second: Definition<'_>) -> Hit {
    let name = module.names().text(name);
    let is_test = module.is_test_file() && name.to_ascii_lowercase().starts_with("test");
    let what = match (first.form, scope.kind) {
        (Form::Import(_), _) => "import",
        (Form::Class, _) => "class",
        (Form::Function, ScopeKind::Class(_)) => "method",
        (Form::Function, _) => "function",
    };
    let place = match scope.kind {
        ScopeKind::Class(id) => format!("class `{}`", module.names().text(module.class(id).name)),
        ScopeKind::Function(_) => "this function".to_owned(),
        ScopeKind::Module | ScopeKind::Comprehension => "this module".to_owned(),
    };
    let lost = match (is_test, first.form) {
        (true, Form::Function) => "the first test never runs, and what it would catch goes unnoticed",
        (true, Form::Class) => {
            "no test of the first class ever runs, and what they would catch goes unnoticed"
        }
        (_, Form::Import(_)) => "whoever means what was imported gets the other of that name",
        (false, _) => {
            "every caller gets the second, whichever its author meant, and a fix made to the first has no effect"
        }
    };
    Hit::at(second.node)
        .with("WHAT", what)
        .with("NAME", name)
        .with("SCOPE", place)
        .with("LINE", module.span(first.node).start.line.to_string())
        .with("LOST", lost)
        .and(first.node, format!("the first `{name}`, never used"))
}
