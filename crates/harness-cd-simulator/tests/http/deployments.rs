//! What is brought where: services, environments, artifacts.

use serde_json::{Value, json};

use crate::bench::{
    bench, children, custom, deployment, each, graph_nodes, run, save, stage, start, step, summary, wait,
};
use crate::support::Harness;

fn first(summary: &Value) -> Value {
    summary["layoutNodeMap"][summary["startingNodeId"].as_str().unwrap()].clone()
}

/// Service, environment and infrastructure of each node.
fn places(nodes: &[Value]) -> Vec<String> {
    let cd = |pointer: &str| each(nodes, &format!("/moduleInfo/cd/{pointer}"));
    let (services, environments) = (cd("serviceInfo/identifier"), cd("infraExecutionSummary/identifier"));
    let infrastructures = cd("infraExecutionSummary/infrastructureIdentifier");
    let joined = services.iter().zip(&environments).zip(&infrastructures);
    joined
        .map(|((service, environment), infrastructure)| format!("{service} {environment} {infrastructure}"))
        .collect()
}

fn deployed(harness: &Harness, spec: &str) -> (Value, Vec<Value>) {
    let id = run(harness, &[deployment("d", "", spec)]);
    harness.advance(5_000);
    let summary = summary(harness, &id);
    let node = first(&summary);
    let passes = children(&summary, &node);
    (summary, if passes.is_empty() { vec![node] } else { passes })
}

const ONE: &str = "service: { serviceRef: mail },";

/// run-inputs §2, §3; harness-api §3.5; `cases/history/14-several-services-run`
#[test]
fn several_services_and_environments_are_a_matrix() {
    let several = "services: { values: [{ serviceRef: mail }, { serviceRef: shop, serviceInputs: { serviceDefinition: { \
        type: Kubernetes, spec: { artifacts: { primary: { primaryArtifactRef: image, sources: [{ identifier: image, type: \
        DockerRegistry, spec: { tag: v7 } }] } } } } } }], metadata: { parallel: true } }, environments: { metadata: \
        { parallel: true }, values: [{ environmentRef: int, deployToAll: true }, { environmentRef: prod, \
        infrastructureDefinitions: [{ identifier: prod_a }] }] },";
    let harness = bench();
    let (summary, passes) = deployed(&harness, several);
    assert_eq!(first(&summary)["nodeType"], "MATRIX");
    assert_eq!(first(&summary)["moduleInfo"], json!({}));
    assert_eq!(
        places(&passes),
        [
            "mail int int_a",
            "mail int int_b",
            "mail prod prod_a",
            "shop int int_a",
            "shop int int_b",
            "shop prod prod_a"
        ]
    );
    assert_eq!(each(&passes, "/name")[5], "Stage d_5");
    let metadata = &passes[5]["strategyMetadata"]["matrixmetadata"];
    assert_eq!(
        metadata["matrixvalues"],
        json!({ "service": "shop", "environmentRef": "prod" })
    );
    assert_eq!(passes[5]["strategyMetadata"]["totaliterations"], 6);
    assert_eq!(
        each(&passes, "/moduleInfo/cd/serviceInfo/artifacts/primary/displayName")[5],
        "project/shop:v7"
    );
    assert_eq!(each(&passes, "/status"), ["Running"; 6]);
    let cd = &summary["moduleInfo"]["cd"];
    assert_eq!(
        (&cd["serviceIdentifiers"], &cd["envIdentifiers"]),
        (&json!(["mail", "shop"]), &json!(["int", "prod"]))
    );
    assert_eq!(cd["environmentTypes"], json!(["PreProduction", "Production"]));
    assert_eq!(
        cd["artifactDisplayNames"],
        json!(["project/mail:2.0", "project/shop:v7"])
    );

    let harness = bench();
    let in_a_row = several.replace(
        "environments: { metadata: { parallel: true }",
        "environments: { metadata: { parallel: false }",
    );
    assert_ne!(in_a_row, several);
    let (_, passes) = deployed(&harness, &in_a_row);
    assert_eq!(each(&passes, "/status")[..2], ["Running", "NotStarted"]);
}

/// run-inputs §3; harness-api §3.5
#[test]
fn a_group_is_all_of_its_environments_or_the_named_ones() {
    for (environments, expected) in [
        (
            "deployToAll: true",
            &["mail int int_a", "mail int int_b", "mail prod prod_a"][..],
        ),
        (
            "deployToAll: false, environments: [{ environmentRef: prod, deployToAll: true }]",
            &["mail prod prod_a"],
        ),
        (
            "deployToAll: false, environments: [{ environmentRef: int, infrastructureDefinitions: [{ identifier: int_b }] }]",
            &["mail int int_b"],
        ),
        (
            "deployToAll: false, filters: [{ identifier: f, type: tags, entities: [environments], spec: { matchType: all, \
             tags: { zone: inner } } }]",
            &["mail int int_a", "mail int int_b"],
        ),
    ] {
        let harness = bench();
        let spec =
            format!("{ONE} environmentGroup: {{ envGroupRef: all, metadata: {{ parallel: true }}, {environments} }},");
        let (summary, passes) = deployed(&harness, &spec);
        assert_eq!(places(&passes), expected, "{environments}");
        let group = &passes[0]["moduleInfo"]["cd"]["infraExecutionSummary"];
        assert_eq!(
            (&group["envGroupId"], &group["envGroupName"]),
            (&json!("all"), &json!("All of them"))
        );
        assert_eq!(summary["moduleInfo"]["cd"]["envGroupIdentifiers"], json!([null, "all"]));
    }
}

/// run-inputs §3: `deployToAll`, filters, and the single infrastructure.
#[test]
fn an_environment_is_all_of_its_infrastructures_or_the_named_ones() {
    for (environment, expected) in [
        (
            "deployToAll: false, infrastructureDefinitions: [{ identifier: int_b }]",
            &["mail int int_b"][..],
        ),
        ("infrastructureDefinition: { identifier: int_a }", &["mail int int_a"]),
        ("deployToAll: true", &["mail int int_a", "mail int int_b"]),
        (
            "deployToAll: false, infrastructureDefinitions: [{ identifier: int_a }, { identifier: int_b }]",
            &["mail int int_a", "mail int int_b"],
        ),
    ] {
        let harness = bench();
        let (_, passes) = deployed(
            &harness,
            &format!("{ONE} environment: {{ environmentRef: int, {environment} }},"),
        );
        assert_eq!(places(&passes), expected, "{environment}");
    }
}

/// harness-api §3.5; run-inputs §3; `cases/history/12-gitops-one`
#[test]
fn a_gitops_stage_tells_of_clusters_and_applications() {
    let harness = bench();
    let spec = "gitOpsEnabled: true, service: { serviceRef: argo }, environment: { environmentRef: prod, deployToAll: false, \
        gitOpsClusters: [{ identifier: incluster, agentIdentifier: account.agent }] },";
    let (summary, nodes) = deployed(&harness, spec);
    let cd = &nodes[0]["moduleInfo"]["cd"];
    assert_eq!(cd["serviceInfo"]["gitOpsEnabled"], true);
    assert_eq!(cd.get("infraExecutionSummary"), None);
    let environment = json!([{ "identifier": "prod", "name": "Production", "type": "Production" }]);
    let cluster =
        json!([{ "envId": "prod", "envName": "Production", "clusterId": "incluster", "clusterName": "incluster" }]);
    assert_eq!(
        cd["gitopsExecutionSummary"],
        json!({ "environments": environment, "clusters": cluster })
    );
    let application = &cd["gitOpsAppSummary"]["applications"][0];
    assert_eq!(application["agentIdentifier"], "account.agent");
    assert_eq!(
        summary["moduleInfo"]["cd"]["gitOpsAppIdentifiers"],
        json!([application["identifier"]])
    );

    let harness = bench();
    let group = spec.split("environment: {").next().unwrap().to_owned()
        + "environmentGroup: { envGroupRef: all, deployToAll: true },";
    let (summary, nodes) = deployed(&harness, &group);
    let environments = nodes[0]["moduleInfo"]["cd"]["gitopsExecutionSummary"]["environments"].clone();
    assert_eq!((nodes.len(), &nodes[0]["nodeType"]), (1, &json!("Deployment")));
    assert_eq!(
        each(environments.as_array().unwrap(), "/identifier"),
        ["int", "prod"],
        "a group gives each"
    );
    assert_eq!(summary["moduleInfo"]["cd"]["envIdentifiers"], json!(["int", "prod"]));
}

/// harness-api §3.5 (`manifestInfo`, `helmChartVersions`); `cases/history` README: no artifact.
#[test]
fn a_chart_shows_its_version() {
    let harness = bench();
    let chart = |version: &str| {
        format!(
            "service: {{ serviceRef: chart, serviceInputs: {{ serviceDefinition: {{ type: NativeHelm, spec: {{ manifests: [{{ manifest: \
             {{ identifier: chart, type: HelmChart, spec: {{ chartVersion: {version} }} }} }}] }} }} }} }}, environment: {{ environmentRef: \
             int, infrastructureDefinitions: [{{ identifier: int_a }}] }},"
        )
    };
    save(&harness, "p", "", &[deployment("d", "", &chart("<+input>"))]);
    let body = crate::bench::pipeline("p", "", &[deployment("d", "", &chart("1.4.2"))]);
    let id = start(&harness, "p", &body);
    harness.advance(5_000);
    let summary = summary(&harness, &id);
    let service = first(&summary)["moduleInfo"]["cd"]["serviceInfo"].take();
    assert_eq!(
        (
            &service["manifestInfo"]["chartName"],
            &service["manifestInfo"]["chartVersion"]
        ),
        (&json!("ledger"), &json!("1.4.2"))
    );
    assert_eq!(service["artifacts"].get("primary"), None);
    assert_eq!(summary["moduleInfo"]["cd"]["helmChartVersions"], json!(["1.4.2"]));
}

/// run-inputs §4, §1.3 [CORE]
#[test]
fn an_artifact_is_chosen_when_the_run_is_started() {
    let harness = bench();
    let choice = |artifacts: &str| {
        let inputs =
            format!("serviceDefinition: {{ type: Kubernetes, spec: {{ artifacts: {{ primary: {artifacts} }} }} }}");
        let place = "environment: { environmentRef: int, infrastructureDefinitions: [{ identifier: int_a }] },";
        deployment(
            "d",
            "",
            &format!("service: {{ serviceRef: choice, serviceInputs: {{ {inputs} }} }}, {place}"),
        )
    };
    save(
        &harness,
        "p",
        "",
        &[choice("{ primaryArtifactRef: <+input>, sources: <+input> }")],
    );
    let ended = |artifacts: &str| {
        let id = start(&harness, "p", &crate::bench::pipeline("p", "", &[choice(artifacts)]));
        harness.advance(60_000);
        summary(&harness, &id)
    };
    let tagged =
        "{ primaryArtifactRef: image, sources: [{ identifier: image, type: DockerRegistry, spec: { tag: v3 } }] }";
    for (artifacts, name) in [
        (tagged, "project/choice:v3"),
        ("{ primaryArtifactRef: fixed }", "mirror/choice:1.0"),
    ] {
        let summary = ended(artifacts);
        assert_eq!(summary["status"], "Success", "{artifacts}");
        assert_eq!(
            summary["moduleInfo"]["cd"]["artifactDisplayNames"],
            json!([name]),
            "{artifacts}"
        );
    }
    let wrong = ended("{ primaryArtifactRef: other }");
    assert_eq!(wrong["status"], "Failed");
    let message = "Primary artifact ref value other provided does not exist in sources in service choice";
    assert_eq!(wrong["failureInfo"]["message"], message);
    let id = wrong["planExecutionId"].as_str().unwrap();
    assert_eq!(each(&graph_nodes(&harness, id, "service"), "/status"), ["Failed"]);
    assert!(graph_nodes(&harness, id, "roll").is_empty());
}

/// run-inputs §2 [SCH]: `useFromStage`
#[test]
fn a_stage_may_take_the_service_of_another_one() {
    let harness = bench();
    let spec = "service: { useFromStage: { stage: d } }, environment: { environmentRef: prod, deployToAll: true },";
    let id = run(
        &harness,
        &[
            deployment("d", "", crate::bench::SHOP_TO_INT),
            deployment("e", "", spec),
        ],
    );
    harness.advance(60_000);
    let summary = summary(&harness, &id);
    assert_eq!(
        places(&[crate::bench::layout_node(&summary, "e")]),
        ["mail prod prod_a"]
    );
}

/// harness-api §12.41 [CORE], §3.5
#[test]
fn a_build_deploys_nothing_and_names_its_module() {
    for (stages, modules) in [
        (
            vec![stage(
                "b",
                "CI",
                "",
                "cloneCodebase: false,",
                &[step("Run", "Run", "spec: {}")],
            )],
            json!(["ci", "pms"]),
        ),
        (vec![custom("c", "", &[wait("w", 5)])], json!(["pms"])),
        (
            vec![deployment("d", "", crate::bench::SHOP_TO_INT)],
            json!(["cd", "pms"]),
        ),
        (
            vec![
                deployment("d", "", crate::bench::SHOP_TO_INT),
                stage("b", "CI", "", "", &[wait("w", 5)]),
            ],
            json!(["cd", "ci", "pms"]),
        ),
    ] {
        let harness = bench();
        let id = run(&harness, &stages);
        harness.advance(60_000);
        let summary = summary(&harness, &id);
        assert_eq!((&summary["modules"], &summary["status"]), (&modules, &json!("Success")));
        let has = |module: &str| modules.as_array().unwrap().contains(&json!(module));
        let info = &summary["moduleInfo"];
        assert_eq!(
            (info.get("cd").is_some(), info.get("ci").is_some()),
            (has("cd"), has("ci")),
            "{info}"
        );
    }
    let harness = bench();
    let id = run(
        &harness,
        &[
            custom("c", "", &[wait("w", 5)]),
            deployment("d", "", crate::bench::SHOP_TO_INT),
        ],
    );
    assert_eq!(
        summary(&harness, &id)["moduleInfo"].get("cd"),
        None,
        "nothing deployed yet"
    );
}

/// run-inputs §9, §1.2, §1.3: inputs of templates lie under `templateInputs`.
#[test]
fn templates_are_written_out_with_the_values_of_the_run() {
    let harness = bench();
    let step = |word: &str| {
        format!(
            "{{ step: {{ name: Say, identifier: say, template: {{ templateRef: account.say, versionLabel: v1, templateInputs: {{ type: \
             ShellScript, spec: {{ environmentVariables: [{{ name: word, type: String, value: {word} }}] }} }} }} }} }}"
        )
    };
    let staged = |service: &str, tag: &str| {
        format!(
            "{{ stage: {{ name: Roll, identifier: roll_out, template: {{ templateRef: roll, versionLabel: v1, templateInputs: {{ type: \
             Deployment, spec: {{ service: {{ serviceRef: {service}, serviceInputs: {tag} }} }} }} }} }} }}"
        )
    };
    save(
        &harness,
        "p",
        "",
        &[custom("c", "", &[step("<+input>")]), staged("<+input>", "<+input>")],
    );
    let template = harness
        .call("POST", "/pipeline/api/inputSets/template?pipelineIdentifier=p", "{}")
        .data();
    let template = template["inputSetTemplateYaml"].as_str().unwrap();
    assert_eq!(template.matches("templateInputs:").count(), 2, "{template}");
    let inputs = "{ serviceDefinition: { type: Kubernetes, spec: { artifacts: { primary: { sources: [{ identifier: image, type: \
        DockerRegistry, spec: { tag: v9 } }] } } } } }";
    let body = crate::bench::pipeline("p", "", &[custom("c", "", &[step("hello")]), staged("shop", inputs)]);
    let id = start(&harness, "p", &body);
    harness.advance(5 * 60_000);
    let summary = summary(&harness, &id);
    assert_eq!(summary["status"], "Success");
    assert_eq!(each(&graph_nodes(&harness, &id, "say"), "/stepType"), ["ShellScript"]);
    let node = crate::bench::layout_node(&summary, "roll_out");
    assert_eq!(
        (&node["nodeType"], places(std::slice::from_ref(&node))),
        (&json!("Deployment"), vec!["shop int int_a".to_owned()])
    );
    assert_eq!(
        summary["moduleInfo"]["cd"]["artifactDisplayNames"],
        json!(["project/shop:v9"])
    );
}
