//! Points in time as GitHub writes them, as seconds since 1970: RFC 3339 in JSON, the HTTP date in headers.
//! Two fixed forms, so that no calendar library is needed.

/// `2026-11-21T10:34:22Z`, with or without fractions, in UTC or at an offset.
pub(super) fn from_rfc3339(text: &str) -> Option<i64> {
    let (date, time) = (text.get(..10)?, text.get(11..19)?);
    if !matches!(text.as_bytes().get(10)?, b'T' | b't' | b' ') {
        return None;
    }
    let [year, month, day] = numbers(date, '-')?;
    let zone = text.get(19..)?.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    Some(seconds(year, month, day, time)? - offset(zone)?)
}

/// `Sat, 21 Nov 2026 10:34:22 GMT`, the only form HTTP servers may send today.
pub(super) fn from_http_date(text: &str) -> Option<i64> {
    let (_, rest) = text.split_once(", ")?;
    let mut words = rest.split(' ');
    let day = words.next()?.parse().ok()?;
    let month = MONTHS.iter().position(|m| Some(*m) == rest.get(3..6))?;
    let year = words.nth(1)?.parse().ok()?;
    let time = words.next()?;
    (words.next()? == "GMT").then_some(())?;
    seconds(year, i64::try_from(month).ok()? + 1, day, time)
}

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn seconds(year: i64, month: i64, day: i64, time: &str) -> Option<i64> {
    let [hour, minute, second] = numbers(time, ':')?;
    let plausible = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    plausible.then(|| days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Days from 1970-01-01 in the Gregorian calendar, counting years from March so that the leap day is last.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    365 * year + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

/// Seconds east of UTC: `Z`, `+02:00`, `-04:30`.
fn offset(zone: &str) -> Option<i64> {
    let sign = match zone.as_bytes().first()? {
        b'Z' | b'z' => return (zone.len() == 1).then_some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let [hours, minutes] = numbers(&zone[1..], ':')?;
    Some(sign * (hours * 3_600 + minutes * 60))
}

fn numbers<const N: usize>(text: &str, separator: char) -> Option<[i64; N]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; N];
    for number in &mut numbers {
        let part = parts.next()?;
        part.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_times_are_read() {
        for (text, expect) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2000-02-29T12:00:00Z", Some(951_825_600)),
            ("2016-07-11T22:14:10Z", Some(1_468_275_250)),
            ("2026-11-21T10:34:22.123Z", Some(1_795_257_262)),
            ("2026-11-21T12:34:22+02:00", Some(1_795_257_262)),
            ("2026-11-21T06:04:22-04:30", Some(1_795_257_262)),
            ("2026-11-21T10:34:22", None),
            ("2026-13-21T10:34:22Z", None),
            ("2026-11-21", None),
            ("2026-11-21T10:34:22Zx", None),
            ("é026-11-21T10:34:22Z", None),
            ("", None),
        ] {
            assert_eq!(from_rfc3339(text), expect, "{text}");
        }
    }

    #[test]
    fn header_dates_are_read() {
        for (text, expect) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("Sat, 21 Nov 2026 10:34:22 GMT", Some(1_795_257_262)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", None),
            ("Sat, 21 Nov 2026 10:34:22 CET", None),
            ("yesterday", None),
        ] {
            assert_eq!(from_http_date(text), expect, "{text}");
        }
    }
}
