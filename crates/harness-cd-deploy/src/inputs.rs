//! May it run: the values of a request against what the live pipeline asks for.

use harness_cd_model::{DeployRequest, InputKind, InputValue, Patterns, RuntimeInput, Violation, ViolationCode};

use crate::request::{input_path, violation};
use crate::validate::{Shape, clean};
use harness_cd_model::words::{advice, quoted};

const VALUE: Shape = Shape::lines(4096);

/// Fields of a request, each with the variable of the pipeline that it fills.
pub(crate) type Fields<'f> = &'f [(&'static str, &'static str)];

/// Checks every value that a request gives, and names every one that is missing, in the pipeline's order.
/// `own` are the request's fields that fill a variable, each with the variable's name.
pub(crate) fn violations(
    request: &DeployRequest,
    own: Fields<'_>,
    inputs: &[RuntimeInput],
    patterns: &dyn Patterns,
) -> Vec<Violation> {
    let fields: Vec<(&str, InputValue)> = request
        .variables()
        .filter(|(name, _)| own.iter().any(|(_, variable)| variable == name))
        .map(|(name, value)| (name, InputValue::One(value.clone())))
        .collect();
    let mut values: Vec<(&str, &InputValue)> = Vec::new();
    values.extend(fields.iter().map(|(key, value)| (*key, value)));
    let is_field = |key: &str| fields.iter().any(|(field, _)| *field == key);
    let further = request.inputs.iter().filter(|(key, _)| !is_field(key));
    values.extend(further.map(|(key, value)| (key.as_str(), value)));
    let mut found = Vec::new();
    for input in inputs {
        let mut given = values.iter().filter(|(key, _)| input.is_called(key));
        let first = given.next();
        let before = found.len();
        match first {
            Some((_, value)) if !value.is_blank() => value_of(input, value, patterns, &mut found),
            _ => missing(input, &mut found),
        }
        if given.next().is_some() {
            let message = format!("{} is given twice; keep one", label(input));
            found.push(fault(ViolationCode::RequestMalformed, message));
        }
        let key = first.map_or(input.pointer.as_str(), |(key, _)| key);
        let field = input.variable().and_then(|variable| field_path(own, variable));
        let path = field.unwrap_or_else(|| input_path(key));
        for fault in found.iter_mut().skip(before) {
            fault.path.clone_from(&path);
        }
    }
    for (key, _) in &values {
        if !inputs.iter().any(|input| input.is_called(key)) {
            found.push(unknown(key, own, inputs));
        }
    }
    found
}

/// Where a variable that has a field of its own stands in the request.
fn field_path(own: Fields<'_>, variable: &str) -> Option<String> {
    let (field, _) = own.iter().find(|(_, name)| *name == variable)?;
    Some(format!("/{field}"))
}

fn unknown(key: &str, own: Fields<'_>, inputs: &[RuntimeInput]) -> Violation {
    if let Some(path) = field_path(own, key) {
        let message = format!(
            "the pipeline in Harness asks for no `{key}`, so it would not be followed; \
             bring the pipeline in Harness in step with the config repo"
        );
        return Violation {
            path,
            ..fault(ViolationCode::InputUnknown, message)
        };
    }
    let names: Vec<&str> = inputs
        .iter()
        .map(|input| input.variable().unwrap_or(&input.pointer))
        .collect();
    let message = format!("the pipeline asks for no {}; {}", quoted(key), advice(key, &names));
    Violation {
        path: input_path(key),
        ..fault(ViolationCode::InputUnknown, message)
    }
}

fn missing(input: &RuntimeInput, found: &mut Vec<Violation>) {
    if !input.required || input.default.is_some() || input.execution_input {
        return;
    }
    found.push(match is_structured(input) {
        true => only_in_harness(input),
        false => {
            let message = format!("the pipeline requires {}; fill it in", label(input));
            fault(ViolationCode::FieldRequired, message)
        }
    });
}

fn value_of(input: &RuntimeInput, value: &InputValue, patterns: &dyn Patterns, found: &mut Vec<Violation>) {
    if input.execution_input || is_structured(input) {
        found.push(only_in_harness(input));
    } else if is_default(input, value) {
        // Nothing to say.
    } else if matches!(value, InputValue::Many(_)) && !input.select_many {
        let message = format!("{} takes one value, not a list", label(input));
        found.push(fault(ViolationCode::FieldType, message));
    } else {
        for text in value.values() {
            text_of(input, text, patterns, found);
        }
    }
}

/// The default is the pipeline's own text, and may be what no person may write.
fn is_default(input: &RuntimeInput, value: &InputValue) -> bool {
    match value {
        InputValue::One(text) => input.default.as_ref() == Some(text),
        InputValue::Many(texts) => *texts == input.default_values,
    }
}

fn text_of(input: &RuntimeInput, text: &str, patterns: &dyn Patterns, found: &mut Vec<Violation>) {
    if let Some(allowed) = &input.allowed_values {
        if allowed.iter().any(|value| value == text) {
            return;
        }
        // What an expression yields is known to Harness alone.
        if !allowed.iter().any(|value| value.contains("<+")) {
            let values: Vec<&str> = allowed.iter().map(String::as_str).collect();
            let message = format!(
                "{} does not allow {}; {}",
                label(input),
                quoted(text),
                advice(text, &values)
            );
            return found.push(fault(ViolationCode::ValueNotAllowed, message));
        }
    }
    if clean(name(input), text, VALUE, found) {
        found.extend(fault_of_kind(input, text).or_else(|| fault_of_pattern(input, text, patterns)));
    }
}

fn fault_of_kind(input: &RuntimeInput, text: &str) -> Option<Violation> {
    let is_not = |what: &str| {
        let message = format!("{} is {what}, and {} is none", label(input), quoted(text));
        Some(fault(ViolationCode::FieldType, message))
    };
    match input.kind {
        InputKind::Number => match number(text) {
            Some(number) => fault_of_range(input, text, number),
            None => is_not("a number, such as 3 or 0.5"),
        },
        InputKind::Boolean if !matches!(text, "true" | "false") => is_not("a truth value, `true` or `false`"),
        InputKind::Boolean | InputKind::Text | InputKind::Object | InputKind::List => None,
    }
}

/// A number as JSON writes it, and Harness reads it.
fn number(text: &str) -> Option<f64> {
    serde_json::from_str(text).ok()
}

fn fault_of_range(input: &RuntimeInput, text: &str, given: f64) -> Option<Violation> {
    let bound = |limit: &Option<String>| limit.as_deref().and_then(number);
    let (direction, limit) = if bound(&input.min).is_some_and(|min| given < min) {
        ("at least", &input.min)
    } else if bound(&input.max).is_some_and(|max| given > max) {
        ("at most", &input.max)
    } else {
        return None;
    };
    let limit = limit.as_deref().unwrap_or_default();
    let message = format!("{} is {direction} {limit}, not {}", label(input), quoted(text));
    Some(fault(ViolationCode::ValueOutOfRange, message))
}

fn fault_of_pattern(input: &RuntimeInput, text: &str, patterns: &dyn Patterns) -> Option<Violation> {
    let pattern = input.regex.as_deref()?;
    if patterns.matches(pattern, text) != Some(false) {
        return None;
    }
    let message = format!(
        "{} does not match the pattern {} of {}",
        quoted(text),
        quoted(pattern),
        label(input)
    );
    Some(fault(ViolationCode::ValueMalformed, message))
}

fn is_structured(input: &RuntimeInput) -> bool {
    matches!(input.kind, InputKind::Object | InputKind::List)
}

fn only_in_harness(input: &RuntimeInput) -> Violation {
    let what = match input.kind {
        _ if input.execution_input => "is asked for while the pipeline runs; answer it",
        InputKind::Object => "is an object, which cannot be given here; start the pipeline",
        _ => "is a list, which cannot be given here; start the pipeline",
    };
    fault(
        ViolationCode::InputOnlyInHarness,
        format!("{} {what} in Harness", label(input)),
    )
}

fn name(input: &RuntimeInput) -> &str {
    input.name.as_deref().unwrap_or(&input.pointer)
}

fn label(input: &RuntimeInput) -> String {
    quoted(name(input))
}

/// A violation whose place its caller knows.
fn fault(code: ViolationCode, message: String) -> Violation {
    violation(code, "", message)
}
