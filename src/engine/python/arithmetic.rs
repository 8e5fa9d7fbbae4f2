//! What Python's operators make of two constants; nothing where the result is too long or too large.

use super::constant::LENGTH;
use super::{Constant, format};

pub(super) fn combine(left: Constant, operator: &str, right: Constant) -> Option<Constant> {
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
        (Constant::Int(left), "//", Constant::Int(right)) => {
            floor(left, right).map(|(whole, _)| Constant::Int(whole))
        }
        (Constant::Int(left), "%", Constant::Int(right)) => {
            floor(left, right).map(|(_, rest)| Constant::Int(rest))
        }
        (Constant::Int(left), "|", Constant::Int(right)) => Some(Constant::Int(left | right)),
        (Constant::Int(left), "&", Constant::Int(right)) => Some(Constant::Int(left & right)),
        (Constant::Str(left), "%", right) => format::percent(&left, &right, LENGTH).map(Constant::Str),
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

/// Python's division: rounded down, the rest with the divisor's sign.
fn floor(left: i64, right: i64) -> Option<(i64, i64)> {
    let (whole, rest) = (left.checked_div(right)?, left.checked_rem(right)?);
    match rest != 0 && (rest < 0) != (right < 0) {
        true => Some((whole - 1, rest + right)),
        false => Some((whole, rest)),
    }
}
