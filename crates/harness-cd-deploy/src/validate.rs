//! May it run: a deploy request against the rules of its service.

use harness_cd_model::words::{is_change_ticket, is_moving_tag};
use harness_cd_model::{
    ChangeWindow, DeployRequest, DeployRules, DeployTarget, DeployVerdict, EnvironmentRules, InputValues, Patterns,
    PipelineStage, RequiredField, RuntimeInput, TimeZones, Violation, ViolationCode,
};

use crate::fields::{given_texts, label_of};
use crate::findings::Findings;
use crate::inputs;
use crate::request::{input_path, read_leniently};
use crate::sentences::Reason;
use crate::stages;
use crate::text::{Labelled, Shape, clean};
use crate::window;

/// A name, or an image tag (OCI distribution specification).
const NAME: Shape = Shape::line(128);
const TICKET: Shape = Shape::line(64);
/// A rollback plan or a business justification. Both travel in one address, of which about 8 KB pass (run-inputs §11).
const PROSE: Shape = Shape::lines_in_address(3000);

/// Reads a request and checks it against the rules of its service, where it has some, and against what the live
/// pipeline asks for. Every violation is reported at once, in field order. What could be read of the request is given back
/// as it was written, nothing where it is no object at all: [`with_saved`](crate::with_saved) adds what its input sets answer.
///
/// `now_ms` is the instant at which the request would run, in epoch ms.
///
/// Limits, in characters: service, environment, region and image tag 128; change ticket 64; the value of a further input
/// 4096. Rollback plan and business justification: 3000 bytes each, as they are written in an address. Line breaks and
/// tabs are allowed in the last three alone.
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
        stages: target.stages.as_deref(),
        saved: &target.saved,
    };
    let (request, mut found) = match read_leniently(text) {
        Ok(read) => read,
        Err(malformed) => {
            let violations = vec![malformed];
            return (None, DeployVerdict::Rejected { violations });
        }
    };
    // A field that could not be read is empty, and says so once.
    found.add_news(violations(&request, against, now_ms, zones));
    (Some(request), found.verdict())
}

/// A [`DeployTarget`], borrowed.
#[derive(Clone, Copy)]
struct Against<'t> {
    rules: Option<&'t DeployRules>,
    inputs: Option<(&'t [RuntimeInput], &'t dyn Patterns)>,
    stages: Option<&'t [PipelineStage]>,
    saved: &'t InputValues,
}

fn violations(request: &DeployRequest, against: Against<'_>, now_ms: i64, zones: &dyn TimeZones) -> Findings {
    let mut found = Findings::default();
    match against.rules {
        Some(rules) => {
            fields(request, rules, now_ms, zones, &mut found);
            inputs_that_are_fields(request, &mut found);
        }
        None => fields_without_rules(request, &mut found),
    }
    if let Some(stages) = against.stages {
        found.add_news(stages::violations(request, against.rules, stages));
    }
    if let Some((inputs, patterns)) = against.inputs {
        // A pipeline without rules has no fields: its variables are inputs like any other.
        let fields = against.rules.map_or(&[][..], |_| &DeployRequest::VARIABLES);
        let asked = inputs::Asks {
            inputs,
            stages: against.stages.unwrap_or_default(),
            saved: against.saved,
        };
        found.add_news(inputs::violations(request, fields, asked, patterns));
    }
    found
}

/// A field with what a sentence calls it.
#[derive(Clone, Copy)]
struct Field {
    name: &'static str,
    label: &'static str,
}

impl Field {
    fn of(name: &'static str) -> Self {
        Self {
            name,
            label: label_of(name).unwrap_or(name),
        }
    }

    fn path(self) -> String {
        format!("/{}", self.name)
    }

    fn fault(self, code: ViolationCode) -> Violation {
        Reason::new(code).with("label", self.label).at(&self.path())
    }

    fn clean(self, text: &str, shape: Shape, found: &mut Findings) -> bool {
        let path = self.path();
        let labelled = Labelled {
            label: self.label,
            path: &path,
            text,
        };
        clean(labelled, shape, found)
    }
}

/// The variables that have a field of their own are given there.
fn inputs_that_are_fields(request: &DeployRequest, found: &mut Findings) {
    for (field, variable) in DeployRequest::VARIABLES {
        if request.inputs.contains_key(variable) {
            let reason = Reason::new(ViolationCode::FieldUnknown).given(variable);
            let reason = reason.with("field", Field::of(field).label);
            found.push(reason.at(&input_path(variable)));
        }
    }
}

/// A pipeline that is in no config repo knows nothing of environments, regions and tickets.
fn fields_without_rules(request: &DeployRequest, found: &mut Findings) {
    for field in given_texts(request) {
        found.push(Field::of(field).fault(ViolationCode::FieldUnknown));
    }
}

fn fields(request: &DeployRequest, rules: &DeployRules, now_ms: i64, zones: &dyn TimeZones, found: &mut Findings) {
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
        RequiredField::RollbackPlan,
        request.rollback_plan.as_deref(),
        required(RequiredField::RollbackPlan),
        found,
    );
    prose(
        RequiredField::BusinessJustification,
        request.business_justification.as_deref(),
        required(RequiredField::BusinessJustification),
        found,
    );
}

fn service(request: &DeployRequest, rules: &DeployRules, found: &mut Findings) {
    let given = request.service.as_str();
    if name("service", given, found) && given != rules.service {
        let reason = Reason::new(ViolationCode::ServiceUnknown).given(given);
        found.push(reason.with("service", &rules.service).at("/service"));
    }
}

fn image_tag(request: &DeployRequest, rules: &DeployRules, found: &mut Findings) {
    let tag = request.image_tag.as_str();
    if !name("imageTag", tag, found) {
        return;
    }
    let code = if !is_image_tag(tag) {
        ViolationCode::ImageTagInvalid
    } else if rules.immutable_tags_only && is_moving_tag(tag) {
        ViolationCode::ImageTagMutable
    } else {
        return;
    };
    found.push(Reason::new(code).given(tag).at("/imageTag"));
}

fn environment_name(
    request: &DeployRequest,
    rules: &DeployRules,
    known: Option<&EnvironmentRules>,
    found: &mut Findings,
) {
    let given = request.environment.as_str();
    if !name("environment", given, found) || known.is_some() {
        return;
    }
    let names: Vec<&str> = rules.environments.iter().map(|known| known.name.as_str()).collect();
    let reason = Reason::new(ViolationCode::EnvironmentUnknown).given(given);
    let reason = reason.with("service", &rules.service).advised(given, &names);
    found.push(reason.at("/environment"));
}

/// One of its windows has to be open, and the clock of each has to be known. Where approvals come first the pipeline
/// looks at the time behind them, so that they may be given while it is closed.
fn change_window(environment: &EnvironmentRules, now_ms: i64, zones: &dyn TimeZones, found: &mut Findings) {
    let mut opening: Option<(i64, &ChangeWindow)> = None;
    let mut is_open = environment.change_windows.is_empty();
    for window in &environment.change_windows {
        match window::is_open(window, now_ms, zones) {
            Some(true) => is_open = true,
            Some(false) => {}
            None => {
                let reason = Reason::new(ViolationCode::TimeZoneUnknown).with("window", &window.name);
                let reason = reason.with("timeZone", &window.time_zone);
                return found.push(reason.at("/environment"));
            }
        }
        let next = window::next_opening(window, now_ms, zones);
        if let Some(next) = next.filter(|next| opening.is_none_or(|(first, _)| *next < first)) {
            opening = Some((next, window));
        }
    }
    if is_open {
        return;
    }
    let waits = opening.is_some() && !environment.approvals.is_empty();
    let code = match waits {
        true => ViolationCode::ChangeWindowLater,
        false => ViolationCode::ChangeWindowClosed,
    };
    let names: Vec<&str> = environment.change_windows.iter().map(|window| &*window.name).collect();
    let mut reason = Reason::new(code).with("window", &names.join(", "));
    reason = reason.with("environment", &environment.name);
    if let Some(opens) = opening.and_then(|(instant, window)| window::describe(window, instant, zones)) {
        reason = reason.with("opens", &opens);
    }
    let violation = Violation {
        allowed_from: opening.map(|(instant, _)| instant),
        ..reason.at("/environment")
    };
    match waits {
        true => found.warn(violation),
        false => found.push(violation),
    }
}

fn region(request: &DeployRequest, rules: &DeployRules, environment: Option<&EnvironmentRules>, found: &mut Findings) {
    let region = request.region.as_str();
    if !name("region", region, found) {
        return;
    }
    let has = |environment: &EnvironmentRules| environment.regions.iter().any(|known| known == region);
    let is_known = rules.environments.iter().any(has);
    let reason = match environment {
        Some(environment) if has(environment) => return,
        None if is_known => return,
        Some(environment) if is_known => {
            Reason::new(ViolationCode::RegionNotInEnvironment).with("environment", &environment.name)
        }
        _ => Reason::new(ViolationCode::RegionUnknown),
    };
    let all = environment.map_or(rules.environments.as_slice(), std::slice::from_ref);
    let mut regions: Vec<&str> = Vec::new();
    for region in all.iter().flat_map(|one| &one.regions) {
        if !regions.contains(&region.as_str()) {
            regions.push(region);
        }
    }
    let reason = reason.with("service", &rules.service).given(region);
    found.push(reason.advised(region, &regions).at("/region"));
}

fn change_ticket(request: &DeployRequest, required: Option<&EnvironmentRules>, found: &mut Findings) {
    let field = Field::of(RequiredField::ChangeTicket.name());
    let Some(ticket) = given(field, request.change_ticket.as_deref(), required, found) else {
        return;
    };
    if field.clean(ticket, TICKET, found) && !is_change_ticket(ticket) {
        let reason = Reason::new(ViolationCode::ChangeTicketInvalid).given(ticket);
        found.push(reason.at(&field.path()));
    }
}

fn prose(field: RequiredField, text: Option<&str>, required: Option<&EnvironmentRules>, found: &mut Findings) {
    let field = Field::of(field.name());
    if let Some(text) = given(field, text, required, found) {
        field.clean(text, PROSE, found);
    }
}

/// The text where it is not blank; a blank one is a violation where the environment requires it.
fn given<'a>(
    field: Field,
    text: Option<&'a str>,
    required: Option<&EnvironmentRules>,
    found: &mut Findings,
) -> Option<&'a str> {
    let text = text.filter(|text| !text.trim().is_empty());
    if let (None, Some(environment)) = (text, required) {
        let reason = Reason::new(ViolationCode::FieldRequired).with("label", field.label);
        found.push(reason.with("environment", &environment.name).at(&field.path()));
    }
    text
}

/// Checks a field that every request has, and that is one short line.
fn name(name: &'static str, text: &str, found: &mut Findings) -> bool {
    let field = Field::of(name);
    if text.trim().is_empty() {
        found.push(field.fault(ViolationCode::FieldRequired));
        return false;
    }
    field.clean(text, NAME, found)
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
    use crate::fields::{FIELDS, kind_of};

    struct NoPatterns;

    impl Patterns for NoPatterns {
        fn read(&self, _pattern: &str) -> Option<harness_cd_model::Matcher> {
            None
        }
    }

    /// What nobody looks at would reach Harness as it came.
    #[test]
    fn no_text_goes_unchecked() {
        let table: Value = serde_json::from_str(include_str!("../../../tests/cases/deploy-requests.json")).unwrap();
        let target = DeployTarget {
            rules: Some(serde_json::from_value(table["rules"].clone()).unwrap()),
            ..DeployTarget::default()
        };
        for field in FIELDS.iter().filter(|field| kind_of(field) == "text") {
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
