//! Change windows are the same to the policy that Harness runs, to the check before a start, and to a calendar that
//! knows neither.
//!
//! `HARNESS_CD_CASES` says how many instants are looked at.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    reason = "a test fails by panicking"
)]

#[path = "../../harness-cd-pipeline/tests/support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::env;
use std::num::ParseIntError;
use std::str::FromStr;

use harness_cd::deploy::window;
use harness_cd_model::{ChangeWindow, TimeZones};
use harness_cd_pipeline::{deploy_rules, read_config_repo, render};
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use regorus::{Engine, Value};
use support::dice::Dice;
use support::example;

/// Clocks that change by an hour, by half of one, at midnight, in the south, and never.
const ZONES: [&str; 10] = [
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Pacific/Auckland",
];
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const INSTANTS_OF_A_WINDOW: usize = 40;
const MS_PER_MINUTE: i64 = 60_000;

struct Database;

impl TimeZones for Database {
    fn offset_seconds(&self, zone: &str, epoch_ms: i64) -> Option<i32> {
        let instant = Timestamp::from_millisecond(epoch_ms).ok()?;
        Some(TimeZone::get(zone).ok()?.to_offset(instant).seconds())
    }
}

fn time(minutes: usize) -> String {
    format!("\"{:02}:{:02}\"", minutes / 60, minutes % 60)
}

/// A day of a year without a leap day.
fn date((month, day): (usize, usize)) -> Date {
    Date::new(2025, month as i8, day as i8).unwrap()
}

/// A window as a person writes it; every other one goes over midnight.
fn any_window(dice: &mut Dice, name: &str) -> String {
    let zone = ZONES[dice.roll(ZONES.len())];
    let mut days: Vec<&str> = DAYS.into_iter().filter(|_| dice.roll(2) == 0).collect();
    if days.is_empty() {
        days.push("Sun");
    }
    let from = dice.roll(1440);
    let to = (from + 1 + dice.roll(1438)) % 1440;
    let mut dates = |offset: usize| -> Vec<String> {
        let count = dice.roll(6) * dice.roll(2);
        let any = (0..count).map(|_| (1 + dice.roll(12), 1 + offset + 2 * dice.roll(14)));
        any.map(|(month, day)| format!("2025-{month:02}-{day:02}")).collect()
    };
    let (mut closed, open) = (dates(0), dates(1));
    // A freeze of every year: over the new year, over the end of February, or anywhere.
    let yearly = ["{from: 12-20, to: 01-05}", "{from: 02-27, to: 03-02}", "02-29", "12-31"];
    if dice.roll(2) == 0 {
        closed.push(yearly[dice.roll(yearly.len())].to_owned());
        let [from, to] = [(); 2].map(|()| (1 + dice.roll(12), 1 + dice.roll(28)));
        // The whole year, in which the window would never open, is refused.
        let is_year = date(to).tomorrow().is_ok_and(|next| next == date(from));
        let [from, to] = [from, if is_year { from } else { to }].map(|(month, day)| format!("{month:02}-{day:02}"));
        closed.push(format!("{{from: {from}, to: {to}}}"));
    }
    format!(
        "  - {{name: {name}, days: [{}], from: {}, to: {}, timeZone: {zone}, closedOn: [{}], openOn: [{}]}}\n",
        days.join(", "),
        time(from),
        time(to),
        closed.join(", "),
        open.join(", ")
    )
}

/// What a person described, as the check reads it, and the policy of prod.
struct Described {
    windows: Vec<ChangeWindow>,
    policy: Engine,
    query: String,
}

fn described(windows: &[String]) -> Described {
    let mut files = example();
    let text = String::from_utf8(files["platform.yaml"].clone()).unwrap();
    let start = text.find("changeWindows:").unwrap();
    let end = text.find("imageTags:").unwrap();
    let written = format!("{}changeWindows:\n{}{}", &text[..start], windows.concat(), &text[end..]);
    let names = ["one", "other"].get(..windows.len()).unwrap().join(", ");
    let written = written.replace("changeWindow: prod-change-window", &format!("changeWindows: [{names}]"));
    files.insert("platform.yaml".to_owned(), written.into_bytes());
    let repo = read_config_repo(&files);
    let platform = repo
        .platform
        .as_ref()
        .unwrap_or_else(|| panic!("{:#?}", repo.diagnostics));
    let rendered: BTreeMap<String, String> = render(&repo, &[]).into_files().files;
    let package = if windows.len() > 1 {
        "prod-change-windows"
    } else {
        "one"
    };
    let policy = &rendered[&format!("policies/{package}.rego")];
    let rules = deploy_rules(platform, &repo.catalog.services[0]);
    Described {
        windows: rules
            .environments
            .into_iter()
            .find(|known| known.name == "prod")
            .unwrap()
            .change_windows,
        policy: engine(policy),
        query: format!("data.{}.deny", package.replace('-', "_")),
    }
}

/// The policy with a clock that a test can turn.
fn engine(policy: &str) -> Engine {
    let mut engine = Engine::new();
    engine.set_rego_v0(true);
    engine.set_strict_builtin_errors(false);
    let turned = policy.replace("time.now_ns()", "input.now_ns");
    engine
        .add_policy("policy.rego".to_owned(), turned)
        .unwrap_or_else(|error| panic!("{error}\n{policy}"));
    engine
}

impl Described {
    /// What the policy denies at an instant, for a run that is right otherwise.
    fn denied(&mut self, now_ms: i64) -> Vec<String> {
        let input = format!(
            "{{\"now_ns\": {now_ms}000000, \"environment\": \"prod\", \"imageTag\": \"v1\", \"changeTicket\": \"CHG-1\"}}"
        );
        self.policy.set_input(Value::from_json_str(&input).unwrap());
        let denied = self.policy.eval_rule(self.query.clone()).unwrap();
        let denied = denied.as_set().unwrap();
        denied
            .iter()
            .map(|message| message.as_string().unwrap().to_string())
            .collect()
    }
}

/// A day of every year.
#[derive(PartialEq)]
struct MonthDay(i8, i8);

impl FromStr for MonthDay {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        let (month, day) = text.split_once('-').unwrap_or_default();
        Ok(Self(month.parse()?, day.parse()?))
    }
}

/// Whether a window is open, by its openings as spans of the calendar.
fn is_open_by_calendar(window: &ChangeWindow, now_ms: i64) -> bool {
    let now = Timestamp::from_millisecond(now_ms).unwrap();
    let local = now.to_zoned(TimeZone::get(&window.time_zone).unwrap()).datetime();
    let is_date = |text: &String, date: Date| match text.parse::<Date>() {
        Ok(known) => known == date,
        Err(_) => text.parse::<MonthDay>().unwrap() == MonthDay(date.month(), date.day()),
    };
    let is_listed = |dates: &[String], date: Date| dates.iter().any(|text| is_date(text, date));
    let opens = |date: Date| {
        let weekday = match date.weekday() {
            Weekday::Monday => "Mon",
            Weekday::Tuesday => "Tue",
            Weekday::Wednesday => "Wed",
            Weekday::Thursday => "Thu",
            Weekday::Friday => "Fri",
            Weekday::Saturday => "Sat",
            Weekday::Sunday => "Sun",
        };
        let usual = window.days.iter().any(|day| day.full_name().starts_with(weekday));
        is_listed(&window.open_on, date) || (usual && !is_listed(&window.closed_on, date))
    };
    let at = |date: Date, minutes: u16| date.at(0, 0, 0, 0) + i64::from(minutes).minutes();
    [local.date().yesterday().unwrap(), local.date()]
        .into_iter()
        .any(|date| {
            let closes = if window.to <= window.from {
                date.tomorrow().unwrap()
            } else {
                date
            };
            opens(date) && at(date, window.from.minutes()) <= local && local < at(closes, window.to.minutes())
        })
}

#[test]
fn policy_check_and_calendar_agree() {
    let cases = env::var("HARNESS_CD_CASES").map_or(400, |text| text.parse().unwrap());
    let year = Timestamp::from_second(1_735_689_600).unwrap().as_millisecond();
    let mut dice = Dice::new(11);
    let (mut seen, mut open) = (0, 0);
    while seen < cases {
        let written: Vec<String> = ["one", "other"][..1 + dice.roll(2)]
            .iter()
            .map(|name| any_window(&mut dice, name))
            .collect();
        let mut described = described(&written);
        for _ in 0..INSTANTS_OF_A_WINDOW {
            // Four years have each day there is; the turn of a year and of February are looked at often.
            let around = [0, 58 * 1440, (3 * 365 + 58) * 1440, 365 * 1440 - 7 * 1440];
            let minutes = match dice.roll(3) {
                0 => around[dice.roll(around.len())] + dice.roll(14 * 1440),
                _ => dice.roll(4 * 365 * 1440),
            };
            let mut now = year + minutes as i64 * MS_PER_MINUTE;
            // Every other instant stands at an edge, or beside it.
            if dice.roll(2) == 0
                && let Some(edge) = window::next_opening(&described.windows[0], now, &Database)
            {
                now = edge + (dice.roll(3) as i64 - 1) * MS_PER_MINUTE / 2;
            }
            let calendar = described.windows.iter().any(|window| is_open_by_calendar(window, now));
            let check = described
                .windows
                .iter()
                .any(|window| window::is_open(window, now, &Database).unwrap());
            let denied = described.denied(now);
            let at = Timestamp::from_millisecond(now).unwrap();
            assert_eq!(
                (check, denied.is_empty()),
                (calendar, calendar),
                "{at} {written:?} {denied:?}"
            );
            seen += 1;
            open += usize::from(calendar);
        }
    }
    assert!(open * 5 > seen && open * 5 < seen * 4, "{open} of {seen} are open");
}

/// A freeze of every year is over the new year, in each year, and a day in addition opens in its own year alone.
#[test]
fn a_freeze_returns_every_year() {
    let window = "  - {name: one, days: [Mon, Tue, Wed, Thu, Fri, Sat, Sun], from: \"00:00\", to: \"24:00\", timeZone: UTC, \
                  closedOn: [{from: 12-20, to: 01-05}, 02-29], openOn: [2027-12-28]}\n";
    let mut described = described(&[window.to_owned()]);
    for (instant, is_open) in [
        ("2026-12-19T23:59:59Z", true),
        ("2026-12-20T00:00:00Z", false),
        ("2027-01-05T23:59:59Z", false),
        ("2027-01-06T00:00:00Z", true),
        ("2027-12-28T12:00:00Z", true),
        ("2028-12-28T12:00:00Z", false),
        ("2028-02-28T12:00:00Z", true),
        ("2028-02-29T12:00:00Z", false),
        ("2027-03-01T00:00:00Z", true),
    ] {
        let now = instant.parse::<Timestamp>().unwrap().as_millisecond();
        let open = window::is_open(&described.windows[0], now, &Database);
        assert_eq!(open, Some(is_open), "{instant}");
        assert_eq!(described.denied(now).is_empty(), is_open, "{instant}");
    }
    let frozen = "2030-12-22T12:00:00Z".parse::<Timestamp>().unwrap().as_millisecond();
    let opening = window::next_opening(&described.windows[0], frozen, &Database).unwrap();
    assert_eq!(
        Timestamp::from_millisecond(opening).unwrap().to_string(),
        "2031-01-06T00:00:00Z"
    );
    let closed = window
        .replace("02-29]", "{from: 01-01, to: 02-28}, {from: 03-01, to: 12-31}]")
        .replace("[Mon, Tue, Wed, Thu, Fri, Sat, Sun]", "[Mon]")
        .replace(", openOn: [2027-12-28]", "");
    let rare = self::described(&[closed]);
    let opening = window::next_opening(&rare.windows[0], frozen, &Database).unwrap();
    assert_eq!(
        Timestamp::from_millisecond(opening).unwrap().to_string(),
        "2044-02-29T00:00:00Z"
    );
}

#[test]
fn a_policy_whose_clock_cannot_be_read_denies() {
    let window =
        "  - {name: one, days: [Mon, Tue, Wed, Thu, Fri, Sat, Sun], from: \"00:00\", to: \"24:00\", timeZone: UTC}\n";
    let mut described = described(&[window.to_owned()]);
    assert_eq!(described.denied(1_764_500_000_000), [""; 0]);
    let policy = {
        let mut files = example();
        let text = String::from_utf8(files["platform.yaml"].clone()).unwrap();
        files.insert("platform.yaml".to_owned(), text.into_bytes());
        render(&read_config_repo(&files), &[]).into_files().files["policies/prod-change-window.rego"].clone()
    };
    // As an engine has it whose database of time zones is older than the name.
    described.policy = engine(&policy.replace("\"zone\": \"UTC\"", "\"zone\": \"Europe/Brelin\""));
    described.query = "data.prod_change_window.deny".to_owned();
    let denied = described.denied(1_764_590_400_000);
    assert_eq!(
        denied[0],
        "outside the change window (Mon, Tue, Wed, Thu 10:00-16:00 UTC)"
    );
    assert_eq!(denied[1], "the clock of Europe/Brelin cannot be read");
}

#[test]
fn who_shares_a_window_need_not_share_the_ticket() {
    let mut files = example();
    let text = String::from_utf8(files["platform.yaml"].clone()).unwrap();
    let shared = "  - name: pre-stable\n    type: PreProduction\n";
    let text = text.replace(shared, &format!("{shared}    changeWindow: prod-change-window\n"));
    files.insert("platform.yaml".to_owned(), text.into_bytes());
    let rendered = render(&read_config_repo(&files), &[]).into_files().files;
    let mut engine = engine(&rendered["policies/prod-change-window.rego"]);
    for (environment, denied) in [("\"pre-stable\"", 0), ("\"prod\"", 1), ("null", 1)] {
        let input =
            format!("{{\"now_ns\": 1764590400000000000, \"imageTag\": \"v1\", \"environment\": {environment}}}");
        engine.set_input(Value::from_json_str(&input).unwrap());
        let found = engine.eval_rule("data.prod_change_window.deny".to_owned()).unwrap();
        assert_eq!(found.as_set().unwrap().len(), denied, "{environment}: {found}");
    }
}

/// Who shares a window need not share what a request has to say.
#[test]
fn a_shared_window_asks_for_a_ticket_where_the_environment_does() {
    let mut files = example();
    let text = String::from_utf8(files["platform.yaml"].clone()).unwrap();
    let from = "  - name: pre-stable\n    type: PreProduction\n";
    assert!(text.contains(from));
    let shared = text.replace(from, &format!("{from}    changeWindow: prod-change-window\n"));
    files.insert("platform.yaml".to_owned(), shared.into_bytes());
    let rendered = render(&read_config_repo(&files), &[]).into_files().files;
    let mut policy = engine(&rendered["policies/prod-change-window.rego"]);
    // A Monday at noon.
    let mut denied = |facts: &str| {
        let input = format!("{{\"now_ns\": 1764590400000000000, \"imageTag\": \"v1\"{facts}}}");
        policy.set_input(Value::from_json_str(&input).unwrap());
        let denied = policy.eval_rule("data.prod_change_window.deny".to_owned()).unwrap();
        denied.as_set().unwrap().len()
    };
    assert_eq!(
        denied(", \"environment\": \"pre-stable\", \"changeTicket\": \"none\""),
        0
    );
    assert_eq!(denied(", \"environment\": \"prod\", \"changeTicket\": \"CHG-1\""), 0);
    assert_eq!(denied(", \"environment\": \"prod\", \"changeTicket\": \"none\""), 1);
    assert_eq!(denied(""), 1);
}
