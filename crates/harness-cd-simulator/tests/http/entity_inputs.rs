use harness_cd_simulator::modes::HiddenEndpoints;
use serde_json::json;

use crate::estate::{ENVIRONMENTS, INFRASTRUCTURES, SERVICES, estate, identifiers, placed, write, yaml};

/// run-inputs §2, §3, §14.2, §15
#[test]
fn what_only_the_page_calls_can_be_closed() {
    for (mode, status) in [
        (HiddenEndpoints::Open, 200),
        (HiddenEndpoints::Forbidden, 403),
        (HiddenEndpoints::NotFound, 404),
    ] {
        let harness = estate(|modes| modes.hidden_endpoints = mode);
        for (method, path, body) in [
            ("GET", format!("{SERVICES}/list/access"), ""),
            ("GET", format!("{SERVICES}/runtimeInputs/shop"), ""),
            (
                "POST",
                format!("{SERVICES}/servicesYamlMetadata"),
                r#"{"serviceIdentifiers":[]}"#,
            ),
            ("GET", format!("{ENVIRONMENTS}/list/access"), ""),
            (
                "POST",
                format!("{ENVIRONMENTS}/listV2/access"),
                r#"{"filterType":"Environment"}"#,
            ),
            (
                "GET",
                format!("{INFRASTRUCTURES}/list-access?environmentIdentifier=int"),
                "",
            ),
            (
                "POST",
                "/ng/api/environmentGroup/list".to_owned(),
                r#"{"filterType":"EnvironmentGroup"}"#,
            ),
            (
                "GET",
                "/ng/api/gitops/clusters?environmentIdentifier=int".to_owned(),
                "",
            ),
            (
                "GET",
                "/ng/api/entitySetupUsage?identifier=shop&referredEntityType=Service".to_owned(),
                "",
            ),
        ] {
            assert_eq!(harness.call(method, &path, body).status, status, "{mode:?} {path}");
        }
        assert_eq!(harness.call("GET", SERVICES, "").status, 200);
    }
}

/// run-inputs §2, §3
#[test]
fn what_the_caller_may_run_is_a_bare_list() {
    let harness = estate(|_| {});
    let list = |path: &str| harness.call("GET", path, "").data();
    let services = list(&format!("{SERVICES}/list/access"));
    assert_eq!(identifiers(&services, "/service/identifier"), ["cart", "mail", "shop"]);
    let filtered = list(&format!("{SERVICES}/list/access?type=NativeHelm&gitOpsEnabled=true"));
    assert_eq!(identifiers(&filtered, "/service/identifier"), ["mail"]);
    let all = list(&format!(
        "{SERVICES}/list/access?includeAllServicesAccessibleAtScope=true"
    ));
    assert!(identifiers(&all, "/service/identifier").contains(&"shared".to_owned()));
    assert_eq!(
        list(&format!("{ENVIRONMENTS}/list/access")).as_array().unwrap().len(),
        2
    );
    let infrastructures = list(&format!("{INFRASTRUCTURES}/list-access?environmentIdentifier=int"));
    assert_eq!(infrastructures["totalItems"], 2);
}

/// run-inputs §2, §4
#[test]
fn a_service_says_what_it_asks() {
    let harness = estate(|_| {});
    let inputs = |service: &str| harness.call("GET", &format!("{SERVICES}/runtimeInputs/{service}"), "");
    let shop = yaml(&inputs("shop").data()["inputSetTemplateYaml"]);
    let spec = json!({ "tag": "<+input>.regex(^[0-9.]+$)" });
    let definition = &shop["serviceInputs"]["serviceDefinition"];
    assert_eq!(definition["type"], "Kubernetes");
    // The reference is fixed, so the other source is not asked for.
    let primary = &definition["spec"]["artifacts"]["primary"];
    assert_eq!(
        primary["sources"],
        json!([{ "identifier": "image", "type": "DockerRegistry", "spec": spec }])
    );
    let cart = yaml(&inputs("cart").data()["inputSetTemplateYaml"]);
    let primary = &cart["serviceInputs"]["serviceDefinition"]["spec"]["artifacts"]["primary"];
    assert_eq!(
        *primary,
        json!({ "primaryArtifactRef": "<+input>", "sources": "<+input>" })
    );
    let shared = inputs("account.shared").data();
    assert!(yaml(&shared["inputSetTemplateYaml"])["serviceInputs"].is_object());
    assert_eq!(inputs("mail").data(), json!({}));
    assert_eq!(inputs("unknown").status, 404);
    write(&harness, "POST", SERVICES, &placed(json!({ "identifier": "bare" }))).data();
    let bare = inputs("bare");
    assert_eq!(
        (bare.status, bare.text.contains("Service Yaml is empty")),
        (400, true),
        "{}",
        bare.text
    );

    let sources = harness
        .call("GET", &format!("{SERVICES}/artifactSourceInputs/cart"), "")
        .data();
    assert_eq!(sources["sourceIdentifiers"], json!(["image", "fixed"]));
    let map = sources["sourceIdentifierToSourceInputMap"].as_object().unwrap();
    assert_eq!(map.keys().collect::<Vec<_>>(), ["image"]);
    assert_eq!(yaml(&map["image"])["spec"], json!({ "tag": "<+input>" }));
}

/// run-inputs §4: a fixed reference that leads nowhere, beside several sources.
#[test]
fn a_wrong_primary_artifact_is_named() {
    let harness = estate(|_| {});
    let got = harness.call("GET", &format!("{SERVICES}/shop"), "").data();
    let yaml = got["service"]["yaml"]
        .as_str()
        .unwrap()
        .replace("primaryArtifactRef: image", "primaryArtifactRef: none");
    write(
        &harness,
        "PUT",
        SERVICES,
        &placed(json!({ "identifier": "shop", "yaml": yaml })),
    )
    .data();
    let refused = harness.call("GET", &format!("{SERVICES}/runtimeInputs/shop"), "");
    let words = "Primary artifact ref value none provided does not exist in sources in service shop";
    assert!(
        refused.status == 400 && refused.text.contains(words),
        "{}",
        refused.text
    );
}

/// run-inputs §2
#[test]
fn services_are_described_in_batches() {
    let harness = estate(|_| {});
    let references = ["shop", "account.shared", "unknown"];
    let old = json!({ "serviceIdentifiers": references });
    let new = json!({ "serviceWithGitInfoList": references.map(|name| json!({ "ref": name, "branch": "main" })) });
    for (path, body) in [("servicesYamlMetadata", &old), ("v2/services-yaml-metadata", &new)] {
        let answer = harness
            .call("POST", &format!("{SERVICES}/{path}"), &body.to_string())
            .data();
        let items = &answer["serviceV2YamlMetadataList"];
        assert_eq!(identifiers(items, "/serviceIdentifier"), ["shop", "shared"]);
        assert!(yaml(&items[0]["inputSetTemplateYaml"])["serviceInputs"].is_object());
        assert_eq!(items[0]["storeType"], "INLINE");
        assert!(items[1].get("projectIdentifier").is_none());
    }
    let too_many = json!({ "serviceIdentifiers": vec!["shop"; 1001] });
    assert_eq!(
        harness
            .call(
                "POST",
                &format!("{SERVICES}/servicesYamlMetadata"),
                &too_many.to_string()
            )
            .status,
        400
    );
}

/// run-inputs §2: the values stay where they are still asked for, and open the chosen source.
#[test]
fn old_answers_are_merged_into_what_is_asked_now() {
    let harness = estate(|_| {});
    let old = "serviceInputs:\n  serviceDefinition:\n    type: Kubernetes\n    spec:\n      gone: x\n      artifacts:\n        \
               primary:\n          primaryArtifactRef: image\n          sources:\n            - identifier: image\n              \
               type: DockerRegistry\n              spec:\n                tag: \"2.0\"\n";
    let answer = harness
        .call("POST", &format!("{SERVICES}/mergeServiceInputs/cart"), old)
        .data();
    let merged = yaml(&answer["mergedServiceInputsYaml"]);
    let expected = json!({ "type": "Kubernetes", "spec": { "artifacts": { "primary": {
        "primaryArtifactRef": "image",
        "sources": [{ "identifier": "image", "type": "DockerRegistry", "spec": { "tag": "2.0" } }],
    } } } });
    assert_eq!(merged["serviceInputs"]["serviceDefinition"], expected);
    assert!(answer["serviceYaml"].as_str().unwrap().starts_with("service:"));
}

/// run-inputs §3, §14.3
#[test]
fn environments_and_overrides_say_what_they_ask() {
    let harness = estate(|_| {});
    let ask = |path: &str| harness.call("GET", &format!("{ENVIRONMENTS}/{path}"), "").data();
    let int = yaml(&ask("runtimeInputs?environmentIdentifier=int")["inputSetTemplateYaml"]);
    let variable = json!({ "name": "level", "type": "String", "value": "<+input>.default(debug)" });
    let inputs = json!({ "identifier": "int", "type": "PreProduction", "variables": [variable] });
    assert_eq!(int, json!({ "environmentInputs": inputs }));
    let prod = yaml(&ask("runtimeInputs?environmentIdentifier=prod")["inputSetTemplateYaml"]);
    assert_eq!(prod["environmentInputs"]["variables"][0]["name"], "window");
    let overrides = "serviceOverrides/runtimeInputs?serviceIdentifier=shop&environmentIdentifier";
    let shop = yaml(&ask(&format!("{overrides}=int"))["inputSetTemplateYaml"]);
    assert_eq!(shop["serviceOverrideInputs"]["variables"][0]["name"], "replicas");
    assert_eq!(ask(&format!("{overrides}=prod")), json!({}));
    let missing = harness.call(
        "GET",
        &format!("{ENVIRONMENTS}/runtimeInputs?environmentIdentifier=none"),
        "",
    );
    assert_eq!(missing.status, 404);

    for (path, body) in [
        (
            "environmentInputYamlAndServiceOverridesMetadata",
            json!({ "envIdentifiers": ["int", "none"], "serviceIdentifiers": ["shop"] }),
        ),
        (
            "v2/env-service-override-metadata",
            json!({ "entityWithGitInfoList": [{ "ref": "int" }], "serviceIdentifiers": ["shop"] }),
        ),
    ] {
        let answer = harness
            .call("POST", &format!("{ENVIRONMENTS}/{path}"), &body.to_string())
            .data();
        let items = answer["environmentsInputYamlAndServiceOverrides"]
            .as_array()
            .unwrap()
            .clone();
        assert_eq!(items.len(), 1);
        assert_eq!(items[0]["envRef"], "int");
        assert_eq!(yaml(&items[0]["envRuntimeInputYaml"]), int);
        let service = &items[0]["servicesOverrides"][0];
        assert_eq!(yaml(&service["serviceOverridesYaml"]), shop);
        assert!(yaml(&service["serviceRuntimeInputYaml"])["serviceInputs"].is_object());
    }
    let group = json!({ "envGroupIdentifier": "all", "envIdentifiers": [], "serviceIdentifiers": [] });
    let path = format!("{ENVIRONMENTS}/environmentInputYamlAndServiceOverridesMetadata");
    let answer = harness.call("POST", &path, &group.to_string()).data();
    assert_eq!(
        identifiers(&answer["environmentsInputYamlAndServiceOverrides"], "/envRef"),
        ["int", "prod"]
    );
    assert_eq!(harness.call("POST", &path, r#"{"envIdentifiers":["int"]}"#).status, 400);
}

/// run-inputs §3
#[test]
fn infrastructures_say_what_they_ask() {
    let harness = estate(|_| {});
    let inputs = json!({ "identifier": "int_open", "type": "KubernetesDirect", "spec": { "namespace": "<+input>" } });
    let path = format!("{INFRASTRUCTURES}/runtimeInputs?environmentIdentifier");
    for query in [
        "int&infraIdentifiers=int_open&infraIdentifiers=int_fixed",
        "int&deployToAll=true",
    ] {
        let answer = harness.call("GET", &format!("{path}={query}"), "").data();
        let definitions = json!([{ "identifier": "int_open", "inputs": inputs }]);
        assert_eq!(
            yaml(&answer["inputSetTemplateYaml"]),
            json!({ "infrastructureDefinitions": definitions }),
            "{query}"
        );
    }
    assert_eq!(
        harness
            .call("GET", &format!("{path}=int&infraIdentifiers=int_fixed"), "")
            .data(),
        json!({})
    );
    for call in ["infrastructureYamlMetadata", "v2/infrastructure-yaml-metadata"] {
        let path = format!("{INFRASTRUCTURES}/{call}?environmentIdentifier=int");
        let body = json!({ "infrastructureIdentifiers": ["int_open", "prod_k8s"] });
        let answer = harness.call("POST", &path, &body.to_string()).data();
        let items = &answer["infrastructureYamlMetadataList"];
        assert_eq!(identifiers(items, "/infrastructureIdentifier"), ["int_open"]);
        assert_eq!(
            yaml(&items[0]["inputSetTemplateYaml"]),
            json!({ "infrastructureInputs": inputs })
        );
    }
}

/// run-inputs §3
#[test]
fn groups_and_clusters() {
    let harness = estate(|_| {});
    let filter = r#"{"filterType":"EnvironmentGroup"}"#;
    let groups = harness
        .call("POST", "/ng/api/environmentGroup/list?searchTerm=al", filter)
        .data();
    assert_eq!(groups["pageSize"], 25);
    let group = &groups["content"][0]["envGroup"];
    assert_eq!(group["envIdentifiers"], json!(["int", "prod"]));
    assert_eq!(
        identifiers(&group["envResponse"], "/environment/identifier"),
        ["int", "prod"]
    );
    let got = harness.call("GET", "/ng/api/environmentGroup/all", "").data();
    assert_eq!(got["envGroup"], *group);
    let clusters = harness
        .call("GET", "/ng/api/gitops/clusters?environmentIdentifier=int", "")
        .data();
    let cluster = &clusters["content"][0];
    assert_eq!(
        (&cluster["clusterRef"], &cluster["envRef"]),
        (&json!("int_cluster"), &json!("int"))
    );
    assert_eq!(cluster["agentIdentifier"], "account.agent");
}
