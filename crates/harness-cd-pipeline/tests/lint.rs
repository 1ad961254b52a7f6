//! Every rule finds its fault in an otherwise good pipeline, and nothing of what is public crashes it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::fs;
use std::path::Path;

use harness_cd_pipeline::{lint, read_config_repo, render, runtime_inputs};
use proptest::prelude::*;
use support::{beside, example};

/// The codes and pointers for the example's first pipeline with one part replaced.
fn found(from: &str, to: &str) -> Vec<String> {
    let repo = read_config_repo(&example());
    let text = render(&repo, &[]).files["pipelines/payment-service-cd.yaml"].clone();
    assert!(text.contains(from), "{from}");
    findings(&text.replacen(from, to, 1))
}

fn findings(text: &str) -> Vec<String> {
    lint("f.yaml", text.as_bytes())
        .iter()
        .map(|f| format!("{} {}", f.code, f.pointer))
        .collect()
}

#[test]
fn each_fault_is_found_alone() {
    for (from, to, expected) in [
        (
            "timeout: 10m",
            "timeout: about 10m",
            "HCD1001 /pipeline/stages/0/stage/spec/execution/steps/0/step/timeout",
        ),
        (
            "timeout: 10m",
            "timeout: 10shello",
            "HCD1001 /pipeline/stages/0/stage/spec/execution/steps/0/step/timeout",
        ),
        (
            "timeout: 10m",
            "timeout: 5s",
            "HCD1001 /pipeline/stages/0/stage/spec/execution/steps/0/step/timeout",
        ),
        (
            "percentage: 10\n",
            "percentage: 500\n",
            "HCD1002 /pipeline/stages/3/stage/spec/execution/steps/0/stepGroup/steps/0/step/spec/instanceSelection/spec/percentage",
        ),
        (
            "identifier: rolling_deploy",
            "identifier: rolling-deploy",
            "HCD1003 /pipeline/stages/0/stage/spec/execution/steps/0/step/identifier",
        ),
        (
            "name: Deploy int-stable",
            "name: Deploy (int)",
            "HCD1004 /pipeline/stages/0/stage/name",
        ),
        (
            "environmentRef: int_stable",
            "environmentRef: int-stable",
            "HCD1005 /pipeline/stages/0/stage/spec/environment/environmentRef",
        ),
        (
            "- payments_team",
            "- payments-team",
            "HCD1005 /pipeline/stages/2/stage/spec/execution/steps/0/step/spec/approvers/userGroups/0",
        ),
        (
            "identifier: int_stable_<+",
            "identifier: int-stable_<+",
            "HCD1005 /pipeline/stages/0/stage/spec/environment/infrastructureDefinitions/0/identifier",
        ),
        (
            "tag: <+pipeline.variables.imageTag>",
            "tag: latest",
            "HCD1006 /pipeline/stages/0/stage/spec/service/serviceInputs/serviceDefinition/spec/artifacts/primary/sources/0/spec/tag",
        ),
        (
            "value: <+input>\n",
            "value: <+input>\n      default: latest\n",
            "HCD1006 /pipeline/variables/0/default",
        ),
        (
            "type: StageRollback",
            "type: StageRolback",
            "HCD1007 /pipeline/stages/0/stage/failureStrategies/0/onFailure/action/type",
        ),
        (
            "- AllErrors",
            "- AllError",
            "HCD1008 /pipeline/stages/0/stage/failureStrategies/0/onFailure/errors/0",
        ),
        (
            ".default(euw1)",
            ".default(euw3)",
            "HCD1009 /pipeline/variables/2/value",
        ),
        (
            "identifier: deploy_pre_stable",
            "identifier: deploy_int_stable",
            "HCD1010 /pipeline/stages/1/stage/identifier",
        ),
        (
            "identifier: platform_approval",
            "identifier: team_approval",
            "HCD1011 /pipeline/stages/2/stage/spec/execution/steps/1/step/identifier",
        ),
        (
            "rollbackSteps:",
            "notes:",
            "HCD1012 /pipeline/stages/0/stage/spec/execution",
        ),
        (
            "timeout: 30m",
            "timeout: 5m",
            "HCD1014 /pipeline/stages/3/stage/spec/execution/steps/0/stepGroup/steps/1/step/timeout",
        ),
        (
            "type: K8sCanaryDelete\n                  name: Canary Delete on",
            "type: Wait\n                  name: Canary Delete on",
            "HCD1015 /pipeline/stages/3/stage/spec/execution/steps/0/stepGroup/steps/0/step",
        ),
        (
            "<+pipeline.triggeredBy.email>",
            "<+currentTime>",
            "HCD1019 /pipeline/stages/2/stage/spec/execution/steps/0/step/spec/approvalMessage",
        ),
        (
            "  stages:\n",
            "  triggers: []\n  stages:\n",
            "HCD1020 /pipeline/triggers",
        ),
        (
            "serviceRef: payment_service\n",
            "serviceRef: payment_service\n            serviceDefinition: {}\n",
            "HCD1020 /pipeline/stages/0/stage/spec/service/serviceDefinition",
        ),
    ] {
        assert_eq!(found(from, to), [expected], "{to}");
    }
    let monitored = "                          monitoredService:\n                            type: Default\n                            spec: {}\n";
    assert_eq!(
        found(monitored, "").iter().filter(|f| f.starts_with("HCD1013")).count(),
        1
    );
}

#[test]
fn strategies_do_not_mix() {
    let stage = |steps: &[&str]| {
        let steps: String = steps
            .iter()
            .map(|s| format!("          - step: {{type: {s}, identifier: {s}, name: {s}}}\n"))
            .collect();
        findings(&format!(
            "pipeline:\n  stages:\n  - stage:\n      type: Deployment\n      spec:\n        execution:\n          steps:\n{steps}          rollbackSteps:\n          - step: {{type: K8sCanaryDelete, identifier: d}}\n"
        ))
    };
    let at = "/pipeline/stages/0/stage/spec/execution/steps";
    assert_eq!(stage(&["K8sCanaryDeploy", "K8sRollingDeploy"]), [""; 0]);
    assert_eq!(
        stage(&["K8sRollingDeploy", "K8sCanaryDeploy"]),
        [format!("HCD1016 {at}/1/step")]
    );
    assert_eq!(stage(&["K8sBlueGreenDeploy"]), [format!("HCD1017 {at}/0/step")]);
    assert_eq!(stage(&["K8sBlueGreenDeploy", "K8sBGSwapServices"]), [""; 0]);
    assert_eq!(
        stage(&["K8sRollingDeploy", "K8sBlueGreenDeploy", "K8sBGSwapServices"]),
        [format!("HCD1016 {at}/1/step")]
    );
}

#[test]
fn triggers_and_unknown_kinds() {
    let trigger = "trigger:\n  identifier: t\n  source:\n    spec:\n      payloadConditions:\n        - {key: a, operator: NotNull, value: b}\n";
    assert_eq!(
        findings(trigger),
        ["HCD1018 /trigger/source/spec/payloadConditions/0/operator"]
    );
    assert_eq!(findings("stuff: 1"), ["HCD1000 "]);
    assert_eq!(findings("a: {{X}}").len(), 1);
}

#[test]
fn the_corrected_files_are_clean() {
    let Some(golden) = beside("golden") else { return };
    for entry in fs::read_dir(golden).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            assert_eq!(
                findings(&fs::read_to_string(&path).unwrap()),
                [""; 0],
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn nothing_public_crashes() {
    let Some(corpus) = beside("corpus") else { return };
    let mut read = 0;
    let mut visit = |path: &Path| {
        let bytes = fs::read(path).unwrap();
        let file = path.file_name().unwrap().to_string_lossy();
        let findings = lint(&file, &bytes);
        let inputs = runtime_inputs(&file, &bytes);
        // What YAML refuses is refused by both, in the same words.
        let refused = findings.iter().any(|finding| finding.code.starts_with("HCD0"));
        assert_eq!(refused, !inputs.diagnostics.is_empty(), "{}", path.display());
        read += 1;
    };
    for folder in fs::read_dir(corpus)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
    {
        fs::read_dir(folder)
            .unwrap()
            .for_each(|entry| visit(&entry.unwrap().path()));
    }
    assert!(read > 40, "{read}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_damage_to_a_file_crashes_anything(
        path in prop::sample::select(vec!["platform.yaml", "services.yaml", "templates/api-pipeline-template.yaml"]),
        at in 0_usize..20_000,
        cut in 0_usize..40,
        put in "[ a:\\-\n\"|>#{}\\[\\]<+$é]{0,6}",
    ) {
        let mut files = example();
        let mut text = String::from_utf8(files[path].clone()).unwrap();
        let start = at % text.len();
        let end = (start + cut).min(text.len());
        prop_assume!(text.is_char_boundary(start) && text.is_char_boundary(end));
        text.replace_range(start..end, &put);
        let mut findings = lint(path, text.as_bytes());
        files.insert(path.to_owned(), text.into_bytes());
        let repo = read_config_repo(&files);
        findings.extend(repo.diagnostics.clone());
        for (path, text) in render(&repo, &["payment-service".to_owned()]).files {
            findings.extend(lint(&path, text.as_bytes()));
            findings.extend(runtime_inputs(&path, text.as_bytes()).diagnostics);
        }
        prop_assert!(findings.iter().all(|finding| finding.range.line >= 1 && finding.range.column >= 1));
    }
}
