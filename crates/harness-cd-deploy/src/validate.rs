//! May it run: a deploy request against the rules of its service.

use harness_cd_model::words::{advice, is_change_ticket, is_moving_tag, quoted};
use harness_cd_model::{
    DeployRequest, DeployRules, DeployTarget, DeployVerdict, EnvironmentRules, Patterns, RequiredField, RuntimeInput,
    TimeZones, Violation, ViolationCode,
};

use crate::fields::given_texts;
use crate::inputs;
use crate::request::{in_field_order, input_path, read_leniently, violation};
use crate::window;

/// A name, or an image tag (OCI distribution specification).
const NAME: Shape = Shape::line(128);
const TICKET: Shape = Shape::line(64);
/// A rollback plan or a business justification: they travel in the address of a request.
const PROSE: Shape = Shape::lines(1000);

/// What a text may look like.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    longest: usize,
    /// What of control characters it may hold.
    breaks: &'static [char],
}

impl Shape {
    /// A line of so many characters.
    const fn line(longest: usize) -> Self {
        Self { longest, breaks: &[] }
    }

    /// Lines of so many characters together.
    pub(crate) const fn lines(longest: usize) -> Self {
        Self {
            longest,
            breaks: &['\n', '\r', '\t'],
        }
    }
}

/// Reads a request and checks it against the rules of its service, where it has some, and against what the live
/// pipeline asks for. Every violation is reported at once, in field order. The request is given back where all of it
/// could be read.
///
/// `now_ms` is the instant at which the request would run, in epoch ms.
///
/// Limits, in characters: service, environment, region and image tag 128; change ticket 64; rollback plan and
/// business justification 1000; the value of a further input 4096. Line breaks and tabs are allowed in the last three
/// alone.
#[must_use]
pub fn validate(
    text: &str,
    target: &DeployTarget,
    now_ms: i64,
    zones: &dyn TimeZones,
    patterns: &dyn Patterns,
) -> (Option<DeployRequest>, DeployVerdict) {
    let against = Against {
        rules: target.rules.as_ref(),
        inputs: target.inputs.as_deref().map(|inputs| (inputs, patterns)),
    };
    let (request, mut found) = match read_leniently(text) {
        Ok(read) => read,
        Err(malformed) => return (None, verdict(vec![malformed])),
    };
    let readable = found.is_empty();
    // A field that could not be read is empty, and says so once.
    add_news(&mut found, violations(&request, against, now_ms, zones));
    (readable.then_some(request), verdict(in_field_order(found)))
}

/// A [`DeployTarget`], borrowed.
#[derive(Clone, Copy)]
struct Against<'t> {
    rules: Option<&'t DeployRules>,
    inputs: Option<(&'t [RuntimeInput], &'t dyn Patterns)>,
}

/// Adds the violations of fields about which nothing is said yet.
fn add_news(found: &mut Vec<Violation>, more: Vec<Violation>) {
    let known = found.len();
    for violation in more {
        let mut before = found.iter().take(known);
        if before.all(|old| old.path != violation.path) {
            found.push(violation);
        }
    }
}

fn verdict(violations: Vec<Violation>) -> DeployVerdict {
    if violations.is_empty() {
        DeployVerdict::Allowed
    } else {
        DeployVerdict::Rejected { violations }
    }
}

fn violations(request: &DeployRequest, against: Against<'_>, now_ms: i64, zones: &dyn TimeZones) -> Vec<Violation> {
    let mut found = Vec::new();
    match against.rules {
        Some(rules) => {
            fields(request, rules, now_ms, zones, &mut found);
            inputs_that_are_fields(request, &mut found);
        }
        None => fields_without_rules(request, &mut found),
    }
    if let Some((inputs, patterns)) = against.inputs {
        // A pipeline without rules has no fields: its variables are inputs like any other.
        let fields = against.rules.map_or(&[][..], |_| &DeployRequest::VARIABLES);
        let of_pipeline = inputs::violations(request, fields, inputs, patterns);
        add_news(&mut found, of_pipeline);
    }
    found
}

/// The variables that have a field of their own are given there.
fn inputs_that_are_fields(request: &DeployRequest, found: &mut Vec<Violation>) {
    for (field, variable) in DeployRequest::VARIABLES {
        if request.inputs.contains_key(variable) {
            found.push(Violation {
                path: input_path(variable),
                ..violation(
                    ViolationCode::FieldUnknown,
                    variable,
                    format!("`{variable}` is the field `{field}` of a deploy request; give it there"),
                )
            });
        }
    }
}

/// A pipeline that is in no config repo knows nothing of environments, regions and tickets.
fn fields_without_rules(request: &DeployRequest, found: &mut Vec<Violation>) {
    for field in given_texts(request) {
        let message =
            format!("`{field}` means nothing to a pipeline that is in no config repo; give its `inputs` alone");
        found.push(violation(ViolationCode::FieldUnknown, field, message));
    }
}

fn fields(
    request: &DeployRequest,
    rules: &DeployRules,
    now_ms: i64,
    zones: &dyn TimeZones,
    found: &mut Vec<Violation>,
) {
    let environment = rules
        .environments
        .iter()
        .find(|environment| environment.name == request.environment);
    service(request, rules, found);
    image_tag(request, rules, found);
    environment_name(request, rules, environment, found);
    if let Some(environment) = environment {
        change_window(environment, now_ms, zones, found);
    }
    region(request, rules, environment, found);
    let required = |field| environment.filter(|environment| environment.required_fields.contains(&field));
    change_ticket(request, required(RequiredField::ChangeTicket), found);
    prose(
        RequiredField::RollbackPlan.name(),
        request.rollback_plan.as_deref(),
        required(RequiredField::RollbackPlan),
        found,
    );
    prose(
        RequiredField::BusinessJustification.name(),
        request.business_justification.as_deref(),
        required(RequiredField::BusinessJustification),
        found,
    );
}

fn service(request: &DeployRequest, rules: &DeployRules, found: &mut Vec<Violation>) {
    if !name("service", &request.service, found) {
        return;
    }
    if request.service != rules.service {
        let message = format!(
            "{} is not the service asked about; write `{}`",
            quoted(&request.service),
            rules.service
        );
        found.push(violation(ViolationCode::ServiceUnknown, "service", message));
    }
}

fn image_tag(request: &DeployRequest, rules: &DeployRules, found: &mut Vec<Violation>) {
    const FIELD: &str = "imageTag";
    let tag = request.image_tag.as_str();
    if !name(FIELD, tag, found) {
        return;
    }
    if !is_image_tag(tag) {
        let message = format!(
            "{} is not an image tag; a tag has letters, digits, `_`, `.` and `-`, and starts with none of the last two",
            quoted(tag)
        );
        found.push(violation(ViolationCode::ImageTagInvalid, FIELD, message));
    } else if rules.immutable_tags_only && is_moving_tag(tag) {
        let message =
            format!("`{tag}` moves, so nobody could say later what ran; give a tag that stays, such as `v2.3.1`");
        found.push(violation(ViolationCode::ImageTagMutable, FIELD, message));
    }
}

fn environment_name(
    request: &DeployRequest,
    rules: &DeployRules,
    known: Option<&EnvironmentRules>,
    found: &mut Vec<Violation>,
) {
    if !name("environment", &request.environment, found) || known.is_some() {
        return;
    }
    let names: Vec<&str> = rules.environments.iter().map(|known| known.name.as_str()).collect();
    let message = format!(
        "{} is not an environment of {}; {}",
        quoted(&request.environment),
        rules.service,
        advice(&request.environment, &names)
    );
    found.push(violation(ViolationCode::EnvironmentUnknown, "environment", message));
}

fn change_window(environment: &EnvironmentRules, now_ms: i64, zones: &dyn TimeZones, found: &mut Vec<Violation>) {
    let Some(window) = &environment.change_window else {
        return;
    };
    let (code, message, allowed_from) = match window::is_open(window, now_ms, zones) {
        Some(true) => return,
        None => (
            ViolationCode::TimeZoneUnknown,
            format!(
                "the change window `{}` is in the time zone {}, which is not known here; correct it in the platform description",
                window.name,
                quoted(&window.time_zone)
            ),
            None,
        ),
        Some(false) => {
            let opening = window::next_opening(window, now_ms, zones);
            let when = opening
                .and_then(|instant| window::describe(window, instant, zones))
                .map_or_else(
                    || "and has no next opening; correct it in the platform description".to_owned(),
                    |when| format!("and opens next on {when}"),
                );
            let message = format!(
                "the change window `{}` of `{}` is closed {when}",
                window.name, environment.name
            );
            (ViolationCode::ChangeWindowClosed, message, opening)
        }
    };
    found.push(Violation {
        allowed_from,
        ..violation(code, "environment", message)
    });
}

fn region(
    request: &DeployRequest,
    rules: &DeployRules,
    environment: Option<&EnvironmentRules>,
    found: &mut Vec<Violation>,
) {
    const FIELD: &str = "region";
    let region = request.region.as_str();
    if !name(FIELD, region, found) {
        return;
    }
    let has = |environment: &EnvironmentRules| environment.regions.iter().any(|known| known == region);
    let known = rules.environments.iter().any(has);
    match environment {
        Some(environment) if has(environment) => {}
        Some(environment) if known => {
            let regions: Vec<&str> = environment.regions.iter().map(String::as_str).collect();
            let message = format!(
                "{} does not run in `{region}` of `{}`; {}",
                rules.service,
                environment.name,
                advice(region, &regions)
            );
            found.push(violation(ViolationCode::RegionNotInEnvironment, FIELD, message));
        }
        None if known => {}
        _ => {
            let all = environment.map_or(rules.environments.as_slice(), std::slice::from_ref);
            let mut regions: Vec<&str> = Vec::new();
            for region in all.iter().flat_map(|one| &one.regions) {
                if !regions.contains(&region.as_str()) {
                    regions.push(region);
                }
            }
            let message = format!(
                "{} is not a region of {}; {}",
                quoted(region),
                rules.service,
                advice(region, &regions)
            );
            found.push(violation(ViolationCode::RegionUnknown, FIELD, message));
        }
    }
}

fn change_ticket(request: &DeployRequest, required: Option<&EnvironmentRules>, found: &mut Vec<Violation>) {
    const FIELD: &str = RequiredField::ChangeTicket.name();
    let Some(ticket) = given(FIELD, request.change_ticket.as_deref(), required, found) else {
        return;
    };
    if clean(FIELD, ticket, TICKET, found) && !is_change_ticket(ticket) {
        let message = format!(
            "{} is not a ticket; write it in capitals with its number, for example `CHG-1234`",
            quoted(ticket)
        );
        found.push(violation(ViolationCode::ChangeTicketInvalid, FIELD, message));
    }
}

fn prose(field: &str, text: Option<&str>, required: Option<&EnvironmentRules>, found: &mut Vec<Violation>) {
    if let Some(text) = given(field, text, required, found) {
        clean(field, text, PROSE, found);
    }
}

/// The text where it is not blank; a blank one is a violation where the environment requires it.
fn given<'a>(
    field: &str,
    text: Option<&'a str>,
    required: Option<&EnvironmentRules>,
    found: &mut Vec<Violation>,
) -> Option<&'a str> {
    let text = text.filter(|text| !text.trim().is_empty());
    if let (None, Some(environment)) = (text, required) {
        let message = format!("`{}` requires `{field}`; fill it in", environment.name);
        found.push(violation(ViolationCode::FieldRequired, field, message));
    }
    text
}

/// Checks a field that every request has, and that is one short line.
fn name(field: &str, text: &str, found: &mut Vec<Violation>) -> bool {
    if text.trim().is_empty() {
        let message = format!("`{field}` is missing; every deploy request has it");
        found.push(violation(ViolationCode::FieldRequired, field, message));
        return false;
    }
    clean(field, text, NAME, found)
}

/// Checks what holds for every text: length, control characters, Harness expressions. Each is reported.
pub(crate) fn clean(field: &str, text: &str, shape: Shape, found: &mut Vec<Violation>) -> bool {
    let before = found.len();
    let length = text.chars().count();
    let Shape { longest, breaks } = shape;
    if length > longest {
        let message = format!("`{field}` has {length} characters; shorten it to {longest}");
        found.push(violation(ViolationCode::FieldTooLong, field, message));
    }
    if let Some(control) = text.chars().find(|c| c.is_control() && !breaks.contains(c)) {
        let message = format!(
            "`{field}` holds the control character U+{:04X}; take it out",
            u32::from(control)
        );
        found.push(violation(ViolationCode::FieldControlCharacter, field, message));
    }
    if let Some(start) = ["<+", "${{"].into_iter().find(|start| text.contains(start)) {
        let message =
            format!("`{field}` holds `{start}`, which Harness would evaluate as an expression; write it without");
        found.push(violation(ViolationCode::ExpressionForbidden, field, message));
    }
    found.len() == before
}

/// `[A-Za-z0-9_][A-Za-z0-9._-]{0,127}`; the length is checked before. Source: OCI distribution specification.
fn is_image_tag(text: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let mut bytes = text.bytes();
    bytes.next().is_some_and(word) && bytes.all(|b| word(b) || matches!(b, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use harness_cd_model::Utc;
    use serde_json::{Value, json};

    use super::*;
    use crate::fields::{FIELDS, INPUTS};

    struct NoPatterns;

    impl Patterns for NoPatterns {
        fn matches(&self, _pattern: &str, _text: &str) -> Option<bool> {
            None
        }
    }

    /// What nobody looks at would reach Harness as it came.
    #[test]
    fn no_text_goes_unchecked() {
        let table: Value = serde_json::from_str(include_str!("../../../tests/cases/deploy-requests.json")).unwrap();
        let target = DeployTarget {
            rules: Some(serde_json::from_value(table["rules"].clone()).unwrap()),
            inputs: None,
        };
        for field in FIELDS.iter().filter(|field| **field != INPUTS) {
            let request = json!({ *field: "<+secrets.getValue(\"x\")>" }).to_string();
            let (_, verdict) = validate(&request, &target, 0, &Utc, &NoPatterns);
            let DeployVerdict::Rejected { violations } = verdict else {
                panic!("{field}");
            };
            let is_refused = |found: &Violation| {
                found.code == ViolationCode::ExpressionForbidden && found.path == format!("/{field}")
            };
            assert!(violations.iter().any(is_refused), "{field}: {violations:?}");
        }
    }
}
