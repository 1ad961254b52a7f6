use std::fmt::Write;

use serde_json::Value;

use crate::story::{Client, Fields, Request};
use crate::variables::{Unknown, Variables};

/// A request with its variables filled in.
pub(crate) struct Call {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Option<String>,
}

impl Call {
    pub(crate) fn new(client: &Client, request: &Request, variables: &Variables) -> Result<Self, Unknown> {
        let mut headers = merged(&client.headers, &request.headers, variables)?;
        let (media_type, body) = match (&request.json, &request.yaml) {
            (None, None) => (None, None),
            (Some(json), None) => (Some("application/json"), Some(variables.value(json)?.to_string())),
            (None, Some(yaml)) => (Some("application/yaml"), Some(variables.text(yaml)?)),
            (Some(_), Some(_)) => panic!("a request has one body, `json` or `yaml`: {}", request.path),
        };
        let says_type = headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if let (Some(media_type), false) = (media_type, says_type) {
            headers.push(("content-type".to_owned(), media_type.to_owned()));
        }
        Ok(Self {
            method: request.method.clone(),
            path: path(client, request, variables)?,
            headers,
            body,
        })
    }
}

/// The path with its query. An address that Harness has handed out is sent as it is, to the server under test: it may
/// name the server otherwise.
fn path(client: &Client, request: &Request, variables: &Variables) -> Result<String, Unknown> {
    let path = variables.text(&request.path)?;
    if let Some((_, rest)) = path.split_once("://") {
        return Ok(rest
            .find('/')
            .map_or_else(String::new, |slash| rest.split_at(slash).1.to_owned()));
    }
    let query = merged(&client.query, &request.query, variables)?
        .iter()
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect::<Vec<_>>()
        .join("&");
    let separator = if query.is_empty() { "" } else { "?" };
    Ok(format!("{}{path}{separator}{query}", client.prefix))
}

/// What the client always carries, and over it what this request says.
fn merged(always: &Fields, here: &Fields, variables: &Variables) -> Result<Vec<(String, String)>, Unknown> {
    let mut fields = always.clone();
    fields.extend(here.clone());
    let mut merged = Vec::new();
    for (name, value) in &fields {
        let values = match variables.value(value)? {
            Value::Array(values) => values,
            Value::Null => Vec::new(),
            value => vec![value],
        };
        merged.extend(values.into_iter().map(|value| (name.clone(), plain(&value))));
    }
    Ok(merged)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Percent-encodes all but what RFC 3986 leaves unreserved.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::Story;

    #[test]
    fn a_path_takes_prefix_and_query_and_an_address_stays_itself() {
        let client = "{ client: a, fact: b, prefix: /gateway, query: { scope: a b, left: out } }";
        let story = "{ story: s, steps: [{ name: n, request: { method: GET, path: /x, query: { left: null, id: [1, '&'] } } }] }";
        let story = Story::of(client, story);
        let variables = Variables::default();
        let request = story.steps[0].request.as_ref().unwrap();
        let told = |request: &Request| path(&story.client, request, &variables).unwrap();
        assert_eq!(told(request), "/gateway/x?id=1&id=%26&scope=a%20b");
        let address = "{ story: s, steps: [{ name: n, request: { method: GET, path: 'https://h/y?z=1' } }] }";
        assert_eq!(
            told(Story::of(client, address).steps[0].request.as_ref().unwrap()),
            "/y?z=1"
        );
    }
}
