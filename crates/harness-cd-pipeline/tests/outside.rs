//! What runs outside Kubernetes: templates that the command writes, one by hand, and what guards both.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use harness_cd_pipeline::{Files, read_config_repo, render};
use support::{edited, example, findings, replaced, validate, with_new_templates};

/// The example with services outside Kubernetes: their archetypes, what they are deployed to, and one service of each.
fn with(archetypes: &str, infrastructures: &str, services: &str) -> Files {
    let files = replaced(
        example(),
        "platform.yaml",
        "archetypes:\n",
        &format!("archetypes:\n{archetypes}"),
    );
    let files = edited(files, "platform.yaml", |text| {
        format!("{text}infrastructures:\n{infrastructures}")
    });
    edited(files, "services.yaml", |text| text.to_owned() + services)
}

const ARCHETYPES: &str = "  - {name: function, workload: Lambda, strategy: Rolling, timeoutMinutes: 15}
  - {name: task, workload: Ecs, strategy: Rolling, approvalMessage: Look at the task first.}
";
const INFRASTRUCTURES: &str = "  - archetypes: [function]
    environments: [int-stable, prod]
    type: AwsLambda
    spec: {connectorRef: 'org.aws_{{ENVIRONMENT_IDENTIFIER}}', region: eu-west-1}
  - archetypes: [task]
    name: '{{ENVIRONMENT}}-{{REGION}}-tasks'
    type: ECS
    spec: {connectorRef: org.aws, region: eu-west-1, cluster: 'tasks-{{ENVIRONMENT}}'}
";
const SERVICES: &str = "  - {name: price-alerts, archetype: function, team: pricing-team, image: project/price-alerts}
  - {name: price-feed, archetype: task, team: pricing-team, image: project/price-feed}
";

/// What lets production be deployed to unguarded, and the code that says so.
const SLIPS: [(&str, &str, &str); 4] = [
    ("allowStageExecutions: false", "allowStageExecutions: true", "HCD0140"),
    ("- platform_team", "- \"{{TEAM_IDENTIFIER}}\"", "HCD0118"),
    ("type: Policy\n", "type: Wait\n", "HCD0119"),
    (
        "== \"prod\"\n        spec:\n          execution",
        "== \"pre-stable\"\n        spec:\n          execution",
        "HCD0118",
    ),
];

fn written() -> Files {
    with_new_templates(with(ARCHETYPES, INFRASTRUCTURES, SERVICES))
}

#[test]
fn lambda_and_ecs_have_templates_that_the_command_writes() {
    let files = written();
    assert_eq!(findings(&files), [""; 0]);
    let files = render(&read_config_repo(&files), &[]).into_files().files;
    validate(&files);
    let function = &files["pipelines/price-alerts-cd.yaml"];
    for part in [
        "type: AwsLambdaDeploy\n",
        "type: AwsLambdaRollback\n",
        "timeout: 15m\n",
        "- identifier: prod_<+pipeline.variables.targetRegion>_lambda\n",
        "identifier: prod_gate\n",
        "- prod_change_window\n",
    ] {
        assert!(function.contains(part), "{part}: {function}");
    }
    // It is deployed to nothing there, and has no manifests.
    assert!(
        !function.contains("pre_stable") && !function.contains("manifests:"),
        "{function}"
    );
    let task = &files["pipelines/price-feed-cd.yaml"];
    for part in [
        "type: EcsRollingDeploy\n",
        "type: EcsRollingRollback\n",
        "- identifier: pre_stable_<+pipeline.variables.targetRegion>_tasks\n",
        "Look at the task first.\n",
    ] {
        assert!(task.contains(part), "{part}: {task}");
    }
    assert!(files.contains_key("infrastructures/prod-euw2-tasks.yaml"));
}

#[test]
fn several_infrastructures_of_an_environment_have_a_stage_each() {
    let each = "  - archetypes: [function]
    name: '{{ENVIRONMENT}}-west'
    environments: [prod]
    regions: [euw1]
    type: AwsLambda
    spec: {connectorRef: org.aws, region: eu-west-1}
  - archetypes: [function]
    name: '{{ENVIRONMENT}}-north'
    environments: [prod]
    regions: [euw2]
    type: AwsLambda
    spec: {connectorRef: org.aws, region: eu-north-1}
";
    let files = with_new_templates(with(
        "  - {name: function, workload: Lambda, strategy: Rolling}\n",
        each,
        "  - {name: price-alerts, archetype: function, team: pricing-team, image: project/price-alerts}\n",
    ));
    assert_eq!(findings(&files), [""; 0]);
    let files = render(&read_config_repo(&files), &[]).into_files().files;
    validate(&files);
    let pipeline = &files["pipelines/price-alerts-cd.yaml"];
    for (stage, region) in [("prod_west", "euw1"), ("prod_north", "euw2")] {
        assert!(pipeline.contains(&format!("- identifier: {stage}\n")), "{pipeline}");
        let condition = format!("targetEnvironment> == \"prod\" && <+pipeline.variables.targetRegion> == \"{region}\"");
        assert!(pipeline.contains(&condition), "{pipeline}");
    }
}

/// The gate is held to as it is in Kubernetes.
#[test]
fn what_guards_an_environment_guards_what_runs_outside_kubernetes() {
    let path = "templates/task-pipeline-template.yaml";
    for (from, to, code) in SLIPS {
        let found = findings(&replaced(written(), path, from, to));
        assert!(found.iter().any(|one| one.starts_with(code)), "{to}: {found:?}");
    }
}

#[test]
fn what_a_description_says_of_it_holds_together() {
    let of = |from: &str, to: &str| findings(&with(&ARCHETYPES.replace(from, to), INFRASTRUCTURES, SERVICES));
    for (from, to, wanted) in [
        (
            "Lambda, strategy: Rolling",
            "Lambda, strategy: Canary",
            "HCD0121 /archetypes/0/strategy: Canary does not deploy a Lambda",
        ),
        (
            "Lambda, strategy: Rolling",
            "Lambda",
            "HCD0141 /archetypes/0/timeoutMinutes: ",
        ),
        (
            "Lambda, strategy",
            "Lambda, verifyMinutes: 5, strategy",
            "HCD0021 /archetypes/0/verifyMinutes: ",
        ),
        (
            "workload: Lambda",
            "workload: CloudRun",
            "HCD0021 /archetypes/0/strategy: ",
        ),
    ] {
        let found = of(from, to);
        assert!(found.iter().any(|one| one.starts_with(wanted)), "{to}: {found:?}");
    }
    let found = findings(&with(
        ARCHETYPES,
        &INFRASTRUCTURES
            .replace("[function]", "[task]")
            .replace("AwsLambda", "ECS"),
        "",
    ));
    let lacking = "HCD0141 /archetypes/0/strategy: nothing says what `function` is deployed to";
    assert!(found.iter().any(|one| one == lacking), "{found:?}");
}

/// A template by hand takes its gate from one that the command wrote.
fn by_hand() -> Files {
    let files = written();
    let template = String::from_utf8(files["templates/task-pipeline-template.yaml"].clone()).unwrap();
    let renamed = [
        ("type: ECS", "type: AzureWebApp"),
        ("deploymentType: ECS", "deploymentType: AzureWebApp"),
        ("EcsRollingDeploy", "AzureSlotDeployment"),
        ("EcsRollingRollback", "AzureWebAppRollback"),
        ("_tasks", "_web"),
    ];
    let template = renamed.iter().fold(template, |text, (from, to)| text.replace(from, to));
    let mut kind = "";
    let mut by_hand = String::new();
    for line in template.lines().filter(|line| !line.starts_with('#')) {
        kind = line.trim().strip_prefix("type: ").unwrap_or(kind);
        by_hand += &match kind {
            "AzureSlotDeployment" => {
                line.replace("spec: {}", "spec: {webApp: '{{WEB_APP}}', deploymentSlot: production}")
            }
            _ => line.to_owned(),
        };
        by_hand += "\n";
    }
    let mut files = with(
        "  - {name: web, workload: AzureWebApp}\n",
        "  - archetypes: [web]
    name: '{{ENVIRONMENT}}-{{REGION}}-web'
    type: AzureWebApp
    spec: {connectorRef: org.azure, subscriptionId: s, resourceGroup: 'web-{{ENVIRONMENT}}'}
",
        "  - {name: price-page, archetype: web, team: pricing-team, image: project/price-page, values: {WEB_APP: price-page}}\n",
    );
    files.insert("templates/web-pipeline-template.yaml".to_owned(), by_hand.into_bytes());
    files
}

#[test]
fn a_template_by_hand_is_held_to_gate_and_window() {
    let files = by_hand();
    assert_eq!(findings(&files), [""; 0]);
    let rendered = render(&read_config_repo(&files), &[]).into_files().files;
    validate(&rendered);
    let pipeline = &rendered["pipelines/price-page-cd.yaml"];
    assert!(pipeline.contains("type: AzureSlotDeployment\n"), "{pipeline}");
    let path = "templates/web-pipeline-template.yaml";
    for (from, to, code) in SLIPS {
        let found = findings(&replaced(files.clone(), path, from, to));
        assert!(found.iter().any(|one| one.starts_with(code)), "{to}: {found:?}");
    }
}
