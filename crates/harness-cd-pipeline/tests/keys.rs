//! The table of keys, the reader and the schemas of editors say the same.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where it cannot go on"
)]

use std::collections::BTreeSet;

use harness_cd_model::Diagnostic;
use harness_cd_model::naming::{LAYOUT_FILE, PLATFORM_FILE, SERVICES_FILE, template_path};
use harness_cd_pipeline::{Files, key_schema, keys, read_config_repo};
use harness_cd_yaml::{Key, Keys, Kind, Presence};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

/// What keys and their values are refused for; everything else needs to know more than the table.
const OF_KEYS: [&str; 5] = ["HCD0020", "HCD0021", "HCD0022", "HCD0023", "HCD0024"];

/// A platform with every key there is.
fn platform() -> Value {
    let ticket = |more: Value| {
        let mut ticket = json!({
            "connector": "org.jira", "type": "Change", "keyField": "Status",
            "approved": "Approved", "rejected": "Rejected", "done": "Done", "cancelled": "Cancelled",
            "fields": {"Priority": "High", "Points": 3},
        });
        let members = ticket.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        ticket
    };
    let environment = |name: &str, kind: &str, ticket: Value| {
        json!({
            "name": name, "identifier": format!("{name}1"), "level": "project", "type": kind, "approvals": ["team", "platform-team"], "changeWindow": "office-hours",
            "requiredFields": ["rollbackPlan", "businessJustification"],
            "canary": [{"percentage": 10, "verifyMinutes": 5}, {"percentage": 50, "verifyMinutes": 10}],
            "blueGreen": {"verifyMinutes": 10, "approvals": ["team", "platform-team"]}, "ticket": ticket,
        })
    };
    let mut prod = environment("prod", "Production", ticket(json!({"system": "ServiceNow"})));
    prod["approvals"] = json!(["team", {"group": "platform-team", "minimumCount": 2}]);
    prod["changeWindows"] = json!(["office-hours", "saturday-night"]);
    prod.as_object_mut().unwrap().remove("changeWindow");
    let cluster = |environment: &str, region: &str, credentials: Value| {
        json!({
            "name": format!("k8s-{environment}-{region}"), "level": "project", "environment": environment, "region": region,
            "network": "network-a", "delegate": "delegate-a", "credentials": credentials,
            "infrastructure": format!("{environment}-{region}-a"), "archetypes": ["api"],
        })
    };
    let told = |channel: &str, key: &str, value: Value| {
        let mut rule = json!({
            "name": channel, "channel": channel, "events": ["PipelineFailed", "StageFailed"], "environments": ["prod"],
        });
        rule[key] = value;
        if channel != "Webhook" {
            rule["userGroups"] = json!(["team", "platform-team"]);
        }
        rule
    };
    json!({
        "org": "default", "project": "platform", "managedBy": "platform-next", "harnessUrl": "https://harness.example",
        "projects": [{"name": "payments", "org": "payments", "identifier": "prod_eu", "teams": ["payments-team"]}],
        "networks": [{"name": "network-a", "cidr": "10.1.0.0/16"}],
        "delegates": [{"name": "delegate-a", "network": "network-a", "replicas": 2, "cpu": 2, "memoryMb": 4096}],
        "regions": ["euw1", {"name": "use1", "identifier": "us_1"}],
        "environments": [
            environment("int", "PreProduction", ticket(json!({"system": "Jira", "project": "OPS"}))),
            prod,
        ],
        "archetypes": [{
            "name": "api", "description": "A service.", "workload": "Deployment", "strategy": "Rolling",
            "overrides": {"prod": "Canary"}, "registry": "gcr", "manifests": "HelmChart", "repository": "charts",
            "paths": {"chart": "{{SERVICE_NAME}}/chart", "folder": "{{SERVICE_NAME}}", "files": ["{{ENVIRONMENT}}.yaml"]},
            "healthSources": [{
                "name": "Prometheus", "type": "Prometheus", "connector": "account.prometheus",
                "metrics": [{
                    "name": "Error rate", "query": "sum(errors{app=\"{{SERVICE_NAME}}\", stage=\"{{ENVIRONMENT}}\"})",
                    "riskCategory": "Errors", "serviceInstanceField": "pod_name",
                }],
            }],
        }, {
            "name": "chart", "workload": "Deployment", "strategy": "Rolling", "manifests": "HelmChart",
            "deploymentType": "NativeHelm", "timeoutMinutes": 30, "sensitivity": "HIGH", "verifyMinutes": 15,
            "approvalMessage": "Look at {{SERVICE_NAME}} first.",
        }, {
            "name": "function", "workload": "Lambda",
        }],
        "infrastructures": [{
            "name": "{{ENVIRONMENT}}-{{REGION}}-functions", "archetypes": ["function"], "environments": ["int"],
            "regions": ["euw1"], "type": "AwsLambda",
            "spec": {"connectorRef": "org.aws", "region": "{{REGION}}", "provisioner": "p"},
        }],
        "clusters": [
            cluster("int", "euw1", json!({"type": "Delegate"})),
            cluster("prod", "euw1", json!({
                "type": "ServiceAccount", "url": "https://k8s.example", "tokenRef": "token", "caCertRef": "ca",
            })),
            cluster("int", "use1", json!({
                "type": "Eks", "cluster": "us-east-1/int",
                "credentials": {"type": "AccessKey", "accessKeyRef": "a", "secretKeyRef": "b"},
            })),
            cluster("prod", "use1", json!({
                "type": "Aks", "cluster": "prod", "resourceGroup": "g", "subscription": "s",
                "credentials": {"type": "ServicePrincipal", "application": "a", "tenant": "t", "secretRef": "x"},
            })),
        ],
        "manifests": {
            "type": "Github", "connector": "github", "level": "account", "url": "https://github.com/company/manifests", "branch": "main",
            "repository": "manifests", "format": "Kustomize", "username": "bot", "tokenRef": "account.github_pat",
            "delegate": "delegate-a", "paths": {"folder": "{{SERVICE_NAME}}/overlays/{{ENVIRONMENT}}"},
        },
        "repositories": [{"name": "charts", "connector": "org.charts", "type": "GitLab", "branch": "main"}],
        "registry": {
            "connector": "gcr", "level": "project", "url": "https://gcr.io", "username": "_json_key", "passwordRef": "gcr_key",
            "delegate": "delegate-a",
        },
        "registries": [
            {
                "name": "ecr", "type": "Ecr", "connector": "ecr_prod", "delegate": "delegate-a",
                "url": "https://123456789012.dkr.ecr.eu-west-1.amazonaws.com", "credentials": {"type": "Irsa"},
            },
            {
                "type": "GoogleArtifactRegistry", "connector": "gar", "delegate": "delegate-a",
                "url": "https://europe-west1-docker.pkg.dev/p/r",
                "credentials": {"type": "ServiceAccountKey", "secretKeyRef": "k"},
            },
            {
                "type": "Acr", "connector": "acr", "url": "https://c.azurecr.io", "delegate": "delegate-a",
                "subscription": "s",
            },
            {
                "type": "Nexus", "connector": "nexus", "url": "https://nexus.example", "delegate": "delegate-a",
                "repository": "docker", "repositoryUrl": "docker.example", "username": "u", "passwordRef": "p",
                "environments": ["prod"], "regions": ["use1"],
            },
        ],
        "notifications": [
            told("Slack", "webhookRef", json!("slack")),
            told("MsTeams", "webhookRef", json!("teams")),
            told("Webhook", "webhookRef", json!("hook")),
            told("PagerDuty", "integrationKeyRef", json!("pager")),
            told("Email", "recipients", json!(["on-call@example.com"])),
        ],
        "approvalGroups": ["platform-team"],
        "changeWindows": [{
            "name": "office-hours", "level": "org", "days": ["Mon", "Tue"], "from": "10:00", "to": "16:00", "timeZone": "Europe/Berlin",
            "closedOn": ["2026-12-24", {"from": "12-28", "to": "01-01"}],
            "openOn": ["2026-12-05", {"from": "2026-12-07", "to": "2026-12-08"}],
        }, {
            "name": "saturday-night", "days": ["Sat"], "from": "22:00", "to": "04:00", "timeZone": "UTC",
            "closedOn": [], "openOn": [],
        }],
        "imageTags": {"immutableOnly": true},
        "names": {
            "pipeline": "Deploy {{SERVICE_NAME}}", "pipelineIdentifier": "deploy_{{SERVICE_IDENTIFIER}}",
            "namespace": "{{SERVICE_NAME}}-{{ENVIRONMENT}}", "releaseName": "{{SERVICE_NAME}}-{{REGION}}",
        },
    })
}

/// The same, where an app reads the manifests.
fn platform_with_app() -> Value {
    let mut platform = platform();
    platform["manifests"] = json!({
        "connector": "github", "url": "https://github.com/company/manifests", "branch": "main",
        "githubApp": {"application": "1234", "installation": 5678, "privateKeyRef": "key"},
    });
    platform
}

/// Services with every key there is.
fn services() -> Value {
    json!({"services": [{
        "name": "payment-service", "archetype": "api", "team": "payments-team", "image": "project/payment-service",
        "project": "payments", "displayName": "Payment Service", "identifier": "paymentService", "registry": "ecr",
        "names": {
            "pipeline": "Payments", "pipelineIdentifier": "pay", "namespace": "pay", "releaseName": "pay",
        },
        "entity": "component:default/payment-service", "environments": ["int"], "regions": ["euw1"],
        "values": {"MIN_REPLICAS": "2", "MAX_REPLICAS": 4},
    }]})
}

/// What reading finds in a file, the others being good. JSON is YAML.
fn findings(file: &str, text: &Value) -> Vec<Diagnostic> {
    let mut files = Files::new();
    files.insert(PLATFORM_FILE.to_owned(), platform().to_string().into_bytes());
    files.insert(SERVICES_FILE.to_owned(), services().to_string().into_bytes());
    files.insert(
        template_path("api"),
        b"pipeline:\n  name: \"{{SERVICE_NAME}}\"\n".to_vec(),
    );
    files.insert(file.to_owned(), text.to_string().into_bytes());
    let found = read_config_repo(&files).diagnostics;
    found.into_iter().filter(|finding| finding.file == file).collect()
}

/// A layout with every key there is; what it names is as usual.
fn layout() -> Value {
    json!({"platform": PLATFORM_FILE, "services": SERVICES_FILE, "templates": "templates", "otherKeys": ["owner"]})
}

fn files() -> [(&'static str, &'static Keys, Value); 4] {
    const PLATFORM: &Keys = &keys::PLATFORM;
    const SERVICES: &Keys = &keys::SERVICES;
    const LAYOUT: &Keys = &keys::LAYOUT;
    [
        (PLATFORM_FILE, PLATFORM, platform()),
        (PLATFORM_FILE, PLATFORM, platform_with_app()),
        (SERVICES_FILE, SERVICES, services()),
        (LAYOUT_FILE, LAYOUT, layout()),
    ]
}

/// Every mapping with its keys, by pointer.
fn mappings(keys: &Keys, value: &Value, pointer: &str, found: &mut Vec<(String, Keys)>) {
    found.push((pointer.to_owned(), *keys));
    for key in keys.all {
        if let Some(below) = value.get(key.name) {
            of_kind(&key.kind, below, &format!("{pointer}/{}", key.name), found);
        }
    }
}

fn of_kind(kind: &Kind, value: &Value, pointer: &str, found: &mut Vec<(String, Keys)>) {
    match kind {
        Kind::Mapping(keys) => mappings(keys, value, pointer, found),
        Kind::Either(_, keys) if value.is_object() => mappings(keys, value, pointer, found),
        Kind::List(item) => {
            for (index, below) in value.as_array().into_iter().flatten().enumerate() {
                of_kind(item, below, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn stands_beside(key: &Key, mapping: &Value) -> bool {
    key.beside
        .is_none_or(|beside| beside.words.iter().any(|word| mapping[beside.key] == *word))
}

#[test]
fn the_good_files_have_every_key_and_are_good_for_both() {
    let mut absent: BTreeSet<(String, &str)> = BTreeSet::new();
    let mut present: BTreeSet<(String, &str)> = BTreeSet::new();
    for (file, keys, good) in files() {
        assert_eq!(findings(file, &good), [], "{file}");
        let schema = jsonschema::validator_for(&key_schema(file, keys, &BTreeSet::new())).unwrap();
        assert!(schema.is_valid(&good), "{:?}", schema.validate(&good));
        let mut found = Vec::new();
        mappings(keys, &good, "", &mut found);
        for (pointer, keys) in &found {
            // What a mapping is, wherever it stands.
            let kind: String = keys.all.iter().map(|key| key.name).collect();
            for key in keys.all {
                let is_there = good.pointer(pointer).unwrap().get(key.name).is_some();
                if is_there { &mut present } else { &mut absent }.insert((kind.clone(), key.name));
            }
        }
    }
    let never: Vec<_> = absent.difference(&present).collect();
    assert!(never.is_empty(), "put them into a good file: {never:?}");
}

#[test]
fn a_key_is_required_in_the_table_where_the_reader_requires_it() {
    for (file, keys, good) in files() {
        let schema = jsonschema::validator_for(&key_schema(file, keys, &BTreeSet::new())).unwrap();
        let mut found = Vec::new();
        mappings(keys, &good, "", &mut found);
        for (pointer, keys) in found {
            let mapping = good.pointer(&pointer).unwrap();
            for key in keys.all.iter().filter(|key| stands_beside(key, mapping)) {
                let mut without = good.clone();
                let members = without.pointer_mut(&pointer).unwrap().as_object_mut().unwrap();
                members.remove(key.name);
                let is_required = key.presence == Presence::Required;
                let message = format!("`{}` is missing", key.name);
                let is_missed = findings(file, &without)
                    .iter()
                    .any(|finding| finding.message == message);
                assert_eq!(is_missed, is_required, "{file}{pointer}/{}", key.name);
                assert_eq!(!schema.is_valid(&without), is_required, "{file}{pointer}/{}", key.name);
            }
        }
    }
}

#[test]
fn keys_of_other_tools_are_good_for_both_wherever_they_stand() {
    let layout: &[u8] = b"otherKeys: [costCenter]\n";
    let others = BTreeSet::from(["costCenter".to_owned()]);
    for (file, keys, good) in files() {
        if file == LAYOUT_FILE {
            continue;
        }
        let schema = jsonschema::validator_for(&key_schema(file, keys, &others)).unwrap();
        let mut found = Vec::new();
        mappings(keys, &good, "", &mut found);
        for (pointer, _) in found {
            let mut more = good.clone();
            more.pointer_mut(&pointer).unwrap()["costCenter"] = json!(4711);
            assert!(schema.is_valid(&more), "{file}{pointer}");
            let mut files = Files::from([(LAYOUT_FILE.to_owned(), layout.to_vec())]);
            files.insert(file.to_owned(), more.to_string().into_bytes());
            let repo = read_config_repo(&files);
            let unknown = repo.diagnostics.iter().filter(|found| found.code == "HCD0021");
            assert_eq!(
                unknown.collect::<Vec<_>>(),
                Vec::<&Diagnostic>::new(),
                "{file}{pointer}"
            );
        }
    }
}

#[test]
fn the_examples_of_the_table_fit_its_schemas() {
    for (file, keys, good) in files() {
        let mut found = Vec::new();
        mappings(keys, &good, "", &mut found);
        for (pointer, keys) in found {
            for key in keys.all {
                let text = format!("{}: {}", key.name, key.example);
                let document = harness_cd_yaml::parse(file, text.as_bytes()).unwrap();
                let mut one = key_schema(file, &keys, &BTreeSet::new());
                one["required"] = json!([]);
                one["allOf"] = json!([{}]);
                let schema = jsonschema::validator_for(&one).unwrap();
                let value = json_of(&document.root);
                assert!(schema.is_valid(&value), "{pointer}/{}: {value}", key.name);
            }
        }
    }
}

fn json_of(node: &harness_cd_yaml::Node) -> Value {
    match &node.value {
        harness_cd_yaml::Value::Sequence(items) => items.iter().map(json_of).collect(),
        harness_cd_yaml::Value::Mapping(entries) => {
            let member = |entry: &harness_cd_yaml::Entry| (entry.name().to_owned(), json_of(&entry.value));
            Value::Object(entries.iter().map(member).collect())
        }
        harness_cd_yaml::Value::Scalar(scalar) => match (node.as_bool(), node.as_i64()) {
            (Some(value), _) => json!(value),
            (_, Some(value)) => json!(value),
            _ if node.is_null() => Value::Null,
            _ => json!(scalar.text),
        },
    }
}

/// Every pointer of a value.
fn pointers(value: &Value, pointer: &str, found: &mut Vec<String>) {
    found.push(pointer.to_owned());
    match value {
        Value::Object(members) => {
            for (name, below) in members {
                pointers(below, &format!("{pointer}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, below) in items.iter().enumerate() {
                pointers(below, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[derive(Clone, Debug)]
enum Change {
    Put(Value),
    Remove,
    Rename,
}

fn changes() -> impl Strategy<Value = Vec<(Index, Change)>> {
    let put = select(vec![
        json!(null),
        json!("a"),
        json!(""),
        json!(7),
        json!(0),
        json!(true),
        json!([]),
        json!({}),
        json!(["x"]),
        json!({"name": "x"}),
        json!("Jira"),
        json!("Email"),
        json!("Rolling"),
        json!("int"),
        json!("x y"),
    ]);
    let change = prop_oneof![put.prop_map(Change::Put), Just(Change::Remove), Just(Change::Rename)];
    prop::collection::vec((any::<Index>(), change), 0..4)
}

fn changed(good: &Value, changes: &[(Index, Change)]) -> Value {
    let mut now = good.clone();
    for (index, change) in changes {
        let mut all = Vec::new();
        pointers(&now, "", &mut all);
        let pointer = index.get(&all).clone();
        let Some((parent, name)) = pointer.rsplit_once('/') else {
            continue;
        };
        let place = now.pointer_mut(parent).unwrap();
        match (change, place) {
            (Change::Put(value), place) => match place {
                Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.clone(),
                place => place[name] = value.clone(),
            },
            (Change::Remove, Value::Object(members)) => {
                members.remove(name);
            }
            (Change::Rename, Value::Object(members)) => {
                let value = members.remove(name).unwrap();
                members.insert(format!("{name}X"), value);
            }
            _ => {}
        }
    }
    now
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_the_reader_takes_the_schema_takes_and_what_it_refuses_for_its_keys_the_schema_refuses(changes in changes()) {
        for (file, keys, good) in files() {
            let now = changed(&good, &changes);
            let schema = jsonschema::validator_for(&key_schema(file, keys, &BTreeSet::new())).unwrap();
            let found = findings(file, &now);
            if found.is_empty() {
                let errors: Vec<String> = schema.iter_errors(&now).map(|error| format!("{}: {error}", error.instance_path())).collect();
                prop_assert!(errors.is_empty(), "{file} is good for the reader: {now}\n{errors:?}");
            }
            // The keys of `overrides` are names that the file declares elsewhere.
            let is_of_keys = |finding: &Diagnostic| {
                OF_KEYS.contains(&finding.code.as_str())
                    && !(finding.code == "HCD0021" && finding.pointer.contains("/overrides/"))
            };
            if found.iter().any(is_of_keys) {
                prop_assert!(!schema.is_valid(&now), "{file} is good for the schema: {now}\n{found:#?}");
            }
        }
    }
}
