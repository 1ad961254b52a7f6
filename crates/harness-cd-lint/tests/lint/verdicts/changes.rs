//! Documents, changed at random in one place.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::dice::Dice;

pub(super) fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    let below = |key: &str| format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
    match value {
        Value::Object(entries) => {
            for (key, value) in entries {
                found.push(below(key));
                pointers(value, &below(key), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                found.push(below(&index.to_string()));
                pointers(value, &below(&index.to_string()), found);
            }
        }
        _ => {}
    }
}

/// Values of every kind, and words that stand in Harness's lists somewhere.
fn other_values() -> Vec<Value> {
    let words = [
        "",
        " ",
        "x",
        "a-b",
        "9lives",
        "<+input>",
        "<+input>.allowedValues(a,b)",
        "<+pipeline.name>",
        "true",
        "10m",
        "1h 30m",
        "5s",
        "Kubernetes",
        "K8sRollingDeploy",
        "K8sManifest",
        "Http",
        "ShellScript",
        "HarnessApproval",
        "Wait",
        "Deployment",
        "Approval",
        "Custom",
        "CI",
        "Github",
        "Inline",
        "DockerRegistry",
        "Ecr",
        "String",
        "Number",
        "Secret",
        "Production",
        "PreProduction",
        "AllErrors",
        "Retry",
        "Abort",
        "Ignore",
        "Count",
        "Percentage",
        "Success",
        "Branch",
        "Commit",
        "KubernetesDirect",
        "InheritFromDelegate",
        "Webhook",
        "Equals",
        "Default",
        "Canary",
        "Rolling",
    ];
    let mut values: Vec<Value> = words.into_iter().map(Value::from).collect();
    values.extend([
        json!(null),
        json!(true),
        json!(0),
        json!(7),
        json!(1.5),
        json!([]),
        json!(["a"]),
        json!([{}]),
        json!({}),
        json!({"type": "Inline"}),
    ]);
    values
}

/// Keys that belong somewhere, with a value that they may have there.
const KEYS: [(&str, &str); 10] = [
    ("tag", "1.0.0"),
    ("tagRegex", "v.*"),
    ("template", "x"),
    ("serviceRef", "s"),
    ("environmentRef", "e"),
    ("service", "s"),
    ("environments", "e"),
    ("value", "v"),
    ("delegateSelectors", "d"),
    ("timeout", "10m"),
];

/// Changes a document in one place, and says where.
pub(super) fn change(document: &mut Value, dice: &mut Dice) -> String {
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    // The first key says what the document is.
    places.remove(0);
    let place = places[dice.roll(places.len())].clone();
    let (above, key) = place.rsplit_once('/').unwrap();
    let way = dice.roll(10);
    match document.pointer_mut(above).unwrap() {
        Value::Object(entries) if way < 4 => drop(entries.remove(&key.replace("~1", "/").replace("~0", "~"))),
        Value::Object(entries) if way == 4 => {
            let (key, value) = KEYS[dice.roll(KEYS.len())];
            entries.insert(key.to_owned(), value.into());
            return format!("{above}/{key}");
        }
        Value::Array(items) if way < 3 => drop(items.remove(key.parse().unwrap())),
        Value::Array(items) if way == 3 => items.clear(),
        Value::Array(items) if way == 4 => items.push(items[0].clone()),
        _ => {
            let values = other_values();
            *document.pointer_mut(&place).unwrap() = values[dice.roll(values.len())].clone();
        }
    }
    place
}

/// How a document is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    KeyDropped,
    KindChanged,
    OtherWord,
    BothOfOneOf,
    ElementTooFew,
}

impl Way {
    pub(super) const ALL: [Self; 5] = [
        Self::KeyDropped,
        Self::KindChanged,
        Self::OtherWord,
        Self::BothOfOneOf,
        Self::ElementTooFew,
    ];

    /// Breaks a document so, and says where; `None` where it has no such place.
    pub(super) fn change(
        self,
        document: &mut Value,
        exclusive: &BTreeSet<BTreeSet<String>>,
        dice: &mut Dice,
    ) -> Option<String> {
        let mut places = Vec::new();
        pointers(document, "", &mut places);
        places.remove(0);
        places.retain(|place| self.fits(document, place, exclusive));
        let place = places.get(dice.roll(places.len()))?.clone();
        let (above, token) = place.rsplit_once('/').unwrap();
        let key = token.replace("~1", "/").replace("~0", "~");
        match self {
            Self::KeyDropped => {
                document.pointer_mut(above)?.as_object_mut()?.remove(&key)?;
            }
            Self::KindChanged => {
                let value = document.pointer_mut(&place)?;
                let others: Vec<Value> = other_values()
                    .into_iter()
                    .filter(|other| kind(other) != kind(value))
                    .collect();
                *value = others[dice.roll(others.len())].clone();
            }
            Self::OtherWord => {
                let words: Vec<Value> = other_values().into_iter().filter(Value::is_string).collect();
                let value = document.pointer_mut(&place)?;
                *value = match dice.roll(3) {
                    0 => format!("{}x", value.as_str()?).into(),
                    1 => value.as_str()?.to_lowercase().into(),
                    _ => words[dice.roll(words.len())].clone(),
                };
            }
            Self::BothOfOneOf => {
                let ways: Vec<&String> = exclusive.iter().filter(|ways| ways.contains(&key)).flatten().collect();
                let others: Vec<&String> = ways.into_iter().filter(|other| **other != key).collect();
                let other = others[dice.roll(others.len())].clone();
                let mapping = document.pointer_mut(above)?.as_object_mut()?;
                let like = mapping[&key].clone();
                let value = [like, json!("x"), json!([])][dice.roll(3)].clone();
                if mapping.insert(other.clone(), value).is_some() {
                    return None;
                }
                return Some(format!("{above}/{other}"));
            }
            Self::ElementTooFew => {
                let items = document.pointer_mut(&place)?.as_array_mut()?;
                match dice.roll(2) {
                    0 => items.clear(),
                    _ => drop(items.remove(dice.roll(items.len()))),
                }
            }
        }
        Some(place)
    }

    fn fits(self, document: &Value, place: &str, exclusive: &BTreeSet<BTreeSet<String>>) -> bool {
        let (above, key) = place.rsplit_once('/').unwrap();
        let is_key = document.pointer(above).is_some_and(Value::is_object);
        let value = document.pointer(place);
        match self {
            Self::KeyDropped => is_key,
            Self::KindChanged => true,
            Self::OtherWord => value.is_some_and(Value::is_string),
            Self::BothOfOneOf => is_key && exclusive.iter().any(|ways| ways.contains(key)),
            Self::ElementTooFew => value.and_then(Value::as_array).is_some_and(|items| !items.is_empty()),
        }
    }
}

/// What a value is: `1` and `1.5` are both numbers.
fn kind(value: &Value) -> std::mem::Discriminant<Value> {
    std::mem::discriminant(value)
}
