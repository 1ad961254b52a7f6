use std::fs;
use std::io::Write as _;
use std::path::Path;

use harness_cd_simulator::{Options, StartError, start};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Harness, KEY, options};

fn refused(options: Options) -> StartError {
    start(options).map(|_| ()).unwrap_err()
}

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
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

/// Runs the reference entities where they lie beside the checkout.
#[test]
fn the_reference_pipeline_goes_to_production() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/golden");
    let Ok(entries) = fs::read_dir(&golden) else {
        writeln!(
            std::io::stderr(),
            "skipped: no reference entities in {}",
            golden.display()
        )
        .unwrap();
        return;
    };
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
