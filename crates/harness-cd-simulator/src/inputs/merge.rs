//! A pipeline, or its template, filled with the values of a run body or an input set.
//!
//! Source: run-inputs §1.3, §9 [CORE MergeHelper].

use serde_json::{Value, json};

use super::element::{Element, Fields, is_leaf_list};
use super::grammar::{self, RuntimeInput};
use super::leaves::{Found, Leaves};
use super::path::Path;
use super::problem::Problem;
use super::validators::{self, Joined};

/// The blocks that take what they lack from the body as it was sent: `environmentInputs` beside a fixed environment,
/// what Harness's own page writes for itself.
const OPEN_BLOCKS: [&str; 6] = [
    "service",
    "services",
    "environment",
    "environments",
    "environmentGroup",
    "template",
];

/// Whether the values are held against the validators of their inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Values {
    /// Source: run-inputs §1.3 [CORE RuntimeInputValuesValidator]: those of a run are.
    Checked(Joined),
    /// Source: run-inputs §6 [CORE ValidateAndMergeHelper]: those of input sets are merged as they are.
    Taken,
}

/// Fills `own` with what is `given`; all of them stand under the key `pipeline`. A later one wins over an earlier one.
///
/// Values for fixed fields, and fields, elements and stages that are not there, are dropped without a word.
///
/// # Errors
/// An element that comes twice, and the first value that its validators refuse.
pub(crate) fn merge(own: &Value, given: &[&Value], values: Values) -> Result<Value, Problem> {
    Leaves::of(own)?;
    let given = given.iter().map(|given| Leaves::of(given)).collect::<Result<_, _>>()?;
    Merge { given, values }.value(own, &Path::root("pipeline"))
}

struct Merge<'g> {
    given: Vec<Leaves<'g>>,
    values: Values,
}

impl Merge<'_> {
    fn value(&self, own: &Value, path: &Path) -> Result<Value, Problem> {
        match own {
            Value::Object(fields) if !fields.is_empty() => {
                let mut merged = self.fields(fields, path)?;
                if path.first_ends_with(&OPEN_BLOCKS) {
                    self.add_what_is_lacking(&mut merged, path);
                }
                Ok(Value::Object(merged))
            }
            Value::Array(items) if !is_leaf_list(items) => self.items(items, path),
            leaf => self.leaf(leaf, path),
        }
    }

    fn fields(&self, fields: &Fields, path: &Path) -> Result<Fields, Problem> {
        let merged = fields
            .iter()
            .map(|(key, own)| Ok((key.clone(), self.value(own, &path.field(key))?)));
        merged.collect()
    }

    fn items(&self, items: &[Value], path: &Path) -> Result<Value, Problem> {
        let merged = items.iter().map(|item| match Element::of(item) {
            Some(element) => self.element(&element, &path.with(element.node())),
            None => Ok(item.clone()),
        });
        merged.collect::<Result<_, _>>().map(Value::Array)
    }

    fn element(&self, element: &Element<'_>, path: &Path) -> Result<Value, Problem> {
        match element {
            Element::Parallel(items) => Ok(json!({ "parallel": self.items(items, path)? })),
            Element::Wrapped { wrapper, fields, .. } => Ok(json!({ *wrapper: self.fields(fields, path)? })),
            Element::Plain { fields, .. } if element.is_flat() => {
                let merged = fields
                    .iter()
                    .map(|(key, own)| Ok((key.clone(), self.leaf(own, &path.field(key))?)));
                merged.collect::<Result<_, _>>().map(Value::Object)
            }
            Element::Plain { fields, .. } => self.fields(fields, path).map(Value::Object),
        }
    }

    /// A `<+input>` in a later document does not undo the value of an earlier one.
    fn leaf(&self, own: &Value, path: &Path) -> Result<Value, Problem> {
        let mut found = self.given.iter().rev().filter_map(|given| given.get(path));
        match found.find(|found| !matches!(found, Found::Leaf(value) if stays_open(value))) {
            None => Ok(own.clone()),
            // Whatever the leaf was: this is how `serviceInputs: <+input>` is filled.
            Some(Found::Inner(given)) => Ok(given.clone()),
            Some(Found::Leaf(given)) => self.filled(own, given, path),
        }
    }

    /// A leaf that another leaf is given for.
    fn filled(&self, own: &Value, given: &Value, path: &Path) -> Result<Value, Problem> {
        let Some((text, input)) = input(own).filter(|_| !path.tells_apart()) else {
            return Ok(own.clone());
        };
        if let Some((given, _)) = self::input(given) {
            return Ok(json!(asked_later(text, &input, given)));
        }
        let given = match given {
            Value::String(text) => json!(text.trim()),
            other => other.clone(),
        };
        if let Values::Checked(joined) = self.values {
            validators::check(&input, &given, &path.fqn(), joined)?;
        }
        Ok(given)
    }

    fn add_what_is_lacking(&self, own: &mut Fields, path: &Path) {
        let blocks = self.given.iter().rev().filter_map(|given| match given.get(path)? {
            Found::Inner(Value::Object(block)) => Some(block),
            _ => None,
        });
        for (key, value) in blocks.flatten() {
            if !own.contains_key(key) && input(value).is_none() {
                own.insert(key.clone(), value.clone());
            }
        }
    }
}

/// Whether a given value is an input, which is skipped.
fn stays_open(given: &Value) -> bool {
    input(given).is_some_and(|(text, _)| !grammar::is_asked_mid_run(text))
}

/// An input that is to be asked for while the run goes on; it keeps its validators.
/// Source: run-inputs §8 [CORE MergeHelper, HUB].
fn asked_later(own: &str, input: &RuntimeInput<'_>, given: &str) -> String {
    match input.has_validator() {
        true if grammar::is_asked_mid_run(own) => own.to_owned(),
        true => format!("{own}.executionInput()"),
        false => given.to_owned(),
    }
}

fn input(value: &Value) -> Option<(&str, RuntimeInput<'_>)> {
    let text = value.as_str()?;
    Some((text, RuntimeInput::parse(text)?))
}

#[cfg(test)]
mod tests;
