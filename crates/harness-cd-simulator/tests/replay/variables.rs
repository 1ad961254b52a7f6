use std::collections::BTreeMap;

use serde_json::Value;

/// What `${name}` stands for: the key, the scope and what steps have kept.
#[derive(Default)]
pub(crate) struct Variables(BTreeMap<String, Value>);

/// A name that nothing is kept under.
#[derive(Debug)]
pub(crate) struct Unknown(pub(crate) String);

impl Variables {
    pub(crate) fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.0.insert(name.to_owned(), value.into());
    }

    fn get(&self, name: &str) -> Result<&Value, Unknown> {
        self.0.get(name).ok_or_else(|| Unknown(name.to_owned()))
    }

    /// Text in which every `${name}` is replaced.
    pub(crate) fn text(&self, template: &str) -> Result<String, Unknown> {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').expect("`${` has its `}`");
            text.push_str(before);
            match self.get(name)? {
                Value::String(value) => text.push_str(value),
                value => text.push_str(&value.to_string()),
            }
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }

    /// A value whose texts are replaced; one that is nothing but `${name}` takes the kept value's own type.
    pub(crate) fn value(&self, template: &Value) -> Result<Value, Unknown> {
        Ok(match template {
            Value::String(text) => {
                let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                match name.filter(|name| !name.contains('}')) {
                    Some(name) => self.get(name)?.clone(),
                    None => Value::String(self.text(text)?),
                }
            }
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect::<Result<_, _>>()?,
            Value::Object(fields) => {
                let replaced = |(key, value): (&String, &Value)| Ok((key.clone(), self.value(value)?));
                Value::Object(fields.iter().map(replaced).collect::<Result<_, Unknown>>()?)
            }
            other => other.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn kept_values_go_into_text_and_keep_their_type_alone() {
        let mut variables = Variables::default();
        variables.set("id", "abc");
        variables.set("count", 3);
        assert_eq!(variables.text("/x/${id}/${count}").unwrap(), "/x/abc/3");
        assert_eq!(
            variables.value(&json!(["${count}", "n${count}"])).unwrap(),
            json!([3, "n3"])
        );
        assert!(variables.text("${nobody}").is_err());
    }
}
