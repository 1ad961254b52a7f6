//! Change windows: is one open, and when does it open next. Correct across daylight saving changes.
//!
//! The offset from UTC is asked of the [`TimeZones`] port for each instant; what is left is calendar arithmetic.

use harness_cd_model::{ChangeWindow, TimeZones, Weekday};
use time::{Date, Duration, OffsetDateTime};

const MS_PER_MINUTE: i64 = 60_000;
const MS_PER_DAY: i64 = 24 * 60 * MS_PER_MINUTE;

/// How far ahead an opening is looked for. A weekly window whose next opening falls into the hour that a clock change
/// skips opens a week later than usual, and so does one for each date on which it is closed.
const DAYS_AHEAD: usize = 15;

/// How long a date without a year is: `12-24`.
const MONTH_AND_DAY: usize = 5;

/// So many days pass at most until each day of a year, the 29th of February among them, has been each day of the week.
const DAYS_OF_A_CALENDAR: usize = 40 * 366;

/// Whether the window is open at `now_ms` (epoch ms); `None` where its time zone is not known.
#[must_use]
pub fn is_open(window: &ChangeWindow, now_ms: i64, zones: &dyn TimeZones) -> Option<bool> {
    let local = local_time(window, now_ms, zones)?;
    let minutes = u16::from(local.hour()) * 60 + u16::from(local.minute());
    let (from, to, date) = (window.from.minutes(), window.to.minutes(), local.date());
    let opened_yesterday = || date.previous_day().is_some_and(|date| opens_on(window, date));
    Some(if from <= to {
        (from..to).contains(&minutes) && opens_on(window, date)
    } else {
        (minutes >= from && opens_on(window, date)) || (minutes < to && opened_yesterday())
    })
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
    let is_opening = |instant: &i64| *instant >= now_ms && is_open(window, *instant, zones) == Some(true);
    let mut first: Option<i64> = None;
    let has_yearly = window.closed_on.iter().any(|date| date.len() == MONTH_AND_DAY);
    let days = DAYS_AHEAD + 7 * window.closed_on.len() + if has_yearly { DAYS_OF_A_CALENDAR } else { 0 };
    // From yesterday on: a clock that goes back over midnight brings yesterday's last hour again.
    for ahead in -1..=i64::try_from(days).ok()? {
        let date = today.checked_add(Duration::days(ahead))?;
        if opens_on(window, date) {
            let found = openings_on(window, date, zones)?.into_iter().filter(is_opening).min();
            // The change of the clock that opens it may lie behind the next day's opening.
            if let (Some(first), Some(found)) = (first, found) {
                return Some(first.min(found));
            }
            first = first.or(found);
        }
    }
    first
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

/// The instants at which it may open on that date: its local opening time, which may happen twice or never, and a
/// change of the clock around it.
fn openings_on(window: &ChangeWindow, date: Date, zones: &dyn TimeZones) -> Option<[i64; 3]> {
    let offset_ms = |instant: i64| {
        zones
            .offset_seconds(&window.time_zone, instant)
            .map(|s| i64::from(s) * 1000)
    };
    let local_ms =
        date.midnight().assume_utc().unix_timestamp() * 1000 + i64::from(window.from.minutes()) * MS_PER_MINUTE;
    let end = local_ms + 2 * MS_PER_DAY;
    let (mut low, mut high) = (local_ms - MS_PER_DAY, end);
    let offset = offset_ms(low)?;
    let (before, after) = (local_ms - offset, local_ms - offset_ms(high)?);
    // The first minute of the other offset.
    while low < high {
        let middle = low + (high - low) / 2 / MS_PER_MINUTE * MS_PER_MINUTE;
        if offset_ms(middle)? == offset {
            low = middle + MS_PER_MINUTE;
        } else {
            high = middle;
        }
    }
    let change = if low == end { before } else { low };
    Some([before, after, change])
}

fn opens_on(window: &ChangeWindow, date: Date) -> bool {
    let written = date.to_string();
    // One without a year is that of every year.
    let is_it = |known: &String| *known == written || known.len() == MONTH_AND_DAY && written.ends_with(known.as_str());
    let is_in = |dates: &[String]| dates.iter().any(is_it);
    let weekday = usize::from(date.weekday().number_days_from_monday());
    let is_its_day = Weekday::ALL.get(weekday).is_some_and(|day| window.days.contains(day));
    (is_its_day && !is_in(&window.closed_on)) || is_in(&window.open_on)
}

/// The window's local time, carried in a value that says UTC.
fn local_time(window: &ChangeWindow, instant_ms: i64, zones: &dyn TimeZones) -> Option<OffsetDateTime> {
    let offset = zones.offset_seconds(&window.time_zone, instant_ms)?;
    OffsetDateTime::from_unix_timestamp(instant_ms.div_euclid(1000).checked_add(i64::from(offset))?).ok()
}
