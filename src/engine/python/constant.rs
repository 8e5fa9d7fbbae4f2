//! Constants: what an expression always evaluates to, folded through single assignments, concatenation and
//! f-strings. Bounded in steps and size, since `a = b + b` doubles with every line.

use super::arithmetic::combine;
use super::kind::{Field, Kind};
use super::tree::NodeId;
use super::{Binding, BindingKind, Module, format, literal};

/// Nodes looked at for one question.
const STEPS: u32 = 256;
/// How deeply expressions and assignments may nest.
const DEPTH: u32 = 24;
/// Bytes of a folded string.
pub(super) const LENGTH: usize = 1 << 16;

/// A value known from the text alone.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    Str(String),
    Bytes(Vec<u8>),
    Int(i64),
    Float(f64),
    Bool(bool),
    None,
    Tuple(Vec<Constant>),
    List(Vec<Constant>),
}

impl Constant {
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Constant::Str(text) => Some(text),
            _ => None,
        }
    }

    /// Python's truth of the value.
    pub fn is_truthy(&self) -> bool {
        match self {
            Constant::Str(text) => !text.is_empty(),
            Constant::Bytes(bytes) => !bytes.is_empty(),
            Constant::Int(number) => *number != 0,
            Constant::Float(number) => *number != 0.0,
            Constant::Bool(truth) => *truth,
            Constant::None => false,
            Constant::Tuple(items) | Constant::List(items) => !items.is_empty(),
        }
    }

    /// What an f-string puts in its place, where that needs no float formatting.
    pub(super) fn formatted(&self) -> Option<String> {
        match self {
            Constant::Str(text) => Some(text.clone()),
            Constant::Int(number) => Some(number.to_string()),
            Constant::Bool(true) => Some("True".to_owned()),
            Constant::Bool(false) => Some("False".to_owned()),
            Constant::None => Some("None".to_owned()),
            Constant::Bytes(_) | Constant::Float(_) | Constant::Tuple(_) | Constant::List(_) => None,
        }
    }
}

impl Module {
    /// The value of an expression, where the text alone tells it.
    pub fn constant(&self, expression: NodeId) -> Option<Constant> {
        Folder { module: self, steps: STEPS }.fold(expression, DEPTH)
    }
}

struct Folder<'m> {
    module: &'m Module,
    steps: u32,
}

impl Folder<'_> {
    fn fold(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        self.steps = self.steps.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        let tree = self.module.tree();
        let text = self.module.text(node);
        match tree.kind(node) {
            Kind::True => Some(Constant::Bool(true)),
            Kind::False => Some(Constant::Bool(false)),
            Kind::None => Some(Constant::None),
            Kind::Integer => literal::integer(text).map(Constant::Int),
            Kind::Float => literal::float(text).map(Constant::Float),
            Kind::String => self.string(node, depth),
            Kind::ConcatenatedString => self.concatenated(node, depth),
            Kind::ParenthesizedExpression => self.fold(tree.first_named(node)?, depth),
            Kind::NamedExpression => self.fold(tree.child(node, Field::Value)?, depth),
            Kind::UnaryOperator => self.unary(node, depth),
            Kind::NotOperator => {
                let argument = self.fold(tree.child(node, Field::Argument)?, depth)?;
                Some(Constant::Bool(!argument.is_truthy()))
            }
            Kind::BinaryOperator => self.binary(node, depth),
            Kind::BooleanOperator => self.boolean(node, depth),
            Kind::ComparisonOperator => self.comparison(node, depth),
            Kind::Call => self.method(node, depth),
            Kind::ConditionalExpression => self.conditional(node, depth),
            Kind::Tuple | Kind::ExpressionList => self.items(node, depth).map(Constant::Tuple),
            Kind::List => self.items(node, depth).map(Constant::List),
            Kind::Identifier => self.name(node, depth),
            Kind::Attribute => self.fold(self.module.attribute_value(node)?, depth),
            _ => None,
        }
    }

    /// A name that every one of its few assignments gives the same value.
    fn name(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        let values = assigned_values(self.module.bindings_of(node))?;
        let mut agreed = None;
        for value in values {
            let found = self.fold(value, depth)?;
            if *agreed.get_or_insert_with(|| found.clone()) != found {
                return None;
            }
        }
        agreed
    }

    fn boolean(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        let tree = self.module.tree();
        let or = self.module.text(tree.child(node, Field::Operator)?) == "or";
        let left = self.fold(tree.child(node, Field::Left)?, depth)?;
        if left.is_truthy() == or {
            return Some(left);
        }
        self.fold(tree.child(node, Field::Right)?, depth)
    }

    /// Two operands of one type, compared once.
    fn comparison(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        let tree = self.module.tree();
        let mut operands = tree.named_children(node);
        let (left, right) = (operands.next()?, operands.next()?);
        if operands.next().is_some() {
            return None;
        }
        let between = tree.range(left).end..tree.range(right).start;
        let operator = self.module.source().text().get(between)?.trim();
        let (left, right) = (self.fold(left, depth)?, self.fold(right, depth)?);
        if std::mem::discriminant(&left) != std::mem::discriminant(&right) {
            return None;
        }
        match (operator, &left, &right) {
            ("==", ..) => Some(left == right),
            ("!=", ..) => Some(left != right),
            ("<", Constant::Int(left), Constant::Int(right)) => Some(left < right),
            (">", Constant::Int(left), Constant::Int(right)) => Some(left > right),
            ("<=", Constant::Int(left), Constant::Int(right)) => Some(left <= right),
            (">=", Constant::Int(left), Constant::Int(right)) => Some(left >= right),
            _ => None,
        }
        .map(Constant::Bool)
    }

    /// `"...".format(...)` and `"...".join(...)` of constants.
    fn method(&mut self, call: NodeId, depth: u32) -> Option<Constant> {
        let tree = self.module.tree();
        let callee =
            tree.child(call, Field::Function).filter(|callee| tree.kind(*callee) == Kind::Attribute)?;
        let method = self.module.text(tree.child(callee, Field::Attribute)?);
        if !matches!(method, "format" | "join") {
            return None;
        }
        let Constant::Str(text) = self.fold(tree.child(callee, Field::Object)?, depth)? else { return None };
        let (mut positional, mut named) = (Vec::new(), Vec::new());
        for argument in tree.named_children(tree.child(call, Field::Arguments)?).take(STEPS as usize) {
            match tree.kind(argument) {
                Kind::KeywordArgument => {
                    let key = self.module.text(tree.child(argument, Field::Name)?);
                    named.push((key, self.fold(tree.child(argument, Field::Value)?, depth)?));
                }
                _ => positional.push(self.fold(argument, depth)?),
            }
        }
        let folded = match (method, positional.as_slice()) {
            ("format", positional) => format::braces(&text, positional, &named, LENGTH),
            (_, [Constant::List(items) | Constant::Tuple(items)]) => format::joined(&text, items, LENGTH),
            _ => None,
        };
        folded.map(Constant::Str)
    }

    fn items(&mut self, node: NodeId, depth: u32) -> Option<Vec<Constant>> {
        let children: Vec<NodeId> =
            self.module.tree().named_children(node).take(STEPS as usize + 1).collect();
        children.into_iter().map(|child| self.fold(child, depth)).collect()
    }

    fn unary(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        let tree = self.module.tree();
        let operator = self.module.text(tree.child(node, Field::Operator)?);
        match (operator, self.fold(tree.child(node, Field::Argument)?, depth)?) {
            ("-", Constant::Int(number)) => number.checked_neg().map(Constant::Int),
            ("-", Constant::Float(number)) => Some(Constant::Float(-number)),
            ("+", number @ (Constant::Int(_) | Constant::Float(_))) => Some(number),
            _ => None,
        }
    }

    fn binary(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        let tree = self.module.tree();
        let operator = self.module.text(tree.child(node, Field::Operator)?);
        let left = self.fold(tree.child(node, Field::Left)?, depth)?;
        let right = self.fold(tree.child(node, Field::Right)?, depth)?;
        combine(left, operator, right)
    }

    /// The branch that runs; where that is not known, what both have in common.
    fn conditional(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        let mut parts = self.module.tree().named_children(node);
        let (then, condition, otherwise) = (parts.next()?, parts.next()?, parts.next()?);
        match self.fold(condition, depth) {
            Some(condition) => self.fold(if condition.is_truthy() { then } else { otherwise }, depth),
            None => {
                let value = self.fold(then, depth)?;
                (self.fold(otherwise, depth)? == value).then_some(value)
            }
        }
    }

    fn concatenated(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        let parts = self.items(node, depth)?;
        parts.into_iter().try_fold(None, |sum, part| match sum {
            None => Some(Some(part)),
            Some(sum) => combine(sum, "+", part).map(Some),
        })?
    }

    fn string(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        let tree = self.module.tree();
        let prefix = literal::Prefix::read(self.module.text(tree.child_of_kind(node, Kind::StringStart)?));
        let mut value = String::new();
        for part in tree.named_children(node) {
            match tree.kind(part) {
                Kind::StringContent => value.push_str(&literal::content(self.module.text(part), prefix)?),
                Kind::Interpolation => value.push_str(&self.interpolation(part, depth)?),
                Kind::StringStart | Kind::StringEnd => {}
                _ => return None,
            }
            if value.len() > LENGTH {
                return None;
            }
        }
        match prefix.bytes {
            true => literal::to_bytes(&value).map(Constant::Bytes),
            false => Some(Constant::Str(value)),
        }
    }

    fn interpolation(&mut self, node: NodeId, depth: u32) -> Option<String> {
        let tree = self.module.tree();
        let expression = tree.child(node, Field::Expression)?;
        let plain = tree.named_children(node).count() == 1
            && !tree.children(node).any(|child| self.module.text(child) == "=");
        if !plain {
            return None;
        }
        self.fold(expression, depth)?.formatted()
    }
}

/// The values of a name that is only ever assigned, and a few times at the most.
fn assigned_values<'b>(bindings: impl Iterator<Item = &'b Binding>) -> Option<Vec<NodeId>> {
    let mut values = Vec::new();
    for binding in bindings.filter(|binding| binding.kind != BindingKind::Declaration) {
        if binding.kind != BindingKind::Assignment || values.len() == 4 {
            return None;
        }
        values.push(binding.value?);
    }
    Some(values)
}
