//! Inputs that are asked for while a run goes on.

use harness_cd_simulator::modes::HiddenEndpoints;
use serde_json::{Value, json};

use crate::bench::{
    EXECUTE, SHOP_TO_INT, bench, custom, deployment, graph_nodes, layout_node, pipeline, save, start, step, summary,
    wait,
};
use crate::estate::yaml;
use crate::support::{Harness, Reply};

/// A step that asks for a word.
fn asking(value: &str, strategies: &str) -> String {
    let variables = format!("environmentVariables: [{{ name: word, type: String, value: '{value}' }}]");
    step(
        "ask",
        "ShellScript",
        &format!("timeout: 10m, {strategies} spec: {{ shell: Bash, {variables} }}"),
    )
}

fn node_of(harness: &Harness, id: &str, identifier: &str) -> String {
    graph_nodes(harness, id, identifier)[0]["uuid"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn get(harness: &Harness, node: &str) -> Reply {
    harness.call("GET", &format!("/pipeline/api/pipeline/execution-input/{node}"), "")
}

fn post(harness: &Harness, node: &str, body: &str) -> Reply {
    harness.call("POST", &format!("/pipeline/api/pipeline/execution-input/{node}"), body)
}

fn word(text: &str) -> String {
    format!(
        "step: {{ identifier: ask, spec: {{ environmentVariables: [{{ name: word, type: String, value: {text} }}] }} }}"
    )
}

fn waiting(harness: &Harness, value: &str, strategies: &str) -> (String, String) {
    save(
        harness,
        "p",
        "",
        &[custom("s", "", &[asking(value, strategies), wait("w", 5)])],
    );
    let id = start(harness, "p", "");
    harness.advance(5_000);
    let node = node_of(harness, &id, "ask");
    (id, node)
}

const WORD: &str = "<+input>.allowedValues(left,right).default(left).executionInput()";

/// run-inputs §8, §14.8; harness-api §3.7, §12.25, §3.4 (`executionInputConfigured`)
#[test]
fn a_step_waits_until_its_input_is_given() {
    let harness = bench();
    let (id, node) = waiting(&harness, WORD, "");
    let early = summary(&harness, &id);
    assert_eq!(
        (&early["status"], &early["executionInputConfigured"]),
        (&json!("InputWaiting"), &json!(true))
    );
    assert_eq!(
        (
            layout_node(&early, "s")["status"].clone(),
            graph_nodes(&harness, &id, "ask")[0]["status"].clone()
        ),
        (json!("InputWaiting"), json!("InputWaiting"))
    );
    let asked = get(&harness, &node).data();
    assert_eq!(asked["nodeExecutionId"], *node);
    assert!(
        asked["inputInstanceId"].is_string() && asked.get("userInput").is_none_or(Value::is_null),
        "{asked}"
    );
    let template = yaml(&asked["inputTemplate"]);
    assert_eq!(template["step"]["spec"]["environmentVariables"][0]["value"], WORD);
    assert_eq!(
        (&template["step"]["identifier"], &template["step"]["type"]),
        (&json!("ask"), &json!("ShellScript"))
    );

    let refused = post(&harness, &node, &word("up"));
    assert_eq!(refused.failure(), (400, "INVALID_REQUEST".to_owned()));
    assert!(
        refused.json()["message"]
            .as_str()
            .unwrap()
            .contains("Some fields are not valid: ["),
        "{}",
        refused.text
    );
    assert_eq!(harness.status(&id), "InputWaiting");

    let answered = post(&harness, &node, &word("right")).data();
    assert_eq!(answered, json!({ "nodeExecutionId": node, "status": "Success" }));
    assert!(
        get(&harness, &node).data()["userInput"]
            .as_str()
            .unwrap()
            .contains("right")
    );
    assert_eq!(harness.status(&id), "Running");
    assert_eq!(
        post(&harness, &node, &word("left")).data()["status"],
        "Failed",
        "nobody waits any more"
    );
    harness.advance(60_000);
    assert_eq!(harness.status(&id), "Success");
}

/// run-inputs §8: an empty body means the defaults; what asks for nothing has no template.
#[test]
fn an_empty_answer_takes_the_defaults() {
    let harness = bench();
    let (id, node) = waiting(&harness, WORD, "");
    assert_eq!(post(&harness, &node, "").data()["status"], "Success");
    harness.advance(60_000);
    assert_eq!(harness.status(&id), "Success");
    for node in [node_of(&harness, &id, "w").as_str(), "nothing"] {
        for reply in [get(&harness, node), post(&harness, node, "")] {
            assert_eq!(reply.failure(), (400, "INVALID_REQUEST".to_owned()));
            let message = format!("Execution Input template does not exist for input execution id : {node}");
            assert!(
                reply.json()["message"].as_str().unwrap().contains(&message),
                "{}",
                reply.text
            );
        }
    }
}

/// run-inputs §8: the time-out is the step's; what becomes of it is a strategy's.
#[test]
fn an_input_that_nobody_gives_expires() {
    let on = |error: &str, action: &str| {
        format!("failureStrategies: [{{ onFailure: {{ errors: [{error}], action: {{ type: {action} }} }} }}],")
    };
    for (strategies, of_step, of_run) in [
        (String::new(), "Expired", "Expired"),
        (on("Timeout", "Ignore"), "Expired", "Expired"),
        (on("InputTimeoutError", "Ignore"), "IgnoreFailed", "IgnoreFailed"),
        (
            on("InputTimeoutError", "ProceedWithDefaultValues"),
            "Success",
            "Success",
        ),
    ] {
        let harness = bench();
        let (id, node) = waiting(&harness, WORD, &strategies);
        harness.advance(9 * 60_000);
        assert_eq!(harness.status(&id), "InputWaiting");
        harness.advance(5 * 60_000);
        let step = graph_nodes(&harness, &id, "ask").remove(0);
        assert_eq!(
            (step["status"].as_str().unwrap(), harness.status(&id).as_str()),
            (of_step, of_run),
            "{strategies}"
        );
        if of_run == "Expired" {
            let failure = &summary(&harness, &id)["failureInfo"];
            assert_eq!(failure["failureTypeList"], json!(["INPUT_TIMEOUT_FAILURE"]));
            assert!(
                failure["message"]
                    .as_str()
                    .unwrap()
                    .contains("passed the time limit to take the user input"),
                "{failure}"
            );
        }
        assert_eq!(post(&harness, &node, "").data()["status"], "Failed");
    }
}

/// run-inputs §8: the root `stage:`; a required variable; what is deployed follows from the answer.
#[test]
fn a_stage_asks_before_its_first_step() {
    let harness = bench();
    let beside =
        "timeout: 20m, variables: [{ name: why, type: String, required: true, value: <+input>.executionInput() }],";
    let spec = SHOP_TO_INT.replace(
        "serviceRef: mail",
        "serviceRef: shop, serviceInputs: { serviceDefinition: { type: Kubernetes, spec: { artifacts: { primary: { \
         primaryArtifactRef: image, sources: [{ identifier: image, type: DockerRegistry, spec: { tag: <+input>.executionInput() } }] } } } } }",
    );
    save(&harness, "p", "", &[deployment("d", beside, &spec)]);
    let id = start(&harness, "p", "");
    harness.advance(5_000);
    let early = summary(&harness, &id);
    assert_eq!(
        (&early["status"], layout_node(&early, "d")["status"].clone()),
        (&json!("InputWaiting"), json!("InputWaiting"))
    );
    assert_eq!(
        (
            early["moduleInfo"].get("cd"),
            graph_nodes(&harness, &id, "service").len()
        ),
        (None, 0),
        "nothing is deployed yet"
    );
    let node = node_of(&harness, &id, "d");
    let template = yaml(&get(&harness, &node).data()["inputTemplate"]);
    assert_eq!(template["stage"]["identifier"], "d");
    assert_eq!(template["stage"]["spec"].get("execution"), None);

    let missing = post(&harness, &node, "");
    assert_eq!(missing.status, 400);
    assert!(
        missing
            .text
            .contains("why is a required variable .Value or expression not provided"),
        "{}",
        missing.text
    );
    let answer = "stage: { identifier: d, variables: [{ name: why, type: String, value: because }], spec: { service: { serviceInputs: { \
        serviceDefinition: { type: Kubernetes, spec: { artifacts: { primary: { sources: [{ identifier: image, type: DockerRegistry, \
        spec: { tag: v5 } }] } } } } } } } }";
    assert_eq!(post(&harness, &node, answer).data()["status"], "Success");
    harness.advance(60_000);
    let done = summary(&harness, &id);
    assert_eq!(
        (&done["status"], &done["moduleInfo"]["cd"]["artifactDisplayNames"]),
        (&json!("Success"), &json!(["project/shop:v5"]))
    );

    let late = start(&harness, "p", "");
    harness.advance(21 * 60_000);
    assert_eq!(harness.status(&late), "Expired", "the time-out of the stage");
}

/// run-inputs §8: a body may put an input off that the pipeline asks for at the start; §1.3: it keeps its validators.
#[test]
fn a_run_may_put_an_input_off() {
    let harness = bench();
    let plain = "<+input>.allowedValues(left,right)";
    save(&harness, "p", "", &[custom("s", "", &[asking(plain, "")])]);
    let given = |value: &str| pipeline("p", "", &[custom("s", "", &[asking(value, "")])]);
    let at_once = start(&harness, "p", &given("left"));
    let later = start(&harness, "p", &given("<+input>.executionInput()"));
    harness.advance(5_000);
    assert_eq!(
        (harness.status(&at_once).as_str(), harness.status(&later).as_str()),
        ("Running", "InputWaiting")
    );
    let node = node_of(&harness, &later, "ask");
    assert_eq!(post(&harness, &node, &word("up")).status, 400);
    assert_eq!(post(&harness, &node, &word("left")).data()["status"], "Success");
    assert_eq!(summary(&harness, &at_once)["executionInputConfigured"], false);
}

/// run-inputs §14.2, §15: whether a key may call what Harness's own page calls.
#[test]
fn the_calls_are_hidden_ones() {
    for (mode, status) in [(HiddenEndpoints::Forbidden, 403), (HiddenEndpoints::NotFound, 404)] {
        let harness = crate::bench::bench_with(|modes| modes.hidden_endpoints = mode);
        let (id, node) = waiting(&harness, WORD, "");
        assert_eq!(
            [get(&harness, &node).status, post(&harness, &node, "").status],
            [status; 2]
        );
        assert_eq!(harness.status(&id), "InputWaiting");
    }
}

/// harness-api §3.8: an abort ends the waiting.
#[test]
fn an_abort_ends_the_waiting() {
    let harness = bench();
    let (id, node) = waiting(&harness, WORD, "");
    harness
        .call("PUT", &format!("{EXECUTE}/interrupt/{id}?interruptType=AbortAll"), "")
        .data();
    harness.advance(5_000);
    assert_eq!(harness.status(&id), "Aborted");
    assert_eq!(post(&harness, &node, "").data()["status"], "Failed");
}
