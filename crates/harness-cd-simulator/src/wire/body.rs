//! Bodies of requests.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::message::Request;
use super::respond::Failure;
use crate::tables::yaml;

/// A YAML body: its text and what it reads as.
///
/// Source: harness-api §0.3 [MCP, SDK]: YAML text as `application/yaml`, and JSON is YAML; §0.5 [OAS]: another media
/// type is a 415.
pub(crate) fn read_yaml(request: &Request) -> Result<(String, Value), Failure> {
    let media_type = request.header("content-type").unwrap_or_default();
    let is_known = ["yaml", "json"].iter().any(|known| media_type.contains(known));
    if !is_known && !media_type.is_empty() && !request.body.is_empty() {
        return Err(Failure::new(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "HTTP 415 Unsupported Media Type",
        ));
    }
    let text = String::from_utf8(request.body.clone()).map_err(|error| invalid_yaml(&error.to_string()))?;
    let document = yaml::read(&text).map_err(|problem| invalid_yaml(&problem))?;
    Ok((text, document))
}

/// Source: harness-api §0.5 [OAS]: the code; the text is restated.
pub(crate) fn invalid_yaml(problem: &str) -> Failure {
    Failure::new(400, "INVALID_YAML_ERROR", format!("Invalid yaml: {problem}"))
}

/// A JSON body, which is an object; an empty one is read as `{}`.
pub(crate) fn read_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    match body.trim_ascii_start().first() {
        None => parse(b"{}"),
        // A list of the fields' values would be read as the object that has them.
        Some(b'[') => Err(Failure::invalid(
            "Unable to process JSON: the body must be an object, not a list",
        )),
        Some(_) => parse(body),
    }
}

/// A JSON body of whatever shape; null where there is none.
pub(crate) fn read_value(body: &[u8]) -> Result<Value, Failure> {
    if body.iter().all(u8::is_ascii_whitespace) {
        Ok(Value::Null)
    } else {
        parse(body)
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::invalid(format!("Unable to process JSON: {error}")))
}
