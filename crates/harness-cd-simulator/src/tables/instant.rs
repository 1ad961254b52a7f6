//! Points in time as people write them.

use super::invented::DAY_MS;

/// So many ms later. Durations come from people: less than nothing is nothing, and beyond the last ms is the last one.
pub(crate) fn later(at: i64, ms: i64) -> i64 {
    at.saturating_add(ms.max(0))
}

/// Reads epoch ms, or a point in time of RFC 3339 such as `2026-01-31T09:30:00Z`, as epoch ms.
///
/// # Errors
/// One sentence.
pub fn read_instant(text: &str) -> Result<i64, String> {
    let problem = || format!("`{text}` is neither epoch ms nor a time such as 2026-01-31T09:30:00Z");
    text.parse().ok().or_else(|| rfc3339(text)).ok_or_else(problem)
}

fn rfc3339(text: &str) -> Option<i64> {
    let (date, time) = text.split_once(['T', 't'])?;
    let [year, month, day] = numbers(date, '-')?;
    let (clock, offset_minutes) = split_offset(time)?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let [hour, minute, second] = numbers(clock, ':')?;
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second <= 60;
    let ms: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let of_day = (hour * 60 + minute - offset_minutes) * 60 + second;
    fits.then(|| days_since_epoch(year, month, day) * DAY_MS + of_day * 1_000 + ms)
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let parts: Vec<i64> = text
        .split(separator)
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    parts.try_into().ok()
}

/// The time of day without its offset, and the offset in minutes.
fn split_offset(time: &str) -> Option<(&str, i64)> {
    if let Some(clock) = time.strip_suffix(['Z', 'z']) {
        return Some((clock, 0));
    }
    let position = time.rfind(['+', '-'])?;
    let (clock, offset) = time.split_at_checked(position)?;
    let (hours, minutes) = offset.get(1..)?.split_once(':')?;
    let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
    Some((clock, if offset.starts_with('-') { -minutes } else { minutes }))
}

/// Days from 1970-01-01 in the Gregorian calendar, counted in years that begin in March.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read() {
        for (text, expected) in [
            ("0", 0),
            ("1767225600000", 1_767_225_600_000),
            ("1970-01-01T00:00:00Z", 0),
            ("2024-02-29T23:59:59.5Z", 1_709_251_199_500),
            ("2026-01-01T01:00:00+01:00", 1_767_225_600_000),
            ("2025-12-31T18:30:00-05:30", 1_767_225_600_000),
            ("1969-12-31T23:59:59.999Z", -1),
        ] {
            assert_eq!(read_instant(text), Ok(expected), "{text}");
        }
        for wrong in [
            "",
            "soon",
            "2026-01-01",
            "2026-13-01T00:00:00Z",
            "2026-01-01T00:00:00",
            "2026-01-01T24:00:00Z",
        ] {
            assert!(read_instant(wrong).unwrap_err().contains(wrong), "{wrong}");
        }
    }
}
