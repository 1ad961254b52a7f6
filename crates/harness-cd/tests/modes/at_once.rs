//! All that is wrong with a request is told at once, also where Harness alone knows a part of it.

use harness_cd::{DeployCheck, DeployQuestion, HarnessCd, LinearPatterns, Ports};
use harness_cd_model::{Utc, ViolationCode};
use pollster::block_on;
use serde_json::{Value, json};

use crate::harness::{Estate, Harness, KEY, scope};
use crate::teller::payment_rules;

fn codes(harness: &Harness, request: &Value, pipeline: &str) -> Vec<ViolationCode> {
    let question = DeployQuestion {
        request: request.to_string(),
        pipeline: scope("platform").pipeline(pipeline.to_owned()),
        rules: Some(payment_rules()),
        claim: None,
    };
    let ports = Ports {
        zones: &Utc,
        patterns: &LinearPatterns,
    };
    match block_on(HarnessCd::new(harness.client(KEY)).check(&question, ports)).unwrap() {
        DeployCheck::Rejected { violations } => violations.iter().map(|violation| violation.code).collect(),
        DeployCheck::Allowed(_) => panic!("{request} may run"),
    }
}

#[test]
fn a_wrong_choice_of_stages_is_told_beside_a_wrong_tag() {
    let harness = Harness::start(&Estate::new());
    let request = json!({ "service": "payment-service", "imageTag": "-", "environment": "int-stable", "region": "euw1",
        "stages": ["deplyo"] });
    let tag = ViolationCode::ImageTagInvalid;
    let pipeline = payment_rules().pipeline;
    assert_eq!(
        codes(&harness, &request, &pipeline),
        [tag, ViolationCode::StagesFixed],
        "the pipeline allows no choice"
    );
    assert_eq!(
        codes(&harness, &request, "choice"),
        [tag, ViolationCode::StageUnknown],
        "the pipeline has other stages"
    );
    assert_eq!(codes(&harness, &request, "gone"), [tag], "nobody knows its stages");
}
