//! The schema for editors takes what lint takes, and refuses what lint refuses, at the same place.

use std::collections::BTreeMap;

use harness_cd_lint::{editor_schema, editor_schema_kinds, lint};
use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, ValidationError, Validator};
use serde_json::{Value, json};

use super::changes::pointers;
use super::{OF_SCHEMAS, golden_files, is_below};
use crate::verdicts::schemas::read_file;

/// What an editor checks a file by, by kind.
pub(super) struct Editor(BTreeMap<&'static str, Validator>);

impl Editor {
    pub(super) fn new() -> Self {
        let validator = |kind| {
            let schema = editor_schema(kind).unwrap();
            let validator = jsonschema::options().with_draft(Draft::Draft7).build(&schema);
            (kind, validator.unwrap())
        };
        Self(editor_schema_kinds().into_iter().map(validator).collect())
    }

    pub(super) fn takes(&self, kind: &str, value: &Value) -> bool {
        self.0[kind].is_valid(value)
    }

    /// What is wrong with its verdict, if anything; `place` where the fault is to be shown, if that is looked at.
    pub(super) fn misjudges(&self, kind: &str, value: &Value, place: Option<&str>, is_valid: bool) -> Option<String> {
        if self.takes(kind, value) != is_valid {
            return Some(format!("the editor says otherwise: is it valid: {is_valid}"));
        }
        let place = place.filter(|_| !is_valid)?;
        let above = place.rsplit_once('/').map_or("", |(above, _)| above);
        let mut places = Vec::new();
        for error in self.0[kind].iter_errors(value) {
            leaves(&error, &mut places);
        }
        // That of several lists one has to hold something, is said where they stand.
        let is_near = |(at, is_not): &(String, bool)| is_below(at, above) || *is_not && is_below(above, at);
        (!places.iter().any(is_near)).then(|| format!("the editor refuses {places:?}"))
    }
}

/// Where a fault is, within the alternatives that were tried, and whether something is there that may not be.
fn leaves(error: &ValidationError<'_>, found: &mut Vec<(String, bool)>) {
    let is_not = matches!(error.kind(), ValidationErrorKind::Not { .. });
    found.push((error.instance_path().to_string(), is_not));
    if let ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } = error.kind() {
        context.iter().flatten().for_each(|error| leaves(error, found));
    }
}

/// What is filled in before Harness reads the file may stand for anything.
#[test]
fn what_is_filled_in_may_stand_anywhere() {
    let editor = Editor::new();
    for path in golden_files() {
        let Some((kind, document)) = read_file(&path) else {
            continue;
        };
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        // In the first place stands what the file is.
        for (at, place) in places.iter().enumerate().skip(1) {
            let text = if at % 2 == 0 { "{{NAME}}" } else { "a-${name}" };
            let mut document = document.clone();
            *document.pointer_mut(place).unwrap() = json!(text);
            assert!(editor.takes(kind, &document), "{} {place}", path.display());
            // A placeholder of ours is judged by a sample.
            let found = lint("f.yaml", document.to_string().as_bytes());
            let found: Vec<_> = found
                .iter()
                .filter(|finding| OF_SCHEMAS[2..].contains(&finding.code.as_str()))
                .collect();
            assert!(
                text.contains("{{") || found.is_empty(),
                "{} {place}: {found:#?}",
                path.display()
            );
        }
    }
}

/// An editor reads a placeholder without quotes as a mapping in a mapping.
#[test]
fn a_placeholder_without_quotes_is_taken() {
    let editor = Editor::new();
    let pipeline =
        |name: Value| json!({"pipeline": {"name": name, "identifier": "p", "template": {"templateRef": "t"}}});
    for (name, is_valid) in [
        (json!("p"), true),
        (json!({"{ NAME: null }": null}), true),
        (json!({"NAME": null}), false),
        (json!(7), false),
    ] {
        assert_eq!(
            editor.misjudges("pipeline", &pipeline(name.clone()), Some("/pipeline/name"), is_valid),
            None,
            "{name}"
        );
    }
    assert_eq!(editor_schema("platform"), None);
}
