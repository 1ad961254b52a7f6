use serde_json::{Value, json};

use crate::estate::{CONNECTORS, estate, identifiers, placed, write};

const CONNECTOR_LIST: &str = "/ng/api/connectors/listV2";

/// harness-api §4.2, §12.39, §12.37
#[test]
fn connectors_are_listed_by_the_filters_of_the_body() {
    let harness = estate(|_| {});
    let list = |query: &str, filter: Value| {
        let mut body = json!({ "filterType": "Connector" });
        body.as_object_mut()
            .unwrap()
            .extend(filter.as_object().unwrap().clone());
        let answer = harness.call("POST", &format!("{CONNECTOR_LIST}?{query}"), &body.to_string());
        identifiers(&answer.data()["content"], "/connector/identifier")
    };
    for (query, filter, expected) in [
        ("", json!({}), vec!["registry", "source_code"]),
        ("pageSize=1&pageIndex=1", json!({}), vec!["source_code"]),
        ("page=1&size=1", json!({}), vec!["registry", "source_code"]),
        ("searchTerm=code", json!({}), vec!["source_code"]),
        ("", json!({ "types": ["Github"] }), vec!["source_code"]),
        (
            "",
            json!({ "categories": ["ARTIFACTORY", "CLOUD_PROVIDER"] }),
            vec!["registry"],
        ),
        ("", json!({ "connectorNames": ["source"] }), vec!["source_code"]),
        ("", json!({ "connectorIdentifiers": ["registry"] }), vec!["registry"]),
        ("", json!({ "connectivityStatuses": ["FAILURE"] }), vec![]),
        (
            "",
            json!({ "connectivityStatuses": ["SUCCESS", "FAILURE"] }),
            vec!["registry", "source_code"],
        ),
        ("", json!({ "tags": { "team": "shop" } }), vec!["registry"]),
        ("", json!({ "inheritingCredentialsFromDelegate": true }), vec![]),
        (
            "includeAllConnectorsAvailableAtScope=true",
            json!({ "inheritingCredentialsFromDelegate": true }),
            vec!["cluster"],
        ),
        (
            "includeAllConnectorsAvailableAtScope=true",
            json!({ "types": ["Github"] }),
            vec!["packages", "source_code"],
        ),
    ] {
        assert_eq!(list(query, filter.clone()), expected, "{query} {filter}");
    }
    assert_eq!(
        harness.call("POST", CONNECTOR_LIST, r#"{"types":["Github"]}"#).status,
        400
    );
    let content = harness.call("POST", CONNECTOR_LIST, "").data()["content"].take();
    let item = &content[0];
    assert_eq!(item["status"]["status"], "SUCCESS");
    assert!(
        item["status"]["lastTestedAt"].is_i64() && item["status"]["lastConnectedAt"].is_i64(),
        "{item}"
    );
    assert_eq!(item["harnessManaged"], false);
}

/// harness-api §4.2
#[test]
fn a_connector_lives_is_tested_and_dies() {
    let harness = estate(|_| {});
    let connector = json!({ "connector": placed(json!({
        "identifier": "mirror", "name": "mirror", "type": "DockerRegistry",
        "spec": { "dockerRegistryUrl": "https://mirror.example.com" },
    })) });
    let created = write(&harness, "POST", CONNECTORS, &connector).data();
    assert_eq!(created["connector"], connector["connector"]);
    assert_eq!(
        write(&harness, "POST", CONNECTORS, &connector).failure().1,
        "DUPLICATE_FIELD"
    );
    assert_eq!(write(&harness, "PUT", CONNECTORS, &connector).status, 200);
    harness.advance(60_000);
    let tested = harness
        .call("POST", &format!("{CONNECTORS}/testConnection/mirror"), "")
        .data();
    assert_eq!(tested["status"], "SUCCESS");
    let got = harness.call("GET", &format!("{CONNECTORS}/mirror"), "").data();
    assert_eq!(got["status"]["lastTestedAt"], tested["testedAt"]);
    assert!(got["status"]["lastTestedAt"].as_i64() > got["createdAt"].as_i64());
    assert_eq!(harness.call("DELETE", &format!("{CONNECTORS}/mirror"), "").data(), true);
    assert_eq!(
        harness
            .call("POST", &format!("{CONNECTORS}/testConnection/mirror"), "")
            .status,
        404
    );
}
