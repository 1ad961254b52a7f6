//! Change windows: is one open, and when does it open next. Correct across daylight saving changes.
//!
//! The offset from UTC is asked of the [`TimeZones`] port for each instant; what is left is calendar arithmetic.

use harness_cd_model::{ChangeWindow, TimeZones, Weekday};
use time::{Date, Duration, OffsetDateTime};

const MS_PER_MINUTE: i64 = 60_000;
const MS_PER_DAY: i64 = 24 * 60 * MS_PER_MINUTE;

/// How far ahead an opening is looked for. A weekly window whose next opening falls into the hour that a clock change
/// skips opens a week later than usual.
const DAYS_AHEAD: i64 = 15;

/// Whether the window is open at `now_ms` (epoch ms); `None` where its time zone is not known.
#[must_use]
pub fn is_open(window: &ChangeWindow, now_ms: i64, zones: &dyn TimeZones) -> Option<bool> {
    let local = local_time(window, now_ms, zones)?;
    let minutes = u16::from(local.hour()) * 60 + u16::from(local.minute());
    Some(opens_on(window, local.date()) && (window.from.minutes()..window.to.minutes()).contains(&minutes))
}

/// The first instant at or after `now_ms` (epoch ms) at which the window is open: `now_ms` itself where it is open.
/// `None` where its time zone is not known or it never opens.
///
/// Where the local opening time falls into an hour that a clock change skips, the window opens with the change; where
/// an hour happens twice, it opens each time.
#[must_use]
pub fn next_opening(window: &ChangeWindow, now_ms: i64, zones: &dyn TimeZones) -> Option<i64> {
    if is_open(window, now_ms, zones)? {
        return Some(now_ms);
    }
    let today = local_time(window, now_ms, zones)?.date();
    // From yesterday on: a clock that goes back over midnight brings yesterday's last hour again.
    (-1..=DAYS_AHEAD)
        .filter_map(|ahead| today.checked_add(Duration::days(ahead)))
        .filter(|date| opens_on(window, *date))
        .filter_map(|date| openings_on(window, date, zones))
        .find_map(|instants| {
            instants
                .into_iter()
                .filter(|instant| *instant >= now_ms && is_open(window, *instant, zones) == Some(true))
                .min()
        })
}

/// `Mon 30 Nov 2026 10:00 Europe/Berlin`: an instant as the window's own clock shows it.
pub(crate) fn describe(window: &ChangeWindow, instant_ms: i64, zones: &dyn TimeZones) -> Option<String> {
    let local = local_time(window, instant_ms, zones)?;
    let short = |name: String| name.chars().take(3).collect::<String>();
    Some(format!(
        "{} {} {} {} {:02}:{:02} {}",
        short(local.weekday().to_string()),
        local.day(),
        short(local.month().to_string()),
        local.year(),
        local.hour(),
        local.minute(),
        window.time_zone
    ))
}

/// The instants at which the local opening time of that date occurs: one; two where the hour happens twice; where it
/// is skipped, the clock change that skips it.
fn openings_on(window: &ChangeWindow, date: Date, zones: &dyn TimeZones) -> Option<[i64; 2]> {
    let offset_ms = |instant: i64| {
        zones
            .offset_seconds(&window.time_zone, instant)
            .map(|s| i64::from(s) * 1000)
    };
    let local_ms =
        date.midnight().assume_utc().unix_timestamp() * 1000 + i64::from(window.from.minutes()) * MS_PER_MINUTE;
    let before = local_ms - offset_ms(local_ms - MS_PER_DAY)?;
    let after = local_ms - offset_ms(local_ms + MS_PER_DAY)?;
    let occurs = |instant: i64| Some(instant + offset_ms(instant)? == local_ms);
    Some(match (occurs(before)?, occurs(after)?) {
        (true, true) => [before, after],
        (true, false) => [before; 2],
        (false, true) => [after; 2],
        (false, false) => {
            let change = first_minute_at(local_ms, after.min(before), after.max(before), &offset_ms)?;
            [change; 2]
        }
    })
}

/// The first of `low`, `low` + 1 min, … `high` whose local time is not before `local_ms`.
fn first_minute_at(local_ms: i64, mut low: i64, mut high: i64, offset_ms: &dyn Fn(i64) -> Option<i64>) -> Option<i64> {
    while low < high {
        let middle = low + (high - low) / 2 / MS_PER_MINUTE * MS_PER_MINUTE;
        if middle + offset_ms(middle)? >= local_ms {
            high = middle;
        } else {
            low = middle + MS_PER_MINUTE;
        }
    }
    Some(low)
}

fn opens_on(window: &ChangeWindow, date: Date) -> bool {
    let weekday = usize::from(date.weekday().number_days_from_monday());
    Weekday::ALL.get(weekday).is_some_and(|day| window.days.contains(day))
}

/// The window's local time, carried in a value that says UTC.
fn local_time(window: &ChangeWindow, instant_ms: i64, zones: &dyn TimeZones) -> Option<OffsetDateTime> {
    let offset = zones.offset_seconds(&window.time_zone, instant_ms)?;
    OffsetDateTime::from_unix_timestamp(instant_ms.div_euclid(1000).checked_add(i64::from(offset))?).ok()
}
