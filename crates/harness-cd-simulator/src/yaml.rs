//! YAML texts as JSON values, and back.

use std::fmt::Write as _;

use harness_cd_yaml::scalar::{Resolved, double_quoted, is_plain_string};
use harness_cd_yaml::{Node, Scalar, Value as Yaml};
use serde_json::Value;

use crate::inputs::scalar_text;

/// Reads one document; JSON is YAML.
///
/// # Errors
/// Every finding, one sentence each.
pub(crate) fn read(file: &str, text: &str) -> Result<Value, String> {
    match harness_cd_yaml::parse(file, text.as_bytes()) {
        Ok(document) => Ok(to_json(&document.root)),
        Err(findings) => {
            let sentence = |finding: &harness_cd_model::Diagnostic| {
                format!(
                    "{} (line {}, column {})",
                    finding.message, finding.range.line, finding.range.column
                )
            };
            Err(findings.iter().map(sentence).collect::<Vec<_>>().join("; "))
        }
    }
}

fn to_json(node: &Node) -> Value {
    match &node.value {
        Yaml::Scalar(scalar) => scalar_to_json(scalar),
        Yaml::Sequence(items) => items.iter().map(to_json).collect(),
        Yaml::Mapping(entries) => Value::Object(
            entries
                .iter()
                .map(|entry| (entry.name().to_owned(), to_json(&entry.value)))
                .collect(),
        ),
    }
}

/// A number whose text would not survive (`1.20`, `0x1`, `007`) stays a text: it may be somebody's image tag.
fn scalar_to_json(scalar: &Scalar) -> Value {
    match scalar.resolve() {
        Resolved::Null => Value::Null,
        Resolved::Bool(value) => Value::Bool(value),
        Resolved::Int(value) if value.to_string() == scalar.text => value.into(),
        _ => Value::String(scalar.text.clone()),
    }
}

/// Writes a value in block style.
pub(crate) fn write(value: &Value) -> String {
    let mut text = String::new();
    write_node(value, 0, &mut text);
    text
}

fn write_node(value: &Value, indent: usize, text: &mut String) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (key, value) in fields {
                start_line(indent, text);
                text.extend([written(key).as_str(), ":"]);
                write_below(value, indent + 2, text);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for item in items {
                start_line(indent, text);
                text.push_str("- ");
                write_node(item, indent + 2, text);
            }
        }
        Value::Object(_) => text.push_str("{}\n"),
        Value::Array(_) => text.push_str("[]\n"),
        Value::String(string) => text.extend([written(string).as_str(), "\n"]),
        Value::Null => text.push_str("null\n"),
        other => text.extend([scalar_text(other).as_str(), "\n"]),
    }
}

/// Indents, unless a dash has: the first line of a list's element stands behind it.
fn start_line(indent: usize, text: &mut String) {
    if text.is_empty() || text.ends_with('\n') {
        let _ = write!(text, "{:indent$}", "");
    }
}

fn write_below(value: &Value, indent: usize, text: &mut String) {
    let is_block = match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    text.push(if is_block { '\n' } else { ' ' });
    write_node(value, indent, text);
}

fn written(text: &str) -> String {
    if is_plain_string(text) {
        text.to_owned()
    } else {
        double_quoted(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_reads_as_itself() {
        let value = json!({
            "pipeline": {
                "identifier": "p", "empty": {}, "none": [], "count": 3, "on": "true", "tag": "1.20",
                "variables": [{ "name": "a: b", "value": "<+input>.default(x)" }, "plain", ["nested", { "a": 1 }]],
            }
        });
        assert_eq!(read("written", &write(&value)).unwrap(), value);
    }

    #[test]
    fn numbers_that_could_be_tags_keep_their_text() {
        assert_eq!(
            read("f", "[1.20, 007, 7, true, ~]").unwrap(),
            json!(["1.20", "007", 7, true, null])
        );
        assert!(read("f", "a: [").is_err());
    }
}
