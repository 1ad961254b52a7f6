//! What a run is started with: input sets and values of its own.

use harness_cd_model::{DeployRequest, InputValue};
use serde_json::json;

use super::Story;
use crate::teller::{MINUTE_MS, Teller};

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "input sets, an overlay and own values",
        tell: input_sets,
        shows: "
            started: Running
            posted: release v3, replicas 2
            recorded: all_of_it, own
        ",
    },
    Story {
        name: "input sets that do not fit",
        tell: unfit_sets,
        shows: "
            refused /inputSets/0: The pipeline has no input set “nightli”; did you mean nightly?
            refused /inputSets/1: The input set “old” does not fit the pipeline: …zone…
            refused /inputSets/2: The input set “broken” does not fit the pipeline: its input set `gone` does not exist…
            Harness started 0
        ",
    },
    Story {
        name: "chosen stages",
        tell: chosen_stages,
        shows: "
            refused /stages/0: The pipeline has no stage “chose”; did you mean choose?
            refused /stages/1: The stage finish uses the stage choose, which is not chosen; choose both, or neither
            started: Running
            Announce Success [Say Success]
            posted: word hi
            Harness started 1
        ",
    },
    Story {
        name: "an input that is given in mid-run",
        tell: answers,
        shows: "
            started: Running
            it asks for colour
            refused /inputs/~1step~1spec~1environmentVariables~10~1value: colour is missing; …
            refused /inputs/~1step~1spec~1environmentVariables~10~1value: colour does not allow “red”; it may be left, right
            Taken
            TooLate
            nothing is asked for
            Success (Succeeded)
        ",
    },
];

fn saves(teller: &Teller<'_>, kind: &str, yaml: &str) {
    saves_for("fleet", teller, kind, yaml);
}

pub(super) fn saves_for(pipeline: &str, teller: &Teller<'_>, kind: &str, yaml: &str) {
    let query = format!(
        "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform&pipelineIdentifier={pipeline}"
    );
    let path = format!("/pipeline/api/inputSets{kind}?{query}");
    teller.harness.data_of_yaml("POST", &path, yaml);
}

fn set(identifier: &str, variables: &str) -> String {
    format!(
        "inputSet: {{name: {identifier}, identifier: {identifier}, orgIdentifier: default, projectIdentifier: platform, \
         pipeline: {{identifier: fleet, variables: [{variables}]}}}}"
    )
}

fn overlay(identifier: &str, sets: &str) -> String {
    format!(
        "overlayInputSet: {{name: {identifier}, identifier: {identifier}, orgIdentifier: default, projectIdentifier: \
         platform, pipelineIdentifier: fleet, inputSetReferences: [{sets}]}}"
    )
}

const RELEASE_1: &str = "{name: release, type: String, value: v1}";
const REPLICAS_2: &str = "{name: replicas, type: Number, value: 2}";
const RELEASE_2: &str = "{name: release, type: String, value: v2}";

fn asking(sets: &[&str], inputs: &[(&str, &str)]) -> DeployRequest {
    let inputs: serde_json::Map<_, _> = inputs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    serde_json::from_value(json!({ "inputSets": sets, "inputs": inputs })).unwrap()
}

fn input_sets(teller: &mut Teller<'_>) -> Option<()> {
    saves(teller, "", &set("base", &format!("{RELEASE_1}, {REPLICAS_2}")));
    saves(teller, "", &set("own", RELEASE_2));
    saves(teller, "/overlay", &overlay("all_of_it", "base"));
    let id = teller.deploys_to("fleet", &asking(&["all_of_it", "own"], &[("release", "v3")]))?;
    teller.says_inputs(&id);
    teller.says_recorded_sets();
    Some(())
}

fn unfit_sets(teller: &mut Teller<'_>) -> Option<()> {
    saves(teller, "", &set("nightly", RELEASE_1));
    saves(teller, "", &set("old", "{name: zone, type: String, value: a}"));
    saves(teller, "", &set("gone", RELEASE_2));
    saves(teller, "/overlay", &overlay("broken", "nightly, gone"));
    let deleted = teller
        .harness
        .elsewhere("DELETE", "/pipeline/api/inputSets/gone?pipelineIdentifier=fleet");
    assert_eq!(deleted, 200);
    teller.deploys_to("fleet", &asking(&["nightli", "old", "broken"], &[]));
    teller.tells_truth();
    Some(())
}

const ASKING: &str = "/step/spec/environmentVariables/0/value";

fn chosen_stages(teller: &mut Teller<'_>) -> Option<()> {
    let ask = |stages: &[&str], inputs: serde_json::Value| -> DeployRequest {
        serde_json::from_value(json!({ "stages": stages, "inputs": inputs })).unwrap()
    };
    teller.deploys_to("choice", &ask(&["chose", "finish"], json!({ "word": "hi" })));
    let id = teller.deploys_to("choice", &ask(&["announce"], json!({ "word": "hi" })))?;
    teller.passes(60 * MINUTE_MS);
    teller.shows_stages(&id, None)?;
    teller.says_inputs(&id);
    teller.tells_truth();
    Some(())
}

fn answers(teller: &mut Teller<'_>) -> Option<()> {
    let id = teller.deploys_to(
        "choice",
        &DeployRequest {
            inputs: [("word".to_owned(), InputValue::One("hi".to_owned()))].into(),
            ..DeployRequest::default()
        },
    )?;
    teller.passes(MINUTE_MS);
    let node = teller.asking_node(&id)?;
    teller.says_question("choice", &id, &node)?;
    teller.answers("choice", &id, &node, &json!({}))?;
    for value in ["red", "left", "right"] {
        teller.answers("choice", &id, &node, &json!({ "inputs": { ASKING: value } }))?;
    }
    teller.says_question("choice", &id, &node)?;
    teller.passes(60 * MINUTE_MS);
    teller.shows(&id)
}
