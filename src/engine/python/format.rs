//! Python's ways to put values into a text, where that needs no padding, precision or look into objects.

use super::Constant;

/// `"{} {0} {name}".format(...)`.
pub(super) fn braces(
    text: &str,
    positional: &[Constant],
    named: &[(&str, Constant)],
    longest: usize,
) -> Option<String> {
    let mut result = String::new();
    let mut rest = text;
    let mut next = 0;
    while let Some(at) = rest.find(['{', '}']) {
        result.push_str(&rest[..at]);
        let (bracket, behind) = rest[at..].split_at(1);
        if let Some(doubled) = behind.strip_prefix(bracket) {
            result.push_str(bracket);
            rest = doubled;
            continue;
        }
        let (field, after) = behind.split_once('}').filter(|_| bracket == "{")?;
        let value = match field {
            "" => {
                next += 1;
                positional.get(next - 1)?
            }
            _ if field.bytes().all(|byte| byte.is_ascii_digit()) => {
                positional.get(field.parse::<usize>().ok()?)?
            }
            _ => named.iter().find(|(name, _)| *name == field).map(|(_, value)| value)?,
        };
        result.push_str(&value.formatted()?);
        rest = after;
        if result.len() > longest {
            return None;
        }
    }
    result.push_str(rest);
    Some(result)
}

/// `"%s and %d" % (...)`.
pub(super) fn percent(text: &str, values: &Constant, longest: usize) -> Option<String> {
    let mut values = match values {
        Constant::Tuple(items) => items.iter(),
        other => std::slice::from_ref(other).iter(),
    };
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('%') {
        result.push_str(before);
        let conversion = behind.chars().next()?;
        match conversion {
            '%' => result.push('%'),
            's' => result.push_str(&values.next()?.formatted()?),
            'd' => match values.next()? {
                Constant::Int(number) => result.push_str(&number.to_string()),
                _ => return None,
            },
            _ => return None,
        }
        rest = &behind[conversion.len_utf8()..];
        if result.len() > longest {
            return None;
        }
    }
    result.push_str(rest);
    values.next().is_none().then_some(result)
}

/// `", ".join([...])`.
pub(super) fn joined(separator: &str, items: &[Constant], longest: usize) -> Option<String> {
    let texts: Vec<&str> = items.iter().map(Constant::as_str).collect::<Option<_>>()?;
    let size: usize = texts.iter().map(|text| text.len() + separator.len()).sum();
    (size <= longest).then(|| texts.join(separator))
}
