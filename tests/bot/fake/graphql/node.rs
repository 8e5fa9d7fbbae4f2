//! One way to be a GraphQL object: a type name and a function from field to answer.

use apollo_compiler::resolvers::{ExecutionError, ObjectValue, ResolveInfo, ResolvedValue};
use serde_json::{Value, json};

use super::UNMODELLED;

/// The value of a field, or GitHub's words for why there is none.
pub type Answer<'a> = Result<Got<'a>, String>;

pub enum Got<'a> {
    Leaf(Value),
    Node(Option<Node<'a>>),
    Nodes(Vec<Node<'a>>),
}

type Field<'a> = dyn Fn(&str, &Value) -> Answer<'a> + 'a;

/// An object of the schema; the function answers one field with its arguments.
pub struct Node<'a> {
    kind: String,
    field: Box<Field<'a>>,
}

impl<'a> Node<'a> {
    pub fn new(kind: &str, field: impl Fn(&str, &Value) -> Answer<'a> + 'a) -> Node<'a> {
        Node { kind: kind.to_owned(), field: Box::new(field) }
    }

    /// An object that is only its plain fields.
    pub fn plain(kind: &str, fields: Value) -> Node<'a> {
        let name = kind.to_owned();
        Node::new(kind, move |field, _| {
            fields.get(field).cloned().map_or_else(|| unmodelled(&name, field), leaf)
        })
    }
}

pub fn leaf<'a>(value: impl Into<Value>) -> Answer<'a> {
    Ok(Got::Leaf(value.into()))
}

pub fn node<'a>(node: Node<'a>) -> Answer<'a> {
    Ok(Got::Node(Some(node)))
}

pub fn maybe<'a>(node: Option<Node<'a>>) -> Answer<'a> {
    Ok(Got::Node(node))
}

pub fn unmodelled<'a>(kind: &str, field: &str) -> Answer<'a> {
    Err(format!("{UNMODELLED} {kind}.{field}"))
}

impl ObjectValue for Node<'_> {
    fn type_name(&self) -> &str {
        &self.kind
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, ExecutionError> {
        let arguments = serde_json::to_value(info.arguments()).expect("arguments are JSON");
        match (self.field)(info.field_name(), &arguments) {
            Ok(Got::Leaf(value)) => Ok(ResolvedValue::leaf(value)),
            Ok(Got::Node(node)) => Ok(ResolvedValue::nullable_object(node)),
            Ok(Got::Nodes(nodes)) => Ok(ResolvedValue::list(nodes.into_iter().map(ResolvedValue::object))),
            Err(message) => Err(ExecutionError { message }),
        }
    }
}

/// A connection over all these objects: the page is cut by `first`/`after` or `last`, 100 at most.
///
/// The objects are made anew for each field that asks, so they come as a function.
pub fn connection<'a>(
    field: &str,
    kind: &str,
    arguments: &Value,
    total: usize,
    item: impl Fn(usize) -> Node<'a> + Clone + 'a,
) -> Answer<'a> {
    let (start, end) = bounds(field, arguments, total)?;
    let edge_kind = kind.replace("Connection", "Edge");
    let name = kind.to_owned();
    node(Node::new(kind, move |field, _| match field {
        "totalCount" => leaf(total),
        "nodes" => Ok(Got::Nodes((start..end).map(&item).collect())),
        "edges" => Ok(Got::Nodes((start..end).map(|index| edge(&edge_kind, index, item.clone())).collect())),
        "pageInfo" => node(page_info(start, end, total)),
        other => unmodelled(&name, other),
    }))
}

fn bounds(field: &str, arguments: &Value, total: usize) -> Result<(usize, usize), String> {
    let number =
        |name: &str| arguments[name].as_u64().map(|number| usize::try_from(number).unwrap_or(usize::MAX));
    for name in ["first", "last"] {
        if let Some(number) = number(name).filter(|number| *number > 100) {
            return Err(format!(
                "Requesting {number} records on the `{field}` connection exceeds the `{name}` limit of 100 records."
            ));
        }
    }
    let after = arguments["after"].as_str().and_then(|cursor| cursor.parse::<usize>().ok()).unwrap_or(0);
    match (number("first"), number("last")) {
        (Some(first), _) => Ok((after.min(total), after.saturating_add(first).min(total))),
        (None, Some(last)) => Ok((total.saturating_sub(last), total)),
        (None, None) => Err(format!(
            "You must provide a `first` or `last` value to properly paginate the `{field}` connection."
        )),
    }
}

fn edge<'a>(kind: &str, index: usize, item: impl Fn(usize) -> Node<'a> + 'a) -> Node<'a> {
    let name = kind.to_owned();
    Node::new(kind, move |field, _| match field {
        "cursor" => leaf((index + 1).to_string()),
        "node" => node(item(index)),
        other => unmodelled(&name, other),
    })
}

fn page_info<'a>(start: usize, end: usize, total: usize) -> Node<'a> {
    Node::plain(
        "PageInfo",
        json!({
            "hasNextPage": end < total, "hasPreviousPage": start > 0,
            "startCursor": (start < end).then(|| (start + 1).to_string()),
            "endCursor": (start < end).then(|| end.to_string()),
        }),
    )
}
