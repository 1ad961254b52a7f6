//! One fault at a time.

use std::fs;

use harness_cd_model::Severity;

use crate::support::golden;
use crate::{findings, rendered_pipeline};

/// Replaces one part of the example's first pipeline.
#[track_caller]
fn found(from: &str, to: &str) -> Vec<String> {
    let text = rendered_pipeline();
    assert!(text.contains(from), "{from}");
    findings(&text.replacen(from, to, 1))
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
            "            rollbackSteps:\n              - step:\n                  type: K8sRollingRollback\n                  name: Rolling Rollback\n                  identifier: rolling_rollback\n                  timeout: 10m\n                  spec:\n                    pruningEnabled: false\n",
            "",
            "HCD1012 /pipeline/stages/0/stage/spec/execution",
        ),
        (
            "timeout: 30m",
            "timeout: 5m",
            "HCD1014 /pipeline/stages/3/stage/spec/execution/steps/0/stepGroup/steps/1/step/timeout",
        ),
        (
            "type: K8sCanaryDelete\n                  name: Canary Delete on",
            "type: K8sDryRun\n                  name: Canary Delete on",
            "HCD1015 /pipeline/stages/3/stage/spec/execution/steps/0/stepGroup/steps/0/step",
        ),
        (
            "<+pipeline.triggeredBy.email>",
            "<+currentTime>",
            "HCD1019 /pipeline/stages/2/stage/spec/execution/steps/0/step/spec/approvalMessage",
        ),
        (
            "tag: <+pipeline.variables.imageTag>",
            "tag: v-<+pipeline.variables.imageTag",
            "HCD1071 /pipeline/stages/0/stage/spec/service/serviceInputs/serviceDefinition/spec/artifacts/primary/sources/0/spec/tag",
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
        let step = |kind: &&str| format!("- step: {{type: {kind}, identifier: {kind}, name: {kind}, spec: {{}}}}\n");
        let steps: Vec<String> = steps.iter().map(step).collect();
        let found = findings(&format!(
            "pipeline:\n  name: p\n  identifier: p\n  orgIdentifier: o\n  projectIdentifier: p\n  stages:\n  - stage:\n      name: s\n      identifier: s\n      type: Deployment\n      failureStrategies: []\n      spec:\n        deploymentType: Kubernetes\n        service: {{serviceRef: s}}\n        environment: {{environmentRef: e, infrastructureDefinitions: [{{identifier: i}}]}}\n        execution:\n          steps:\n          {}          rollbackSteps:\n          - step: {{type: K8sCanaryDelete, identifier: d, name: d, spec: {{}}}}\n",
            steps.join("          ")
        ));
        // What a canary is to be counted by is left out.
        found
            .into_iter()
            .filter(|finding| !finding.starts_with("HCD1021"))
            .collect::<Vec<_>>()
    };
    let at = "/pipeline/stages/0/stage/spec/execution/steps";
    assert_eq!(stage(&["K8sCanaryDeploy", "K8sRollingDeploy"]), [""; 0]);
    assert_eq!(
        stage(&["K8sRollingDeploy", "K8sCanaryDeploy"]),
        [format!("HCD1016 {at}/1/step"), format!("HCD1030 {at}/1/step")]
    );
    assert_eq!(stage(&["K8sBlueGreenDeploy"]), [format!("HCD1017 {at}/0/step")]);
    assert_eq!(stage(&["K8sBlueGreenDeploy", "K8sBGSwapServices"]), [""; 0]);
    let approved = stage(&["K8sBlueGreenDeploy", "HarnessApproval", "K8sBGSwapServices"]);
    assert!(
        !approved.iter().any(|found| found.starts_with("HCD1036")),
        "{approved:?}"
    );
    let early = stage(&["HarnessApproval", "K8sBlueGreenDeploy", "K8sBGSwapServices"]);
    assert!(early.iter().any(|found| found.starts_with("HCD1036")), "{early:?}");
    assert_eq!(
        stage(&["K8sRollingDeploy", "K8sBlueGreenDeploy", "K8sBGSwapServices"]),
        [format!("HCD1016 {at}/1/step")]
    );
}

#[test]
fn the_corrected_files_are_clean() {
    for entry in fs::read_dir(golden()).unwrap() {
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

const STAGE: &str = "/pipeline/stages/0/stage";
const GATE: &str = "/pipeline/stages/2/stage/spec/execution/steps";
const PROD: &str = "/pipeline/stages/3/stage/spec/execution/steps";

#[test]
fn a_pipeline_has_the_shape_of_one() {
    for (from, to, expected) in [
        (
            "        failureStrategies:",
            "        strategies:",
            vec![format!("HCD1021 {STAGE}"), format!("HCD1023 {STAGE}/strategies")],
        ),
        (
            "          deploymentType: Kubernetes",
            "          deploymentType: Kubernets",
            vec![format!("HCD1062 {STAGE}/spec/deploymentType")],
        ),
        (
            "type: K8sRollingDeploy",
            "type: K8sRollingDeploi",
            vec![format!("HCD1062 {STAGE}/spec/execution/steps/0/step/type")],
        ),
        (
            "        type: Deployment\n",
            "        type: Deploymnt\n",
            vec![format!("HCD1062 {STAGE}/type")],
        ),
        (
            "sensitivity: MEDIUM",
            "sensitivity: NORMAL",
            vec![format!("HCD1024 {PROD}/0/stepGroup/steps/1/step/spec/spec/sensitivity")],
        ),
        (
            "                  spec:\n                    skipDryRun: false\n                    pruningEnabled: false\n",
            "",
            vec![format!("HCD1021 {STAGE}/spec/execution/steps/0/step")],
        ),
        (
            "                    includePipelineExecutionHistory: true\n",
            "",
            vec![format!("HCD1021 {GATE}/0/step/spec")],
        ),
        (
            "pruningEnabled: false",
            "prunningEnabled: false",
            vec![format!(
                "HCD1023 {STAGE}/spec/execution/steps/0/step/spec/prunningEnabled"
            )],
        ),
        (
            "                    skipDryRun: false\n",
            "                    commandFlags: [--prune, {commandType: Apply, flag: -v}]\n",
            vec![
                format!("HCD1022 {STAGE}/spec/execution/steps/0/step/spec/commandFlags/0"),
                format!("HCD1037 {STAGE}/spec/execution/steps/0/step/spec/commandFlags/0"),
            ],
        ),
        (
            "                            duration: 5m\n",
            "",
            vec![format!("HCD1021 {PROD}/0/stepGroup/steps/1/step/spec/spec")],
        ),
        (
            "                          type: Canary\n",
            "                          type: Canary\n                          duration: 5m\n",
            vec![format!("HCD1020 {PROD}/0/stepGroup/steps/1/step/spec/duration")],
        ),
        (
            "- name: targetRegion",
            "- name: targetEnvironment",
            vec!["HCD1025 /pipeline/variables/2/name".to_owned(), "HCD1026".to_owned()],
        ),
    ] {
        let mut found = found(from, to);
        // Each use of a variable that is gone is a finding of its own.
        found
            .iter_mut()
            .filter(|finding| finding.starts_with("HCD1026"))
            .for_each(|finding| finding.truncate(7));
        found.dedup();
        assert_eq!(found, expected, "{to}");
    }
}

#[test]
fn an_unknown_word_comes_with_the_nearest_known_one() {
    let text = rendered_pipeline().replacen("type: K8sRollingDeploy", "type: K8sRolingDeploy", 1);
    let found = &harness_cd_lint::lint("f.yaml", text.as_bytes())[0];
    assert_eq!(found.severity, harness_cd_model::Severity::Error);
    assert_eq!(found.hint.as_deref(), Some("did you mean `K8sRollingDeploy`?"));
}

#[test]
fn expressions_name_what_is_there() {
    for (from, to, expected) in [
        ("tag: <+pipeline.variables.imageTag>", "tag: <+pipeline.variables.imageTga>", "HCD1026 /pipeline/stages/0/stage/spec/service/serviceInputs/serviceDefinition/spec/artifacts/primary/sources/0/spec/tag".to_owned()),
        ("<+pipeline.stages.prod_gate.spec.execution.steps.team_approval.output.approverInputs.change_ticket>", "<+pipeline.stages.gate.spec.x>", format!("HCD1027 {GATE}/1/step/spec/approvalMessage")),
        ("<+pipeline.stages.prod_gate.spec.execution.steps.team_approval.output.approverInputs.change_ticket>", "<+execution.steps.team_aproval.output>", format!("HCD1027 {GATE}/1/step/spec/approvalMessage")),
        ("condition: <+pipeline.variables.targetEnvironment> == \"int-stable\"", "condition: <+pipeline.variables.targetEnvironment> != \"\"", format!("HCD1039 {STAGE}/when/condition")),
        ("condition: <+pipeline.variables.targetEnvironment> == \"int-stable\"", "condition: <+env.name> == \"int-stable\"", format!("HCD1040 {STAGE}/when/condition")),
        ("environmentRef: int_stable", "environmentRef: <+pipeline.variables.targetEnvironment>", format!("HCD1005 {STAGE}/spec/environment/environmentRef")),
    ] {
        assert_eq!(found(from, to), [expected], "{to}");
    }
    let good = "<+pipeline.variables.imageTag.toLowerCase()> <+pipeline.variables.<+x>> <+pipeline.stages.prod_gate.identifier> <+stage.name>";
    assert_eq!(found("<+pipeline.triggeredBy.email>", good), [""; 0]);
}

#[test]
fn a_part_of_a_long_text_is_pointed_at() {
    let text = rendered_pipeline().replacen("<+pipeline.triggeredBy.email>", "✅ <+currentTime>", 1);
    let found = &harness_cd_lint::lint("f.yaml", text.as_bytes())[0];
    let line = text.lines().nth(found.range.line as usize - 1).unwrap();
    let before = line
        .find("<+currentTime>")
        .map(|at| line[..at].encode_utf16().count())
        .unwrap();
    assert_eq!(found.range.column as usize, before + 1);
    assert_eq!(found.range.end_column - found.range.column, 14);
}

#[test]
fn deployments_and_approvals_mean_what_they_say() {
    let rolling = "                  type: K8sRollingDeploy\n                  name: Rolling Deployment";
    for (from, to, expected) in [
        (
            rolling,
            "                  type: K8sRollingDeploy\n                  name: Check health",
            format!("HCD1029 {STAGE}/spec/execution/steps/0/step/name"),
        ),
        (
            "name: Canary Delete\n",
            "name: Complete rollout\n",
            format!("HCD1029 {PROD}/0/stepGroup/steps/4/step/name"),
        ),
        (
            "deploymentTag: <+artifacts.primary.tag>",
            "deploymentTag: <+service.name>-<+pipeline.sequenceId>",
            format!("HCD1031 {PROD}/0/stepGroup/steps/1/step/spec/spec/deploymentTag"),
        ),
        (
            "        type: Deployment\n",
            "        type: Deployment\n        timeout: 9m\n",
            format!("HCD1032 {STAGE}/timeout"),
        ),
        (
            "  allowStageExecutions: false\n",
            "  allowStageExecutions: false\n  timeout: 6d\n",
            "HCD1032 /pipeline/timeout".to_owned(),
        ),
        (
            "                        - payments_team\n                      minimumCount: 1",
            "                        - payments_team\n                        - platform_team\n                      minimumCount: 2",
            format!("HCD1033 {GATE}/0/step/spec/approvers/minimumCount"),
        ),
        (
            "minimumCount: 1",
            "minimumCount: 0",
            format!("HCD1033 {GATE}/0/step/spec/approvers/minimumCount"),
        ),
        (
            "disallowPipelineExecutor: true",
            "disallowPipelineExecutor: false",
            format!("HCD1034 {GATE}/0/step/spec/approvers/disallowPipelineExecutor"),
        ),
        (
            "        name: Production Gate\n        identifier: prod_gate\n        type: Approval\n",
            "        name: Production Gate\n        identifier: prod_gate\n        type: Deployment\n",
            "HCD1036".to_owned(),
        ),
    ] {
        let mut found = found(from, to);
        // A Deployment stage also says what it deploys.
        found.retain(|finding| !finding.starts_with("HCD1061"));
        let matches = found.iter().filter(|finding| finding.starts_with(&expected)).count();
        assert!(matches > 0 && matches == found.len(), "{to}: {found:?}");
    }
    let applied = "              - step:\n                  type: K8sApply\n                  name: Apply\n                  identifier: apply\n                  timeout: 10m\n                  spec:\n                    filePaths:\n                      - generated/payment-service/int-stable/<+pipeline.variables.targetRegion>/manifests.yaml\n";
    let steps = "            steps:\n";
    assert_eq!(
        found(steps, &format!("{steps}{applied}")),
        [format!("HCD1028 {STAGE}/spec/execution/steps/0/step/spec/filePaths/0")]
    );
    let elsewhere = applied.replace("generated/payment-service", "crds");
    assert_eq!(found(steps, &format!("{steps}{elsewhere}")), [""; 0]);
}

#[test]
fn secrets_are_found_and_never_repeated() {
    let secret = "hunter2hunter2";
    let token = format!("ghp_{}", "a1".repeat(20));
    for (text, at) in [
        (
            format!("connector:\n  spec:\n    password: {secret}\n"),
            "/connector/spec/password",
        ),
        (
            format!("environment:\n  variables:\n    - {{name: DB_PASSWORD, type: String, value: {secret}}}\n"),
            "/environment/variables/0/value",
        ),
        (format!("service:\n  x: curl -u me:{token} https://x\n"), "/service/x"),
        (
            format!("service:\n  x: |\n    a\n    -----BEGIN RSA PRIVATE KEY-----\n    {secret}\n"),
            "/service/x",
        ),
        (
            format!("apiVersion: v1\nkind: ConfigMap\ndata:\n  token: {token}\n"),
            "/data/token",
        ),
    ] {
        let found = harness_cd_lint::lint("f.yaml", text.as_bytes());
        let found: Vec<_> = found.iter().filter(|finding| finding.code == "HCD1042").collect();
        assert_eq!(
            found.iter().map(|finding| finding.pointer.as_str()).collect::<Vec<_>>(),
            [at]
        );
        let said = format!("{found:?}");
        assert!(!said.contains(secret) && !said.contains(&token), "{said}");
    }
    for good in [
        "connector:\n  spec:\n    tokenRef: github_token\n    password: <+secrets.getValue(\"x\")>\n",
        "environment:\n  variables:\n    - {name: DB_PASSWORD, type: Secret, value: account.db_password}\n",
        "service:\n  token: true\n  secret: \"\"\n  password: 12345678\n  imagePullSecret: registry-secret\n",
        "service:\n  token: account.github_Token1\n",
        "existingDelegateToken: harness-delegate-1-token\nreplicas: 1\n",
    ] {
        assert!(
            findings(good).iter().all(|finding| !finding.starts_with("HCD1042")),
            "{good}"
        );
    }
}

const TRIGGER: &str = "trigger:
  name: t
  identifier: t
  orgIdentifier: o
  projectIdentifier: p
  pipelineIdentifier: payment_service_cd
  source:
    type: Webhook
    spec:
      type: Custom
      spec:
        payloadConditions:
          - key: <+trigger.payload.a>
            operator: Equals
            value: b
  inputYaml: |
    pipeline:
      identifier: payment_service_cd
      variables:
        - name: a
          type: String
          value: <+trigger.payload.a>
";

#[test]
fn triggers_start_what_they_should() {
    let found = |from: &str, to: &str| {
        assert!(TRIGGER.contains(from), "{from}");
        let found = harness_cd_lint::lint("t.yaml", TRIGGER.replacen(from, to, 1).as_bytes());
        let brief = |f: &harness_cd_model::Diagnostic| format!("{} {}:{}", f.code, f.range.line, f.range.column);
        found.iter().map(brief).collect::<Vec<_>>()
    };
    assert_eq!(found("a", "a"), [""; 0]);
    for (from, to, expected) in [
        ("  orgIdentifier: o\n", "", "HCD1021 2:3"),
        ("type: Webhook", "type: Webhok", "HCD1062 8:11"),
        ("operator: Equals", "operator: NotNull", "HCD1018 14:23"),
        ("key: <+trigger.payload.a>", "key: a", "HCD1045 13:18"),
        (
            "          - key: <+trigger.payload.a>\n            operator: Equals\n            value: b\n",
            "          []\n",
            "HCD1044 12:9",
        ),
        (
            "value: <+trigger.payload.a>",
            "value: <+pipeline.name>",
            "HCD1046 22:18",
        ),
        (
            "      identifier: payment_service_cd\n",
            "      identifier: payment-service_cd\n",
            "HCD1003 18:19",
        ),
        (
            "      identifier: payment_service_cd\n",
            "      identifier: order_service_cd\n",
            "HCD1049 18:19",
        ),
        (
            "        - name: a\n          type: String\n          value: <+trigger.payload.a>\n",
            "        a: <+trigger.payload.a>\n",
            "HCD1022 20:9",
        ),
        ("      variables:\n", "      variables: [\n", "HCD0004 "),
    ] {
        let found = found(from, to);
        assert!(
            found.iter().any(|finding| finding.starts_with(expected)),
            "{to}: {found:?}"
        );
        assert!(found.len() == 1 || expected.ends_with("18:19"), "{to}: {found:?}");
    }
}

#[test]
fn infrastructures_and_services_are_judged() {
    let infrastructure = "infrastructureDefinition:\n  name: i\n  identifier: i\n  orgIdentifier: o\n  projectIdentifier: p\n  environmentRef: e\n  deploymentType: Kubernetes\n  type: KubernetesDirect\n  spec:\n    connectorRef: c\n    namespace: prod-<+service.name>\n    releaseName: release-<+INFRA_KEY_SHORT_ID>\n";
    let service = "service:\n  name: s\n  identifier: s\n  serviceDefinition:\n    type: Kubernetes\n    spec:\n      artifacts:\n        primary:\n          primaryArtifactRef: a\n          sources:\n            - identifier: a\n              type: DockerRegistry\n              spec:\n                connectorRef: c\n                imagePath: project/s\n                tag: <+input>\n";
    for (text, from, to, expected) in [
        (infrastructure, "o\n", "o\n", None),
        (
            infrastructure,
            "release-<+INFRA_KEY_SHORT_ID>",
            "payments",
            Some("HCD1047 /infrastructureDefinition/spec/releaseName"),
        ),
        (
            infrastructure,
            "prod-<+service.name>",
            "Prod_<+service.name>",
            Some("HCD1048 /infrastructureDefinition/spec/namespace"),
        ),
        (
            infrastructure,
            "    connectorRef: c\n",
            "    connectorRef: c\n    delegateSelectors: [d]\n",
            Some("HCD1020 /infrastructureDefinition/spec/delegateSelectors"),
        ),
        (
            infrastructure,
            "  orgIdentifier: o\n",
            "",
            Some("HCD1021 /infrastructureDefinition"),
        ),
        (
            infrastructure,
            "KubernetesDirect",
            "KubernetesDirekt",
            Some("HCD1062 /infrastructureDefinition/type"),
        ),
        (service, "s\n", "s\n", None),
        (
            service,
            "primaryArtifactRef: a",
            "primaryArtifactRef: <+input>",
            Some("HCD1038 /service/serviceDefinition/spec/artifacts/primary/primaryArtifactRef"),
        ),
        (
            service,
            "imagePath: project/s",
            "imagePath: gcr.io/project/s",
            Some("HCD1058 /service/serviceDefinition/spec/artifacts/primary/sources/0/spec/imagePath"),
        ),
        (
            service,
            "tag: <+input>",
            "tag: PLACEHOLDER_TAG",
            Some("HCD1054 /service/serviceDefinition/spec/artifacts/primary/sources/0/spec/tag"),
        ),
    ] {
        assert!(text.contains(from), "{from}");
        assert_eq!(findings(&text.replacen(from, to, 1)), Vec::from_iter(expected), "{to}");
    }
}

/// Source: harness-api §1, §1.1: the call that saves a pipeline takes both from its text.
#[test]
fn a_pipeline_says_what_it_is_called() {
    for (names, message) in [
        ("identifier: p, name: p, ", None),
        ("name: p, ", Some("the pipeline has no `identifier`")),
        ("identifier: p, ", Some("the pipeline has no `name`")),
        ("", Some("the pipeline has no `identifier` and no `name`")),
    ] {
        let text = format!("pipeline: {{{names}template: {{templateRef: t, versionLabel: v1}}}}");
        let found = harness_cd_lint::lint("f.yaml", text.as_bytes());
        let told: Vec<_> = found
            .iter()
            .map(|finding| (finding.code.as_str(), finding.message.as_str()))
            .collect();
        assert_eq!(
            told,
            Vec::from_iter(message.map(|message| ("HCD1068", message))),
            "{text}"
        );
    }
    let trigger = "trigger:\n  name: t\n  identifier: t\n  orgIdentifier: o\n  projectIdentifier: p\n  pipelineIdentifier: p\n  source: {type: Webhook, spec: {type: Custom, spec: {}}}\n  inputYaml: |\n    pipeline: {identifier: p}\n";
    assert!(!findings(trigger).iter().any(|found| found.starts_with("HCD1068")));
}

#[test]
fn a_modifier_of_an_input_is_closed() {
    for (input, is_found) in [
        ("<+input>.regex(v[0-9]+", true),
        ("<+input>.default(a).regex(^(a|b", true),
        ("<+input>.allowedValues(a,b", true),
        ("<+input>.regex(v[0-9]+)", false),
        ("<+input>.regex(^\\()", false),
        ("<+input>.executionInput()", false),
        ("<+input>", false),
    ] {
        let text = format!(
            "pipeline:\n  identifier: p\n  name: p\n  variables:\n    - {{name: v, type: String, value: '{input}'}}\n  template: {{templateRef: t, versionLabel: v1}}\n"
        );
        let found = findings(&text).iter().any(|found| found.starts_with("HCD1069"));
        assert_eq!(found, is_found, "{input}");
    }
}

#[test]
fn an_expression_is_closed() {
    for (text, is_found) in [
        ("<+pipeline.name", true),
        ("<+pipeline.name and <+pipeline.identifier>", true),
        ("<+<+pipeline.name>", true),
        ("<+input", true),
        ("<+input>.regex(^[<+]$)", false),
        ("<+pipeline.name>", false),
        ("<+<+pipeline.name>.replace(\"a>b\", \"c\")>", false),
        ("a < b", false),
    ] {
        let found = found("  description: Deploys", &format!("  description: '{text}' # Deploys"));
        assert_eq!(
            found.iter().any(|found| found.starts_with("HCD1071")),
            is_found,
            "{text}"
        );
    }
}

#[test]
fn what_is_told_of_a_stage_names_one() {
    for (stage, is_found) in [
        ("deploy_prod", false),
        ("prod_gate", false),
        ("AllStages", false),
        ("<+input>", false),
        ("deploy_production", true),
        ("Deploy prod", true),
        ("allStages", true),
    ] {
        let rule = format!(
            "  notificationRules:\n    - name: Failed\n      enabled: true\n      pipelineEvents:\n        - type: StageFailed\n          forStages: [{stage}]\n      notificationMethod: {{type: Slack, spec: {{userGroups: [g], webhookUrl: <+secrets.getValue(\"w\")>}}}}\n  stages:\n"
        );
        let expected = "HCD1072 /pipeline/notificationRules/0/pipelineEvents/0/forStages/0";
        let wanted: &[&str] = if is_found { &[expected] } else { &[] };
        assert_eq!(found("  stages:\n", &rule), wanted, "{stage}");
    }
}

#[test]
fn what_a_file_is_has_to_be_said() {
    assert_eq!(findings("pipelin: 1"), ["HCD1000 "]);
    assert_eq!(findings("stage: {identifier: s}"), ["HCD1000 "]);
    // The values of a Helm chart are no entity, and need not be: that they are not judged is said.
    for text in [
        "replicaCount: 1\nimage:\n  repository: shop\n  pullPolicy: Always\n",
        "[]",
        "a text",
    ] {
        let found = harness_cd_lint::lint("f.yaml", text.as_bytes());
        let told: Vec<_> = found
            .iter()
            .map(|finding| (finding.code.as_str(), finding.severity))
            .collect();
        assert_eq!(told, [("HCD1070", Severity::Info)], "{text}");
    }
    let found = harness_cd_lint::lint("f.yaml", b"name: x\nenvironmentRef: prod\nspec: {}\n");
    assert!(found[0].hint.as_deref().unwrap().contains("infrastructureDefinition"));
    assert_eq!(findings("a: {{X}}"), ["HCD1000 "]);
    assert_eq!(
        findings("pipeline:\n  name: p\n  identifier: p\n  variables: a\n  stages:\n    - x\n    - <+x>\n"),
        [
            "HCD1022 /pipeline/variables",
            "HCD1022 /pipeline/stages/0",
            "HCD1022 /pipeline/stages/1"
        ]
    );
    // What is laid over a pipeline is a part, and an entity of its own.
    assert_eq!(
        findings("inputSet:\n  name: i\n  identifier: i\n  pipeline:\n    identifier: p\n    stages: []\n"),
        [""; 0]
    );
    assert_eq!(
        findings("inputSet:\n  name: i\n  identifer: i\n"),
        ["HCD1021 /inputSet", "HCD1021 /inputSet", "HCD1023 /inputSet/identifer"]
    );
}

#[test]
fn manifests_are_restricted_and_pinned() {
    let text = fs::read_to_string(
        crate::support::workspace().join("examples/config-repo/generated/payment-service/prod/euw1/manifests.yaml"),
    )
    .unwrap();
    let at = "/spec/template/spec/containers/0";
    for (from, to, expected) in [
        ("a", "a", vec![]),
        (
            "              memory: 512Mi\n          securityContext",
            "          securityContext",
            vec![format!("HCD1051 {at}")],
        ),
        (
            "allowPrivilegeEscalation: false",
            "allowPrivilegeEscalation: true",
            vec![format!("HCD1052 {at}")],
        ),
        ("        runAsNonRoot: true\n", "", vec![format!("HCD1052 {at}")]),
        (
            "<+artifacts.primary.image>",
            "gcr.io/project/payment-service",
            vec![format!("HCD1053 {at}/image")],
        ),
        (
            "<+artifacts.primary.image>",
            "gcr.io/project/payment-service:latest",
            vec![format!("HCD1053 {at}/image")],
        ),
        (
            "<+artifacts.primary.image>",
            "gcr.io/project/payment-service:v2.3.1",
            vec![],
        ),
        (
            "<+artifacts.primary.image>",
            "gcr.io/project/payment-service:PLACEHOLDER_TAG",
            vec![format!("HCD1054 {at}/image")],
        ),
        (
            "  name: payment-service\n",
            "  name: payment-service\n  namespace: prod\n",
            vec!["HCD1055 /metadata/namespace".to_owned()],
        ),
    ] {
        assert!(text.contains(from), "{from}");
        assert_eq!(findings(&text.replacen(from, to, 1)), expected, "{to}");
    }
    assert_eq!(
        findings("apiVersion: v1\nkind: Secret\nstringData:\n  a: b\n"),
        ["HCD1057 /stringData/a"]
    );
    // The second document, at its own place.
    let found = harness_cd_lint::lint(
        "m.yaml",
        b"apiVersion: v1\nkind: Service\n---\napiVersion: v1\nkind: Service\nmetadata:\n  namespace: x\n",
    );
    assert_eq!(
        found
            .iter()
            .map(|f| (f.code.as_str(), f.range.line))
            .collect::<Vec<_>>(),
        [("HCD1055", 7)]
    );
}

#[test]
fn what_waits_and_who_decides_is_worth_knowing() {
    let text = "pipeline:
  name: p
  identifier: p
  triggers:
    - trigger: {name: t, identifier: t, orgIdentifier: o, projectIdentifier: p, pipelineIdentifier: p, source: {type: Webhook, spec: {type: Custom, spec: {jexlCondition: x}}}}
  stages:
    - stage:
        name: s
        identifier: s
        type: Approval
        spec:
          execution:
            steps:
              - step:
                  name: a
                  identifier: a
                  type: HarnessApproval
                  spec:
                    includePipelineExecutionHistory: true
                    approvers: {userGroups: [g], minimumCount: 1, disallowPipelineExecutor: true}
    - stage:
        name: d
        identifier: d
        type: Custom
        spec:
          execution: {steps: []}
          store: {spec: {gitFetchType: Branch}}
";
    let found: Vec<_> = harness_cd_lint::lint("p.yaml", text.as_bytes())
        .into_iter()
        .map(|finding| (finding.code, finding.severity, finding.range.line))
        .collect();
    let info = harness_cd_model::Severity::Info;
    for (code, line) in [("HCD1035", 20), ("HCD1043", 27)] {
        assert!(found.contains(&(code.to_owned(), info, line)), "{code}: {found:?}");
    }
}
