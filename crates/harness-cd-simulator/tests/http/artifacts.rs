use std::time::Duration;

use harness_cd_simulator::modes::ArtifactBuilds;
use harness_cd_simulator::{Modes, Request, Role};
use serde_json::{Value, json};

use crate::estate::{estate, simulator};
use crate::support::{Harness, KEY, Reply};

const ARTIFACTS: &str = "/ng/api/artifacts";
const DOCKER: &str = "docker/getBuildDetails?connectorRef=registry&imagePath=project/shop";
const SPEC: &str = "pipeline.stages.deploy.spec.service.serviceInputs.serviceDefinition.spec.artifacts";

fn get(harness: &Harness, path: &str) -> Reply {
    harness.call("GET", &format!("{ARTIFACTS}/{path}"), "")
}

fn tags(list: &Value) -> Vec<String> {
    let items = list.as_array().unwrap().iter();
    items.map(|item| item["tag"].as_str().unwrap().to_owned()).collect()
}

/// run-inputs §4
#[test]
fn each_registry_has_its_shape() {
    let harness = estate(|_| {});
    let docker = get(&harness, DOCKER).data();
    let build = &docker["buildDetailsList"][0];
    assert_eq!(build["imagePath"], "project/shop");
    assert!(build["buildUrl"].is_string() && build["metadata"].is_object() && build["labels"].is_object());
    assert!(tags(&docker["buildDetailsList"]).len() > 1);

    let connector = |identifier: &str, kind: &str| {
        let body = json!({ "connector": {
            "identifier": identifier, "name": identifier, "type": kind,
            "orgIdentifier": "default", "projectIdentifier": "platform",
        } });
        harness.call("POST", "/ng/api/connectors", &body.to_string()).data();
    };
    for (identifier, kind) in [
        ("gcp", "Gcp"),
        ("aws", "Aws"),
        ("azure", "Azure"),
        ("artifactory", "Artifactory"),
        ("nexus", "Nexus"),
    ] {
        connector(identifier, kind);
    }
    for (path, key) in [
        (
            "gcr/getBuildDetails?connectorRef=gcp&imagePath=x&registryHostname=gcr.io",
            "imagePath",
        ),
        (
            "ecr/getBuildDetails?connectorRef=aws&imagePath=x&region=eu-west-1",
            "imagePath",
        ),
        (
            "acr/getBuildDetails?connectorRef=azure&subscriptionId=s&registry=r&repository=x",
            "repository",
        ),
        (
            "artifactory/getBuildDetails?connectorRef=artifactory&repository=r&artifactPath=x",
            "artifactPath",
        ),
        (
            "nexus/getBuildDetails?connectorRef=nexus&repository=r&artifactPath=x",
            "imagePath",
        ),
        (
            "gar/getBuildDetails?connectorRef=gcp&project=p&region=r&repositoryName=n&package=x",
            "version",
        ),
    ] {
        let answer = get(&harness, path).data();
        assert!(answer["buildDetailsList"][0][key].is_string(), "{path}: {answer}");
    }
    let versions = "githubpackages/versions?connectorRef=org.packages&packageName=shop&packageType=container";
    let packages = get(&harness, versions).data();
    let package = &packages.as_array().unwrap()[0];
    for key in [
        "number",
        "revision",
        "artifactPath",
        "buildUrl",
        "uiDisplayName",
        "status",
    ] {
        assert!(package[key].is_string(), "{key}");
    }
    assert_eq!(package["metadata"]["tag"], package["number"]);
}

/// run-inputs §4
#[test]
fn connectors_and_paths_are_needed() {
    let harness = estate(|_| {});
    for (path, words) in [
        (
            "docker/getBuildDetails?connectorRef=none&imagePath=x",
            "Connector not found for identifier : [none] with scope: [PROJECT]",
        ),
        (
            "docker/getBuildDetails?connectorRef=account.none&imagePath=x",
            "[none] with scope: [ACCOUNT]",
        ),
        // A connector of another type is as good as none.
        (
            "docker/getBuildDetails?connectorRef=source_code&imagePath=x",
            "Connector not found",
        ),
        ("docker/getBuildDetails?connectorRef=registry", "imagePath"),
        ("docker/getBuildDetails?imagePath=x", "connectorRef"),
    ] {
        let refused = get(&harness, path);
        assert!(
            refused.status == 400 && refused.text.contains(words),
            "{path}: {}",
            refused.text
        );
    }
    for path in ["jenkins/jobs", "acr/v3/repositories", "docker/getLastSuccessfulBuild"] {
        assert_eq!(get(&harness, path).status, 501, "{path}");
    }
}

/// run-inputs §4
#[test]
fn the_second_version_takes_the_rest_from_the_service() {
    let harness = estate(|_| {});
    let post = |query: &str, body: &str| {
        let path = format!("{ARTIFACTS}/docker/getBuildDetailsV2?pipelineIdentifier=shop_cd&{query}");
        harness.call("POST", &path, body)
    };
    let image = format!("serviceId=shop&fqnPath={SPEC}.primary.sources.image.spec.tag");
    let answer = post(&image, "pipeline:\n  identifier: shop_cd\n").data();
    // The path holds an expression of the service.
    assert_eq!(answer["buildDetailsList"][0]["imagePath"], "project/shop");
    let spare = format!("serviceId=shop&fqnPath={SPEC}.primary.sources.spare.spec.tag");
    assert_eq!(
        post(&spare, "").data()["buildDetailsList"][0]["imagePath"],
        "project/spare"
    );

    // What the run gives for the inputs of a sidecar, and for the pipeline's own variable in it.
    let sidecar = format!("serviceId=shop&fqnPath={SPEC}.sidecars.log.spec.tag");
    let run = json!({ "pipeline": {
        "identifier": "shop_cd",
        "variables": [{ "name": "registryRef", "type": "String", "value": "registry" }],
        "stages": [{ "stage": { "identifier": "deploy", "type": "Deployment", "spec": { "service": { "serviceInputs": {
            "serviceDefinition": { "spec": { "artifacts": { "sidecars": [{ "sidecar": { "identifier": "log", "spec": {
                "connectorRef": "<+pipeline.variables.registryRef>", "imagePath": "project/log",
            } } }] } } },
        } } } } }],
    } });
    assert_eq!(
        post(&sidecar, &run.to_string()).data()["buildDetailsList"][0]["imagePath"],
        "project/log"
    );
    assert_eq!(post(&sidecar, "").status, 501, "nothing resolves the connector");

    for (query, words) in [
        ("serviceId=shop".to_owned(), "fqnPath"),
        (
            "serviceId=shop&fqnPath=pipeline.stages.deploy.spec.service.tag".to_owned(),
            "FQN must contain serviceDefinition",
        ),
        (
            format!("serviceId=shop&fqnPath={SPEC}.primary.spec.tag"),
            "Unable to locate path serviceDefinition.spec.artifacts.primary.spec.tag within service yaml",
        ),
        (
            format!("serviceId=none&fqnPath={SPEC}.primary.spec.tag"),
            "Service: none does not exist",
        ),
    ] {
        let refused = post(&query, "");
        assert!(
            refused.status == 400 && refused.text.contains(words),
            "{query}: {}",
            refused.text
        );
    }
    let unsaved = format!("{ARTIFACTS}/docker/getBuildDetailsV2?pipelineIdentifier=-1&{image}");
    let refused = harness.call("POST", &unsaved, "");
    assert!(
        refused.status == 400 && refused.text.contains("has not been saved yet"),
        "{}",
        refused.text
    );
}

/// run-inputs §4, §14.4
#[test]
fn delegates_and_registries_fail_in_their_ways() {
    let harness = estate(|modes| modes.artifact_builds = ArtifactBuilds::NoDelegate);
    let mode = |mode: ArtifactBuilds| harness.control("POST", "modes", &json!({ "artifactBuilds": mode }));
    let absent = get(&harness, DOCKER);
    assert_eq!(absent.failure(), (400, "DELEGATE_NOT_AVAILABLE".to_owned()));
    assert_eq!(absent.json()["responseMessages"][0]["code"], "HINT");
    mode(ArtifactBuilds::Refused);
    let refused = get(&harness, DOCKER);
    assert!(
        refused.text.contains("Docker Get Builds task failure due to error - "),
        "{}",
        refused.text
    );
    mode(ArtifactBuilds::Many);
    let many = get(&harness, &format!("{DOCKER}&size=10&page=3")).data();
    assert_eq!(tags(&many["buildDetailsList"]).len(), 10_000);
    // A validator of the tag narrows them down.
    let query = "serviceId=shop&pipelineIdentifier=shop_cd&tagInput=%3C%2Binput%3E.regex(%5E1.0.99%24)";
    let path = format!("{ARTIFACTS}/docker/getBuildDetailsV2?{query}&fqnPath={SPEC}.primary.sources.image.spec.tag");
    let narrowed = harness.call("POST", &path, "").data();
    assert_eq!(tags(&narrowed["buildDetailsList"]), ["1.0.99"]);
}

/// run-inputs §14.4
#[test]
fn a_slow_delegate_answers_after_half_a_minute() {
    let modes = Modes {
        artifact_builds: ArtifactBuilds::Slow,
        ..Modes::default()
    };
    let scope = [
        "accountIdentifier=demo-account",
        "orgIdentifier=default",
        "projectIdentifier=platform",
    ];
    let own = ["connectorRef=registry", "imagePath=project/shop"];
    let pairs = scope.into_iter().chain(own).map(|pair| pair.split_once('=').unwrap());
    let request = Request {
        method: "GET".to_owned(),
        path: format!("{ARTIFACTS}/docker/getBuildDetails"),
        parameters: pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
        headers: vec![("x-api-key".to_owned(), KEY.to_owned())],
        ..Request::default()
    };
    let answer = simulator(Role::Executor, &[], modes).handle(&request, 0);
    assert_eq!((answer.status, answer.delay), (200, Duration::from_secs(30)));
}
