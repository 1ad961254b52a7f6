//! What Harness's own lists exclude is refused, and what they do not tell of passes.

use harness_cd::{AllowedDeployment, DeployCheck, DeployQuestion, HarnessCd, LinearPatterns, Ports};
use harness_cd_model::{Utc, Violation};
use pollster::block_on;
use serde_json::{Value, json};

use crate::harness::{Estate, Harness, KEY, scope};

const SPEC: &str = "/pipeline/stages/0/stage/spec";

fn check(harness: &Harness, pipeline: &str, inputs: &Value) -> DeployCheck {
    let question = DeployQuestion {
        request: json!({ "inputs": inputs }).to_string(),
        pipeline: scope("platform").pipeline(pipeline.to_owned()),
        rules: None,
        claim: None,
    };
    let ports = Ports {
        zones: &Utc,
        patterns: &LinearPatterns,
    };
    let product = HarnessCd::new(harness.client(KEY));
    block_on(product.check(&question, ports)).unwrap()
}

fn refused(harness: &Harness, pipeline: &str, inputs: &Value) -> Vec<String> {
    match check(harness, pipeline, inputs) {
        DeployCheck::Rejected { violations } => sentences(&violations),
        DeployCheck::Allowed(_) => panic!("{inputs} may run"),
    }
}

fn allowed(harness: &Harness, pipeline: &str, inputs: &Value) -> Box<AllowedDeployment> {
    match check(harness, pipeline, inputs) {
        DeployCheck::Allowed(allowed) => allowed,
        DeployCheck::Rejected { violations } => panic!("{violations:?}"),
    }
}

fn sentences(violations: &[Violation]) -> Vec<String> {
    violations.iter().map(|violation| violation.message.clone()).collect()
}

fn several(services: &Value, environment: &str, infrastructures: &Value) -> Value {
    json!({
        (format!("{SPEC}/services/values")): services,
        (format!("{SPEC}/environment/environmentRef")): environment,
        (format!("{SPEC}/environment/infrastructureDefinitions")): infrastructures,
    })
}

#[test]
fn what_is_not_there_is_refused_all_at_once_and_nothing_follows_from_it() {
    let harness = Harness::start(&Estate::new());
    let mut inputs = several(&json!(["mial", "mail"]), "int_stable", &json!(["prod_euw1_k8s"]));
    inputs[format!("{SPEC}/services/values/mial/serviceInputs/x")] = json!("v1");
    let found = refused(&harness, "several", &inputs);
    assert_eq!(
        found[0],
        "Harness lists no “mial” for Services of stage roll; did you mean mail?"
    );
    let elsewhere = "Harness lists no “prod_euw1_k8s” in int_stable for Infrastructure definitions of stage roll";
    assert!(found[1].starts_with(elsewhere), "{found:?}");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn what_is_chosen_within_what_is_not_there_is_not_looked_at() {
    let harness = Harness::start(&Estate::new());
    let found = refused(
        &harness,
        "several",
        &several(&json!(["mail"]), "int_stabel", &json!(["lab"])),
    );
    assert_eq!(
        found,
        ["Harness lists no “int_stabel” for Environment of stage roll; did you mean int_stable?"]
    );
}

#[test]
fn an_element_that_is_given_whole_is_looked_at_as_well() {
    let harness = Harness::start(&Estate::new());
    let whole = several(
        &json!([{ "serviceRef": "nobody" }]),
        "int_stable",
        &json!([{ "identifier": "lab" }]),
    );
    let found = refused(&harness, "several", &whole);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("Harness lists no “nobody” for Services"),
        "{found:?}"
    );
}

#[test]
fn a_list_that_is_refused_refuses_nothing_and_says_so() {
    let harness = Harness::start(&Estate::new());
    harness.control(
        "POST",
        "faults",
        &json!({ "kind": "forbidden", "path": "/gitops/clusters", "times": 0 }),
    );
    let checked = allowed(
        &harness,
        "gitops",
        &json!({ (format!("{SPEC}/environment/gitOpsClusters")): ["nowhere"] }),
    );
    assert_eq!(
        sentences(&checked.warnings),
        [
            "Harness did not say in full what may be chosen for Git ops clusters of stage roll, so nobody looked whether \
             there is “nowhere”"
        ]
    );
}

#[test]
fn no_check_waits_longer_than_three_seconds_for_lists() {
    let harness = Harness::start(&Estate::new());
    for path in [
        "servicesV2/list/access",
        "environmentsV2/list/access",
        "infrastructures/list-access",
    ] {
        harness.control("POST", "faults", &json!({ "status": 500, "path": path, "times": 0 }));
    }
    let before = harness.client(KEY).now_ms();
    let checked = allowed(
        &harness,
        "several",
        &several(&json!(["nobody"]), "int_stable", &json!(["nowhere"])),
    );
    assert_eq!(checked.warnings.len(), 3, "{:?}", checked.warnings);
    let waited = harness.client(KEY).now_ms() - before;
    assert!((0..=3_000).contains(&waited), "{waited} ms");
}

#[test]
fn a_list_tells_of_the_levels_of_which_it_holds_something() {
    let harness = Harness::start(&Estate::new());
    let checked = allowed(
        &harness,
        "several",
        &several(&json!(["org.mail"]), "int_stable", &json!(["int_stable_euw1_k8s"])),
    );
    assert_eq!(checked.warnings.len(), 1, "{:?}", checked.warnings);
}

#[test]
fn what_stands_on_a_later_page_is_found_with_its_agent() {
    let cluster = |index: usize| {
        format!(
            "gitOpsCluster: {{name: c{index}, clusterRef: c{index}, agentIdentifier: account.a{index}, environmentRef: \
             int_stable, orgIdentifier: default, projectIdentifier: platform, scope: PROJECT}}"
        )
    };
    let estate = (100..220).fold(Estate::new(), |estate, index| {
        estate.with(&format!("cluster{index}.yaml"), &cluster(index))
    });
    let harness = Harness::start(&estate);
    let clusters = format!("{SPEC}/environment/gitOpsClusters");
    for name in ["c100", "c219"] {
        let checked = allowed(&harness, "gitops", &json!({ (clusters.as_str()): [name] }));
        assert!(checked.warnings.is_empty(), "{:?}", checked.warnings);
        let body: Value = serde_json::from_str(&checked.body).unwrap();
        let agent = format!("account.{}", name.replace('c', "a"));
        assert_eq!(
            body.pointer(&clusters),
            Some(&json!([{ "identifier": name, "agentIdentifier": agent }]))
        );
    }
    let unknown = allowed(&harness, "gitops", &json!({ (clusters.as_str()): ["elsewhere"] }));
    assert_eq!(unknown.warnings.len(), 1, "a search is no list: {:?}", unknown.warnings);
}
