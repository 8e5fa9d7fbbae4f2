//! Durations as people write them: a whole number and its unit.

use std::time::Duration;

pub(super) fn parse(text: &str) -> Option<Duration> {
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(split);
    let number: u64 = number.parse().ok()?;
    let seconds = |per: u64| number.checked_mul(per).map(Duration::from_secs);
    let duration = match unit.trim() {
        "ms" => Some(Duration::from_millis(number)),
        "s" => seconds(1),
        "m" => seconds(60),
        "h" => seconds(3600),
        _ => None,
    };
    duration.filter(|duration| *duration <= LONGEST)
}

/// No setting means anything beyond this.
const LONGEST: Duration = Duration::from_secs(7 * 24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_its_unit() {
        let check = |text: &str, expect: Option<u64>| {
            assert_eq!(parse(text), expect.map(Duration::from_millis), "{text}");
        };
        check("500ms", Some(500));
        check("2s", Some(2_000));
        check("5 m", Some(300_000));
        check("1h", Some(3_600_000));
        check("0s", Some(0));
        for text in ["", "2", "s", "-1s", "1.5s", "2 weeks", "99999999999999999999s", "9999999h"] {
            check(text, None);
        }
    }
}
