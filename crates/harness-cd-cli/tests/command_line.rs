//! The command line as a person and a script meet it: output, findings and exit codes.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up ends here")]

mod support;

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use support::{config_repo, harness_cd, workspace};
use tempfile::tempdir;

#[test]
fn render_writes_the_same_bytes_each_time() {
    let (first, second) = (tempdir().unwrap(), tempdir().unwrap());
    for folder in [&first, &second] {
        let run = harness_cd().args(["render", "--out"]).arg(folder.path()).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(run.stderr, "");
    }
    let files = support::tree(first.path());
    assert_eq!(files, support::tree(second.path()));
    for name in [
        "pipelines/payment-service-cd.yaml",
        "triggers/payment-service-cd.yaml",
        "services/payment-service.yaml",
        "environments/int-stable.yaml",
        "infrastructures/prod-euw1.yaml",
        "connectors/k8s_prod_euw1.yaml",
        "delegates/harness-delegate-prod-euw1.values.yaml",
        "policies/prod-change-window.rego",
    ] {
        assert!(files.contains_key(name), "{name} is missing from {:?}", files.keys());
    }
}

#[test]
fn render_of_one_service_leaves_the_others_out() {
    let folder = tempdir().unwrap();
    let run = harness_cd()
        .args(["render", "--service", "payment-service", "--out"])
        .arg(folder.path())
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let pipelines: Vec<_> = support::tree(folder.path())
        .into_keys()
        .filter(|name| name.starts_with("pipelines/"))
        .collect();
    assert_eq!(pipelines, ["pipelines/payment-service-cd.yaml"]);
}

#[test]
fn a_typo_in_the_platform_is_reported_with_its_place_and_a_suggestion() {
    let repo = support::copy_of_config_repo();
    let platform = repo.path().join("platform.yaml");
    let text = fs::read_to_string(&platform).unwrap();
    fs::write(&platform, text.replacen("regions:", "regoins:", 1)).unwrap();
    let run = harness_cd().args(["lint", "--format", "json"]).repo(repo.path()).run();
    assert_eq!(run.code, 1);
    let findings: Value = serde_json::from_str(&run.stdout).unwrap();
    let finding = findings
        .as_array()
        .unwrap()
        .iter()
        .find(|finding| finding["message"].as_str().unwrap().contains("regoins"))
        .unwrap_or_else(|| panic!("no finding names the typo: {findings}"));
    assert_eq!(finding["file"], "platform.yaml");
    assert!(finding["range"]["line"].as_u64().unwrap() > 1);
    assert!(finding["hint"].as_str().unwrap().contains("regions"), "{finding}");
}

/// A file with one mistake that can be mended and one that cannot.
const MENDABLE: &str = "# ours
service:
  name: 7 # seven
  identifier: s
  serviceDefinition:
    type: Kubernets
    spec: {}
";

#[test]
fn lint_mends_what_has_one_safe_mending_and_shows_it_first() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("service.yaml");
    fs::write(&path, MENDABLE).unwrap();
    let fix = || harness_cd().args(["lint", "--fix"]).arg(&path);

    let run = fix().arg("--dry-run").run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    for line in [
        &format!("--- a{}", path.display()),
        &format!("+++ b{}", path.display()),
        "@@ -1,6 +1,6 @@",
        "-  name: 7 # seven",
        "+  name: \"7\" # seven",
        "error[HCD1062]",
        "1 error, 0 warnings",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), MENDABLE);

    let run = fix().args(["--format", "json"]).run();
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains("service.yaml:3:9: mended[HCD1022]: "),
        "{}",
        run.stderr
    );
    let remaining: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(remaining[0]["code"], "HCD1062");
    let mended = MENDABLE.replace("7 #", "\"7\" #");
    assert_eq!(fs::read_to_string(&path).unwrap(), mended);

    // Once everything is mended there is nothing to say, and the file is not written.
    fs::write(&path, mended.replace("Kubernets", "Kubernetes")).unwrap();
    let run = fix().run();
    assert_eq!((run.code, run.stdout.as_str()), (0, "0 errors, 0 warnings\n"));
}

#[test]
fn a_diff_that_lint_shows_can_be_applied() {
    let folder = tempdir().unwrap();
    fs::write(folder.path().join("service.yaml"), MENDABLE).unwrap();
    let run = harness_cd()
        .args(["lint", "--fix", "--dry-run", "service.yaml"])
        .current_dir(folder.path())
        .run();
    let patch = run.stdout.split("service.yaml:").next().unwrap();
    fs::write(folder.path().join("mend.diff"), patch).unwrap();
    let git = std::process::Command::new("git")
        .args(["apply", "mend.diff"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(git.status.success(), "{}", String::from_utf8_lossy(&git.stderr));
    let text = fs::read_to_string(folder.path().join("service.yaml")).unwrap();
    assert_eq!(text, MENDABLE.replace("7 #", "\"7\" #"));
}

#[test]
fn a_dry_run_needs_something_to_fix() {
    assert_eq!(harness_cd().args(["lint", "--dry-run", "service.yaml"]).run().code, 2);
}

#[test]
fn a_config_repo_is_mended_as_a_whole() {
    let folder = tempdir().unwrap();
    let copied = std::process::Command::new("cp")
        .arg("-r")
        .args([config_repo(), folder.path().join("repo")])
        .status();
    assert!(copied.unwrap().success());
    let repo = folder.path().join("repo");
    let path = repo.join("templates/api-pipeline-template.yaml");
    let good = fs::read_to_string(&path).unwrap();
    let broken = good.replacen("name: Deploy", "name: 7 # Deploy", 1);
    assert_ne!(good, broken);
    fs::write(&path, &broken).unwrap();
    let fix = || harness_cd().args(["lint", "--fix"]).repo(&repo);
    let line = broken.lines().find(|line| line.contains("name: 7")).unwrap();
    let mended = line.replace("name: 7", "name: \"7\"");

    let run = fix().arg("--dry-run").run();
    assert_eq!(run.code, 1);
    for line in [
        "--- a/templates/api-pipeline-template.yaml",
        &format!("-{line}"),
        &format!("+{mended}"),
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), broken);

    let run = fix().run();
    assert!(
        run.stdout.contains("templates/api-pipeline-template.yaml:"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("mended[HCD1022]"), "{}", run.stdout);
    assert_eq!(fs::read_to_string(&path).unwrap(), broken.replacen(line, &mended, 1));
    assert_eq!(fix().run().stdout, "0 errors, 0 warnings\n");
}

#[test]
fn a_broken_service_is_left_out_and_reported_and_the_others_are_rendered() {
    let repo = support::copy_of_config_repo();
    let services = repo.path().join("services.yaml");
    let text = fs::read_to_string(&services).unwrap();
    fs::write(&services, text.replacen("archetype: api", "archetype: apo", 1)).unwrap();
    let folder = tempdir().unwrap();
    let run = harness_cd()
        .args(["render", "--out"])
        .arg(folder.path())
        .repo(repo.path())
        .run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stderr.contains("services.yaml:") && run.stderr.contains("apo"),
        "{}",
        run.stderr
    );
    assert!(
        run.stderr
            .contains("left out: payment-service, that is pipelines/payment-service-cd.yaml, "),
        "{}",
        run.stderr
    );
    let files = support::tree(folder.path());
    assert!(!files.contains_key("pipelines/payment-service-cd.yaml"));
    assert!(
        files.contains_key("pipelines/order-service-cd.yaml"),
        "{:?}",
        files.keys()
    );
}

#[test]
fn a_service_that_the_platform_stops_is_refused_with_the_reason_and_the_others_are_not() {
    let repo = support::copy_of_config_repo();
    let platform = repo.path().join("platform.yaml");
    let text = fs::read_to_string(&platform).unwrap();
    fs::write(&platform, text.replacen("workload: CronJob", "workload: CronJb", 1)).unwrap();
    let why = "until this is mended: platform.yaml:69:15: `CronJb` is not one of";
    let deploy = |service: &str| {
        let place = ["--env", "int-stable", "--region", "euw1", "--image-tag", "v1.0.0"];
        harness_cd()
            .args(["deploy", service])
            .args(place)
            .repo(repo.path())
            .run()
    };
    let run = deploy("settlement-job");
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(
        run.stderr.contains(&format!("`settlement-job` cannot be used {why}")),
        "{}",
        run.stderr
    );
    let run = deploy("payment-service");
    assert!(!run.stderr.contains("cannot be used"), "{}", run.stderr);
    // Templates of the others may be written, and that of the broken one not.
    let template = |archetype: &str| {
        let check = ["template", "new", "--check", "--archetype", archetype];
        harness_cd().args(check).repo(repo.path()).run()
    };
    assert_eq!(template("api").code, 0);
    let run = template("job");
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(
        run.stderr
            .contains("the archetype `job` is broken: platform.yaml:69:15:"),
        "{}",
        run.stderr
    );
}

#[test]
fn what_is_wrong_many_times_is_counted() {
    let repo = support::copy_of_config_repo();
    let services = (0..1000).map(|number| {
        format!("  - {{name: worker-{number}, archetype: wroker, team: a-team, image: project/worker}}\n")
    });
    let services = format!("services:\n{}", services.collect::<String>());
    fs::write(repo.path().join("services.yaml"), services).unwrap();
    let lint = harness_cd().arg("lint").repo(repo.path()).run().stdout;
    let lines: Vec<&str> = lint.lines().collect();
    assert_eq!(lines.len(), 3 * 2 + 1 + 1, "{lint}");
    assert_eq!(
        lines[6..],
        [
            "services.yaml: the same 997 times more, in lines 5, 6, 7 and 994 more",
            "1000 errors, 0 warnings"
        ]
    );
    let json = harness_cd().args(["lint", "--format", "json"]).repo(repo.path()).run();
    assert_eq!(json.stdout.matches("HCD0111").count(), 1000);
    let folder = tempdir().unwrap();
    let left_out = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with("left out:"));
        lines.map(str::to_owned).collect()
    };
    let render = || harness_cd().args(["render", "--out"]).arg(folder.path());
    let several = "left out: worker-0, worker-1, worker-2 and 997 more, that is";
    let told = left_out(&render().repo(repo.path()).run().stderr);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with(&format!("{several} 3000 files: services.yaml:2:")),
        "{told:?}"
    );
    let change = |file: &str, from: &str, to: &str| {
        let path = repo.path().join(file);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.replace(from, to)).unwrap();
    };
    change("platform.yaml", "immutableOnly: true", "immutableOnly: yes");
    change("services.yaml", "wroker", "worker");
    assert_eq!(
        left_out(&render().repo(repo.path()).run().stderr),
        [format!(
            "{several} 3000 files: platform.yaml:131:18: a text stands where true or false is wanted"
        )]
    );
}

#[test]
fn lint_of_the_example_is_clean() {
    let run = harness_cd().arg("lint").run();
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "0 errors, 0 warnings\n"),
        "{}",
        run.stderr
    );
}

#[test]
fn schemas_for_editors_are_printed() {
    for kind in ["pipeline", "service", "trigger"] {
        let run = harness_cd().args(["schema", kind]).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        let schema: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(schema["required"], json!([kind]));
        assert_eq!(
            schema["properties"][kind]["$ref"]
                .as_str()
                .map(|text| text.starts_with("#/definitions/")),
            Some(true)
        );
    }
    for (kind, required) in [
        ("platform", "clusters"),
        ("services", "services"),
        ("service-file", "archetype"),
        ("lint", "rules"),
    ] {
        let run = harness_cd().args(["schema", kind]).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        let schema: Value = serde_json::from_str(&run.stdout).unwrap();
        assert!(
            schema["required"].as_array().unwrap().contains(&json!(required)),
            "{schema}"
        );
    }
    let layout = harness_cd().args(["schema", "layout"]).run().stdout;
    assert!(layout.contains("otherKeys"), "{layout}");
    let run = harness_cd().args(["schema", "policy"]).run();
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("infrastructureDefinition"), "{}", run.stderr);
}

/// The example with a layout and a file for each service.
fn repo_with_keys_of_others() -> tempfile::TempDir {
    let folder = tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let example = |name: &str| fs::read_to_string(workspace().join("examples/config-repo").join(name)).unwrap();
    write(
        "harness-cd.yaml",
        "platform: platform/platform.yaml\nservices: services/*.yaml\notherKeys: [costCenter]\n",
    );
    write("platform/platform.yaml", &example("platform.yaml"));
    write("services/all.yaml", &example("services.yaml"));
    for archetype in ["api", "job", "worker"] {
        let template = format!("templates/{archetype}-pipeline-template.yaml");
        write(&template, &example(&template));
    }
    folder
}

#[test]
fn the_schemas_of_a_config_repo_know_its_keys_of_other_tools() {
    let folder = repo_with_keys_of_others();
    let run = harness_cd().repo(folder.path()).args(["schema", "service-file"]).run();
    let schema: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(schema["properties"]["costCenter"], json!({}));
}

#[test]
fn a_description_that_is_named_is_judged_with_its_config_repo() {
    let folder = repo_with_keys_of_others();
    let platform = folder.path().join("platform/platform.yaml");
    let lint = |file: &Path| harness_cd().arg("lint").arg(file).run();
    let clean = lint(&platform);
    assert_eq!((clean.code, clean.stdout.as_str()), (0, "0 errors, 0 warnings\n"));
    let services = folder.path().join("services/all.yaml");
    let text = fs::read_to_string(&services).unwrap();
    fs::write(&services, text.replacen("archetype: api", "archetype: apy", 1)).unwrap();
    let broken = lint(&services);
    assert_eq!(broken.code, 1);
    let place = format!("{}:5:16: error[HCD0111]", services.display());
    assert!(broken.stdout.starts_with(&place), "{}", broken.stdout);
    assert_eq!(lint(&platform).stdout, "0 errors, 0 warnings\n");
    let fix = harness_cd().args(["lint", "--fix"]).arg(&services).run();
    assert_eq!(fix.code, 2);
    assert!(fix.stderr.contains("mended as a whole"), "{}", fix.stderr);
}

#[test]
fn what_is_missing_is_looked_for_nearby() {
    let folder = repo_with_keys_of_others();
    let told = |repo: &Path| harness_cd().repo(repo).arg("lint").run().stderr;
    let below = told(&folder.path().join("services"));
    assert!(
        below.contains("the config repo is in ") && below.contains("--config-repo"),
        "{below}"
    );
    let layout = folder.path().join("harness-cd.yaml");
    let text = fs::read_to_string(&layout).unwrap();
    fs::write(&layout, text.replace("platform.yaml", "platfrom.yaml")).unwrap();
    let misspelt = told(folder.path());
    assert!(misspelt.contains("platform.yaml is read by nobody"), "{misspelt}");
    fs::rename(&layout, folder.path().join("harness-cd.yml")).unwrap();
    let yml = told(folder.path());
    assert!(yml.contains("harness-cd.yml is read by nobody"), "{yml}");
}

#[test]
fn inputs_of_a_rendered_pipeline() {
    let folder = tempdir().unwrap();
    harness_cd().args(["render", "--out"]).arg(folder.path()).run();
    let run = harness_cd()
        .arg("inputs")
        .arg(folder.path().join("pipelines/payment-service-cd.yaml"))
        .run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let inputs: Value = serde_json::from_str(&run.stdout).unwrap();
    let names: Vec<_> = inputs
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input["name"].as_str().unwrap())
        .collect();
    let record = ["changeTicket", "rollbackPlan", "businessJustification"];
    assert_eq!(names[..3], ["imageTag", "targetEnvironment", "targetRegion"]);
    assert_eq!(names[3..], record);
    assert!(
        inputs.as_array().unwrap()[3..]
            .iter()
            .all(|input| input["required"] == false)
    );
    assert_eq!(
        inputs[1]["allowedValues"],
        serde_json::json!(["int-stable", "pre-stable", "prod"])
    );
    assert_eq!(inputs[1]["default"], "int-stable");
    assert_eq!(inputs[0]["pointer"], "/pipeline/variables/0/value");
}

#[test]
fn link_takes_a_url_apart() {
    let url = "https://app.harness.io/ng/#/account/acc/cd/orgs/default/projects/platform/pipelines/payment_service_cd/executions/x1/pipeline";
    let run = harness_cd().args(["link", url]).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let link: Value = serde_json::from_str(&run.stdout).unwrap();
    for (field, value) in [
        ("host", "app.harness.io"),
        ("account", "acc"),
        ("org", "default"),
        ("project", "platform"),
        ("module", "cd"),
        ("kind", "execution"),
        ("pipeline", "payment_service_cd"),
        ("execution", "x1"),
    ] {
        assert_eq!(link[field], value, "{field} in {link}");
    }
    assert_eq!(harness_cd().args(["link", "not a url"]).run().code, 2);
}

#[test]
fn a_saved_page_becomes_deployments() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("page.json");
    fs::write(&file, support::SAVED_PAGE).unwrap();
    let run = harness_cd().args(["history", "--from-file"]).arg(&file).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let page: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(page["quarantined"], serde_json::json!([]));
    let deployment = &page["deployments"][0];
    assert_eq!(deployment["service"], "payment_service");
    assert_eq!(deployment["imageTag"], "v2.3.1");
    assert_eq!(deployment["status"], "Success");
    assert_eq!(deployment["durationMs"], 60_000);

    let table = harness_cd()
        .args(["history", "--format", "table", "--from-file"])
        .arg(&file)
        .run();
    assert!(
        table.stdout.lines().nth(1).unwrap().starts_with("Success"),
        "{}",
        table.stdout
    );
}

#[test]
fn runs_that_deployed_nothing_are_counted_or_shown() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/fixtures/executions/chained-runs.json"
    );
    let body = fs::read_to_string(file).unwrap().replace("\"Failed\"", "\"Success\"");
    let folder = tempdir().unwrap();
    let file = folder.path().join("page.json");
    fs::write(&file, body).unwrap();
    let shown = |options: &[&str]| {
        let run = harness_cd()
            .args(["history", "--format", "table"])
            .args(options)
            .arg("--from-file");
        let run = run.arg(&file).run();
        (run.stdout.lines().count(), run.stderr)
    };
    let (lines, note) = shown(&[]);
    assert_eq!(lines, 2);
    assert!(
        note.contains("1 ran without deploying here; --all-runs shows them"),
        "{note}"
    );
    assert_eq!(shown(&["--all-runs"]), (3, String::new()));
}

#[test]
fn a_refused_deployment_says_everything_and_calls_nobody() {
    let run = harness_cd()
        .args([
            "deploy",
            "payment-service",
            "--env",
            "prod",
            "--region",
            "mars",
            "--image-tag",
            "latest",
        ])
        .run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    for reason in [
        "refused: “latest” moves",
        "refused: “mars” is not a region",
        "refused: Change ticket is missing",
        "refused: Rollback plan is missing",
    ] {
        assert!(run.stdout.contains(reason), "{reason} is missing from {}", run.stdout);
    }
}

#[test]
fn a_dry_run_without_a_key_goes_by_the_rules() {
    let run = harness_cd()
        .args([
            "deploy",
            "payment-service",
            "--env",
            "int-stable",
            "--region",
            "euw1",
            "--image-tag",
            "v2.3.1",
            "--dry-run",
        ])
        .run();
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (
            0,
            "allowed by the rules; the pipeline in Harness was not asked, as HARNESS_API_KEY is not set\n"
        ),
        "{}",
        run.stderr
    );
}

/// A request in a file, checked against the golden pipeline.
fn check(request: &Value, rules: bool) -> support::Run {
    let folder = tempdir().unwrap();
    let file = folder.path().join("request.json");
    fs::write(&file, request.to_string()).unwrap();
    let pipeline = support::workspace().join("tests/golden/pipeline-payment-service.yaml");
    let call = harness_cd().arg("check").arg(pipeline).arg("--request").arg(file);
    match rules {
        true => call.arg("--rules").arg(config_repo()).run(),
        false => call.run(),
    }
}

#[test]
fn a_choice_of_stages_that_deploys_nothing_is_refused() {
    let folder = tempdir().unwrap();
    let (pipeline, request) = (folder.path().join("p.yaml"), folder.path().join("r.json"));
    let golden = fs::read_to_string(support::workspace().join("tests/golden/pipeline-payment-service.yaml")).unwrap();
    let choosable = golden.replace("allowStageExecutions: false", "allowStageExecutions: true");
    assert_ne!(golden, choosable);
    fs::write(&pipeline, choosable).unwrap();
    let check = |environment: &str, stages: &[&str]| {
        let asked = json!({ "service": "payment-service", "imageTag": "v2.3.1", "environment": environment,
            "region": "euw1", "stages": stages });
        fs::write(&request, asked.to_string()).unwrap();
        let call = harness_cd().args(["--format", "table", "check"]).arg(&pipeline);
        call.arg("--request")
            .arg(&request)
            .arg("--rules")
            .arg(config_repo())
            .run()
    };
    let run = check("int-stable", &["prod_gate"]);
    let said =
        "refused: None of the chosen stages deploys to int-stable; choose one that does; it may be deploy_int_stable";
    assert_eq!((run.code, run.stdout.trim_end()), (1, said), "{}", run.stderr);
    let run = check("prod", &["prod_gate", "deploy_prod", "deploy_int_stable"]);
    let said = "refused: The stage deploy_int_stable deploys to int-stable, and prod is asked for; leave it out, or ask for int-stable";
    assert!(run.stdout.contains(said), "{}{}", run.stdout, run.stderr);
    let run = check("int-stable", &["deploy_int_stable"]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
}

#[test]
fn a_check_without_harness_says_what_it_could_not_look_at() {
    let folder = tempdir().unwrap();
    let (pipeline, request) = (folder.path().join("p.yaml"), folder.path().join("r.json"));
    let service = "{serviceRef: <+input>, serviceInputs: <+input>}";
    let stage = format!("{{stage: {{identifier: roll, type: Deployment, spec: {{service: {service}}}}}}}");
    fs::write(&pipeline, format!("pipeline: {{identifier: p, stages: [{stage}]}}")).unwrap();
    let check = |inputs: Value| {
        fs::write(&request, json!({ "inputs": inputs }).to_string()).unwrap();
        let call = harness_cd().args(["--format", "table", "check"]).arg(&pipeline);
        let run = call.arg("--request").arg(&request).run();
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        run.stderr
    };
    let at = |key: &str| format!("/pipeline/stages/0/stage/spec/service/{key}");
    assert_eq!(
        check(json!({ at("serviceRef"): "shop" })),
        "what the service shop asks for in turn was not looked at: Harness alone says it\n"
    );
    let whole = json!({ "serviceDefinition": { "type": "Kubernetes" } });
    assert_eq!(
        check(json!({ at("serviceRef"): "shop", at("serviceInputs"): whole })),
        ""
    );
}

#[test]
fn a_request_is_checked_without_harness() {
    let request = json!({
        "service": "payment-service", "imageTag": "v2.3.1", "environment": "int-stable", "region": "euw1",
    });
    let run = check(&request, true);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["kind"], "allowed");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["pipeline"]["identifier"], "payment_service_cd");
    assert_eq!(
        body["pipeline"]["variables"][0],
        json!({ "name": "imageTag", "type": "String", "value": "v2.3.1" })
    );

    let mut wrong = request.clone();
    wrong["region"] = json!("mars");
    wrong["inputs"] = json!({ "replicas": "3" });
    let run = check(&wrong, true);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let paths: Vec<&str> = answer["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|violation| violation["path"].as_str().unwrap())
        .collect();
    assert_eq!(
        (&answer["kind"], paths),
        (&json!("rejected"), vec!["/region", "/inputs/replicas"])
    );
}

#[test]
fn without_rules_a_request_has_inputs_alone() {
    let values = json!({ "imageTag": "v2.3.1", "targetEnvironment": "prod", "targetRegion": "euw1" });
    let run = check(&json!({ "inputs": values }), false);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let run = check(&json!({ "service": "payment-service", "inputs": values }), false);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("/service"), "{}", run.stdout);
}

#[test]
fn input_sets_fill_what_a_request_leaves_open() {
    let folder = tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let pipeline = file(
        "p.yaml",
        "pipeline:\n  identifier: p\n  variables:\n    - {name: tag, type: String, value: <+input>}\n    - {name: zone, type: String, required: true, value: '<+input>.allowedValues(a,b)'}\n",
    );
    let set = |name: &str, variables: &str| {
        let text = format!("inputSet: {{pipeline: {{identifier: p, variables: [{variables}]}}}}");
        file(name, &text)
    };
    let base = set("base.yaml", "{name: tag, value: v1}, {name: zone, value: a}");
    let later = set("later.yaml", "{name: tag, value: <+input>}, {name: zone, value: b}");
    let wrong = set("wrong.yaml", "{name: zone, value: c}");
    let stray = set("stray.yaml", "{name: zome, value: a}");
    let check = |request: &str, sets: &[&Path]| {
        let mut call = harness_cd()
            .arg("check")
            .arg(&pipeline)
            .arg("--request")
            .arg(file("r.json", request));
        for set in sets {
            call = call.arg("--input-set").arg(set);
        }
        call.run()
    };

    let run = check("{}", &[&base, &later]);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let values = |body: &Value| -> Vec<String> {
        let variables = body["pipeline"]["variables"].as_array().unwrap().iter();
        variables.map(|variable| variable["value"].to_string()).collect()
    };
    assert_eq!(values(&body), [r#""v1""#, r#""b""#]);

    let run = check(r#"{"inputs": {"zone": "a"}}"#, &[&base, &later]);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    assert_eq!(values(&body), [r#""v1""#, r#""a""#]);

    let run = check("{}", &[&wrong]);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("VALUE_NOT_ALLOWED"), "{}", run.stdout);
    let run = check(r#"{"inputs": {"zone": "a", "zone": "b"}}"#, &[&base]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains("given twice"), "{}", run.stdout);

    let run = check("{}", &[&base, &stray]);
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stderr.contains("stray.yaml") && run.stderr.contains("HCD0303"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_pipeline_that_cannot_be_read_is_a_finding_of_lint_and_unreadable_to_the_others() {
    let folder = tempdir().unwrap();
    let (pipeline, request) = (folder.path().join("p.yaml"), folder.path().join("r.json"));
    fs::write(&pipeline, "pipeline:\n  identifier: a\n  identifier: b\n").unwrap();
    fs::write(&request, "{}").unwrap();
    for (command, code) in [("lint", 1), ("inputs", 2), ("check", 2)] {
        let mut run = harness_cd().arg(command).arg(&pipeline);
        if command == "check" {
            run = run.arg("--request").arg(&request);
        }
        let run = run.run();
        assert_eq!(run.code, code, "{command}: {}{}", run.stdout, run.stderr);
        let told = if command == "lint" { &run.stdout } else { &run.stderr };
        assert!(told.contains("p.yaml:3:3"), "{command}: {told}");
        assert!(command == "lint" || run.stdout.is_empty(), "{command}: {}", run.stdout);
    }
}

#[test]
fn a_request_that_is_no_json_is_refused_as_one_that_breaks_a_rule_is() {
    let folder = tempdir().unwrap();
    let (pipeline, request) = (folder.path().join("p.yaml"), folder.path().join("r.json"));
    fs::write(&pipeline, "pipeline: {identifier: a}\n").unwrap();
    fs::write(&request, "{").unwrap();
    let check = harness_cd().arg("check").arg(&pipeline);
    let run = check.arg("--request").arg(&request).run();
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let answer: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(answer["kind"], "rejected");
    assert!(!answer["violations"].as_array().unwrap().is_empty(), "{answer}");
}

#[test]
fn annotations_are_shown_with_what_is_wrong_with_them() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("annotations.json");
    let page = "https://app.harness.io/ng/account/ACC/module/cd/orgs/default/projects/platform/pipelines/shop_cd";
    for (annotations, code, pipelines, problems) in [
        (json!({ "harness.io/pipelines": format!("Shop: {page}") }), 0, 1, 0),
        (json!({ "harness.io/pipelines": "Shop: nowhere" }), 1, 0, 1),
        (json!({ "other.io/pipelines": "x" }), 0, 0, 0),
    ] {
        fs::write(&file, annotations.to_string()).unwrap();
        let run = harness_cd().arg("annotations").arg(&file).run();
        assert_eq!(run.code, code, "{annotations}: {}{}", run.stdout, run.stderr);
        let found: Value = serde_json::from_str(&run.stdout).unwrap();
        let count = |key: &str| found[key].as_array().unwrap().len();
        assert_eq!(
            (count("pipelines"), count("problems")),
            (pipelines, problems),
            "{found}"
        );
    }
    fs::write(&file, "[]").unwrap();
    let run = harness_cd().arg("annotations").arg(&file).run();
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
}

#[test]
fn answers_are_read_as_tables_where_that_is_asked_for() {
    let folder = tempdir().unwrap();
    let page = "https://app.harness.io/ng/account/ACC/module/cd/orgs/default/projects/platform/pipelines/shop_cd";
    let file = folder.path().join("annotations.json");
    let annotations = json!({ "harness.io/pipeline-url": page, "harness.io/service": "x" });
    fs::write(&file, annotations.to_string()).unwrap();
    let run = harness_cd().args(["--format", "table", "annotations"]).arg(&file).run();
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let rows: Vec<Vec<&str>> = run
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        rows,
        [vec!["KIND", "LABEL", "ADDRESS"], vec!["pipeline", "shop_cd", page]]
    );
    assert!(
        run.stderr.contains("did you mean `harness.io/services`?"),
        "{}",
        run.stderr
    );

    let storefront = support::workspace().join("examples/harness/storefront-release.yaml");
    let run = harness_cd()
        .args(["--format", "table", "inputs"])
        .arg(&storefront)
        .run();
    assert!(run.stdout.contains("Environment of stage Roll out"), "{}", run.stdout);

    let file = folder.path().join("request.json");
    let check = |request: Value| {
        fs::write(&file, request.to_string()).unwrap();
        let call = harness_cd().args(["--format", "table", "check"]).arg(&storefront);
        call.arg("--request").arg(&file).run()
    };
    let run = check(json!({ "inputs": { "version": "v1.0.0" } }));
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("allowed; a run would send\n"), "{}", run.stdout);
    let run = check(json!({ "inputs": { "market": "moon" } }));
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{}", run.stdout);
    assert!(lines.iter().all(|line| line.starts_with("refused: ")), "{}", run.stdout);
}

#[test]
fn unreadable_input_is_exit_code_2() {
    for arguments in [
        &["inputs", "nowhere.yaml"][..],
        &["history", "--from-file", "nowhere.json"],
        &["frobnicate"],
        &["deploy", "--pipeline", "shop"],
        &["deploy", "--pipeline", "https://app.harness.io/ng/account/ACC/home"],
        &["deploy", "--pipeline", "default/platform/shop", "--input", "tag"],
        &["deploy", "--pipeline", "default/platform/shop", "--region", "euw1"],
    ] {
        let run = harness_cd().args(arguments).run();
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
    }
    let empty = tempdir().unwrap();
    let run = harness_cd()
        .args(["deploy", "x", "--env", "e", "--region", "r", "--image-tag", "t"])
        .repo(empty.path())
        .run();
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("platform.yaml"), "{}", run.stderr);
    assert!(config_repo().is_dir());
}

/// A pipeline with one fault of the kind that a config repo may grade.
const MOVING_TAG: &str = "pipeline:\n  name: p\n  identifier: p\n  template: {templateRef: t}\n  variables:\n    - {name: tag, type: String, value: latest}\n";

#[test]
fn lint_speaks_sarif() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("a b.yaml");
    fs::write(&file, MOVING_TAG).unwrap();
    let run = harness_cd().args(["lint", "--format", "sarif"]).arg(&file).run();
    assert_eq!(run.code, 1, "{}", run.stderr);
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let run = &log["runs"][0];
    assert_eq!(
        (&log["version"], &run["columnKind"]),
        (&"2.1.0".into(), &"utf16CodeUnits".into())
    );
    let [result] = run["results"].as_array().unwrap().as_slice() else {
        panic!("one finding expected: {log}");
    };
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&"HCD1006".into(), &"warning".into())
    );
    let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!(rule["id"], "HCD1006");
    let location = &result["locations"][0]["physicalLocation"];
    let uri = location["artifactLocation"]["uri"].as_str().unwrap();
    assert!(uri.starts_with("file:///") && uri.ends_with("a%20b.yaml"), "{uri}");
    assert_eq!(
        location["region"],
        serde_json::json!({"startLine": 6, "startColumn": 40, "endLine": 6, "endColumn": 46})
    );
}

/// What keeps a file from being read is a rule as any other to whoever reads SARIF.
#[test]
fn sarif_describes_the_codes_of_reading() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("f.yaml");
    fs::write(&file, "a: 1\na: 2\n").unwrap();
    let run = harness_cd().args(["lint", "--format", "sarif"]).arg(&file).run();
    let log: Value = serde_json::from_str(&run.stdout).unwrap();
    let run = &log["runs"][0];
    let rule = &run["tool"]["driver"]["rules"][run["results"][0]["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!(rule["id"], "HCD0010");
    assert_eq!(rule["help"]["text"], "remove or rename one");
}

#[test]
fn only_lint_speaks_sarif() {
    let run = harness_cd().args(["inputs", "x.yaml", "--format", "sarif"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("`lint`"), "{}", run.stderr);
}

#[test]
fn a_config_repo_grades_rules() {
    let repo = tempdir().unwrap();
    let file = repo.path().join("p.yaml");
    fs::write(&file, MOVING_TAG).unwrap();
    for (severity, code, said) in [
        ("off", 0, "0 errors, 0 warnings"),
        ("info", 0, "0 errors, 0 warnings, 1 note"),
        ("error", 1, "1 error, 0 warnings"),
    ] {
        let settings = format!("rules:\n  HCD1006:\n    severity: {severity}\n    reason: said here\n");
        fs::write(repo.path().join("lint.yaml"), settings).unwrap();
        let run = harness_cd().arg("lint").arg(&file).repo(repo.path()).run();
        assert_eq!(
            (run.code, run.stdout.lines().last()),
            (code, Some(said)),
            "{}",
            run.stdout
        );
    }
    let settings = "rules:\n  HCD1006: {severity: of}\n  HCD9999: {severity: off, reason: x}\n";
    fs::write(repo.path().join("lint.yaml"), settings).unwrap();
    let run = harness_cd().arg("lint").arg(&file).repo(repo.path()).run();
    assert_eq!(run.code, 1);
    for part in [
        "lint.yaml:2:12: error[HCD0020]: `reason`",
        "did you mean `off`?",
        "HCD0130",
        "warning[HCD1006]",
    ] {
        assert!(run.stdout.contains(part), "{part}: {}", run.stdout);
    }
}

#[test]
fn a_service_that_is_not_there_is_told_with_the_one_that_may_be_meant() {
    let run = harness_cd()
        .args([
            "deploy",
            "payment-servic",
            "--env",
            "prod",
            "--region",
            "euw1",
            "--image-tag",
            "v1",
        ])
        .run();
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("did you mean `payment-service`?"), "{}", run.stderr);
}

#[test]
fn the_help_names_the_environment_and_the_exit_codes() {
    let help = harness_cd().arg("--help").run().stdout;
    for word in [
        "HARNESS_API_KEY",
        "HARNESS_ACCOUNT",
        "HARNESS_BASE_URL",
        "3  Harness unreachable",
    ] {
        assert!(help.contains(word), "{word}: {help}");
    }
}
