//! `changeWindows` of `platform.yaml`.

use std::fmt;

use harness_cd_model::{ChangeWindow, Level, TimeOfDay, Weekday, codes};
use harness_cd_yaml::{At, Fields, Reader, Value};

use super::keys;
use super::names::{Names, level, optional_list};
use super::zones::time_zone;

/// Words of Rego, of which none names a package. Source: the grammar in the documentation of Open Policy Agent.
const WORDS_OF_REGO: [&str; 15] = [
    "as", "contains", "default", "else", "every", "false", "if", "import", "in", "not", "null", "package", "some",
    "true", "with",
];

pub(super) fn read(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<(ChangeWindow, Level)> {
    let mut names = Names::new("change window");
    let items = optional_list(reader, fields, "changeWindows");
    items
        .into_iter()
        .filter_map(|item| change_window(reader, item, &mut names))
        .collect()
}

fn change_window<'n>(reader: &mut Reader<'_>, item: At<'n>, names: &mut Names<'n>) -> Option<(ChangeWindow, Level)> {
    let fields = reader.object(item, keys::CHANGE_WINDOW.known)?;
    let named = reader.required(&fields, "name").and_then(|at| {
        let named = names.take(reader, &at)?;
        if WORDS_OF_REGO.contains(&named.1.as_str()) {
            let message = format!("`{}` cannot be a package of Rego, and a change window is one", named.0);
            reader.error(codes::BAD_NAME, &at, message, "rename the window");
        }
        Some(named)
    });
    let days = days(reader, &fields);
    let from = time_of_day(reader, &fields, "from");
    let to = time_of_day(reader, &fields, "to");
    if let (Some(from), Some(to)) = (from, to)
        && from == to
    {
        let message = format!("the window opens and closes at {from}");
        let hint =
            "for a whole day write from \"00:00\" to \"24:00\"; one that closes before it opens goes over midnight";
        reader.error(codes::WINDOW_ENDS_FIRST, fields.at(), message, hint);
    }
    let zone = reader
        .required(&fields, "timeZone")
        .and_then(|at| time_zone(reader, &at));
    let closed_on = dates(reader, &fields, "closedOn", Years::OneOrEvery);
    let open_on = dates(reader, &fields, "openOn", Years::One);
    for date in open_on.iter().filter(|date| closed_on.contains(date)) {
        let message = format!("the window is both closed and open in addition on {date}");
        reader.error(
            codes::NOT_A_DATE,
            fields.at(),
            message,
            "remove the date from one of the lists",
        );
    }
    let level = level(reader, &fields).unwrap_or_default();
    let window = ChangeWindow {
        name: named?.0.to_owned(),
        days,
        from: from?,
        to: to?,
        time_zone: zone?.to_owned(),
        closed_on,
        open_on,
    };
    Some((window, level))
}

fn days(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<Weekday> {
    let words = Weekday::ALL.map(|day| (day.full_name().get(..3).unwrap_or_default(), day));
    let count = reader.count();
    let mut days = Vec::new();
    let list = reader.required(fields, "days");
    for item in list.map(|at| reader.list_as(&at, "Mon, Tue, Wed")).unwrap_or_default() {
        match reader.one_of(&item, &words) {
            Some(day) if days.contains(&day) => {
                let message = format!("{} stands here twice", day.full_name());
                reader.error(codes::REPEATED_DAY, &item, message, "remove one");
            }
            Some(day) => days.push(day),
            None => {}
        }
    }
    if days.is_empty() && reader.count() == count {
        let message = "a change window without days never opens";
        let hint = "name the days on which it opens";
        reader.error(codes::WINDOW_WITHOUT_DAYS, fields.at(), message, hint);
    }
    days
}

fn time_of_day(reader: &mut Reader<'_>, fields: &Fields<'_>, key: &str) -> Option<TimeOfDay> {
    let at = reader.required(fields, key)?;
    let written = at.node.text().unwrap_or_default();
    let time = TimeOfDay::parse(written);
    if time.is_none() {
        let message = format!("`{written}` is not a time of day");
        let hint = "write it as \"HH:MM\" from 00:00 to 24:00, for example \"09:30\"";
        reader.error(codes::NOT_A_TIME, &at, message, hint);
    }
    time
}

/// Whether dates may return every year.
#[derive(Clone, Copy, PartialEq)]
enum Years {
    One,
    OneOrEvery,
}

/// Days of the calendar, as `2026-12-24` or `12-24` for every year, or all from one to another; each once.
fn dates(reader: &mut Reader<'_>, fields: &Fields<'_>, key: &str, years: Years) -> Vec<String> {
    let mut dates: Vec<String> = Vec::new();
    for at in optional_list(reader, fields, key) {
        let days = match at.node.value {
            Value::Mapping(_) => days_between(reader, at, years),
            _ => date(reader, &at, years).into_iter().collect(),
        };
        for day in days {
            let day = day.to_string();
            if !dates.contains(&day) {
                dates.push(day);
            }
        }
    }
    dates
}

fn date(reader: &mut Reader<'_>, at: &At<'_>, years: Years) -> Option<Date> {
    let written = at.node.text().unwrap_or_default();
    let date = Date::parse(written);
    let has_year = date.is_some_and(|date| date.year.is_some());
    if has_year || date.is_some() && years == Years::OneOrEvery {
        return date;
    }
    let (message, hint) = match (date, years) {
        (Some(_), _) => (
            format!("`{written}` has no year"),
            "write it as YYYY-MM-DD: a window that is closed every year opens in addition in one of them",
        ),
        (None, Years::One) => (
            format!("`{written}` is not a date"),
            "write it as YYYY-MM-DD, for example 2026-12-24",
        ),
        (None, Years::OneOrEvery) => (
            format!("`{written}` is not a date"),
            "write it as YYYY-MM-DD, for example 2026-12-24, or as MM-DD for every year",
        ),
    };
    reader.error(codes::NOT_A_DATE, at, message, hint);
    None
}

/// A policy names each day.
fn days_between(reader: &mut Reader<'_>, at: At<'_>, years: Years) -> Vec<Date> {
    let table = match years {
        Years::One => keys::DATES.known,
        Years::OneOrEvery => keys::YEARLY_DATES.known,
    };
    let Some(fields) = reader.object(at, table) else {
        return Vec::new();
    };
    let [first, last] = ["from", "to"].map(|key| {
        let at = reader.required(&fields, key)?;
        date(reader, &at, years)
    });
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    if first.year.is_some() != last.year.is_some() {
        let message = format!("{first} and {last}: one has a year, and the other returns every year");
        let hint = "write both with their year, or both without";
        reader.error(codes::NOT_A_DATE, fields.at(), message, hint);
        return Vec::new();
    }
    // Every year is a circle, in which each day comes.
    if first.year.is_none() {
        let mut days: Vec<Date> = first.onwards().take_while(|day| *day != last).collect();
        days.push(last);
        if days.len() == MOST_DAYS {
            let message = format!("from {first} to {last} is the whole year, in which the window never opens");
            let hint =
                "write the first of the days under `from`, and the last under `to`; they may go over the new year";
            reader.error(codes::NOT_A_DATE, fields.at(), message, hint);
            return Vec::new();
        }
        return days;
    }
    let days: Vec<Date> = first
        .onwards()
        .take_while(|day| *day <= last)
        .take(MOST_DAYS + 1)
        .collect();
    if days.is_empty() || days.len() > MOST_DAYS {
        let message = format!("no day, or more than {MOST_DAYS}, lies from {first} to {last}");
        let hint = "write the earlier date under `from`, and the later one, within a year, under `to`";
        reader.error(codes::NOT_A_DATE, fields.at(), message, hint);
        return Vec::new();
    }
    days
}

/// A year: the days of more than that are no exceptions.
const MOST_DAYS: usize = 366;

/// A day of the calendar, of one year or of every year.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Date {
    year: Option<u32>,
    month: u32,
    day: u32,
}

impl Date {
    fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('-').collect();
        let (year, month, day) = match parts.as_slice() {
            [year, month, day] => (Some(number(year, 4)?), month, day),
            [month, day] => (None, month, day),
            _ => return None,
        };
        let date = Self {
            year,
            month: number(month, 2)?,
            day: number(day, 2)?,
        };
        (1..=date.length_of_month()).contains(&date.day).then_some(date)
    }

    /// Some years have a 29th of February.
    fn length_of_month(self) -> u32 {
        let is_leap = |year: u32| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        match self.month {
            4 | 6 | 9 | 11 => 30,
            2 if self.year.is_none_or(is_leap) => 29,
            2 => 28,
            1..=12 => 31,
            _ => 0,
        }
    }

    fn next(self) -> Self {
        let Self { year, month, day } = self;
        match (month, day == self.length_of_month()) {
            (_, false) => Self { day: day + 1, ..self },
            (12, true) => Self {
                year: year.map(|year| year + 1),
                month: 1,
                day: 1,
            },
            (_, true) => Self {
                month: month + 1,
                day: 1,
                ..self
            },
        }
    }

    /// This day and all that follow.
    fn onwards(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |day| Some(day.next()))
    }
}

fn number(part: &str, length: usize) -> Option<u32> {
    let is_plain = part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
    is_plain.then(|| part.parse().ok()).flatten()
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(year) = self.year {
            write!(f, "{year:04}-")?;
        }
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for good in ["2026-12-24", "2028-02-29", "2000-02-29", "2026-04-30", "12-24", "02-29"] {
            assert!(Date::parse(good).is_some(), "{good}");
        }
        for bad in [
            "2026-02-29",
            "2100-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "26-01-01",
            "02-30",
            "2026-12",
            "1-01",
            "+026-01-01",
            "",
            "24.12.2026",
        ] {
            assert!(Date::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn days_follow_each_other() {
        let days = |from: &str, count| {
            let days = Date::parse(from).unwrap().onwards().take(count);
            days.map(|day| day.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(days("2026-12-31", 2), ["2026-12-31", "2027-01-01"]);
        assert_eq!(days("2028-02-28", 3), ["2028-02-28", "2028-02-29", "2028-03-01"]);
        assert_eq!(days("2026-02-28", 2), ["2026-02-28", "2026-03-01"]);
        assert_eq!(days("12-31", 2), ["12-31", "01-01"]);
        assert_eq!(days("02-28", 3), ["02-28", "02-29", "03-01"]);
    }
}
