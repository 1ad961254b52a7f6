//! Runtime inputs of a pipeline: the template Harness shows, and the pipeline filled with a run's values.

use regex_lite::Regex;
use serde_json::{Map, Value};

const INPUT: &str = "<+input>";
const MODIFIERS: [&str; 6] = [
    "allowedValues",
    "selectOneFrom",
    "selectManyFrom",
    "default",
    "regex",
    "executionInput",
];

/// A runtime input: `<+input>` and the modifiers behind it.
/// Source: Harness API facts, expressions: the modifiers may come in any order.
#[derive(Clone, Debug, Default, PartialEq)]
struct RuntimeInput {
    default: Option<String>,
    allowed: Option<Vec<String>>,
    many: bool,
    regex: Option<String>,
}

impl RuntimeInput {
    fn parse(text: &str) -> Option<Self> {
        let mut input = Self::default();
        let mut rest = text.strip_prefix(INPUT)?;
        while let Some((name, argument, after)) = next_modifier(rest) {
            match name {
                "default" => input.default = Some(unquoted(argument).to_owned()),
                "regex" => input.regex = Some(argument.to_owned()),
                "allowedValues" | "selectOneFrom" | "selectManyFrom" => {
                    input.allowed = Some(split_values(argument));
                    input.many = name == "selectManyFrom";
                }
                _ => {}
            }
            rest = after;
        }
        Some(input)
    }

    /// Source: Harness API facts, runtime inputs: a value is checked against the validators kept from the pipeline.
    /// Runtime inputs in the wild, multi-select: of a value with commas each part is looked at.
    fn check(&self, value: &str) -> Result<(), String> {
        let chosen = match self.many {
            true => split_values(value),
            false => vec![value.to_owned()],
        };
        if let Some(allowed) = &self.allowed
            && !chosen.iter().all(|value| allowed.contains(value))
        {
            return Err(format!(
                "the value provided {value} does not match any of the allowed values {allowed:?}"
            ));
        }
        if let Some(regex) = &self.regex
            && Regex::new(&format!("^(?:{regex})$")).is_ok_and(|regex| !regex.is_match(value))
        {
            return Err(format!(
                "the value provided {value} does not match the required regex pattern"
            ));
        }
        Ok(())
    }
}

/// A modifier ends at the first `)` behind which nothing or the next modifier stands: arguments hold parentheses.
fn next_modifier(text: &str) -> Option<(&'static str, &str, &str)> {
    let tail = text.strip_prefix('.')?;
    let name = MODIFIERS
        .into_iter()
        .find(|name| tail.strip_prefix(name).is_some_and(|t| t.starts_with('(')))?;
    let argument = tail.strip_prefix(name)?.strip_prefix('(')?;
    argument.match_indices(')').find_map(|(end, _)| {
        let (argument, after) = argument.split_at_checked(end)?;
        let after = after.strip_prefix(')')?;
        let begins_modifier = || {
            let next = after.strip_prefix('.');
            next.is_some_and(|next| {
                MODIFIERS
                    .iter()
                    .any(|m| next.strip_prefix(m).is_some_and(|t| t.starts_with('(')))
            })
        };
        (after.is_empty() || begins_modifier()).then_some((name, argument, after))
    })
}

/// Splits at commas outside of `\'…\'` and `\"…\"`.
fn split_values(argument: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut quoted = false;
    let mut previous = ' ';
    for character in argument.chars() {
        if previous == '\\' && (character == '\'' || character == '"') {
            quoted = !quoted;
        }
        previous = character;
        match values.last_mut() {
            Some(last) if character != ',' || quoted => last.push(character),
            _ => values.push(String::new()),
        }
    }
    values.iter().map(|value| unquoted(value.trim()).to_owned()).collect()
}

fn unquoted(value: &str) -> &str {
    let pair = |quote: &str| value.strip_prefix(quote)?.strip_suffix(quote);
    pair("\\'").or_else(|| pair("\\\"")).unwrap_or(value)
}

/// The closed list of values of a runtime input; empty where every value will do; `None` for what is no input.
pub(crate) fn choices(value: &Value) -> Option<Vec<String>> {
    as_input(value).map(|input| input.allowed.unwrap_or_default())
}

fn as_input(value: &Value) -> Option<RuntimeInput> {
    value.as_str().and_then(RuntimeInput::parse)
}

/// The pipeline pruned to the fields that hold a runtime input; `None` where it has none.
///
/// Source: Harness API facts, discover inputs: the identifiers, names and types of the ancestors stay.
pub(crate) fn template(node: &Value) -> Option<Value> {
    match node {
        Value::String(_) => as_input(node).map(|_| node.clone()),
        Value::Array(items) => {
            let kept: Vec<Value> = items.iter().filter_map(template).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        Value::Object(fields) => {
            let mut kept: Map<String, Value> = fields
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), template(value)?)))
                .collect();
            if kept.is_empty() {
                return None;
            }
            let is_variable = kept.contains_key("value");
            for (key, value) in fields {
                let names = matches!(key.as_str(), "identifier" | "type")
                    || (is_variable && matches!(key.as_str(), "name" | "default"));
                if names && !kept.contains_key(key) && !value.is_object() {
                    kept.insert(key.clone(), value.clone());
                }
            }
            Some(Value::Object(kept))
        }
        _ => None,
    }
}

/// The pipeline with every runtime input replaced by the run's value or by its default.
///
/// # Errors
/// Every input that has no value, and every value that its validators refuse.
pub(crate) fn fill(pipeline: &Value, supplied: &Value) -> Result<Value, Vec<String>> {
    let mut problems = Vec::new();
    let filled = fill_node(pipeline, Some(supplied), "pipeline", false, &mut problems);
    if problems.is_empty() { Ok(filled) } else { Err(problems) }
}

fn fill_node(node: &Value, supplied: Option<&Value>, place: &str, optional: bool, problems: &mut Vec<String>) -> Value {
    match node {
        Value::String(_) => match as_input(node) {
            Some(input) => fill_input(&input, supplied, place, optional, problems),
            None => node.clone(),
        },
        Value::Array(items) => {
            let filled = items.iter().enumerate().map(|(index, item)| {
                let place = format!(
                    "{place}.{}",
                    identity(item).map_or_else(|| index.to_string(), str::to_owned)
                );
                fill_node(item, counterpart(supplied, item, index), &place, false, problems)
            });
            Value::Array(filled.collect())
        }
        Value::Object(fields) => {
            let optional = fields.get("required") == Some(&Value::Bool(false));
            let filled = fields.iter().map(|(key, value)| {
                let place = if key == "value" {
                    place.to_owned()
                } else {
                    format!("{place}.{key}")
                };
                let supplied = supplied.and_then(|supplied| supplied.get(key));
                (key.clone(), fill_node(value, supplied, &place, optional, problems))
            });
            Value::Object(filled.collect())
        }
        _ => node.clone(),
    }
}

fn fill_input(
    input: &RuntimeInput,
    supplied: Option<&Value>,
    place: &str,
    optional: bool,
    problems: &mut Vec<String>,
) -> Value {
    let given = supplied.filter(|value| !value.is_null() && as_input(value).is_none());
    // A bare `<+input>` may stand for an object or a list.
    if let Some(structure @ (Value::Object(_) | Value::Array(_))) = given {
        return structure.clone();
    }
    let text = given
        .map(scalar_text)
        .filter(|text| !text.is_empty())
        .or_else(|| input.default.clone());
    match text {
        Some(text) => {
            if let Err(problem) = input.check(&text) {
                problems.push(format!("{place}: {problem}"));
            }
            Value::String(text)
        }
        None if optional => Value::String(String::new()),
        None => {
            problems.push(format!("Value not provided for required variable: {place}"));
            Value::Null
        }
    }
}

/// A scalar as text: `v1` for `"v1"`, `5` for `5`, nothing for null.
pub(crate) fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The element of a supplied list that stands for `item`: by identifier or name, otherwise by its place.
fn counterpart<'a>(supplied: Option<&'a Value>, item: &Value, index: usize) -> Option<&'a Value> {
    let list = supplied?.as_array()?;
    match identity(item) {
        Some(name) => list.iter().find(|other| identity(other) == Some(name)),
        None => list.get(index),
    }
}

/// What names a list's element: its identifier or name, or those of the one thing it wraps (`- stage: {…}`).
fn identity(item: &Value) -> Option<&str> {
    let fields = item.as_object()?;
    let own = fields
        .get("identifier")
        .or_else(|| fields.get("name"))
        .and_then(Value::as_str);
    own.or_else(|| {
        if fields.len() == 1 {
            fields.values().next().and_then(identity)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pipeline() -> Value {
        json!({
            "identifier": "p", "name": "P", "description": "d",
            "variables": [
                { "name": "tag", "type": "String", "required": true, "value": "<+input>" },
                { "name": "env", "type": "String", "value": "<+input>.default(int).allowedValues(int,prod)" },
                { "name": "note", "required": false, "value": "<+input>.regex([a-z(]+)" },
                { "name": "fixed", "value": "x" },
            ],
            "stages": [{ "stage": { "identifier": "s", "type": "Deployment", "spec": { "service": { "serviceInputs": "<+input>" } } } }],
        })
    }

    #[test]
    fn modifiers_may_hold_parentheses() {
        let input = RuntimeInput::parse("<+input>.regex(^(abc)+$).default(a)b).executionInput()").unwrap();
        assert_eq!(input.regex.as_deref(), Some("^(abc)+$"));
        assert_eq!(input.default.as_deref(), Some("a)b"));
        let input = RuntimeInput::parse(r"<+input>.allowedValues(Business(HCB), \'x,y\')").unwrap();
        assert_eq!(input.allowed.unwrap(), ["Business(HCB)", "x,y"]);
        assert_eq!(RuntimeInput::parse("<+pipeline.foo>"), None);
    }

    #[test]
    fn several_values_are_each_one_of_the_list() {
        let input = RuntimeInput::parse(r"<+input>.selectManyFrom(a,b,\'c,d\')").unwrap();
        assert_eq!(input.check(r"a,\'c,d\'"), Ok(()));
        assert!(input.check("a,c").is_err());
        let input = RuntimeInput::parse("<+input>.selectOneFrom(a,b)").unwrap();
        assert!(input.check("a,b").is_err());
    }

    #[test]
    fn the_template_keeps_inputs_and_their_ancestors() {
        let template = template(&pipeline()).unwrap();
        assert_eq!(template["identifier"], "p");
        assert_eq!(template["variables"].as_array().unwrap().len(), 3);
        assert_eq!(
            template["variables"][0],
            json!({ "name": "tag", "type": "String", "value": "<+input>" })
        );
        assert_eq!(template["stages"][0]["stage"]["type"], "Deployment");
        assert!(template.get("description").is_none());
        assert_eq!(super::template(&json!({ "a": "b" })), None);
    }

    #[test]
    fn filling_takes_values_then_defaults_and_reports_every_problem() {
        let stage = json!({ "stage": { "identifier": "s", "spec": { "service": { "serviceInputs": { "a": 1 } } } } });
        let supplied = json!({ "variables": [{ "name": "tag", "value": "v1" }], "stages": [stage] });
        let filled = fill(&pipeline(), &supplied).unwrap();
        assert_eq!(filled["variables"][0]["value"], "v1");
        assert_eq!(filled["variables"][1]["value"], "int");
        assert_eq!(filled["variables"][2]["value"], "");
        assert_eq!(filled["stages"][0]["stage"]["spec"]["service"]["serviceInputs"]["a"], 1);

        let supplied = json!({ "variables": [{ "name": "env", "value": "moon" }, { "name": "note", "value": "1" }] });
        let problems = fill(&pipeline(), &supplied).unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
    }
}
