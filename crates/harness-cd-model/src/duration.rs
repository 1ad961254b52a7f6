/// Reads a duration as Harness writes it, numbers with units from weeks to milliseconds (`10m`, `1h 30m`, `1w2d`), in
/// milliseconds; `None` for any other text.
#[must_use]
pub fn duration_ms(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, tail) = rest.split_at_checked(digits)?;
        let letters = tail.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(tail.len());
        let (unit, tail) = tail.split_at_checked(letters)?;
        let unit_ms = match unit {
            "ms" => 1,
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            "w" => 604_800_000,
            _ => return None,
        };
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit_ms)?)?;
        rest = tail.trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, ms) in [
            ("10m", 600_000),
            ("1h 30m", 5_400_000),
            ("7d", 604_800_000),
            ("1w2d", 777_600_000),
            ("15s", 15_000),
            ("250ms", 250),
        ] {
            assert_eq!(duration_ms(text), Some(ms), "{text}");
        }
        for text in [
            "",
            "m",
            "10",
            "about 10m",
            "10shello",
            "10 m",
            "1y",
            "99999999999999999999w",
            "9223372036854775807w",
            "-1m",
            "1.5h",
            "é",
        ] {
            assert_eq!(duration_ms(text), None, "{text}");
        }
    }
}
