//! Pipelines of Harness 3.0, whose inputs are declared with their types.

use harness_cd_model::DeployRequest;
use serde_json::{Value, json};

use super::Story;
use crate::teller::Teller;

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "a pipeline of Harness 3.0",
        tell: runs,
        shows: "
            started: Running
            posted: {\"inputs\":{\"replicas\":3,\"version\":\"1.20\",\"zones\":[\"a\",\"b\"]}}
            Harness started 1
        ",
    },
    Story {
        name: "a pipeline of Harness 3.0 where Harness runs none by this call",
        tell: refused_by_harness,
        shows: "
            InvalidRequest: Harness refused the request: …Harness 3.0 are not run by this call
            Harness started 0
        ",
    },
    Story {
        name: "inputs of Harness 3.0 that do not fit their declarations",
        tell: unfit,
        shows: "
            refused /inputs/version: “latest” does not have the form of version…
            refused /inputs/replicas: replicas takes a number…
            refused /inputs/zones: zones takes a list of texts…
            refused /inputs/zone: zone does not allow “ap”; it may be eu, us
            refused /inputs/versoin: The pipeline asks for no “versoin”…did you mean version?
            Harness started 0
        ",
    },
    Story {
        name: "an input set for a pipeline of Harness 3.0",
        tell: input_set,
        shows: "
            refused /inputSets/0: The input set “base” does not fit the pipeline: how input sets of a pipeline of Harness 3.0…
            Harness started 0
        ",
    },
    Story {
        name: "a run of Harness 3.0 whose answer is lost",
        tell: lost,
        shows: "
            started: Running
            Harness started 1
        ",
    },
    Story {
        name: "a run of Harness 3.0 whose answer is lost, with its notes",
        tell: lost_without_notes,
        shows: "
            OutcomeUnknown: it is not known whether the pipeline `typed` was started: …502…; no execution …
            Harness started 1
        ",
    },
];

/// Source: run-inputs §10 [HUB 3k-docs]: the types, and what they are checked by.
const TYPED: &str = r#"
pipeline:
  inputs:
    version: { type: string, required: true, validation: { regex: '^\d+\.\d+$', message: "two numbers" } }
    replicas: { type: number, default: 1, validation: { min: 1, max: 5 } }
    zones: { type: array, items: { type: string } }
    zone: { type: choice, options: [eu, us], default: eu }
  stages:
    - name: build it
      steps:
        - name: make ${{ inputs.version }}
          run: { script: make }
"#;

/// One that lies in Git: Harness's own call saves none (simulator README).
fn typed(teller: &Teller<'_>) {
    let query = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform&storeType=REMOTE\
                 &connectorRef=github&repoName=deploys&filePath=typed.yaml";
    let classic = "pipeline: {name: Typed, identifier: typed, orgIdentifier: default, projectIdentifier: platform, \
                   stages: [{stage: {name: S, identifier: s, type: Custom, spec: {execution: {steps: []}}}}]}";
    let path = format!("/pipeline/api/pipelines/v2?{query}");
    // What a policy says to saving is none of these stories' business.
    teller.modes(&json!({ "savePolicy": "pass" }));
    teller.harness.data_of_yaml("POST", &path, classic);
    let pushed = json!({ "repo": "deploys", "path": "typed.yaml", "text": TYPED });
    teller.harness.control("POST", "git", &pushed);
}

fn asking(inputs: &Value) -> DeployRequest {
    serde_json::from_value(json!({ "inputs": inputs })).unwrap()
}

fn fitting() -> DeployRequest {
    asking(&json!({ "version": "1.20", "replicas": 3, "zones": ["a", "b"] }))
}

fn runs(teller: &mut Teller<'_>) -> Option<()> {
    typed(teller);
    teller.modes(&json!({ "harness3": "runs" }));
    teller.deploys_to("typed", &fitting())?;
    teller.says_posted();
    teller.tells_truth();
    Some(())
}

fn refused_by_harness(teller: &mut Teller<'_>) -> Option<()> {
    typed(teller);
    teller.modes(&json!({ "harness3": "refused" }));
    teller.deploys_to("typed", &fitting());
    teller.tells_truth();
    Some(())
}

fn unfit(teller: &mut Teller<'_>) -> Option<()> {
    typed(teller);
    let wrong = json!({ "version": "latest", "replicas": "many", "zones": 3, "zone": "ap", "versoin": "1.2" });
    teller.deploys_to("typed", &asking(&wrong));
    teller.tells_truth();
    Some(())
}

fn input_set(teller: &mut Teller<'_>) -> Option<()> {
    typed(teller);
    let request = json!({ "inputSets": ["base"], "inputs": { "version": "1.2" } });
    teller.deploys_to("typed", &serde_json::from_value(request).unwrap());
    teller.tells_truth();
    Some(())
}

fn lost(teller: &mut Teller<'_>) -> Option<()> {
    typed(teller);
    teller.modes(&json!({ "harness3": "runs" }));
    teller.fault(&json!({ "kind": "badGatewayAfterAccept", "path": "/pipelines/typed/execute" }));
    teller.deploys_to("typed", &fitting());
    teller.tells_truth();
    Some(())
}

/// Whether the notes of this call are kept is public nowhere: without them nothing tells the run from another.
fn lost_without_notes(teller: &mut Teller<'_>) -> Option<()> {
    teller.modes(&json!({ "v1RunNotes": "dropped" }));
    lost(teller)
}
