//! Small files from real use, and all that is found in each.

use std::fs;

use harness_cd_lint::lint;
use harness_cd_model::Severity;

use crate::findings;
use crate::support::{beside, workspace};

fn told(file: &str) -> Vec<String> {
    let text = fs::read(workspace().join("tests/fixtures/lint").join(file)).unwrap();
    let grade = |severity| match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    };
    let found = lint(file, &text).into_iter();
    let told = found.map(|finding| {
        let hint = finding.hint.unwrap_or_default();
        let grade = grade(finding.severity);
        format!(
            "{grade} {} {}: {}; {hint}",
            finding.code, finding.pointer, finding.message
        )
    });
    told.collect()
}

#[test]
fn all_that_is_found_in_a_file_is_right() {
    const STEPS: &str = "/pipeline/stages/0/stage/spec/execution/steps";
    for (file, expected) in [
        (
            "deploy-step-in-approval-stage.yaml",
            format!("error HCD1060 {STEPS}/0/step/type: a stage of type Approval takes no step of type K8sRollingDeploy; move the step to a stage of type Deployment"),
        ),
        (
            "policy-payload-object.yaml",
            format!("error HCD1022 {STEPS}/0/step/spec/policySpec/payload: a mapping stands where a text is wanted"),
        ),
        (
            "variable-without-value.yaml",
            "error HCD1021 /pipeline/variables/0: `value` is missing".to_owned(),
        ),
        ("empty-steps.yaml", format!("error HCD1021 {STEPS}: `steps` is empty")),
        (
            "tag-and-tag-regex.yaml",
            "error HCD1061 /service/serviceDefinition/spec/artifacts/primary/sources/0/spec: `tag` and `tagRegex` stand side by side".to_owned(),
        ),
        (
            "manifest-type.yaml",
            "error HCD1062 /service/serviceDefinition/spec/manifests/0/manifest/type: Harness knows no manifest type `Kubernetes`; use one of AsgAdditionalConfiguration, ".to_owned(),
        ),
        (
            "k8s-connector-credential-type.yaml",
            "error HCD1062 /connector/spec/credential/type: Harness knows no credential type `FromDelegate`; use one of InheritFromDelegate, ManualConfig".to_owned(),
        ),
        (
            "environment-type.yaml",
            "error HCD1062 /environment/type: Harness knows no environment type `Pre-Production`; did you mean `PreProduction`?".to_owned(),
        ),
        (
            "single-source-asked-for.yaml",
            "note HCD1038 /service/serviceDefinition/spec/artifacts/primary/primaryArtifactRef: the run form asks".to_owned(),
        ),
        (
            "verify-default-monitored-service.yaml",
            format!("note HCD1013 {STEPS}/1/step/spec: the verification names no monitored service: `<service>_<environment>` is looked for"),
        ),
    ] {
        let found = told(file);
        assert!(found.len() == 1 && found[0].starts_with(&expected), "{file}: {found:#?}");
    }
    for file in [
        "chained-inputs.yaml",
        "chained-inputs-large.yaml",
        "custom-deployment-template.yaml",
        "deployment-template.yaml",
    ] {
        assert_eq!(told(file), [""; 0], "{file}");
    }
}

#[test]
fn a_value_has_the_shape_of_its_key() {
    let service = |manifests: &str| {
        format!(
            "service: {{name: s, identifier: s, tags: {{}}, serviceDefinition: {{type: Kubernetes, spec: {{manifests: {manifests}}}}}}}"
        )
    };
    let manifests = "/service/serviceDefinition/spec/manifests";
    for (text, expected) in [
        (service("[]").replace("tags: {}", "tags: [a]"), "HCD1022 /service/tags".to_owned()),
        (service("[]").replace("name: s", "name: {a: b}"), "HCD1022 /service/name".to_owned()),
        (service("[]").replace("type: Kubernetes", "type: [Kubernetes]"), "HCD1022 /service/serviceDefinition/type".to_owned()),
        (service("text"), format!("HCD1022 {manifests}")),
        (service("<+input>"), format!("HCD1022 {manifests}")),
        (service("[]").replace("tags: {}", "tags:"), "HCD1022 /service/tags".to_owned()),
        (service("[]").replace("name: s", "name: 7"), "HCD1022 /service/name".to_owned()),
        (service("[{manifest: text}]"), format!("HCD1022 {manifests}/0/manifest")),
        (service("[{manifest: {identifier: m, type: K8sManifest}}]"), format!("HCD1021 {manifests}/0/manifest")),
        (
            "connector: {name: c, identifier: c, orgIdentifier: o, projectIdentifier: p, type: K8sCluster, spec: {credential: {type: InheritFromDelegate}, delegateSelectors: a}}".to_owned(),
            "HCD1022 /connector/spec/delegateSelectors".to_owned(),
        ),
        (
            "trigger: {identifier: t, orgIdentifier: o, projectIdentifier: p, pipelineIdentifier: p, enabled: 'yes', source: {type: Scheduled, spec: {}}}".to_owned(),
            "HCD1022 /trigger/enabled".to_owned(),
        ),
    ] {
        assert_eq!(findings(&text), [expected], "{text}");
    }
    // What is laid over something may be anything that the whole takes.
    let inputs = "inputSet: {name: i, identifier: i, pipeline: {identifier: [a], stages: [{stage: {identifier: s, spec: {environment: text}}}]}}";
    assert_eq!(findings(inputs), [""; 0]);
}

/// Without a project an entity is of its organization, without either of the account.
#[test]
fn what_is_of_an_account_or_an_organization_names_no_project() {
    for (kind, body) in [
        ("environment", "name: e, identifier: e, type: Production"),
        (
            "infrastructureDefinition",
            "name: i, identifier: i, environmentRef: account.e, deploymentType: Kubernetes, type: KubernetesDirect, \
             spec: {connectorRef: account.c, namespace: n, releaseName: <+INFRA_KEY_SHORT_ID>}",
        ),
        (
            "connector",
            "name: c, identifier: c, type: K8sCluster, spec: {credential: {type: InheritFromDelegate}}",
        ),
        (
            "secret",
            "name: s, identifier: s, type: SecretText, spec: {secretManagerIdentifier: account.harnessSecretManager, \
             valueType: Inline, value: <+input>}",
        ),
        (
            "service",
            "name: s, identifier: s, serviceDefinition: {type: Kubernetes, spec: {}}",
        ),
        (
            "template",
            "name: t, identifier: t, versionLabel: '1', type: Step, spec: {type: Wait, timeout: 10m, spec: {duration: 1m}}",
        ),
    ] {
        for level in ["", ", orgIdentifier: o", ", orgIdentifier: o, projectIdentifier: p"] {
            assert_eq!(
                findings(&format!("{kind}: {{{body}{level}}}")),
                [""; 0],
                "{kind}{level}"
            );
        }
        let homeless = findings(&format!("{kind}: {{{body}, projectIdentifier: p}}"));
        let expected = match kind {
            // What the schema of a service says of its level is nothing, and of templates there is none.
            "service" | "template" => Vec::new(),
            _ => vec![format!("HCD1021 /{kind}")],
        };
        assert_eq!(homeless, expected, "{kind}");
    }
    // Triggers stand in projects alone, as their pipelines do.
    let trigger = "trigger: {name: t, identifier: t, pipelineIdentifier: p, source: {type: Scheduled, spec: {type: Cron, \
                   spec: {expression: 0 0 * * *}}}}";
    assert_eq!(findings(trigger), ["HCD1021 /trigger", "HCD1021 /trigger"]);
}

#[test]
fn lists_that_must_hold_something_do() {
    let stage = |execution: &str| {
        format!(
            "pipeline: {{name: p, identifier: p, stages: [{{stage: {{name: s, identifier: s, type: Custom, spec: {{execution: {execution}}}}}}}]}}"
        )
    };
    let at = "/pipeline/stages/0/stage/spec/execution/steps";
    let group = "{steps: [{stepGroup: {name: g, identifier: g, steps: []}}]}";
    assert_eq!(findings(&stage(group)), [format!("HCD1021 {at}/0/stepGroup/steps")]);
    let wait = "{steps: [{step: {name: w, identifier: w, type: Wait, spec: {duration: 1m}}}], rollbackSteps: []}";
    assert_eq!(findings(&stage(wait)), [""; 0]);
    assert_eq!(
        findings("pipeline: {name: p, identifier: p, stages: []}"),
        ["HCD1021 /pipeline/stages"]
    );
}

#[test]
fn variables_have_values_wherever_harness_asks_for_them() {
    let variable = "[{name: a, type: String}]";
    let of_environment = format!(
        "environment: {{name: e, identifier: e, orgIdentifier: o, projectIdentifier: p, type: Production, variables: {variable}}}"
    );
    assert_eq!(findings(&of_environment), ["HCD1021 /environment/variables/0"]);
    let of_stage = format!(
        "pipeline: {{name: p, identifier: p, stages: [{{stage: {{name: s, identifier: s, type: Pipeline, spec: {{org: o, project: p, pipeline: c}}, variables: {variable}}}}}]}}"
    );
    assert_eq!(findings(&of_stage), ["HCD1021 /pipeline/stages/0/stage/variables/0"]);
    assert_eq!(
        findings(&of_stage.replace("type: String", "type: Txt, value: ''")),
        ["HCD1062 /pipeline/stages/0/stage/variables/0/type"]
    );
    // The schema of a service leaves it open, and an input set gives what it has.
    let of_service = format!(
        "service: {{name: s, identifier: s, serviceDefinition: {{type: Kubernetes, spec: {{variables: {variable}}}}}}}"
    );
    assert_eq!(findings(&of_service), [""; 0]);
    let set = format!("inputSet: {{name: i, identifier: i, pipeline: {{identifier: p, variables: {variable}}}}}");
    assert_eq!(findings(&set), [""; 0]);
}

#[test]
fn an_artifact_source_says_in_one_way_which_artifact() {
    let source = |kind: &str, spec: &str| {
        findings(&format!(
            "service: {{name: s, identifier: s, serviceDefinition: {{type: Kubernetes, spec: {{artifacts: {{primary: {{primaryArtifactRef: a, sources: [{{identifier: a, type: {kind}, spec: {{{spec}}}}}]}}}}}}}}}}"
        ))
        .into_iter()
        .filter(|found| !found.starts_with("HCD1021"))
        .collect::<Vec<_>>()
    };
    let at = "HCD1061 /service/serviceDefinition/spec/artifacts/primary/sources/0/spec";
    for (kind, spec, is_found) in [
        ("DockerRegistry", "tag: '1'", false),
        ("Ecr", "tagRegex: '1.*'", false),
        ("Gcr", "imagePath: a", true),
        ("AmazonS3", "filePath: a, filePathRegex: b", true),
        ("GoogleArtifactRegistry", "version: a, versionRegex: b", true),
        ("GoogleArtifactRegistry", "version: <+input>", false),
        ("ArtifactoryRegistry", "tag: a, tagRegex: b", false),
    ] {
        let expected: &[&str] = if is_found { &[at] } else { &[] };
        assert_eq!(source(kind, spec), expected, "{kind} {spec}");
    }
}

#[test]
fn a_step_stands_in_a_stage_that_takes_it() {
    let stage = |stage: &str, step: &str| {
        findings(&format!(
            "pipeline: {{name: p, identifier: p, stages: [{{stage: {{name: s, identifier: s, type: {stage}, failureStrategies: [], spec: {{execution: {{steps: [{{parallel: [{{step: {{name: a, identifier: a, type: {step}, spec: {{}}}}}}]}}], rollbackSteps: []}}}}}}}}]}}"
        ))
    };
    let is_refused = |kind: &str, step: &str| stage(kind, step).iter().any(|found| found.starts_with("HCD1060"));
    for (kind, step, expected) in [
        ("Approval", "HarnessApproval", false),
        ("Approval", "TerraformApply", true),
        ("Custom", "TerraformApply", false),
        ("Custom", "K8sRollingDeploy", true),
        ("Deployment", "K8sRollingDeploy", false),
        ("Deployment", "BuildAndPushDockerRegistry", true),
        ("CI", "BuildAndPushDockerRegistry", false),
        // What is unknown is another rule's.
        ("Approval", "SomethingNew", false),
        ("SomethingNew", "K8sRollingDeploy", false),
        ("<+input>", "K8sRollingDeploy", false),
    ] {
        assert_eq!(is_refused(kind, step), expected, "{kind} {step}");
    }
    let template = "template: {name: t, identifier: t, versionLabel: '1', type: Stage, spec: {type: Approval, spec: {execution: {steps: [{step: {name: a, identifier: a, type: Run, spec: {}}}]}}}}";
    assert_eq!(
        findings(template),
        ["HCD1060 /template/spec/spec/execution/steps/0/step/type"]
    );
}

/// The step types that each type of stage takes in Harness's own schema are those of the table.
#[test]
fn stages_take_the_steps_of_the_schema() {
    let Some(schemas) = beside("schemas") else { return };
    let root = serde_json::from_str(&fs::read_to_string(schemas.join("pipeline.json")).unwrap()).unwrap();
    let steps = crate::vocabulary::steps_of_stages(&root);
    assert!(steps.len() > 8, "{steps:?}");
    let all: std::collections::BTreeSet<&String> = steps.values().flatten().collect();
    for (stage, taken) in &steps {
        for step in &all {
            let text = format!(
                "pipeline: {{stages: [{{stage: {{type: {stage}, spec: {{execution: {{steps: [{{step: {{type: {step}}}}}]}}}}}}}}]}}"
            );
            let is_refused = findings(&text).iter().any(|found| found.starts_with("HCD1060"));
            assert_eq!(is_refused, !taken.contains(*step), "{step} in {stage}");
        }
    }
}

#[test]
fn a_file_of_harness_3_gets_one_note() {
    for text in [
        "version: 1\nkind: pipeline\nspec:\n  stages:\n    - name: s\n      type: ci\n",
        "pipeline:\n  stages:\n    - name: s\n      steps:\n        - run: go test\n",
        "pipeline:\n  id: p\n  stages:\n    - id: s\n      service: shop\n      environment: prod\n      steps:\n        - template: {uses: helm}\n",
    ] {
        assert_eq!(findings(text), ["HCD1066 "], "{text}");
    }
    // One stage without its key among others is a slip, and the rest is judged.
    let slip = "pipeline: {name: p, identifier: p, stages: [{template: {templateRef: t}}, {stage: {name: 7, identifier: s, template: {templateRef: t}}}]}";
    assert!(findings(slip).contains(&"HCD1022 /pipeline/stages/1/stage/name".to_owned()));
    let older = "pipeline: {name: p, identifier: p, orgIdentifier: o, projectIdentifier: p, stages: [{parallel: []}]}";
    assert!(!findings(older).contains(&"HCD1066 ".to_owned()));
}

/// A good step, and what is said when a part of it is replaced.
fn step(from: &str, to: &str) -> Vec<String> {
    let text = "pipeline: {name: p, identifier: p, orgIdentifier: o, projectIdentifier: p, stages: [{stage: {name: s, \
                identifier: s, type: Custom, spec: {execution: {steps: [{step: {name: h, identifier: h, type: Http, \
                timeout: 10m, spec: {url: 'https://x', method: GET}}}]}}}}]}";
    assert!(text.contains(from), "{from}");
    let found = lint("f.yaml", text.replacen(from, to, 1).as_bytes()).into_iter();
    found
        .map(|finding| format!("{} {} {}", finding.code, finding.pointer, finding.message))
        .collect()
}

#[test]
fn what_the_schema_refuses_is_said_in_a_sentence() {
    const AT: &str = "/pipeline/stages/0/stage/spec/execution/steps/0/step";
    assert_eq!(step("Http", "Http"), [""; 0]);
    for (from, to, expected) in [
        (
            "name: h",
            "name: 7",
            format!("HCD1022 {AT}/name a number stands where a text is wanted"),
        ),
        ("url: 'https://x', ", "", format!("HCD1021 {AT}/spec `url` is missing")),
        (
            "type: Http",
            "type: Htp",
            format!("HCD1062 {AT}/type Harness knows no step type `Htp`"),
        ),
        ("type: Http, ", "", format!("HCD1021 {AT} `type` is missing")),
    ] {
        assert_eq!(step(from, to), [expected], "{to}");
    }
    let infrastructure = |of: &str, spec: &str| {
        format!(
            "infrastructureDefinition: {{name: i, identifier: i, orgIdentifier: o, projectIdentifier: p, environmentRef: e, \
             {of}, spec: {{{spec}}}}}"
        )
    };
    let linked = |version: &str| {
        format!(
            "pipeline: {{name: p, identifier: p, orgIdentifier: o, projectIdentifier: p, template: {{templateRef: t, \
             versionLabel: {version}}}}}"
        )
    };
    let kubernetes = "deploymentType: Kubernetes, type: KubernetesDirect";
    let named = "namespace: n, releaseName: <+INFRA_KEY_SHORT_ID>";
    let hosts = "deploymentType: Ssh, type: Pdc";
    for (text, expected) in [
        (
            infrastructure(kubernetes, &format!("connectorRef: '', {named}")),
            "HCD1064 /infrastructureDefinition/spec/connectorRef",
        ),
        (
            infrastructure(hosts, "credentialsRef: c, hosts: [a], host: b"),
            "HCD1065 /infrastructureDefinition/spec/host",
        ),
        (linked("a b/c"), "HCD1063 /pipeline/template/versionLabel"),
    ] {
        assert_eq!(findings(&text), [expected], "{text}");
    }
    for good in [
        infrastructure(kubernetes, &format!("connectorRef: c, {named}")),
        infrastructure(hosts, "credentialsRef: c, hosts: [a]"),
        linked("v1"),
    ] {
        assert_eq!(findings(&good), [""; 0], "{good}");
    }
}

/// What Terraform fills in stands for anything: that it is not judged is said where Harness would refuse it as it is.
#[test]
fn what_terraform_fills_in_gets_a_note_where_it_stands() {
    let text = "pipeline: {name: 'p ${NAME}', identifier: p, tags: '${indent(4, TAGS)}', stages: [{stage: {name: s, identifier: s, \
                type: '${TYPE}', spec: {}}}, {stage: {name: t, identifier: t, type: Custom, spec: {execution: {steps: [{step: \
                {name: h, identifier: h, type: Http, timeout: 10m, spec: {url: 'https://${HOST}', method: GET}}}]}}}}]}";
    let expected = [
        "HCD1067 /pipeline/name",
        "HCD1067 /pipeline/tags",
        "HCD1067 /pipeline/stages/0/stage/type",
    ];
    assert_eq!(findings(text), expected);
    assert!(
        lint("f.yaml", text.as_bytes())
            .iter()
            .all(|finding| finding.severity == Severity::Info)
    );
    // What is around it is judged, and what others fill in is theirs.
    assert!(
        findings(&text.replace("name: h", "name: 7"))
            .iter()
            .any(|found| found.starts_with("HCD1022"))
    );
    assert_eq!(
        findings(&text.replace("${indent(4, TAGS)}", "${{ values.tags }}")).len(),
        2
    );
}

#[test]
fn somebody_is_to_approve() {
    let stage = |groups: &str| {
        findings(&format!(
            "pipeline: {{name: p, identifier: p, stages: [{{stage: {{name: s, identifier: s, type: Approval, spec: {{execution: {{steps: [\
             {{step: {{name: a, identifier: a, type: HarnessApproval, timeout: 1d, spec: {{approvalMessage: m, includePipelineExecutionHistory: true, approvers: {{userGroups: {groups}, \
             minimumCount: 1, disallowPipelineExecutor: true}}}}}}}}]}}}}}}}}]}}"
        ))
    };
    const AT: &str = "/pipeline/stages/0/stage/spec/execution/steps/0/step/spec/approvers/userGroups";
    assert_eq!(stage("[account.ops]"), [""; 0]);
    assert_eq!(stage("[]"), [format!("HCD1021 {AT}")]);
}

/// A stage or a step of a template has no type of its own; what is wrong with the template is said, not that.
#[test]
fn what_is_wrong_with_the_template_of_a_stage_is_said_there() {
    let text =
        "pipeline: {name: p, identifier: p, stages: [{stage: {name: s, identifier: s, template: {templateRef: [t]}}}]}";
    assert_eq!(
        findings(text),
        ["HCD1022 /pipeline/stages/0/stage/template/templateRef"]
    );
}

/// The axes of a matrix are called as their writer likes.
#[test]
fn the_axes_of_a_matrix_are_the_writers() {
    let text = "pipeline: {name: p, identifier: p, stages: [{stage: {name: s, identifier: s, type: Custom, strategy: {matrix: \
                {city: [a, b], maxConcurrency: 2}}, spec: {execution: {steps: [{step: {name: w, identifier: w, type: Wait, \
                spec: {duration: 1m}}}]}}}}]}";
    assert_eq!(findings(text), [""; 0]);
}

#[test]
fn what_harness_writes_and_no_schema_describes_is_known_where_it_is_written() {
    let stage = |environment: &str, step: &str| {
        let text = format!(
            "pipeline:\n  identifier: p\n  name: p\n  orgIdentifier: o\n  projectIdentifier: p\n  stages:\n    - stage:\n        identifier: s\n        name: s\n        type: Deployment\n        spec:\n          deploymentType: NativeHelm\n          service: {{ serviceRef: x }}\n          environment: {{ environmentRef: e, {environment} }}\n          execution: {{ steps: [{{ step: {{ identifier: d, name: d, type: {step}, timeout: 10m, spec: {{ skipDryRun: false }} }} }}], rollbackSteps: [] }}\n        failureStrategies: [{{ onFailure: {{ errors: [AllErrors], action: {{ type: StageRollback }} }} }}]\n"
        );
        let found = findings(&text).into_iter();
        found
            .filter(|finding| finding.starts_with("HCD1023"))
            .collect::<Vec<_>>()
    };
    let infrastructure = "infrastructureDefinitions: [{ identifier: i }]";
    let clusters = "gitOpsClusters: [{ identifier: c, agentIdentifier: a }]";
    assert_eq!(stage(clusters, "K8sRollingDeploy"), [""; 0]);
    assert_eq!(
        stage(infrastructure, "HelmDeploy"),
        ["HCD1023 /pipeline/stages/0/stage/spec/execution/steps/0/step/spec/skipDryRun"]
    );
}
