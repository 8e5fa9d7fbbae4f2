//! Arithmetic and comparison of constants, as Python does them; nothing where Python would raise.

use std::cmp::Ordering;

use crate::engine::python::Constant;

/// The number that a value is; truth counts as 0 or 1.
pub(super) fn number(value: &Constant) -> Option<f64> {
    match value {
        Constant::Int(number) => Some(*number as f64),
        Constant::Float(number) => Some(*number),
        Constant::Bool(truth) => Some(f64::from(u8::from(*truth))),
        _ => None,
    }
}

/// What `str()` makes of a value.
pub(super) fn text_of(value: &Constant) -> Option<String> {
    match value {
        Constant::Str(text) => Some(text.clone()),
        Constant::Int(number) => Some(number.to_string()),
        Constant::Float(number) => Some(number.to_string()),
        Constant::Bool(true) => Some("True".to_owned()),
        Constant::Bool(false) => Some("False".to_owned()),
        Constant::None => Some("None".to_owned()),
        Constant::Bytes(_) | Constant::Tuple(_) | Constant::List(_) => None,
    }
}

pub(super) fn arithmetic(operator: &str, left: &Constant, right: &Constant) -> Option<Constant> {
    if let (Constant::Str(left), "+", Constant::Str(right)) = (left, operator, right) {
        return Some(Constant::Str(format!("{left}{right}")));
    }
    if let (Constant::Int(left), Constant::Int(right)) = (left, right)
        && operator != "/"
    {
        return whole(operator, *left, *right).map(Constant::Int);
    }
    let (left, right) = (number(left)?, number(right)?);
    let result = match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" if right != 0.0 => left / right,
        "//" if right != 0.0 => (left / right).floor(),
        "%" if right != 0.0 => left - right * (left / right).floor(),
        "**" => left.powf(right),
        _ => return None,
    };
    Some(Constant::Float(result))
}

fn whole(operator: &str, left: i64, right: i64) -> Option<i64> {
    match operator {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "//" => left.checked_sub(left.checked_rem_euclid(right)?)?.checked_div(right),
        "%" => left.checked_rem_euclid(right),
        "**" => left.checked_pow(u32::try_from(right).ok()?),
        "&" => Some(left & right),
        "|" => Some(left | right),
        "^" => Some(left ^ right),
        _ => None,
    }
}

/// Whether the comparison is true; nothing where the values do not compare.
pub(super) fn compare(operator: &str, left: &Constant, right: &Constant) -> Option<bool> {
    Some(match operator {
        "==" | "is" => equal(left, right),
        "!=" | "is not" => !equal(left, right),
        "in" => contains(right, left)?,
        "not in" => !contains(right, left)?,
        "<" => order(left, right)? == Ordering::Less,
        "<=" => order(left, right)? != Ordering::Greater,
        ">" => order(left, right)? == Ordering::Greater,
        ">=" => order(left, right)? != Ordering::Less,
        _ => return None,
    })
}

fn equal(left: &Constant, right: &Constant) -> bool {
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left == right,
        _ => left == right,
    }
}

fn order(left: &Constant, right: &Constant) -> Option<Ordering> {
    match (left, right) {
        (Constant::Str(left), Constant::Str(right)) => Some(left.cmp(right)),
        _ => number(left)?.partial_cmp(&number(right)?),
    }
}

fn contains(holder: &Constant, item: &Constant) -> Option<bool> {
    match (holder, item) {
        (Constant::List(items) | Constant::Tuple(items), item) => {
            Some(items.iter().any(|it| equal(it, item)))
        }
        (Constant::Str(text), Constant::Str(part)) => Some(text.contains(part.as_str())),
        _ => None,
    }
}
