use harness_cd_simulator::modes::{DuplicateCreate, SetupUsage, StaleIfMatch};
use harness_cd_simulator::{Modes, Request, Role};
use serde_json::{Value, json};

use crate::estate::{ACCOUNT, CONNECTORS, ENVIRONMENTS, INFRASTRUCTURES, SERVICES};
use crate::estate::{estate, exactly, identifiers, placed, simulator, write};
use crate::support::{KEY, SCOPE};

/// harness-api §4.1, §12.12, §12.13, §0.6
#[test]
fn a_service_lives_and_dies() {
    let harness = estate(|_| {});
    let service = placed(json!({ "identifier": "till", "name": "Till", "description": "d", "tags": { "a": "b" } }));
    let created = write(&harness, "POST", SERVICES, &service).data();
    assert_eq!(created["service"]["accountId"], "demo-account");
    assert_eq!(created["service"]["tags"], json!({ "a": "b" }));
    assert_eq!(created["service"]["deleted"], false);
    assert!(created["service"].get("yaml").is_none(), "{created}");
    assert!(created["createdAt"].is_i64() && created["lastModifiedAt"].is_i64());
    let duplicate = write(&harness, "POST", SERVICES, &service);
    assert_eq!(duplicate.failure(), (400, "DUPLICATE_FIELD".to_owned()));

    let yaml = "service:\n  name: Till\n  identifier: till\n  serviceDefinition:\n    type: Kubernetes\n    spec: {}\n";
    let mut change = service.clone();
    change["yaml"] = json!(yaml);
    let path = format!("{SERVICES}?{ACCOUNT}");
    let stale = exactly(&harness, "PUT", &path, &[("if-match", "7")], &change);
    assert_eq!(stale.status, 400, "{}", stale.text);
    let updated = exactly(&harness, "PUT", &path, &[("if-match", "1")], &change).data();
    assert_eq!(updated["service"]["yaml"], yaml);
    let got = harness.call("GET", &format!("{SERVICES}/till"), "").data();
    assert_eq!(got["service"], updated["service"]);

    let deleted = exactly(
        &harness,
        "DELETE",
        &format!("{SERVICES}/till?{SCOPE}"),
        &[("if-match", "1")],
        &Value::Null,
    );
    assert_eq!(deleted.status, 400);
    assert_eq!(harness.call("DELETE", &format!("{SERVICES}/till"), "").data(), true);
    let gone = harness.call("GET", &format!("{SERVICES}/till"), "");
    assert_eq!(gone.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));
    assert_eq!(write(&harness, "PUT", SERVICES, &service).status, 404);
}

/// harness-api §12.12, §12.13
#[test]
fn open_questions_about_entities_have_both_answers() {
    let harness = estate(|modes| {
        modes.duplicate_create = DuplicateCreate::Conflict;
        modes.stale_if_match = StaleIfMatch::PreconditionFailed;
    });
    let service = placed(json!({ "identifier": "shop" }));
    assert_eq!(write(&harness, "POST", SERVICES, &service).status, 409);
    let stale = exactly(
        &harness,
        "PUT",
        &format!("{SERVICES}?{ACCOUNT}"),
        &[("if-match", "7")],
        &service,
    );
    assert_eq!(stale.status, 412);
}

/// harness-api §4.1, §11.6
#[test]
fn the_scope_of_what_is_written_stands_in_the_body() {
    let harness = estate(|_| {});
    let unplaced = json!({ "identifier": "till", "name": "till" });
    // The scope in the query does nothing: it is created in the account.
    let created = harness.call("POST", SERVICES, &unplaced.to_string()).data();
    assert!(created["service"].get("projectIdentifier").is_none(), "{created}");
    assert_eq!(harness.call("GET", &format!("{SERVICES}/till"), "").status, 404);
    let account = exactly(
        &harness,
        "GET",
        &format!("{SERVICES}/till?{ACCOUNT}"),
        &[],
        &Value::Null,
    )
    .data();
    assert_eq!(account["service"]["identifier"], "till");
    for (org, project, status) in [
        (json!("default"), json!("unknown"), 404),
        (json!("unknown"), Value::Null, 404),
        (Value::Null, json!("platform"), 400),
        (json!("default"), Value::Null, 200),
    ] {
        let body = json!({ "identifier": "till", "orgIdentifier": org, "projectIdentifier": project });
        assert_eq!(write(&harness, "POST", SERVICES, &body).status, status, "{body}");
    }
}

/// harness-api §4.1
#[test]
fn only_services_and_environments_can_be_upserted() {
    let harness = estate(|_| {});
    let service = placed(json!({ "identifier": "till", "name": "one" }));
    let upsert = format!("{SERVICES}/upsert");
    assert_eq!(
        write(&harness, "PUT", &upsert, &service).data()["service"]["name"],
        "one"
    );
    let renamed = placed(json!({ "identifier": "till", "name": "two" }));
    assert_eq!(
        write(&harness, "PUT", &upsert, &renamed).data()["service"]["name"],
        "two"
    );
    let environment = placed(json!({ "identifier": "qa", "name": "qa", "type": "PreProduction", "color": "#0063F7" }));
    let answer = write(&harness, "PUT", &format!("{ENVIRONMENTS}/upsert"), &environment).data();
    assert_eq!(
        (&answer["environment"]["type"], &answer["environment"]["color"]),
        (&json!("PreProduction"), &json!("#0063F7"))
    );
    let infrastructure = write(&harness, "PUT", &format!("{INFRASTRUCTURES}/upsert"), &service);
    assert_eq!(
        infrastructure.failure(),
        (405, "RESOURCE_NOT_FOUND_EXCEPTION".to_owned())
    );
}

/// harness-api §4.1, §4.2, §12.20
#[test]
fn bodies_of_entities_are_checked() {
    let harness = estate(|_| {});
    let infrastructure = json!({ "identifier": "i", "name": "i", "environmentRef": "int", "type": "KubernetesDirect" });
    let inherit = json!({ "credential": { "type": "InheritFromDelegate" }, "delegateSelectors": [] });
    for (path, body, words) in [
        (SERVICES, json!({ "name": "till" }), "identifier: must not be null"),
        (
            SERVICES,
            json!({ "identifier": "a", "yaml": "service:\n  identifier: b\n" }),
            "identifier",
        ),
        (
            SERVICES,
            json!({ "identifier": "a", "yaml": "environment:\n  identifier: a\n" }),
            "rooted",
        ),
        (SERVICES, json!({ "identifier": "a", "yaml": "service: [" }), "line"),
        (
            ENVIRONMENTS,
            json!({ "identifier": "qa", "name": "qa" }),
            "type: must not be null",
        ),
        (
            ENVIRONMENTS,
            json!({ "identifier": "qa", "name": "qa", "type": "Staging" }),
            "PreProduction",
        ),
        (INFRASTRUCTURES, infrastructure, "yaml: must not be empty"),
        (
            CONNECTORS,
            json!({ "connector": { "identifier": "c", "name": "c" } }),
            "type: must not be null",
        ),
        (
            CONNECTORS,
            json!({ "connector": { "identifier": "c", "name": "c", "type": "K8sCluster", "spec": inherit } }),
            "Delegate Selector",
        ),
    ] {
        let refused = write(&harness, "POST", path, &body);
        assert_eq!(refused.status, 400, "{body}: {}", refused.text);
        assert!(refused.text.contains(words), "{body}: {}", refused.text);
    }
}

/// What the facts do not tell is not guessed.
#[test]
fn what_is_not_known_is_not_simulated() {
    let harness = estate(|_| {});
    let remote = format!("{SERVICES}?{ACCOUNT}&storeType=REMOTE");
    let service = placed(json!({ "identifier": "till" }));
    assert_eq!(exactly(&harness, "POST", &remote, &[], &service).status, 501);
    assert_eq!(harness.call("GET", &format!("{SERVICES}?tags=a"), "").status, 501);
}

/// harness-api §12.36, §12.37, §4.1, §12.20
#[test]
fn lists_keep_to_their_scope_and_their_filters() {
    let harness = estate(|_| {});
    let scope = |path: &str, scope: &str| exactly(&harness, "GET", &format!("{path}{scope}"), &[], &Value::Null).data();
    let services = scope(SERVICES, &format!("?{SCOPE}"));
    assert_eq!(
        identifiers(&services["content"], "/service/identifier"),
        ["cart", "mail", "shop"]
    );
    assert_eq!(
        (&services["totalItems"], &services["pageSize"]),
        (&json!(3), &json!(100))
    );
    let account = scope(SERVICES, &format!("?{ACCOUNT}"));
    assert_eq!(identifiers(&account["content"], "/service/identifier"), ["shared"]);
    let org = scope(SERVICES, &format!("?{ACCOUNT}&orgIdentifier=default"));
    assert_eq!(org["totalItems"], 0);
    for (query, expected) in [
        ("searchTerm=SHO", vec!["shop"]),
        ("sort=name,DESC&size=2", vec!["shop", "mail"]),
        ("sort=name,ASC&size=2&page=1", vec!["shop"]),
    ] {
        let found = scope(SERVICES, &format!("?{SCOPE}&{query}"));
        assert_eq!(
            identifiers(&found["content"], "/service/identifier"),
            expected,
            "{query}"
        );
    }
    assert_eq!(harness.call("GET", &format!("{SERVICES}?size=1001"), "").status, 400);
    let production = harness
        .call("GET", &format!("{ENVIRONMENTS}?envType=Production"), "")
        .data();
    assert_eq!(identifiers(&production["content"], "/environment/identifier"), ["prod"]);
    for (query, expected) in [
        ("environmentIdentifier=int", vec!["int_fixed", "int_open"]),
        ("environmentIdentifier=int&deploymentType=Kubernetes", vec!["int_open"]),
        ("environmentIdentifier=int&serviceRefs=shop", vec!["int_open"]),
        (
            "environmentIdentifier=int&serviceRefs=mail",
            vec!["int_fixed", "int_open"],
        ),
        ("environmentIdentifier=prod", vec!["prod_k8s"]),
    ] {
        let found = harness.call("GET", &format!("{INFRASTRUCTURES}?{query}"), "").data();
        assert_eq!(
            identifiers(&found["content"], "/infrastructure/identifier"),
            expected,
            "{query}"
        );
    }
    assert_eq!(harness.call("GET", INFRASTRUCTURES, "").status, 400);
    assert_eq!(
        harness
            .call(
                "GET",
                &format!("{INFRASTRUCTURES}/int_open?environmentIdentifier=prod"),
                ""
            )
            .status,
        404
    );
    let got = harness
        .call(
            "GET",
            &format!("{INFRASTRUCTURES}/int_open?environmentIdentifier=int"),
            "",
        )
        .data();
    assert_eq!(got["infrastructure"]["type"], "KubernetesDirect");
}

/// harness-api §4.1 (`forceDelete`)
#[test]
fn a_service_in_use_is_deleted_only_by_force() {
    let harness = estate(|_| {});
    let refused = harness.call("DELETE", &format!("{SERVICES}/shop"), "");
    assert_eq!(refused.failure(), (400, "ENTITY_REFERENCE_EXCEPTION".to_owned()));
    assert_eq!(
        harness
            .call("DELETE", &format!("{SERVICES}/shop?forceDelete=true"), "")
            .data(),
        true
    );
}

/// harness-api §0.5, run-inputs §2: rights hold where the body says, and hide what may not be run.
#[test]
fn rights_hold_where_the_body_says() {
    let answer = |role: Role, projects: &[&str], method: &str, path: &str, body: Value| {
        let pairs = SCOPE.split('&').map(|pair| pair.split_once('=').unwrap());
        let request = Request {
            method: method.to_owned(),
            path: format!("{SERVICES}{path}"),
            parameters: pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect(),
            headers: vec![("x-api-key".to_owned(), KEY.to_owned())],
            body: body.to_string().into_bytes(),
            ..Request::default()
        };
        let answer = simulator(role, projects, Modes::default()).handle(&request, 0);
        (
            answer.status,
            serde_json::from_slice::<Value>(&answer.body).unwrap()["data"].take(),
        )
    };
    let elsewhere = json!({ "identifier": "a", "orgIdentifier": "default", "projectIdentifier": "other" });
    let own = ["default/platform"];
    assert_eq!(answer(Role::Editor, &own, "POST", "", elsewhere.clone()).0, 403);
    assert_eq!(
        answer(Role::Editor, &["default/*"], "POST", "", elsewhere.clone()).0,
        200
    );
    assert_eq!(answer(Role::Executor, &[], "POST", "", elsewhere).0, 403);
    let (_, runnable) = answer(Role::Executor, &own, "GET", "/list/access", Value::Null);
    assert_eq!(runnable.as_array().unwrap().len(), 3);
    assert_eq!(
        answer(Role::Viewer, &own, "GET", "/list/access", Value::Null),
        (200, json!([]))
    );
    assert_eq!(answer(Role::Viewer, &own, "GET", "", Value::Null).1["totalItems"], 3);
}

/// run-inputs §12, §14.12
#[test]
fn fixed_references_to_a_service_are_found() {
    const USAGE: &str = "/ng/api/entitySetupUsage";
    let harness = estate(|_| {});
    let users = |path: &str| {
        let answer = harness
            .call("GET", &format!("{USAGE}{path}&referredEntityType=Service"), "")
            .data();
        identifiers(&answer["content"], "/referredByEntity/entityRef/identifier")
    };
    for (path, expected) in [
        ("?identifier=shop", vec!["shop_cd"]),
        ("?identifier=account.shared", vec!["any_cd"]),
        ("?identifier=cart", vec![]),
        (
            "/v2?referredEntityFQN=demo-account/default/platform/shop",
            vec!["shop_cd"],
        ),
        ("/v2?referredEntityFQN=demo-account/shared", vec!["any_cd"]),
        ("?identifier=shop&pageIndex=1&pageSize=1", vec![]),
    ] {
        assert_eq!(users(path), expected, "{path}");
    }
    let path = format!("{USAGE}?identifier=shop&referredEntityType=Service");
    let item = harness.call("GET", &path, "").data()["content"][0].take();
    assert_eq!(
        (&item["referredEntity"]["type"], &item["referredByEntity"]["type"]),
        (&json!("Service"), &json!("Pipelines"))
    );
    assert_eq!(item["referredByEntity"]["entityRef"]["scope"], "project");

    harness
        .call("DELETE", &format!("{SERVICES}/shop?forceDelete=true"), "")
        .data();
    assert!(users("?identifier=shop").is_empty());
    let mode = |mode: SetupUsage| {
        harness.control("POST", "modes", &json!({ "setupUsage": mode }));
        harness.call("GET", &path, "")
    };
    assert_eq!(mode(SetupUsage::Stale).data()["totalItems"], 1);
    assert_eq!(mode(SetupUsage::Forbidden).status, 403);
    assert_eq!(mode(SetupUsage::NotFound).status, 404);
}
