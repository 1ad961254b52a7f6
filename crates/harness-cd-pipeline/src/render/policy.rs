//! Change windows as OPA policies: the last guard, for runs that did not come through the product.

use std::fmt::Write;

use harness_cd_model::naming::underscored;
use harness_cd_model::words::{CHANGE_TICKET_PATTERN, MOVING_TAGS};
use harness_cd_model::{ChangeWindow, Environment, Level, Platform, RequiredField};
use serde_json::json;

/// A policy: one of several windows has to be open.
pub(super) struct Policy<'p> {
    pub(super) name: String,
    pub(super) level: Level,
    windows: Vec<&'p ChangeWindow>,
}

/// A policy for each window, and one for each environment that has several.
pub(super) fn all(platform: &Platform) -> Vec<Policy<'_>> {
    let each = platform.change_windows.iter().map(|window| Policy {
        name: window.name.clone(),
        level: platform.policy_levels.get(&window.name).copied().unwrap_or_default(),
        windows: vec![window],
    });
    let has_several = |environment: &&Environment| environment.change_windows.len() > 1;
    let several = platform.environments.iter().filter(has_several);
    let several = several.filter_map(|environment| {
        Some(Policy {
            name: environment.window_policy()?,
            level: environment.policy_level,
            windows: platform.windows_of(environment).collect(),
        })
    });
    each.chain(several).collect()
}

/// Whether a window is open, in the Rego that Harness runs (before version 1). Noon of the day before lies twelve hours
/// before midnight, give or take a change of the clock in between.
const OPEN: &str = "\
minute_of_day(now) = (hour * 60) + minute {
\t[hour, minute, _] := time.clock(now)
}

opens(window, day) {
\twindow.days[time.weekday(day)]
\tdate := time.date(day)
\tnot window.closed_on[date]
\tnot window.closed_on[[date[1], date[2]]]
}

opens(window, day) {
\twindow.open_on[time.date(day)]
}

is_open(window) {
\twindow.from < window.to
\tnow := [time.now_ns(), window.zone]
\tminute := minute_of_day(now)
\tminute >= window.from
\tminute < window.to
\topens(window, now)
}

# over midnight: until then
is_open(window) {
\twindow.from > window.to
\tnow := [time.now_ns(), window.zone]
\tminute_of_day(now) >= window.from
\topens(window, now)
}

# over midnight: after it, where it opened the day before
is_open(window) {
\twindow.from > window.to
\tminute := minute_of_day([time.now_ns(), window.zone])
\tminute < window.to
\topens(window, [time.now_ns() - ((minute + 720) * 60000000000), window.zone])
}

some_is_open {
\tis_open(windows[_])
}

has_clock(window) {
\ttime.clock([time.now_ns(), window.zone])
}

# whatever cannot be told is no yes
deny[msg] {
\tnot some_is_open
";

impl Policy<'_> {
    /// Whether one of some environments asks for it.
    pub(super) fn is_needed(&self, platform: &Platform, environments: &[String]) -> bool {
        let named = environments.iter().filter_map(|name| platform.environment(name));
        named
            .filter_map(Environment::window_policy)
            .any(|policy| policy == self.name)
    }

    /// The policy set with it, which a Policy step names: the JSON that Harness's policy service takes.
    pub(super) fn set(&self) -> String {
        let identifier = underscored(&self.name);
        let set = json!({
            "identifier": identifier, "name": self.name, "type": "custom", "action": "onstep", "enabled": true,
            "policies": [{"identifier": identifier, "severity": "error"}],
        });
        format!("{set:#}\n")
    }

    /// The policy in Rego. The clock is OPA's own, so no pipeline can fake it. Absent facts count as bad: an undefined
    /// value would make a rule silently not fire.
    pub(super) fn rego(&self, platform: &Platform) -> String {
        let package = underscored(&self.name);
        let spans: Vec<String> = self.windows.iter().map(|window| span(window)).collect();
        let span = spans.join(" or ");
        let windows: Vec<String> = self.windows.iter().map(|window| facts(window)).collect();
        let mut text = format!(
            "package {package}

# Policy set {package}: entity type Custom, evaluated On Step, severity Error and exit.
# Input is the payload of the Policy step. Open: {span}, the end excluded.

windows := [
{windows}
]

{OPEN}\tmsg := \"outside the change window ({span})\"
}}

deny[msg] {{
\twindow := windows[_]
\tnot has_clock(window)
\tmsg := sprintf(\"the clock of %s cannot be read\", [window.zone])
}}
",
            windows = windows.join("\n"),
        );
        if platform.image_tags.immutable_only {
            _ = write!(
                text,
                "
moving_tags := {{\"{moving}\"}}

deny[msg] {{
\tmoving_tags[lower(sprintf(\"%v\", [object.get(input, \"imageTag\", \"latest\")]))]
\tmsg := \"an image tag that stays is needed, not one that moves, such as latest\"
}}
",
                moving = MOVING_TAGS.join("\", \""),
            );
        }
        text + &self.ticket(platform)
    }

    /// Who shares a window need not share what a request has to say.
    fn ticket(&self, platform: &Platform) -> String {
        let own = platform.environments.iter();
        let own = own.filter(|environment| environment.window_policy().as_ref() == Some(&self.name));
        let asks = |environment: &&Environment| environment.required_fields.contains(&RequiredField::ChangeTicket);
        let (asking, others): (Vec<&Environment>, Vec<&Environment>) = own.partition(asks);
        if asking.is_empty() {
            return String::new();
        }
        let others: Vec<String> = others.iter().map(|known| format!("\"{}\"", known.name)).collect();
        let (optional, condition) = match others.is_empty() {
            true => (String::new(), ""),
            false => (
                format!("\nwithout_ticket := {{{}}}\n", others.join(", ")),
                "\tnot without_ticket[object.get(input, \"environment\", \"\")]\n",
            ),
        };
        format!(
            "{optional}
deny[msg] {{
{condition}\tticket := object.get(input, \"changeTicket\", \"\")
\tnot regex.match(`{CHANGE_TICKET_PATTERN}`, ticket)
\tmsg := \"the change ticket is missing or is no ticket id\"
}}
"
        )
    }
}

/// `Mon, Tue 22:00-04:00 Europe/Berlin`, with its exceptions.
fn span(window: &ChangeWindow) -> String {
    let days: Vec<&str> = window.days.iter().filter_map(|day| day.full_name().get(..3)).collect();
    let (from, to, zone) = (window.from, window.to, &window.time_zone);
    let mut span = format!("{} {from}-{to} {zone}", days.join(", "));
    for (word, dates) in [("not on", &window.closed_on), ("also on", &window.open_on)] {
        if !dates.is_empty() {
            _ = write!(span, ", {word} {}", dates.join(", "));
        }
    }
    span
}

fn facts(window: &ChangeWindow) -> String {
    let days: Vec<String> = window
        .days
        .iter()
        .map(|day| format!("\"{}\"", day.full_name()))
        .collect();
    format!(
        "\t{{\"zone\": \"{}\", \"days\": {{{}}}, \"from\": {}, \"to\": {}, \"closed_on\": {}, \"open_on\": {}}},",
        window.time_zone,
        days.join(", "),
        window.from.minutes(),
        window.to.minutes(),
        dates(&window.closed_on),
        dates(&window.open_on),
    )
}

/// As `time.date` says them, `{[2026, 12, 24]}`; those of every year without it, `{[12, 24]}`.
fn dates(dates: &[String]) -> String {
    if dates.is_empty() {
        return "set()".to_owned();
    }
    let numbers = |date: &String| {
        let parts: Vec<&str> = date.split('-').map(|part| part.trim_start_matches('0')).collect();
        format!("[{}]", parts.join(", "))
    };
    format!("{{{}}}", dates.iter().map(numbers).collect::<Vec<_>>().join(", "))
}
