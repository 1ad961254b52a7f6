//! Durations as pipelines write them, and times in ms that somebody gives.

/// # Errors
/// A sentence that names the first time that is negative.
pub(crate) fn none_negative<'n>(times: impl IntoIterator<Item = (&'n str, i64)>) -> Result<(), String> {
    match times.into_iter().find(|(_, ms)| *ms < 0) {
        Some((name, ms)) => Err(format!("{name} is {ms}; give 0 or more")),
        None => Ok(()),
    }
}

/// Milliseconds of `1d 2h`, `30m`, `10s`; `None` for anything else.
/// Source: harness-api §8 [SCH]: `10m`, `1h 30m`, `1d`, `2w`.
pub(crate) fn milliseconds(text: &str) -> Option<i64> {
    let mut total = 0_i64;
    let mut number = String::new();
    let mut unit_seen = false;
    for character in text.trim().chars() {
        match character {
            '0'..='9' => number.push(character),
            ' ' if number.is_empty() => {}
            unit => {
                let count: i64 = number.parse().ok()?;
                total = total.checked_add(count.checked_mul(unit_ms(unit)?)?)?;
                number.clear();
                unit_seen = true;
            }
        }
    }
    (unit_seen && number.is_empty()).then_some(total)
}

fn unit_ms(unit: char) -> Option<i64> {
    Some(match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        'w' => 604_800_000,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, ms) in [
            ("10m", 600_000),
            ("1h 30m", 5_400_000),
            ("1d2h", 93_600_000),
            ("2w", 1_209_600_000),
        ] {
            assert_eq!(milliseconds(text), Some(ms), "{text}");
        }
        for text in ["", "10", "m", "1x", "1 m", "99999999999999999999d", "<+input>"] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
