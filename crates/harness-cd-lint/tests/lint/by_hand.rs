//! Templates of what is outside Kubernetes: the page of the example config repository, and what goes wrong with them.

use std::fs;

use harness_cd_lint::lint_config_repo;
use harness_cd_model::Severity;
use harness_cd_model::naming::template_path;
use harness_cd_pipeline::{Files, read_config_repo, render};

use crate::support::{example, replaced, validate, workspace};

/// The blocks of YAML of the page: the archetype, its service, the template.
fn of_page() -> [String; 3] {
    let page = fs::read_to_string(workspace().join("examples/config-repo/BY-HAND.md")).unwrap();
    let blocks = page.split("```yaml\n").skip(1);
    let blocks: Vec<String> = blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect();
    blocks.try_into().unwrap()
}

/// The example with what the page adds to it.
fn with_function() -> Files {
    let [archetype, service, template] = of_page();
    let mut files = example();
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
    validate(&files);
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
            "HCD0124 deploymentType: AwsLambda | the stage of `int-stable` has the deployment type AwsLambda; the platform \
             description says ECS for `function` | mend the stage, or `workload` of `function`",
        ),
        (
            of_example("platform.yaml", &of_page()[0].replacen("archetypes:\n", "", 1), ""),
            "HCD0124 deploymentType: AwsLambda | the stage of `int-stable` has the deployment type AwsLambda; its services \
             have the type Kubernetes, as the platform description has no archetype `function` | describe `function` under \
             `archetypes`, with `workload`",
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
