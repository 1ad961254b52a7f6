//! YAML texts as JSON values, and back, by a library of its own: the product reads YAML by another one.

use serde_json::Value;

/// Reads one document; JSON is YAML, and nothing is null.
///
/// A plain number is a number: `1.20` becomes 1.2, as on the way through JSON. Source: harness-api §12.30 [weak].
///
/// # Errors
/// One sentence with line and column.
pub(crate) fn read(text: &str) -> Result<Value, String> {
    let options = serde_saphyr::options! { strict_booleans: true };
    let read = serde_saphyr::from_str_with_options(text, options);
    read.map_err(|error| first_line(&error.to_string()))
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// Writes a value in block style.
pub(crate) fn write(value: &Value) -> String {
    serde_saphyr::to_string(value).unwrap_or_default()
}

/// A scalar as text: `v1` for `"v1"`, `5` for `5`, nothing for null.
pub(crate) fn scalar_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
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
                "identifier": "p", "empty": {}, "none": [], "count": 3, "on": "true", "tag": "1.20", "lines": "a\nb\n",
                "variables": [{ "name": "a: b", "value": "<+input>.default(x)" }, "plain", ["nested", { "a": 1 }]],
            }
        });
        assert_eq!(read(&write(&value)).unwrap(), value);
    }

    #[test]
    fn a_number_is_a_number_and_a_quoted_text_a_text() {
        let value = read("[1.20, 7, true, ~, \"1.20\", yes, v1.20]").unwrap();
        assert_eq!(value, json!([1.2, 7, true, null, "1.20", "yes", "v1.20"]));
        assert_eq!(read("").unwrap(), Value::Null);
        for broken in ["a: [", "a: 1\na: 2", "a: 1\n---\nb: 1"] {
            assert!(read(broken).unwrap_err().contains("line"), "{broken}");
        }
    }
}
