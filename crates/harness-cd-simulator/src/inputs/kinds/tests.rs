use super::*;
use serde_json::json;

fn said(pipeline: &Value) -> Vec<String> {
    errors(pipeline)
        .into_iter()
        .map(|error| format!("{}: {}", error.place, error.message))
        .collect()
}

/// run-inputs §8, harness-api §12.30
#[test]
fn variables_have_kinds() {
    for (kind, value, verdict) in [
        ("String", json!("true"), None),
        ("String", json!("<+input>"), None),
        ("String", json!(true), Some("boolean found, string expected")),
        ("String", json!(1.2), Some("number found, string expected")),
        ("String", json!(7), Some("integer found, string expected")),
        ("String", Value::Null, Some("null found, string expected")),
        ("Number", json!(1.5), None),
        ("Number", json!("1e3"), None),
        ("Number", json!(""), None),
        ("Number", json!("<+x>"), None),
        ("Number", json!("many"), Some("string found, number expected")),
        ("Number", json!(true), Some("boolean found, number expected")),
        ("Secret", json!("account.key"), None),
        (
            "Secret",
            json!("<+secrets.getValue(\"key\")>"),
            Some("a secret is given by its reference, not by an expression that reads it"),
        ),
    ] {
        let pipeline = json!({ "variables": [{ "name": "v", "type": kind, "value": value }] });
        let expected = verdict.map(|verdict| format!("$.pipeline.variables[0].value: {verdict}"));
        assert_eq!(said(&pipeline), Vec::from_iter(expected), "{pipeline}");
    }
}

/// run-inputs §8
#[test]
fn booleans_and_lists_have_kinds() {
    for (spec, verdicts) in [
        (json!({ "deployToAll": true, "paths": ["a"] }), vec![]),
        (json!({ "deployToAll": "<+input>", "paths": "<+input>" }), vec![]),
        (json!({ "paths": "[\"a\", \"b\"]" }), vec![]),
        (
            json!({ "deployToAll": "true" }),
            vec!["deployToAll: string found, boolean expected"],
        ),
        (json!({ "paths": "a" }), vec!["paths: string found, array expected"]),
        (json!({ "unknown": 3 }), vec![]),
        (
            json!({ "environmentGroup": { "deployToAll": "yes please", "environments": "tenant_a" } }),
            vec![
                "environmentGroup.deployToAll: string found, boolean expected",
                "environmentGroup.environments: string found, array expected",
            ],
        ),
        (json!({ "environments": { "values": [] }, "items": "a" }), vec![]),
        (
            json!({ "strategy": { "repeat": { "items": "a", "maxConcurrency": "x", "times": "<+input>" } } }),
            vec![
                "strategy.repeat.items: string found, array expected",
                "strategy.repeat.maxConcurrency: string found, integer expected",
            ],
        ),
    ] {
        let stage = json!({ "stage": { "identifier": "s", "name": "S", "type": "Deployment", "spec": spec } });
        let expected: Vec<String> = verdicts
            .into_iter()
            .map(|verdict| format!("$.pipeline.stages[0].stage.spec.{verdict}"))
            .collect();
        let pipeline = json!({ "stages": [stage] });
        assert_eq!(said(&pipeline), expected);
        for error in errors(&pipeline) {
            assert_eq!(error.view().pointer("/stageInfo/identifier"), Some(&json!("s")));
            assert_eq!(error.view().get("stepInfo"), None);
        }
    }
}

/// run-inputs §5, §14.5: the four shapes, and no other.
#[test]
fn the_codebase_has_four_shapes() {
    for (build, verdict) in [
        (json!({ "type": "branch", "spec": { "branch": "main" } }), None),
        (json!({ "type": "tag", "spec": { "tag": "v1" } }), None),
        (json!({ "type": "PR", "spec": { "number": "12" } }), None),
        (json!({ "type": "commitSha", "spec": { "commitSha": "abc" } }), None),
        (json!("<+input>"), None),
        (
            json!({ "type": "PR", "spec": { "number": 12 } }),
            Some("spec.number: integer found, string expected"),
        ),
        (
            json!({ "type": "branch", "spec": { "tag": "x" } }),
            Some("spec.branch: is missing but it is required"),
        ),
        (
            json!({ "type": "commit" }),
            Some("type: does not have a value in the enumeration [branch, tag, PR, commitSha]"),
        ),
    ] {
        let pipeline = json!({ "properties": { "ci": { "codebase": { "build": build } } } });
        let expected = verdict.map(|verdict| format!("$.pipeline.properties.ci.codebase.build.{verdict}"));
        assert_eq!(said(&pipeline), Vec::from_iter(expected), "{build}");
    }
}
