use std::fs;
use std::path::Path;

use harness_cd_simulator::{Modes, Options, StartError, modes, start};
use serde_json::json;

use crate::support::{Harness, KEY, PROBE, Reply, folder, options};

fn refused(options: Options) -> StartError {
    start(options).map(|_| ()).unwrap_err()
}

#[test]
fn what_cannot_start_says_why() {
    let empty = folder(&[]);
    assert!(matches!(refused(Options::new(empty.path(), KEY)), StartError::Empty(_)));
    assert!(matches!(
        refused(Options::new(empty.path().join("absent"), KEY)),
        StartError::Read { .. }
    ));
    assert!(matches!(
        refused(Options {
            api_key: String::new(),
            ..options()
        }),
        StartError::EmptyKey
    ));
    assert!(matches!(
        refused(Options {
            speed: -1.0,
            ..options()
        }),
        StartError::Speed(_)
    ));
    assert!(matches!(
        refused(Options { pace: 0.0, ..options() }),
        StartError::Pace(_)
    ));

    let service = "service:\n  identifier: twice\n";
    let files = [
        ("a.yaml", "pipeline: ["),
        ("b.yaml", "service: {}"),
        ("c.yaml", service),
    ];
    let StartError::Entities(problems) = refused(Options::new(folder(&files).path(), KEY)) else {
        panic!("the entities were read");
    };
    assert_eq!(problems.len(), 2, "{problems:?}");
    let twice = folder(&[("a.yaml", service), ("b.yaml", service)]);
    let message = refused(Options::new(twice.path(), KEY)).to_string();
    assert!(message.contains("two files describe the service `twice`"), "{message}");
}

#[test]
fn it_stops_when_it_is_dropped() {
    let simulator = start(options()).unwrap();
    let url = format!("{}/simulator/clock", simulator.base_url);
    assert!(ureq::get(&url).call().is_ok());
    drop(simulator);
    assert!(ureq::get(&url).call().is_err());
}

const WORLD: &str = "
accounts:
  demo-account:
    orgs: { default: [platform], retail: [web] }
    principals:
      - { name: Portal, email: portal@example.com, kind: serviceAccount, role: executor }
      - { name: Grace, email: grace@example.com, groups: [release], projects: [retail/web] }
    keys: { pat.demo-account.portal: portal@example.com, pat.demo-account.grace: grace@example.com }
  other:
    orgs: { default: [platform] }
    principals: [{ name: Ada, email: ada@example.com, role: viewer }]
    keys: { pat.other.ada: ada@example.com }
git:
  shop: { defaultBranch: main, branches: { main: { .harness/shop.yaml: 'pipeline: {}' } } }
";

#[test]
fn a_world_file_says_who_is_there() {
    let files = folder(&[("world.yaml", WORLD)]);
    let harness = Harness::start_with(Options {
        world: Some(files.path().join("world.yaml")),
        api_key: String::new(),
        ..options()
    });
    let probe = |key: &str| -> Reply { harness.send("GET", PROBE, &[("x-api-key", key)], "") };
    for key in ["pat.demo-account.portal", "pat.demo-account.grace", "pat.other.ada"] {
        assert_eq!(probe(key).status, 501, "{key}");
    }
    assert_eq!(probe(KEY).failure(), (401, "INVALID_TOKEN".to_owned()));
    let owners = harness.truth()["keys"].take();
    let owners: Vec<_> = owners
        .as_array()
        .unwrap()
        .iter()
        .map(|key| (&key["account"], &key["owner"]))
        .collect();
    assert!(
        owners.contains(&(&json!("other"), &json!("ada@example.com"))),
        "{owners:?}"
    );
    let dump = harness.control("GET", "dump", &serde_json::Value::Null);
    assert_eq!(
        dump["world"]["git"]["shop"]["branches"]["main"][".harness/shop.yaml"],
        "pipeline: {}"
    );
}

#[test]
fn a_wrong_file_is_told_in_a_sentence() {
    let files = folder(&[
        ("unknown.yaml", "accounts: {}\nweather: rain\n"),
        (
            "nobody.yaml",
            "accounts: { demo-account: { keys: { k1: nobody@example.com } } }",
        ),
        ("other.yaml", "accounts: { other: {} }"),
        ("one.yaml", "pipeline: shop_cd\nscenario: {}\n"),
        (
            "explodes.json",
            r#"[{"pipeline":"shop_cd","scenario":{"outcome":"explode"}}]"#,
        ),
    ]);
    let world = |name: &str| Options {
        world: Some(files.path().join(name)),
        ..options()
    };
    let scenarios = |name: &str| Options {
        scenarios: Some(files.path().join(name)),
        ..options()
    };
    for (options, parts) in [
        (world("unknown.yaml"), ["unknown.yaml` is no world file", "weather"]),
        (
            world("nobody.yaml"),
            [
                "nobody.yaml` is no world file",
                "account `demo-account`: a key belongs to",
            ],
        ),
        (world("other.yaml"), ["no account `demo-account`", "where the entities"]),
        (world("absent.yaml"), ["failed to read", "absent.yaml"]),
        (scenarios("one.yaml"), ["one.yaml` is no list of scenarios", "sequence"]),
        (
            scenarios("explodes.json"),
            ["explodes.json` is no list of scenarios", "explode"],
        ),
    ] {
        let message = refused(options).to_string();
        assert!(parts.iter().all(|part| message.contains(part)), "{message}");
    }
    let weather = Modes::read(&files.path().join("unknown.yaml")).unwrap_err().to_string();
    assert!(weather.contains("is no file of modes"), "{weather}");
}

#[test]
fn files_of_scenarios_and_modes_are_read() {
    let files = folder(&[
        (
            "scenarios.yaml",
            "- { pipeline: shop_cd, runs: all, scenario: { outcome: failDeploy } }\n",
        ),
        ("modes.json", r#"{"limits":"off"}"#),
    ]);
    let modes = Modes::read(&files.path().join("modes.json")).unwrap();
    assert_eq!(modes.limits, modes::Limits::Off);
    let harness = Harness::start_with(Options {
        scenarios: Some(files.path().join("scenarios.yaml")),
        modes,
        ..options()
    });
    let dump = harness.control("GET", "dump", &serde_json::Value::Null);
    assert_eq!(dump["world"]["scenarios"][0]["scenario"]["outcome"], "failDeploy");
}

/// Runs what the example renders to.
#[test]
fn the_reference_pipeline_goes_to_production() {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden")).unwrap();
    let copies = folder(&[]);
    // The progressive variant has the identifier of the plain one.
    let files = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.to_string_lossy().contains("progressive"));
    for file in files {
        fs::copy(&file, copies.path().join(file.file_name().unwrap())).unwrap();
    }
    let harness = Harness::start_with(Options {
        speed: 0.0,
        ..Options::new(copies.path(), KEY)
    });
    let path = "/pipeline/api/pipeline/execute/payment_service_cd";
    let body = json!({ "pipeline": { "identifier": "payment_service_cd", "variables": [
        { "name": "imageTag", "type": "String", "value": "v9.0.0" },
        { "name": "targetEnvironment", "type": "String", "value": "prod" },
        { "name": "targetRegion", "type": "String", "value": "euw2" },
    ] } });
    let data = harness.call("POST", path, &body.to_string()).data();
    let id = data["planExecution"]["uuid"].as_str().unwrap();
    harness.advance(60_000);
    assert_eq!(harness.status(id), "ApprovalWaiting");
    harness.control("POST", "approve", &json!({ "executionId": id }));
    harness.advance(2 * 60 * 60_000);
    let detail = harness.detail(id, "renderFullBottomGraph=true");
    let summary = &detail["pipelineExecutionSummary"];
    assert_eq!(summary["status"], "Success");
    assert_eq!(
        summary["moduleInfo"]["cd"]["artifactDisplayNames"],
        json!(["project/payment-service:v9.0.0"])
    );
    assert_eq!(
        summary["moduleInfo"]["cd"]["infrastructureIdentifiers"],
        json!([null, "prod_euw2_k8s"])
    );
    let nodes = detail["executionGraph"]["nodeMap"].as_object().unwrap();
    for step in [
        "change_window_policy",
        "verify_canary_10",
        "canary_50",
        "canary_delete",
        "rolling_deploy",
    ] {
        assert!(
            nodes
                .values()
                .any(|node| node["identifier"] == step && node["status"] == "Success"),
            "{step}"
        );
    }
}
