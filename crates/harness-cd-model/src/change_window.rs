use std::fmt;

use serde::{Deserialize, Serialize};

use crate::members::{read_members, read_words};

/// When deploying is allowed: on some days of the week, from one time of day to another, in a time zone. One that closes
/// before it opens goes over midnight; its days and dates are those on which it opens.
///
/// Not to be confused with Harness's freeze window, which says when deploying is forbidden.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ChangeWindow {
    /// The window's name, for example `prod-change-window`.
    pub name: String,
    /// The days on which it opens, without repetition.
    pub days: Vec<Weekday>,
    /// The local time at which it opens, inclusive.
    pub from: TimeOfDay,
    /// The local time at which it closes, exclusive: on the same day if later than `from`, on the next if earlier.
    pub to: TimeOfDay,
    /// An IANA time zone, for example `UTC` or `Europe/Berlin`.
    pub time_zone: String,
    /// Local dates on which it does not open, as `2026-12-24`, or `12-24` for that of every year.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub closed_on: Vec<String>,
    /// Local dates on which it opens in addition, as `2026-12-24`, whatever they are every year.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub open_on: Vec<String>,
}

read_members!(ChangeWindow, "a change window", {
    "name" = name,
    "days" = days,
    "from" = from,
    "to" = to,
    "timeZone" = time_zone,
    "closedOn" = closed_on optional,
    "openOn" = open_on optional,
});

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Weekday {
    /// Monday
    Mon,
    /// Tuesday
    Tue,
    /// Wednesday
    Wed,
    /// Thursday
    Thu,
    /// Friday
    Fri,
    /// Saturday
    Sat,
    /// Sunday
    Sun,
}

read_words!(Weekday, "a day of the week", {
    "Mon" = Mon,
    "Tue" = Tue,
    "Wed" = Wed,
    "Thu" = Thu,
    "Fri" = Fri,
    "Sat" = Sat,
    "Sun" = Sun,
});

impl Weekday {
    /// Monday to Sunday.
    pub const ALL: [Self; 7] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    /// The full English name, as Rego's `time.weekday` says it.
    #[must_use]
    pub fn full_name(self) -> &'static str {
        match self {
            Self::Mon => "Monday",
            Self::Tue => "Tuesday",
            Self::Wed => "Wednesday",
            Self::Thu => "Thursday",
            Self::Fri => "Friday",
            Self::Sat => "Saturday",
            Self::Sun => "Sunday",
        }
    }
}

/// A time of day, written `HH:MM`; `24:00` is the end of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
pub struct TimeOfDay {
    minutes: u16,
}

impl TimeOfDay {
    /// Reads `HH:MM`, `00:00` to `24:00`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (hours, minutes) = text.split_once(':')?;
        let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if !two_digits(hours) || !two_digits(minutes) {
            return None;
        }
        let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
        let total = hours * 60 + minutes;
        (minutes < 60 && total <= 24 * 60).then_some(Self { minutes: total })
    }

    /// Minutes since midnight, 0 to 1440.
    #[must_use]
    pub fn minutes(self) -> u16 {
        self.minutes
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("`{text}` is not a time of day; write it as HH:MM, for example 09:30"))
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

/// The port through which the core learns a zone's offset from UTC: the door asks JavaScript's `Intl`, the command
/// line asks a bundled time zone database.
pub trait TimeZones {
    /// Seconds to add to UTC for local time in `zone` at `epoch_ms`; `None` for a zone that is not known.
    fn offset_seconds(&self, zone: &str, epoch_ms: i64) -> Option<i32>;
}

/// Knows `UTC` alone.
pub struct Utc;

impl TimeZones for Utc {
    fn offset_seconds(&self, zone: &str, _epoch_ms: i64) -> Option<i32> {
        (zone == "UTC").then_some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        for (text, minutes) in [("00:00", 0), ("09:30", 570), ("24:00", 1440)] {
            assert_eq!(TimeOfDay::parse(text).unwrap().minutes(), minutes);
            assert_eq!(TimeOfDay::parse(text).unwrap().to_string(), text);
        }
        for text in ["", "9:30", "09:60", "24:01", "25:00", "09.30", "+9:30", "09:3é"] {
            assert!(TimeOfDay::parse(text).is_none(), "{text}");
        }
    }
}
