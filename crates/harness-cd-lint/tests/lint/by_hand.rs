//! Templates of what is outside Kubernetes: the page of the example config repository, and what goes wrong with them.

use std::fs;

use harness_cd_lint::lint_config_repo;
use harness_cd_model::naming::template_path;
use harness_cd_model::{Diagnostic, Severity};
use harness_cd_pipeline::{Files, read_config_repo, render};

use crate::support::{example, replaced, validate, workspace};

/// The blocks of YAML of the page: the archetype, what it is deployed to, its service, the template.
fn of_page() -> [String; 4] {
    let page = fs::read_to_string(workspace().join("examples/config-repo/BY-HAND.md")).unwrap();
    let blocks = page.split("```yaml\n").skip(1);
    let blocks: Vec<String> = blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect();
    blocks.try_into().unwrap()
}

/// The example with what the page adds to it.
fn with_function() -> Files {
    let [archetype, infrastructures, service, template] = of_page();
    let mut files = replaced(
        example(),
        "platform.yaml",
        "clusters:\n",
        &format!("{infrastructures}clusters:\n"),
    );
    for (file, key, added) in [
        ("platform.yaml", "archetypes:\n", &archetype),
        ("services.yaml", "services:\n", &service),
    ] {
        assert!(added.starts_with(key), "{added}");
        files = replaced(files, file, key, added);
    }
    files.insert(template_path("function"), template.into_bytes());
    files
}

/// Every finding: code, file, the line it stands in, message and hint.
fn found(files: &Files) -> Vec<String> {
    let told = lint_config_repo(files).into_iter().map(|finding| {
        let text = std::str::from_utf8(&files[&finding.file]).unwrap();
        let line = text.lines().nth(finding.range.line as usize - 1).unwrap().trim();
        let hint = finding.hint.unwrap_or_default();
        format!("{} {line} | {} | {hint}", finding.code, finding.message)
    });
    told.collect()
}

#[test]
fn the_page_s_example_is_clean_and_renders() {
    let files = with_function();
    assert_eq!(found(&files), [""; 0]);
    let rendered = render(&read_config_repo(&files), &[]);
    assert_eq!(rendered.diagnostics, []);
    assert!(rendered.left_out.is_empty());
    let files = rendered.into_files().files;
    assert!(files["pipelines/price-alerts-cd.yaml"].contains("type: AwsLambdaDeploy\n"));
    let service = &files["services/price-alerts.yaml"];
    assert!(
        service.contains("type: AwsLambda\n") && !service.contains("manifests:"),
        "{service}"
    );
    let infrastructure = &files["infrastructures/int-stable-euw2-lambda.yaml"];
    for line in [
        "  identifier: int_stable_euw2_lambda\n",
        "  environmentRef: int_stable\n  deploymentType: AwsLambda\n  type: AwsLambda\n",
        "  spec:\n    connectorRef: \"org.aws_int_stable\"\n    region: eu-west-1\n",
    ] {
        assert!(infrastructure.contains(line), "{infrastructure}");
    }
    validate(&files);
}

/// What an infrastructure says is refused at its own line, and stops the services of its archetypes alone.
/// A cluster with an infrastructure definition of its own is none of what runs outside of clusters.
#[test]
fn what_runs_outside_kubernetes_deploys_to_no_cluster() {
    let of_cluster = "  - name: k8s-int-stable-euw1\n";
    let named = format!("{of_cluster}    infrastructure: int_hall\n");
    let findings = lint_config_repo(&replaced(with_function(), "platform.yaml", of_cluster, &named));
    // The templates of Kubernetes lack the stage of that cluster.
    assert!(findings.iter().any(|finding| finding.file == template_path("api")));
    let of_function = findings
        .iter()
        .filter(|finding| finding.file == template_path("function"));
    assert_eq!(of_function.collect::<Vec<_>>(), [] as [&Diagnostic; 0]);
}

/// What a broken entry may have been is not looked for in the templates that name it.
#[test]
fn a_broken_infrastructure_is_not_missed_in_templates() {
    let entry = |name: &str, region: &str, kind: &str| {
        format!(
            "  - archetypes: [function]\n    name: '{{{{ENVIRONMENT}}}}-{name}'\n    environments: [int-stable]\n    \
             regions: [{region}]\n    type: {kind}\n    spec:\n      connectorRef: 'org.aws'\n      region: eu-west-1\n"
        )
    };
    let (key, next) = ("infrastructures:\n", "clusters:\n");
    let own = [entry("one", "euw1", "AwsLambda"), entry("two", "euw2", "AwsLamda")].concat();
    let mut files = replaced(
        with_function(),
        &template_path("function"),
        "int_stable_<+pipeline.variables.targetRegion>_lambda",
        "int_stable_two",
    );
    let platform = String::from_utf8(files["platform.yaml"].clone()).unwrap();
    let (before, rest) = platform.split_once(key).unwrap();
    let (_, after) = rest.split_once(next).unwrap();
    files.insert(
        "platform.yaml".to_owned(),
        format!("{before}{key}{own}{next}{after}").into_bytes(),
    );
    let findings = found(&files);
    assert!(findings.iter().any(|finding| finding.contains(" type: AwsLamda | ")));
    let missed: Vec<_> = findings
        .iter()
        .filter(|finding| finding.starts_with("HCD1059 "))
        .collect();
    assert_eq!(missed, [""; 0]);
}

#[test]
fn what_goes_wrong_with_an_infrastructure_is_told_where_it_stands() {
    let of_example = |from: &str, to: &str| replaced(with_function(), "platform.yaml", from, to);
    let archetypes = "  - archetypes: [function]";
    let environments = "    environments: [int-stable]\n    type";
    for (from, to, told) in [
        (
            "      region: eu-west-1\n",
            "      region: eu-west-1\n      regoin: eu-west-1\n",
            "HCD1023 regoin: eu-west-1 | Harness knows no `regoin` here (in infrastructures/int-stable-euw1-lambda.yaml and \
             1 more) | did you mean `region`?",
        ),
        (
            "    type: AwsLambda\n",
            "    type: ECS\n",
            "HCD0141 type: ECS | Lambda is not deployed to an infrastructure definition of the type `ECS` | write AwsLambda, \
             or mend `workload` of the archetype",
        ),
        (
            "{{ENVIRONMENT_IDENTIFIER}}",
            "{{ENVIRONMENT_IDENTIFER}}",
            "HCD0113 connectorRef: 'org.aws_{{ENVIRONMENT_IDENTIFER}}' | `{{ENVIRONMENT_IDENTIFER}}` stands for nothing here \
             | did you mean `ENVIRONMENT_IDENTIFIER`?",
        ),
        (
            "{{ENVIRONMENT_IDENTIFIER}}",
            "{{ENVIRONMENT_IDENTIFIER}",
            "HCD0202 connectorRef: 'org.aws_{{ENVIRONMENT_IDENTIFIER}' | `{{ENVIRONMENT_IDENTIFIER}` is no placeholder: it has \
             capitals, and two braces on each side | write `{{ENVIRONMENT_IDENTIFIER}}`",
        ),
        (
            archetypes,
            "  - archetypes: [functoin]",
            "HCD0103 - archetypes: [functoin] | there is no archetype `functoin` | did you mean `function`?",
        ),
        (
            archetypes,
            "  - archetypes: [api]",
            "HCD0141 - archetypes: [api] | `api` runs in Kubernetes, where services are deployed to clusters | describe a \
             cluster, or mend `workload` of `api`",
        ),
        (
            environments,
            "    environments: [int-stabel]\n    type",
            "HCD0103 environments: [int-stabel] | there is no environment `int-stabel` | did you mean `int-stable`?",
        ),
        (
            environments,
            "    environments: [pre-stable]\n    type",
            "HCD0106 environments: [int-stable] | `int-stable` has no infrastructure for `function` in euw1, euw2 | name \
             another region, or leave the environment out",
        ),
        (
            archetypes,
            "  - name: lambda\n    archetypes: [function]",
            "HCD0102 - name: lambda | two infrastructure definitions of `int-stable` have the identifier `lambda` | give \
             each a `name` of its own, with `{{ENVIRONMENT}}` and `{{REGION}}` where it is in several",
        ),
        (
            archetypes,
            "  - name: 'a b'\n    archetypes: [function]",
            "HCD0101 - name: 'a b' | `a b` cannot be the name of an infrastructure definition | use letters, digits, dashes, \
             dots and underscores, and no digit first",
        ),
        (
            "    spec:\n      connectorRef",
            "    specs:\n      connectorRef",
            "HCD0021 specs: | `specs` is not known here | did you mean `spec`?",
        ),
    ] {
        let files = of_example(from, to);
        assert_eq!(found(&files), [told]);
        let rendered = render(&read_config_repo(&files), &[]).into_files().files;
        assert_eq!(
            rendered.contains_key("pipelines/price-alerts-cd.yaml"),
            told.contains("rendered") || told.starts_with("HCD1"),
            "{told}"
        );
        assert!(rendered.contains_key("pipelines/payment-service-cd.yaml"), "{told}");
    }
}

/// What is outside Kubernetes has an infrastructure in each environment.
#[test]
fn an_infrastructure_of_two_environments_is_told() {
    for (environments, cluster, told) in [
        ("[int-stable, pre-stable]", "tasks", true),
        ("[int-stable, pre-stable]", "'tasks-{{ENVIRONMENT}}'", false),
        ("[int-stable, pre-stable]", "<+env.variables.cluster>", false),
        ("[int-stable]", "tasks", false),
    ] {
        let other = format!(
            "  - archetypes: [task]\n    environments: {environments}\n    type: ECS\n    spec: {{connectorRef: org.aws, \
             region: eu-west-1, cluster: {cluster}}}\nclusters:\n"
        );
        let files = replaced(with_function(), "platform.yaml", "clusters:\n", &other);
        let task = "archetypes:\n  - {name: task, workload: Ecs}\n";
        let files = replaced(files, "platform.yaml", "archetypes:\n", task);
        let shared: Vec<_> = found(&files)
            .into_iter()
            .filter(|one| one.starts_with("HCD0157 "))
            .collect();
        assert_eq!(shared.len(), usize::from(told), "{environments} {cluster} {shared:?}");
        assert!(
            shared
                .iter()
                .all(|one| one.contains("`pre-stable` is that of `int-stable`"))
        );
    }
}

/// A stage that names the infrastructure of another archetype, or none that there is, deploys astray.
#[test]
fn a_template_by_hand_deploys_to_the_infrastructures_of_its_archetype() {
    let template = template_path("function");
    let expression = "int_stable_<+pipeline.variables.targetRegion>_lambda";
    let other = "  - archetypes: [task]\n    name: '{{ENVIRONMENT}}-{{REGION}}-tasks'\n    environments: [int-stable]\n    \
                 type: ECS\n    spec: {connectorRef: org.aws, region: eu-west-1, cluster: tasks}\nclusters:\n";
    let files = replaced(with_function(), "platform.yaml", "clusters:\n", other);
    let files = replaced(
        files,
        "platform.yaml",
        "archetypes:\n",
        "archetypes:\n  - {name: task, workload: Ecs}\n",
    );
    let idle = "HCD0161 - {name: task, workload: Ecs} | no service has the archetype `task` | write the archetype as its \
                services do, or remove it";
    assert_eq!(found(&files), [idle]);
    for (named, told) in [
        (
            "int_stable_<+pipeline.variables.targetRegion>_lamda",
            "HCD1059 - identifier: int_stable_<+pipeline.variables.targetRegion>_lamda | the config repository describes no \
             infrastructure `int_stable_euw1_lamda` | did you mean `int_stable_euw1_lambda`?",
        ),
        (
            "int_stable_euw1_lambda",
            "HCD0151 - identifier: int_stable_euw1_lambda | a run for another region deploys to this cluster of `euw1` | add \
             `<+pipeline.variables.targetRegion> == \"euw1\"` to the condition of the stage",
        ),
        (
            "int_stable_euw1_tasks",
            "HCD0151 - identifier: int_stable_euw1_tasks | the infrastructure definition `int_stable_euw1_tasks` is not one of \
             the archetype `function` | mend the stage, or `archetypes` of the infrastructure",
        ),
    ] {
        let found = found(&replaced(files.clone(), &template, expression, named));
        assert!(found.iter().any(|finding| finding == told), "{found:#?}");
    }
}

#[test]
fn what_goes_wrong_with_a_template_by_hand_is_told_once_and_mended_by_hand() {
    let template = template_path("function");
    let of_example = |file: &str, from: &str, to: &str| replaced(with_function(), file, from, to);
    for (files, told) in [
        (
            of_example(&template, "type: AwsLambdaRollback", "type: K8sRollingRollback"),
            "HCD1073 type: K8sRollingRollback | K8sRollingRollback is a step for Kubernetes, and its stage deploys AwsLambda \
             | use a step for AwsLambda, or mend the stage's `deploymentType`",
        ),
        (
            of_example("platform.yaml", "workload: Lambda", "workload: Ecs"),
            "HCD0141 type: AwsLambda | Ecs is not deployed to an infrastructure definition of the type `AwsLambda` | write \
             ECS, or mend `workload` of the archetype",
        ),
        (
            of_example("platform.yaml", &of_page()[0].replacen("archetypes:\n", "", 1), ""),
            "HCD0141 - archetypes: [function] | `function` runs in Kubernetes, where services are deployed to clusters | \
             describe `function` under `archetypes`, with what it is under `workload`",
        ),
    ] {
        assert_eq!(found(&files), [told]);
    }
    let mut without = with_function();
    without.remove(&template);
    assert_eq!(
        found(&without),
        [
            "HCD0111 archetype: function | there is no template for the archetype `function` | write it by hand, as \
             `harness-cd template new` has no steps for Lambda"
        ]
    );
}

/// What every service would be refused for is that the templates are not the ones of today.
#[test]
fn a_template_that_is_older_than_the_platform_is_one_error() {
    let files = replaced(example(), "platform.yaml", "    changeWindow: prod-change-window\n", "");
    let files = replaced(
        files,
        "platform.yaml",
        "  - name: pre-stable\n",
        "  - name: pre-stable\n    changeWindow: prod-change-window\n",
    );
    let found = lint_config_repo(&files);
    let told: Vec<_> = found
        .iter()
        .map(|finding| (finding.code.as_str(), finding.severity))
        .collect();
    assert_eq!(told, [("HCD0139", Severity::Error); 3]);
    assert!(found[0].message.contains("by now: "), "{}", found[0].message);
}

/// Nobody can write the template of an archetype that is broken, nor any while the platform is.
#[test]
fn no_template_is_missed_that_cannot_be_written_yet() {
    let mut files = example();
    files.retain(|path, _| !path.starts_with("templates/"));
    let codes = |files: &Files| -> Vec<(String, String)> {
        let found = lint_config_repo(files).into_iter();
        found.map(|finding| (finding.code, finding.file)).collect()
    };
    let missed = |file: &str, code: &str, times: usize| vec![(code.to_owned(), file.to_owned()); times];
    assert_eq!(codes(&files), missed("services.yaml", "HCD0111", 7));
    let broken = replaced(
        files.clone(),
        "platform.yaml",
        "workload: CronJob\n    strategy: Rolling\n",
        "workload: CronJob\n",
    );
    let missing_key = missed("platform.yaml", "HCD0020", 1);
    assert_eq!(
        codes(&broken),
        [missing_key, missed("services.yaml", "HCD0111", 5)].concat()
    );
    let stopped = replaced(files, "platform.yaml", "type: Production", "type: Prod");
    assert_eq!(codes(&stopped), missed("platform.yaml", "HCD0023", 1));
}

/// A template that lacks what guards an environment, and one that is to be written anew, have no second finding by what
/// follows from that.
#[test]
fn what_follows_from_a_missing_gate_or_an_old_template_is_not_told() {
    let api = template_path("api");
    let text = String::from_utf8(example()[&api].clone()).unwrap();
    let (before, rest) = text
        .split_once("    - stage:\n        name: Production Gate\n")
        .unwrap();
    let (_, after) = rest.split_once("    - stage:\n        name: Deploy prod\n").unwrap();
    // The stage reads what the gate leaves behind.
    let after = after.replacen(
        "type: Deployment\n",
        "type: Deployment\n        description: <+pipeline.stages.prod_gate.spec.execution.steps.team_approval.output>\n",
        1,
    );
    let mut files = example();
    files.insert(
        api,
        format!("{before}    - stage:\n        name: Deploy prod\n{after}").into_bytes(),
    );
    let findings = found(&files);
    assert!(!findings.is_empty());
    assert!(
        findings
            .iter()
            .all(|one| one.starts_with("HCD0118 ") || one.starts_with("HCD0119 ")),
        "{findings:?}"
    );
}

/// A cluster that is elsewhere than it says is told of that alone, and one that is named without its region with the
/// region in which it stands.
#[test]
fn a_cluster_is_told_where_it_is() {
    let of_platform = |second: &str| {
        let added = format!(
            "clusters:\n  - {{name: one, environment: prod, region: europe-west1, network: network-c, delegate: \
             harness-delegate-prod-euw1, credentials: {{type: Gke, cluster: europe-west1/one}}}}\n  - {{name: two, \
             environment: prod, region: europe-west1, network: network-c, delegate: harness-delegate-prod-euw1, \
             credentials: {{type: Gke, cluster: {second}}}}}\n"
        );
        let regions = "regions: [euw1, euw2, europe-west1, europe-west3]\n";
        let files = replaced(example(), "platform.yaml", "regions: [euw1, euw2]\n", regions);
        let files = replaced(files, "platform.yaml", "clusters:\n", &added);
        let findings = lint_config_repo(&files).into_iter();
        let findings = findings.filter(|finding| finding.file == "platform.yaml");
        let told = findings.map(|finding| format!("{} {:?}", finding.message, finding.hint));
        told.collect::<Vec<_>>()
    };
    let told = of_platform("europe-west3/two");
    assert!(
        told.len() == 1 && told[0].starts_with("`two` is described for the region `europe-west1`"),
        "{told:?}"
    );
    let told = of_platform("two");
    assert!(
        told.len() == 1 && told[0].contains("did you mean `europe-west1/two`?"),
        "{told:?}"
    );
}
