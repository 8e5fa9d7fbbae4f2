//! Secrets with a usable fallback in the source: what a lookup, a settings field, a parameter or an `or` gives when
//! nobody configured one. What is checked at start-up, or only there for development, is no finding.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{ClassId, Constant, Field, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::secret::{self, InUrl, Secret};
use super::secret_branch;
use super::secret_guard::{self, Refusals};
use super::secret_place::{self as place, Fallback, key};
use super::table::Table;
use super::{Analysis, Parameters, file};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    lookups: Vec<Lookup>,
    /// Base classes whose fields are settings.
    settings: Vec<String>,
    /// Decorators that make a class's fields the parameters of its constructor.
    records: Vec<String>,
    /// What wraps a field's default.
    wrappers: Vec<String>,
    /// Callables that declare an option of the command line.
    options: Vec<String>,
}

/// Callables, or types whose instances are called, that look a setting up by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Lookup {
    names: Vec<String>,
    /// The position of the default, if it may be passed so.
    position: Option<usize>,
    instead: String,
}

/// Classes, and bases of each, that are looked at to tell a settings class.
const CLASSES: usize = 64;
/// Every name of a secret holds one of these, and every address that holds a password the last.
const WORDS: [&str; 14] = [
    "secret", "Secret", "SECRET", "pass", "Pass", "PASS", "pwd", "PWD", "key", "Key", "KEY", "oken", "TOKEN",
    "://",
];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { lookups, settings, records, wrappers, options } = parameters.read()?;
    let each = lookups
        .into_iter()
        .flat_map(|lookup| lookup.names.clone().into_iter().map(move |name| (name, lookup.clone())));
    let rule = Rule { lookups: Table::new(each), settings, records, wrappers, options };
    let kinds = [
        Kind::Call,
        Kind::BooleanOperator,
        Kind::ConditionalExpression,
        Kind::IfStatement,
        Kind::TryStatement,
        Kind::FunctionDefinition,
        Kind::ClassDefinition,
    ];
    Ok(Analysis {
        starts: Starts::kinds(kinds, WORDS),
        names: &["NAME", "WHEN", "INSTEAD"],
        run: Box::new(move |module, nodes, hits| {
            if file::is_test_settings(module.source().path()) {
                return;
            }
            let fallbacks = nodes.iter().flat_map(|node| rule.fallbacks(module, *node));
            let usable: Vec<(Fallback, bool)> = fallbacks.filter_map(usable).collect();
            let refusals = if usable.is_empty() { Refusals::default() } else { Refusals::of(module) };
            hits.extend(
                usable
                    .into_iter()
                    .filter_map(|(fallback, is_stock)| hit(module, &refusals, fallback, is_stock)),
            );
        }),
    })
}

struct Rule {
    lookups: Table<Lookup>,
    settings: Vec<String>,
    records: Vec<String>,
    wrappers: Vec<String>,
    options: Vec<String>,
}

impl Rule {
    fn fallbacks(&self, module: &Module, node: NodeId) -> Vec<Fallback> {
        match module.tree().kind(node) {
            Kind::Call => {
                let found = self.lookup(module, node).or_else(|| self.option(module, node));
                let found = found.or_else(|| self.entry(module, node));
                found.into_iter().chain(secret_branch::schema(module, node)).collect()
            }
            Kind::BooleanOperator => self.alternative(module, node).into_iter().collect(),
            Kind::IfStatement => {
                let other = || secret_branch::fallback(module, node);
                place::replaced(module, node).or_else(other).into_iter().collect()
            }
            Kind::ConditionalExpression | Kind::TryStatement => {
                secret_branch::fallback(module, node).into_iter().collect()
            }
            Kind::FunctionDefinition => place::parameters(module, node, |node| self.text(module, node)),
            _ => self.fields(module, node),
        }
    }

    /// `os.getenv("SECRET_KEY", "dev")`
    fn lookup(&self, module: &Module, call: NodeId) -> Option<Fallback> {
        let lookup = self.lookup_of(module, call)?;
        let name = key(module, call)?;
        let Argument::Given(default) = calls::argument(module, call, "default", lookup.position) else {
            return None;
        };
        let value = self.text(module, default)?;
        Some(Fallback { node: call, instead: lookup.instead.clone(), name, value, when: "it is not set" })
    }

    /// `parser.add_argument("--secret-key", default="dev")`
    fn option(&self, module: &Module, call: NodeId) -> Option<Fallback> {
        let callee = module.callee(call)?;
        if !self.options.iter().any(|option| option == callee) {
            return None;
        }
        let arguments = calls::arguments(module, call);
        let mut names = arguments.positional.iter().filter_map(|name| module.constant(*name));
        let name = names
            .find_map(|name| name.as_str().and_then(|text| text.strip_prefix("--").map(str::to_owned)))?;
        let value = self.text(module, arguments.keyword(module, "default")?)?;
        let instead = "the option without a default, or with one from the environment".to_owned();
        Some(Fallback { node: call, name, value, when: "the option is not given", instead })
    }

    /// `config.get("SECRET_KEY", "dev")`: a mapping that is named for what it holds.
    fn entry(&self, module: &Module, call: NodeId) -> Option<Fallback> {
        let tree = module.tree();
        let callee = tree.child(call, Field::Function).filter(|node| tree.kind(*node) == Kind::Attribute)?;
        let method = module.text(tree.child(callee, Field::Attribute)?);
        let object = tree.child(callee, Field::Object)?;
        let plain = matches!(tree.kind(object), Kind::Identifier | Kind::Attribute);
        let settings = plain && place::is_settings(calls::last(module.text(object)));
        let name = key(module, call).filter(|_| settings && matches!(method, "get" | "setdefault"))?;
        let Argument::Given(default) = calls::argument(module, call, "default", Some(1)) else { return None };
        let value = self.text(module, default)?;
        let instead = "a subscript, `[...]`, which fails where it is missing".to_owned();
        Some(Fallback { node: call, name, value, when: "it is not set", instead })
    }

    fn lookup_of(&self, module: &Module, call: NodeId) -> Option<&Lookup> {
        let function = module.tree().child(call, Field::Function)?;
        module.callee(call).or_else(|| module.type_of(function)).and_then(|name| self.lookups.get(name))
    }

    /// `os.getenv("SECRET_KEY") or "dev"`, `settings.secret_key or "dev"`
    fn alternative(&self, module: &Module, node: NodeId) -> Option<Fallback> {
        let tree = module.tree();
        let operator = tree.child(node, Field::Operator).map(|operator| module.text(operator));
        let (left, right) = (tree.child(node, Field::Left)?, tree.child(node, Field::Right)?);
        let is_literal = matches!(tree.kind(right), Kind::String | Kind::Call);
        let value = self.text(module, right).filter(|_| operator == Some("or") && is_literal)?;
        let first = match tree.kind(left) {
            Kind::BooleanOperator => tree.child(left, Field::Right)?,
            _ => left,
        };
        let first = stripped(module, first);
        let name = match tree.kind(first) {
            Kind::Call => self.lookup_of(module, first).and_then(|_| key(module, first))?,
            Kind::Subscript => key(module, first)?,
            Kind::Identifier | Kind::Attribute => calls::last(module.text(first)).to_owned(),
            _ => return None,
        };
        let instead = format!("`{name}` without `or`, and fail at start-up where it is missing");
        Some(Fallback { node, name, value, when: "it is missing or empty", instead })
    }

    /// Fields of a settings class.
    fn fields(&self, module: &Module, node: NodeId) -> Vec<Fallback> {
        let body = module.tree().child(node, Field::Body);
        let class = body
            .and_then(|body| module.enclosing_class(body))
            .filter(|id| self.is_settings(module, *id) || self.is_record(module, *id));
        let Some(id) = class else { return Vec::new() };
        let class = module.class(id);
        let tree = module.tree();
        let statements = class.body.into_iter().flat_map(|body| tree.named_children(body));
        let assignments = statements.filter_map(|statement| tree.first_named(statement));
        let fields = assignments.filter(|node| tree.kind(*node) == Kind::Assignment);
        fields.filter_map(|field| self.field(module, id, field)).collect()
    }

    fn field(&self, module: &Module, class: ClassId, node: NodeId) -> Option<Fallback> {
        let tree = module.tree();
        let left = tree.child(node, Field::Left).filter(|left| tree.kind(*left) == Kind::Identifier)?;
        let name = module.text(left).to_owned();
        let value = self.text(module, tree.child(node, Field::Right)?)?;
        let checked = secret_guard::is_validated(module, class, &name);
        let instead =
            format!("`{name}: SecretStr` without a default: the settings then refuse to load without it");
        (!checked).then_some(Fallback { node, name, value, when: "the environment does not set it", instead })
    }

    /// `@dataclass class Keys: secret_key: str = "dev"`
    fn is_record(&self, module: &Module, class: ClassId) -> bool {
        module.class(class).decorators.iter().any(|decorator| {
            let name = module.qualified_name(decorator.callee);
            name.is_some_and(|name| self.records.iter().any(|known| known == name))
        })
    }

    /// Whether the class or a base of this file is one of the data's settings classes.
    fn is_settings(&self, module: &Module, class: ClassId) -> bool {
        let mut open = vec![class];
        for _ in 0..CLASSES {
            let Some(id) = open.pop() else { return false };
            let bases = module.class(id).bases.iter().take(CLASSES);
            for name in bases.filter_map(|base| module.qualified_name(*base)) {
                if self.settings.iter().any(|known| known == name) {
                    return true;
                }
                open.extend(module.local_class(name));
            }
        }
        false
    }

    /// The text of a default: a constant, or one inside `SecretStr(...)` or `Field(...)`.
    fn text(&self, module: &Module, node: NodeId) -> Option<String> {
        let mut node = node;
        // `Field(default=SecretStr("..."))` is as deep as it gets.
        for _ in 0..3 {
            if let Some(Constant::Str(text)) = module.constant(node) {
                return Some(text);
            }
            let wraps = module.tree().kind(node) == Kind::Call
                && module
                    .callee(node)
                    .is_some_and(|callee| self.wrappers.iter().any(|wrapper| wrapper == callee));
            let Argument::Given(inner) = calls::argument(module, node, "default", Some(0)) else {
                return None;
            };
            node = Some(inner).filter(|_| wraps)?;
        }
        None
    }
}

/// Out of `os.getenv("KEY", "").strip()`.
fn stripped(module: &Module, node: NodeId) -> NodeId {
    let strips = module.tree().kind(node) == Kind::Call && calls::method(module, node) == "strip";
    calls::receiver(module, node).filter(|_| strips).unwrap_or(node)
}

/// The fallback, if it would work as such a secret, and whether it is the stock password of a service beside.
fn usable(fallback: Fallback) -> Option<(Fallback, bool)> {
    let in_url = secret::in_url(&fallback.value);
    let kind = secret::named(&fallback.name);
    let usable = in_url.is_some() || kind.is_some_and(|kind| secret::is_usable(kind, &fallback.value));
    let of_service = kind == Some(Secret::Password) && secret::is_of_service(&fallback.name);
    // What RabbitMQ and others let in from this machine only.
    let of_guests = kind == Some(Secret::Password) && fallback.value == "guest";
    usable.then_some((fallback, in_url == Some(InUrl::Beside) || of_service || of_guests))
}

fn hit(module: &Module, refusals: &Refusals, fallback: Fallback, is_stock: bool) -> Option<Hit> {
    let Fallback { node, name, value, when, instead } = fallback;
    if secret_guard::is_guarded(module, refusals, node, &name, &value) {
        return None;
    }
    let hit = Hit::at(node).with("NAME", &name).with("WHEN", when).with("INSTEAD", instead);
    Some(if is_stock { hit.as_summary() } else { hit })
}
