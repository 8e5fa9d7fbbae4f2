//! Constants: what an expression always evaluates to, folded through single assignments, concatenation and
//! f-strings. Bounded in steps and size, since `a = b + b` doubles with every line.

use super::class::ClassId;
use super::kind::{Field, Kind};
use super::literal;
use super::tree::NodeId;
use super::{Binding, BindingKind, Module};

/// Nodes looked at for one question.
const STEPS: u32 = 256;
/// How deeply expressions and assignments may nest.
const DEPTH: u32 = 24;
/// Bytes of a folded string.
const LENGTH: usize = 1 << 16;

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
    fn formatted(&self) -> Option<String> {
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
            Kind::ConditionalExpression => self.conditional(node, depth),
            Kind::Tuple | Kind::ExpressionList => self.items(node, depth).map(Constant::Tuple),
            Kind::List => self.items(node, depth).map(Constant::List),
            Kind::Identifier => {
                let value = single_value(self.module.bindings_of(node))?;
                self.fold(value, depth)
            }
            Kind::Attribute => self.fold(self.module.attribute_value(node)?, depth),
            _ => None,
        }
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

    fn conditional(&mut self, node: NodeId, depth: u32) -> Option<Constant> {
        let mut parts = self.module.tree().named_children(node);
        let (then, condition, otherwise) = (parts.next()?, parts.next()?, parts.next()?);
        let chosen = if self.fold(condition, depth)?.is_truthy() { then } else { otherwise };
        self.fold(chosen, depth)
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

fn combine(left: Constant, operator: &str, right: Constant) -> Option<Constant> {
    match (left, operator, right) {
        (Constant::Str(left), "+", Constant::Str(right)) if left.len() + right.len() <= LENGTH => {
            Some(Constant::Str(left + &right))
        }
        (Constant::Bytes(left), "+", Constant::Bytes(right)) if left.len() + right.len() <= LENGTH => {
            Some(Constant::Bytes([left, right].concat()))
        }
        (Constant::Int(left), "+", Constant::Int(right)) => left.checked_add(right).map(Constant::Int),
        (Constant::Int(left), "-", Constant::Int(right)) => left.checked_sub(right).map(Constant::Int),
        (Constant::Int(left), "*", Constant::Int(right)) => left.checked_mul(right).map(Constant::Int),
        (Constant::Int(left), "**", Constant::Int(right)) => {
            left.checked_pow(u32::try_from(right).ok()?).map(Constant::Int)
        }
        (Constant::Int(left), "<<", Constant::Int(right)) => {
            let factor = 1i64.checked_shl(u32::try_from(right).ok()?).filter(|factor| *factor > 0)?;
            left.checked_mul(factor).map(Constant::Int)
        }
        _ => None,
    }
}

/// The value of a name that is assigned once and never changed.
fn single_value<'b>(bindings: impl Iterator<Item = &'b Binding>) -> Option<NodeId> {
    let mut giving = bindings.filter(|binding| binding.kind != BindingKind::Declaration);
    let binding = giving.next()?;
    let single = giving.next().is_none() && binding.kind == BindingKind::Assignment;
    binding.value.filter(|_| single)
}

impl Module {
    /// The expression that a class attribute read as `self.x`, `cls.x` or `Class.x` always has.
    fn attribute_value(&self, node: NodeId) -> Option<NodeId> {
        let object = self.tree().child(node, Field::Object)?;
        let class = self.class_of(object)?;
        let name = self.names().get(self.text(self.tree().child(node, Field::Attribute)?))?;
        let class = self.class(self.class_with(class, name)?);
        let body = self.scopes().bound_in(class.scope, name).iter().map(|id| self.scopes().binding(*id));
        match class.attributes.get(&name).map(Vec::as_slice) {
            None => single_value(body),
            Some([only]) if body.count() == 0 => only.value.filter(|_| only.with.is_none()),
            Some(_) => None,
        }
    }

    /// The class of this file that an expression names, or whose `self` or `cls` it is.
    pub fn class_of(&self, expression: NodeId) -> Option<ClassId> {
        if let Some(path) = self.qualified_name(expression) {
            return self.local_class(path);
        }
        if self.tree().kind(expression) != Kind::Identifier {
            return None;
        }
        let name = self.names().get(self.text(expression))?;
        self.found.receiver(self.scope_of(expression), name).map(|(_, class)| class)
    }
}
