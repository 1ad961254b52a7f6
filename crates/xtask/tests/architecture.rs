//! The arrows and invariants of `crates/ARCHITECTURE.md`, checked on `cargo metadata` and the package.json files.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of tests; a failure of theirs is the failure of the test"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::{root, sources};

/// What each crate of ours may use of ours.
const CRATES: [(&str, &[&str]); 15] = [
    ("harness-cd-model", &[]),
    ("harness-cd-yaml", &["harness-cd-model"]),
    ("harness-cd-template", &["harness-cd-model", "harness-cd-yaml"]),
    (
        "harness-cd-pipeline",
        &["harness-cd-model", "harness-cd-yaml", "harness-cd-template"],
    ),
    (
        "harness-cd-lint",
        &[
            "harness-cd-model",
            "harness-cd-yaml",
            "harness-cd-template",
            "harness-cd-pipeline",
        ],
    ),
    ("harness-cd-links", &["harness-cd-model"]),
    ("harness-cd-deploy", &["harness-cd-model"]),
    ("harness-cd-history", &["harness-cd-model", "harness-cd-links"]),
    ("harness-cd-record", &["harness-cd-model"]),
    ("harness-cd-client", &["harness-cd-model", "harness-cd-links"]),
    ("harness-cd-simulator", &[]),
    (
        "harness-cd",
        &[
            "harness-cd-model",
            "harness-cd-yaml",
            "harness-cd-template",
            "harness-cd-pipeline",
            "harness-cd-lint",
            "harness-cd-links",
            "harness-cd-deploy",
            "harness-cd-history",
            "harness-cd-record",
            "harness-cd-client",
        ],
    ),
    ("harness-cd-wasm", &["harness-cd-model", "harness-cd"]),
    ("harness-cd-cli", &["harness-cd-model", "harness-cd"]),
    ("xtask", &["harness-cd-model", "harness-cd"]),
];

/// What each npm package of ours may use of ours outside its tests.
const PACKAGES: [(&str, &[&str]); 6] = [
    ("backstage-plugin-harness-cd-common", &[]),
    ("harness-cd-wasm", &["backstage-plugin-harness-cd-common"]),
    (
        "backstage-plugin-harness-cd-node",
        &["harness-cd-wasm", "backstage-plugin-harness-cd-common"],
    ),
    (
        "backstage-plugin-harness-cd-backend",
        &["backstage-plugin-harness-cd-node", "backstage-plugin-harness-cd-common"],
    ),
    (
        "backstage-plugin-scaffolder-backend-module-harness-cd",
        &["backstage-plugin-harness-cd-node", "backstage-plugin-harness-cd-common"],
    ),
    (
        "backstage-plugin-harness-cd",
        &["harness-cd-wasm", "backstage-plugin-harness-cd-common"],
    ),
];

const CORE: [&str; 11] = [
    "harness-cd-model",
    "harness-cd-yaml",
    "harness-cd-template",
    "harness-cd-pipeline",
    "harness-cd-lint",
    "harness-cd-links",
    "harness-cd-deploy",
    "harness-cd-history",
    "harness-cd-record",
    "harness-cd-client",
    "harness-cd",
];

#[test]
fn crates_use_only_what_their_arrow_names() {
    let all = crates();
    let known: BTreeSet<&str> = CRATES.iter().map(|(name, _)| *name).collect();
    assert_eq!(all.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
    for (name, allowed) in CRATES {
        let ours = all[name].iter().filter(|used| known.contains(used.as_str()));
        for used in ours {
            assert!(allowed.contains(&used.as_str()), "{name} must not use {used}");
        }
    }
}

#[test]
fn only_the_door_knows_javascript() {
    for (name, used) in crates() {
        for door in ["wasm-bindgen", "serde-wasm-bindgen", "js-sys", "web-sys", "gloo-net"] {
            assert!(
                name == "harness-cd-wasm" || !used.contains(door),
                "{name} must not use {door}"
            );
        }
    }
}

/// What product and simulator share cannot find the product's mistakes.
#[test]
fn the_simulator_reads_by_libraries_of_its_own() {
    let all = all_crates();
    let simulator = &all["harness-cd-simulator"];
    for (name, _) in CRATES {
        assert!(
            !simulator.contains(name),
            "the simulator must not use {name}, not even in its tests"
        );
    }
    let libraries = [
        ("YAML", "saphyr-parser", "serde-saphyr"),
        ("time", "jiff", "chrono"),
        ("a pattern", "regex-lite", "fancy-regex"),
    ];
    for (kind, of_the_product, its_own) in libraries {
        assert!(
            !simulator.contains(of_the_product),
            "{kind} is read by {of_the_product} in the product"
        );
        assert!(simulator.contains(its_own), "{kind} is read by {its_own}");
        // A test may look at what the product writes with other eyes than its own.
        for (name, used) in crates().iter().filter(|(name, _)| *name != "harness-cd-simulator") {
            assert!(
                !used.contains(its_own),
                "{name} must not read {kind} as the simulator does"
            );
        }
    }
}

#[test]
fn core_crates_do_no_io() {
    let all = crates();
    for name in CORE {
        for io in ["tokio", "ureq", "reqwest", "hyper", "axum", "rand", "uuid", "getrandom"] {
            assert!(!all[name].contains(io), "{name} must not use {io}");
        }
        for (file, text) in sources(&root().join("crates").join(name).join("src"), "rs") {
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for io in [
                "std::fs",
                "std::env",
                "TcpStream",
                "UdpSocket",
                "std::process",
                "SystemTime",
                "Instant",
            ] {
                assert!(!code.contains(io), "{} must not use {io}", file.display());
            }
        }
    }
}

#[test]
fn packages_use_only_what_their_arrow_names() {
    let all = packages();
    let known: BTreeSet<&str> = PACKAGES.iter().map(|(name, _)| *name).collect();
    assert_eq!(all.keys().map(String::as_str).collect::<BTreeSet<_>>(), known);
    for (name, allowed) in PACKAGES {
        let (folder, used) = &all[name];
        for used in used.iter().filter(|used| known.contains(used.as_str())) {
            assert!(allowed.contains(&used.as_str()), "{name} must not depend on {used}");
        }
        for (file, text) in sources(&folder.join("src"), "ts") {
            for other in known.iter().filter(|other| **other != name && !allowed.contains(other)) {
                let imports = [format!("'{other}'"), format!("'{other}/")];
                assert!(
                    is_test(&file) || !imports.iter().any(|import| text.contains(import)),
                    "{} must not import {other}",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn the_frontend_holds_no_client_and_no_key() {
    let (folder, _) = &packages()["backstage-plugin-harness-cd"];
    for (file, text) in sources(&folder.join("src"), "ts") {
        for secret in ["HarnessClient", "x-api-key", "apiKey"] {
            assert!(
                is_test(&file) || !text.contains(secret),
                "{} must not know {secret}",
                file.display()
            );
        }
    }
}

/// Every crate of the workspace, with what it uses outside its tests.
fn crates() -> BTreeMap<String, BTreeSet<String>> {
    used(|dependency| dependency["kind"] != "dev")
}

/// The same, with what its tests use.
fn all_crates() -> BTreeMap<String, BTreeSet<String>> {
    used(|_| true)
}

fn used(counts: impl Fn(&Value) -> bool) -> BTreeMap<String, BTreeSet<String>> {
    let answer = Command::new("cargo")
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let name = |value: &Value| value["name"].as_str().unwrap().to_owned();
    metadata["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|package| {
            let used = package["dependencies"].as_array().unwrap().iter();
            (name(package), used.filter(|used| counts(used)).map(name).collect())
        })
        .collect()
}

/// Every published npm package, with its folder and what it depends on.
fn packages() -> BTreeMap<String, (PathBuf, BTreeSet<String>)> {
    let folders = fs::read_dir(root().join("plugin-js/plugins")).unwrap();
    folders
        .map(|folder| {
            let folder = folder.unwrap().path();
            let manifest = fs::read_to_string(folder.join("package.json")).unwrap();
            let manifest: Value = serde_json::from_str(&manifest).unwrap();
            let dependencies = manifest["dependencies"].as_object().map(|used| used.keys().cloned());
            let name = manifest["name"].as_str().unwrap().to_owned();
            (name, (folder, dependencies.into_iter().flatten().collect()))
        })
        .collect()
}

fn is_test(file: &Path) -> bool {
    let name = file.file_name().unwrap().to_string_lossy();
    name.contains(".test.") || name == "setupTests.ts"
}
