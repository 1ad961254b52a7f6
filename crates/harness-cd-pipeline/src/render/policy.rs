//! A change window as an OPA policy: the last guard, for runs that did not come through the product.

use std::fmt::Write;

use harness_cd_model::naming::underscored;
use harness_cd_model::words::{CHANGE_TICKET_PATTERN, MOVING_TAGS};
use harness_cd_model::{ChangeWindow, Platform, RequiredField};

/// The policy in the Rego that Harness runs (before version 1). The clock is OPA's own, so no pipeline can fake it.
/// Absent facts count as bad: an undefined value would make a rule silently not fire.
pub(super) fn rego(window: &ChangeWindow, platform: &Platform) -> String {
    let package = underscored(&window.name);
    let days: Vec<String> = window
        .days
        .iter()
        .map(|day| format!("\"{}\"", day.full_name()))
        .collect();
    let short: Vec<&str> = window.days.iter().filter_map(|day| day.full_name().get(..3)).collect();
    let (from, to, zone) = (window.from, window.to, &window.time_zone);
    let span = format!("{} {from}-{to} {zone}", short.join(", "));
    let mut text = format!(
        "package {package}

# Policy set {package}: entity type Custom, evaluated On Step, severity Error and exit.
# Input is the payload of the Policy step. Open: {span}, the end excluded.

days := {{{days}}}

now := [time.now_ns(), \"{zone}\"]

minute_of_day := (hour * 60) + minute {{
\t[hour, minute, _] := time.clock(now)
}}

deny[msg] {{
\tnot days[time.weekday(now)]
\tmsg := sprintf(\"%s is outside the change window ({span})\", [time.weekday(now)])
}}

deny[msg] {{
\tminute_of_day < {from_minutes}
\tmsg := \"before {from} {zone}, outside the change window ({span})\"
}}

deny[msg] {{
\tminute_of_day >= {to_minutes}
\tmsg := \"{to} {zone} or later, outside the change window ({span})\"
}}
",
        days = days.join(", "),
        from_minutes = from.minutes(),
        to_minutes = to.minutes(),
    );
    let environments = || {
        platform
            .environments
            .iter()
            .filter(|known| known.change_window.as_ref() == Some(&window.name))
    };
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
    if environments().any(|environment| environment.required_fields.contains(&RequiredField::ChangeTicket)) {
        _ = write!(
            text,
            "
deny[msg] {{
\tticket := object.get(input, \"changeTicket\", \"\")
\tnot regex.match(`{CHANGE_TICKET_PATTERN}`, ticket)
\tmsg := \"the change ticket is missing or is no ticket id\"
}}
"
        );
    }
    text
}
