//! Random changes to good files: what Harness's schemas refuse is an error at its place, what they take is none.
//!
//! Whether a schema refuses a change, another validator says. Where there are no schemas beside the checkout, what it
//! has said of the changes to the golden files stands in a fixture.
#![allow(
    clippy::print_stderr,
    reason = "a check that cannot be made here says so, and how many were made"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use harness_cd_lint::lint;
use harness_cd_model::{Diagnostic, Severity};
use harness_cd_yaml::scalar::Resolved;
use harness_cd_yaml::{Node, Value as Yaml, parse};
use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::robustness::{cases, corpus};
use crate::support::{beside, golden, workspace};

/// Codes of the rules that say what a schema refuses.
const OF_SCHEMAS: [&str; 7] = [
    "HCD1021", "HCD1022", "HCD1061", "HCD1062", "HCD1063", "HCD1064", "HCD1065",
];
const KINDS: [(&str, &str); 7] = [
    ("pipeline", "pipeline.json"),
    ("trigger", "trigger.json"),
    ("service", "service.json"),
    ("environment", "environment.json"),
    ("infrastructureDefinition", "infrastructure.json"),
    ("connector", "connector.json"),
    ("secret", "secret.json"),
];
/// How many changes to each golden file the fixture has verdicts of.
const CHANGES: u64 = 100;

/// The schemas as another validator reads them; `None` where there are none.
fn validators() -> Option<BTreeMap<&'static str, Validator>> {
    let folder = beside("schemas")?;
    let read = |(kind, name): (&'static str, &str)| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let mut schema: Value = serde_json::from_str(&text).unwrap();
        repair(&mut schema);
        take_any_level(kind, &mut schema);
        schema["required"] = json!([kind]);
        let validator = jsonschema::options().with_draft(Draft::Draft7).build(&schema);
        (kind, validator.unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    Some(KINDS.into_iter().map(read).collect())
}

/// Harness's generator leaves a few things that are no schemas, and that a strict validator does not take.
fn repair(schema: &mut Value) {
    if let Value::Object(keywords) = schema {
        keywords.retain(|keyword, value| {
            let is_empty_list = value.as_array().is_some_and(Vec::is_empty);
            !(value.is_null() || is_empty_list && matches!(keyword.as_str(), "enum" | "allOf"))
        });
        for (keyword, value) in keywords.iter_mut() {
            match value {
                // A key of a file may be called as a keyword is.
                Value::Object(properties) if keyword == "properties" => {
                    for property in properties.values_mut() {
                        if property.is_object() {
                            repair(property);
                        } else {
                            *property = Value::Bool(true);
                        }
                    }
                }
                value => repair(value),
            }
        }
    } else if let Value::Array(items) = schema {
        items.iter_mut().for_each(repair);
    }
}

/// The schemas are those of projects; an account and an organization have such entities as well.
fn take_any_level(kind: &str, schema: &mut Value) {
    const LEVEL: [&str; 2] = ["orgIdentifier", "projectIdentifier"];
    if matches!(
        kind,
        "environment" | "infrastructureDefinition" | "connector" | "secret"
    ) {
        let body = schema["properties"][kind].take();
        let mut target = schema
            .pointer(body["$ref"].as_str().unwrap().trim_start_matches('#'))
            .unwrap()
            .clone();
        let required = target["required"].as_array_mut().unwrap();
        required.retain(|name| !LEVEL.contains(&name.as_str().unwrap()));
        schema["properties"][kind] = json!({
            "allOf": [target, { "anyOf": [{ "required": LEVEL }, { "not": { "required": ["projectIdentifier"] } }] }]
        });
    }
}

fn json_of(node: &Node) -> Value {
    match &node.value {
        Yaml::Mapping(entries) => {
            let entries = entries
                .iter()
                .map(|entry| (entry.name().to_owned(), json_of(&entry.value)));
            Value::Object(entries.collect())
        }
        Yaml::Sequence(items) => items.iter().map(json_of).collect(),
        Yaml::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Value::Null,
            Resolved::Bool(value) => value.into(),
            Resolved::Int(value) => value.into(),
            Resolved::Float => scalar.text.parse::<f64>().unwrap().into(),
            Resolved::String => scalar.text.as_str().into(),
        },
    }
}

/// A file of which a schema speaks, as JSON, which is YAML as well.
fn read(path: &PathBuf) -> Option<(&'static str, Value)> {
    let document = parse("f.yaml", &fs::read(path).unwrap()).ok()?;
    let (kind, _) = KINDS.into_iter().find(|(kind, _)| document.root.get(kind).is_some())?;
    Some((kind, json_of(&document.root)))
}

fn golden_files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(golden())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

/// Numbers that are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides.max(1)
    }
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
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
fn change(document: &mut Value, dice: &mut Dice) -> String {
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

fn errors(text: &str) -> Vec<Diagnostic> {
    let found = lint("f.yaml", text.as_bytes()).into_iter();
    found.filter(|finding| finding.severity == Severity::Error).collect()
}

/// What is wrong with the findings in a changed document, if anything.
fn misjudged(text: &str, place: &str, is_valid: bool) -> Option<String> {
    let errors = errors(text);
    let told = || {
        errors
            .iter()
            .map(|f| format!("{} {} {}", f.code, f.pointer, f.message))
            .collect::<Vec<_>>()
    };
    if is_valid {
        let is_false = errors.iter().any(|finding| OF_SCHEMAS.contains(&finding.code.as_str()));
        return is_false.then(|| format!("taken by the schema: {:#?}", told()));
    }
    // The fault is where the change is, at what holds it, or beside it where the one decides the other.
    let above = place.rsplit_once('/').map_or("", |(above, _)| above);
    let is_near = |finding: &Diagnostic| finding.pointer.starts_with(above) || place.starts_with(&finding.pointer);
    (!errors.iter().any(is_near)).then(|| format!("refused by the schema: {:#?}", told()))
}

/// Changes a document, at times twice in a row so that what follows from another change is seen as well.
fn changed(document: &Value, seed: u64) -> (String, String) {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    dice.roll(2);
    let mut document = document.clone();
    let place = change(&mut document, &mut dice);
    (document.to_string(), place)
}

#[test]
fn every_change_is_judged_as_the_schemas_judge_it() {
    let Some(validators) = validators() else {
        eprintln!("skipped: there are no schemas beside the checkout; of the golden files the fixture has verdicts");
        return;
    };
    let files = golden_files().into_iter().chain(corpus());
    let good: Vec<(&str, Value)> = files
        .filter_map(|path| read(&path))
        .filter(|(kind, document)| validators[kind].is_valid(document))
        .collect();
    assert!(good.len() > 40, "{}", good.len());
    let (mut refused, mut taken, mut wrong) = (0, 0, Map::new());
    for seed in 0..u64::from(cases()) {
        let (kind, document) = &good[usize::try_from(seed).unwrap() % good.len()];
        let (text, place) = changed(document, seed);
        let value = serde_json::from_str(&text).unwrap();
        let is_valid = validators[kind].is_valid(&value);
        *(if is_valid { &mut taken } else { &mut refused }) += 1;
        if let Some(what) = misjudged(&text, &place, is_valid) {
            let now = value
                .pointer(&place)
                .map_or_else(|| "removed".to_owned(), Value::to_string);
            wrong.insert(format!("{seed} {kind} {place}: {now}"), what.into());
        }
    }
    eprintln!("{refused} changes refused, {taken} taken");
    assert!(wrong.is_empty(), "{} misjudged: {wrong:#?}", wrong.len());
}

/// For each golden file a line: its name, and of each change `+` where it is taken or `-` where it is refused.
fn verdicts() -> PathBuf {
    workspace().join("tests/fixtures/lint/verdicts.txt")
}

#[test]
fn changes_to_the_golden_files_are_judged_as_the_fixture_says() {
    let known = fs::read_to_string(verdicts()).unwrap_or_default();
    let known: BTreeMap<&str, &str> = known.lines().filter_map(|line| line.split_once(' ')).collect();
    let validators = validators();
    let mut fresh = String::new();
    for path in golden_files() {
        let Some((kind, document)) = read(&path) else { continue };
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut line = String::new();
        for seed in 0..CHANGES {
            let (text, place) = changed(&document, seed);
            let is_valid = match &validators {
                Some(validators) => validators[kind].is_valid(&serde_json::from_str(&text).unwrap()),
                None => known[name.as_str()].as_bytes()[usize::try_from(seed).unwrap()] == b'+',
            };
            line.push(if is_valid { '+' } else { '-' });
            if let Some(what) = misjudged(&text, &place, is_valid) {
                panic!("{name} {seed} {place}: {what}");
            }
        }
        fresh.push_str(&format!("{name} {line}\n"));
    }
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        fs::write(verdicts(), &fresh).unwrap();
    }
    let known = fs::read_to_string(verdicts()).unwrap();
    assert_eq!(known, fresh, "`cargo xtask snapshots` writes the fixture again");
}
