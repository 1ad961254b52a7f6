//! `changeWindows` of `platform.yaml`.

use harness_cd_model::{ChangeWindow, TimeOfDay, Weekday, codes};
use harness_cd_yaml::{At, Fields, Reader};

use super::keys;
use super::names::{Names, optional_list, required_list};
use super::zones::time_zone;

/// Words of Rego, of which none names a package. Source: the grammar in the documentation of Open Policy Agent.
const WORDS_OF_REGO: [&str; 15] = [
    "as", "contains", "default", "else", "every", "false", "if", "import", "in", "not", "null", "package", "some",
    "true", "with",
];

pub(super) fn read(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<ChangeWindow> {
    let mut names = Names::new("change window");
    let items = optional_list(reader, fields, "changeWindows");
    items
        .into_iter()
        .filter_map(|item| change_window(reader, item, &mut names))
        .collect()
}

fn change_window<'n>(reader: &mut Reader<'_>, item: At<'n>, names: &mut Names<'n>) -> Option<ChangeWindow> {
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
    let closed_on = dates(reader, &fields, "closedOn");
    let open_on = dates(reader, &fields, "openOn");
    for date in open_on.iter().filter(|date| closed_on.contains(date)) {
        let message = format!("the window is both closed and open in addition on {date}");
        reader.error(
            codes::NOT_A_DATE,
            fields.at(),
            message,
            "remove the date from one of the lists",
        );
    }
    Some(ChangeWindow {
        name: named?.0.to_owned(),
        days,
        from: from?,
        to: to?,
        time_zone: zone?.to_owned(),
        closed_on,
        open_on,
    })
}

fn days(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<Weekday> {
    let words = Weekday::ALL.map(|day| (day.full_name().get(..3).unwrap_or_default(), day));
    let count = reader.count();
    let mut days = Vec::new();
    for item in required_list(reader, fields, "days") {
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

/// Days of the calendar, as `2026-12-24`.
fn dates(reader: &mut Reader<'_>, fields: &Fields<'_>, key: &str) -> Vec<String> {
    let mut dates = Vec::new();
    for at in optional_list(reader, fields, key) {
        match at.node.text() {
            Some(text) if is_date(text) => dates.push(text.to_owned()),
            written => {
                let message = format!("`{}` is not a date", written.unwrap_or_default());
                reader.error(
                    codes::NOT_A_DATE,
                    &at,
                    message,
                    "write it as YYYY-MM-DD, for example 2026-12-24",
                );
            }
        }
    }
    dates
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts.as_slice() else {
        return false;
    };
    let number = |part: &str, length| (part.len() == length).then(|| part.parse::<u32>().ok()).flatten();
    let (Some(year), Some(month), Some(day)) = (number(year, 4), number(month, 2), number(day, 2)) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    text.bytes().all(|b| b.is_ascii_digit() || b == b'-') && (1..=length).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for good in ["2026-12-24", "2028-02-29", "2000-02-29", "2026-04-30"] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "2026-02-29",
            "2100-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "26-01-01",
            "+026-01-01",
            "",
            "24.12.2026",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }
}
