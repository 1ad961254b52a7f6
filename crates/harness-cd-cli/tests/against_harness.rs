//! The command line against a Harness that answers: the simulator on the loopback interface.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up ends here")]

mod support;

use std::fs;
use std::path::Path;

use harness_cd_simulator::modes::{LateDetail, Settings};
use harness_cd_simulator::{Modes, Options, RunningSimulator, start};
use serde_json::Value;
use support::{Call, config_repo, harness_cd, workspace};
use tempfile::TempDir;

const KEY: &str = "pat.demo-account.cli-test.9f1c7e";

struct Harness {
    simulator: RunningSimulator,
    _entities: TempDir,
}

impl Harness {
    fn start() -> Self {
        Self::start_in(Modes::default())
    }

    fn start_in(modes: Modes) -> Self {
        Self::of(&config_repo(), modes, |_| {})
    }

    /// With what a config repo renders to, as whoever applies it leaves it.
    fn of(repo: &Path, modes: Modes, apply: impl Fn(&Path)) -> Self {
        let entities = tempfile::tempdir().unwrap();
        let call = harness_cd().args(["render", "--out"]).arg(entities.path());
        let rendered = call.repo(repo).run();
        assert_eq!(rendered.code, 0, "{}", rendered.stderr);
        apply(entities.path());
        let storefront = "examples/harness/storefront-release.yaml";
        fs::copy(workspace().join(storefront), entities.path().join("storefront.yaml")).unwrap();
        let options = Options {
            speed: 600.0,
            modes,
            ..Options::new(entities.path(), KEY)
        };
        Self {
            simulator: start(options).unwrap(),
            _entities: entities,
        }
    }

    fn call(&self) -> Call {
        harness_cd()
            .env("HARNESS_BASE_URL", &self.simulator.base_url)
            .env("HARNESS_API_KEY", KEY)
    }
}

/// What really happened.
fn truth(harness: &Harness) -> Value {
    let address = format!("{}/simulator/truth", harness.simulator.base_url);
    let mut answer = ureq::get(&address).call().unwrap();
    serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap()
}

#[test]
fn a_deployment_is_started_awaited_and_found_in_the_history() {
    let harness = Harness::start();
    let run = harness
        .call()
        .args([
            "deploy",
            "payment-service",
            "--env",
            "int-stable",
            "--region",
            "euw1",
            "--image-tag",
            "v9.9.9",
            "--wait",
        ])
        .run();
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert!(lines[0].starts_with("started "), "{}", run.stdout);
    assert!(
        lines[1].contains("/pipelines/payment_service_cd/executions/"),
        "{}",
        run.stdout
    );
    assert_eq!(lines.last(), Some(&"Success"), "{}", run.stdout);

    let history = harness
        .call()
        .args(["history", "--service", "payment-service", "--format", "json"])
        .run();
    assert_eq!(history.code, 0, "{}", history.stderr);
    let page: Value = serde_json::from_str(&history.stdout).unwrap();
    let newest = &page["deployments"][0];
    assert_eq!(newest["imageTag"], "v9.9.9");
    assert_eq!(newest["environment"], "int_stable");
    assert_eq!(newest["region"], "euw1");
    assert_eq!(newest["status"], "Success");
    assert!(
        page["totalExecutions"].as_u64().unwrap() > 50,
        "{}",
        page["totalExecutions"]
    );
}

/// A service's text does not say where it stands: whoever creates it does.
fn apply_services(folder: &Path, org: &str, project: &str) {
    for service in fs::read_dir(folder.join("services")).unwrap() {
        let path = service.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let placed = format!("service:\n  orgIdentifier: {org}\n  projectIdentifier: {project}\n");
        fs::write(path, text.replacen("service:\n", &placed, 1)).unwrap();
    }
}

#[test]
fn a_service_of_another_project_is_deployed_there() {
    let repo = support::copy_of_config_repo();
    let platform = repo.path().join("platform.yaml");
    let text = fs::read_to_string(&platform).unwrap();
    let project =
        "projects:\n  - {name: payments, org: payments, identifier: prod_eu, teams: [payments-team]}\nmanagedBy:";
    fs::write(&platform, text.replacen("managedBy:", project, 1)).unwrap();
    let run = harness_cd().args(["template", "new"]).repo(repo.path()).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let harness = Harness::of(repo.path(), Modes::default(), |entities| {
        apply_services(&entities.join("projects/payments"), "payments", "prod_eu");
    });
    let started = |service: &str| {
        let call = harness.call().repo(repo.path());
        let call = call.args(["deploy", service, "--env", "int-stable", "--region", "euw1"]);
        let run = call.args(["--image-tag", "v9.9.9", "--wait"]).run();
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        run.stdout
    };
    let payments = started("payment-service");
    assert!(
        payments.contains("/orgs/payments/projects/prod_eu/pipelines/payment_service_cd/executions/"),
        "{payments}"
    );
    let orders = started("order-service");
    assert!(
        orders.contains("/orgs/default/projects/platform/pipelines/order_service_cd/executions/"),
        "{orders}"
    );

    let history = |more: &[&str]| {
        let run = harness
            .call()
            .repo(repo.path())
            .args(["history", "--format", "json"])
            .args(more)
            .run();
        let page: Value = serde_json::from_str(&run.stdout).unwrap();
        (page["deployments"][0]["imageTag"].clone(), run.stderr)
    };
    assert_eq!(
        history(&["--service", "payment-service"]),
        ("v9.9.9".into(), String::new())
    );
    let (_, note) = history(&[]);
    assert!(note.contains("of the project platform of default alone"), "{note}");
    let matrix = harness
        .call()
        .repo(repo.path())
        .args(["matrix", "--format", "json"])
        .run();
    let matrix: Value = serde_json::from_str(&matrix.stdout).unwrap();
    let services = matrix["services"].as_array().unwrap();
    for name in ["payment_service", "order_service"] {
        assert!(services.iter().any(|service| service["service"] == name), "{name}");
    }
}

#[test]
fn a_pipeline_of_another_project_deploys_through_an_environment_of_the_account_behind_its_gate() {
    let repo = support::copy_of_config_repo();
    let platform = repo.path().join("platform.yaml");
    let text = fs::read_to_string(&platform).unwrap();
    let edits = [
        (
            "managedBy:",
            "projects:\n  - {name: payments, org: payments, identifier: prod_eu, teams: [payments-team]}\nmanagedBy:",
        ),
        (
            "  - name: int-stable\n",
            "  - name: int-stable\n    level: account\n    approvals: [platform-team]\n",
        ),
        (
            "  connector: gcr_connector\n",
            "  connector: gcr_connector\n  level: org\n",
        ),
        ("passwordRef: ", "passwordRef: org."),
    ];
    let text = edits.iter().fold(text, |text, (from, to)| text.replacen(from, to, 1));
    fs::write(&platform, text).unwrap();
    let run = harness_cd().args(["template", "new"]).repo(repo.path()).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    let harness = Harness::of(repo.path(), Modes::default(), |entities| {
        apply_services(&entities.join("projects/payments"), "payments", "prod_eu");
    });
    let call = harness.call().repo(repo.path());
    let call = call.args(["deploy", "payment-service", "--env", "int-stable", "--region", "euw1"]);
    let run = call.args(["--image-tag", "v9.9.9"]).run();
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let started = run.stdout.lines().next().and_then(|line| line.strip_prefix("started "));
    let id = started.unwrap_or_default();

    let newest = || {
        let call = harness.call().repo(repo.path());
        let run = call
            .args(["history", "--service", "payment-service", "--format", "json"])
            .run();
        let page: Value = serde_json::from_str(&run.stdout).unwrap();
        page["deployments"][0].clone()
    };
    // Harness lists a run some seconds late; what it is asked to do, its inputs tell.
    let waiting = (0..600).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        Some(newest()).filter(|row| row["imageTag"] == "v9.9.9")
    });
    let waiting = waiting.unwrap();
    assert_eq!(
        waiting["wholeRun"], true,
        "it was deployed before anybody approved: {waiting}"
    );
    assert_eq!(waiting["region"], "euw1");
    let address = format!("{}/simulator/approve", harness.simulator.base_url);
    for _ in 0..600 {
        let body = serde_json::json!({ "executionId": id }).to_string();
        ureq::post(&address)
            .header("content-type", "application/json")
            .send(body)
            .unwrap();
        if newest()["status"] == "Success" && newest()["imageTag"] == "v9.9.9" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let deployed = newest();
    assert_eq!(
        (&deployed["imageTag"], &deployed["status"]),
        (&"v9.9.9".into(), &"Success".into()),
        "{deployed}"
    );
    assert_eq!(deployed["region"], "euw1");
}

#[test]
fn what_runs_where_and_how_well_it_goes_is_read_from_harness() {
    let harness = Harness::start();
    let answer = |arguments: &[&str]| -> Value {
        let run = harness.call().args(arguments).args(["--format", "json"]).run();
        assert_eq!(run.code, 0, "{}", run.stderr);
        serde_json::from_str(&run.stdout).unwrap()
    };
    let of_service = answer(&["matrix", "--service", "payment-service"]);
    let of_pipeline = answer(&["matrix", "--pipeline", "default/platform/payment_service_cd"]);
    // Both are told as of their own instant.
    let running = |matrix: &Value| -> Vec<Value> {
        let environments = matrix["services"][0]["environments"].as_array().unwrap();
        environments
            .iter()
            .map(|one| one["regions"][0]["running"].clone())
            .collect()
    };
    assert_eq!(running(&of_service), running(&of_pipeline));
    let service = &of_service["services"][0];
    assert_eq!(service["service"], "payment_service");
    let running = running(&of_service);
    assert!(running.iter().all(|brief| brief["version"].is_string()), "{running:?}");

    let version = running[0]["version"].as_str().unwrap();
    let stops = answer(&["release", "--service", "payment-service", "--tag", version]);
    assert!(
        stops.as_array().unwrap().iter().any(|stop| stop["isRunning"] == true),
        "{stops}"
    );
    let metrics = answer(&["metrics", "--service", "payment-service", "--by", "environment"]);
    let deployments = metrics["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["deployments"].as_u64().unwrap());
    assert!(deployments.sum::<u64>() > 50, "{metrics}");
}

#[test]
fn a_run_that_can_be_read_late_is_awaited() {
    const SOON_MS: i64 = 20 * 60_000;
    for late_detail in [LateDetail::BadRequest, LateDetail::NotFound, LateDetail::ServerError] {
        let settings = Settings {
            detail_lag_ms: SOON_MS,
            ..Settings::default()
        };
        let harness = Harness::start_in(Modes {
            late_detail,
            settings,
            ..Modes::default()
        });
        let run = harness
            .call()
            .args(["deploy", "payment-service", "--env", "int-stable", "--region", "euw1"])
            .args(["--image-tag", "v9.9.9", "--wait"])
            .run();
        assert_eq!(run.code, 0, "{late_detail:?}: {}{}", run.stdout, run.stderr);
        assert_eq!(run.stdout.lines().last(), Some("Success"), "{}", run.stdout);
    }
}

#[test]
fn a_pipeline_of_no_config_repo_is_run_with_what_it_asks_for() {
    let harness = Harness::start();
    let page = format!(
        "{}/ng/account/demo-account/module/cd/orgs/default/projects/platform/pipelines/storefront_release/pipeline-studio",
        harness.simulator.base_url
    );
    for pipeline in ["default/platform/storefront_release", page.as_str()] {
        let run = harness
            .call()
            .args(["deploy", "--pipeline", pipeline, "--input", "version=v4.1.0"])
            .args(["--input", "smokeTests=login", "--input", "smokeTests=search", "--wait"])
            .run();
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    }
    let truth = truth(&harness);
    let last = truth["runs"].as_array().unwrap().last().unwrap();
    assert!(last["request"]["body"].to_string().contains("login,search"), "{last}");
}

#[test]
fn what_the_live_pipeline_does_not_ask_for_is_refused_and_nothing_runs() {
    let harness = Harness::start();
    let before = truth(&harness)["runs"].as_array().unwrap().len();
    let refused = |arguments: &[&str], reason: &str| {
        let run = harness.call().args(["deploy"]).args(arguments).run();
        assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(reason), "{}", run.stdout);
    };
    let storefront = ["--pipeline", "default/platform/storefront_release"];
    refused(
        &[&storefront[..], &["--input", "version=4"]].concat(),
        "“4” is not what version asks for",
    );
    refused(
        &[&storefront[..], &["--input", "version=v4.1.0", "--input", "verison=x"]].concat(),
        "did you mean version?",
    );
    let payment = [
        "payment-service",
        "--env",
        "int-stable",
        "--region",
        "euw1",
        "--image-tag",
        "v1",
    ];
    refused(
        &[&payment[..], &["--input", "replicas=3"]].concat(),
        "asks for no “replicas”",
    );
    refused(
        &[&payment[..], &["--input", "replicas=3", "--dry-run"]].concat(),
        "asks for no “replicas”",
    );
    let run = harness.call().args(["deploy"]).args(payment).arg("--dry-run").run();
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "allowed; nothing was started (--dry-run)\n")
    );
    assert_eq!(truth(&harness)["runs"].as_array().unwrap().len(), before);
}

#[test]
fn a_pipeline_of_another_account_is_not_asked_for_with_this_key() {
    let harness = Harness::start();
    let page = "https://app.harness.io/ng/account/other/module/cd/orgs/default/projects/platform/pipelines/shop";
    let run = harness.call().args(["deploy", "--pipeline", page]).run();
    assert_eq!(run.code, 2, "{}{}", run.stdout, run.stderr);
    assert!(run.stderr.contains("account other"), "{}", run.stderr);
}

#[test]
fn a_refused_key_is_exit_code_3_and_is_not_printed() {
    let harness = Harness::start();
    let run = harness
        .call()
        .env("HARNESS_API_KEY", "pat.demo-account.revoked.s3cret")
        .args(["history"])
        .run();
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(run.stderr.contains("API key"), "{}", run.stderr);
    assert!(!run.stderr.contains("s3cret"), "{}", run.stderr);
}

#[test]
fn nobody_there_is_exit_code_3() {
    let run = harness_cd()
        .env("HARNESS_BASE_URL", "http://127.0.0.1:9")
        .env("HARNESS_API_KEY", KEY)
        .args([
            "deploy",
            "payment-service",
            "--env",
            "int-stable",
            "--region",
            "euw1",
            "--image-tag",
            "v1.0.0",
        ])
        .run();
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert!(!run.stderr.contains("9f1c7e"), "{}", run.stderr);
}

/// A pipeline in Git that asks for something else on each of its branches.
fn remote_pipeline(harness: &Harness) {
    let yaml = |input: &str| {
        format!(
            "pipeline: {{ identifier: far, name: far, orgIdentifier: default, projectIdentifier: platform, \
             tags: {{ service: far }}, variables: [{{ name: {input}, type: String, value: <+input>, required: true }}], \
             stages: [{{ stage: {{ identifier: s, name: s, type: Custom, spec: {{ execution: {{ steps: [{{ step: \
             {{ identifier: w, name: w, type: Wait, spec: {{ duration: 5s }} }} }}] }} }} }} }}] }}"
        )
    };
    let scope = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform";
    let place = "storeType=REMOTE&connectorRef=github&repoName=deploys&filePath=.harness/far.yaml";
    let base = &harness.simulator.base_url;
    ureq::post(&format!("{base}/pipeline/api/pipelines/v2?{scope}&{place}"))
        .header("x-api-key", KEY)
        .content_type("application/yaml")
        .send(yaml("word"))
        .unwrap();
    let push = serde_json::json!({ "repo": "deploys", "branch": "release/2", "path": ".harness/far.yaml", "text": yaml("other") });
    ureq::post(&format!("{base}/simulator/git"))
        .content_type("application/json")
        .send(push.to_string())
        .unwrap();
}

#[test]
fn a_pipeline_in_git_is_checked_and_run_from_the_branch_of_its_address() {
    let harness = Harness::start();
    remote_pipeline(&harness);
    let page = "https://app.harness.io/ng/account/demo-account/module/cd/orgs/default/projects/platform/pipelines/far/\
                pipeline-studio";
    let of_branch = format!("{page}?storeType=REMOTE&branch=release%2F2");
    for (address, input, expected) in [
        (page, "word=a", 0),
        (page, "other=a", 1),
        (of_branch.as_str(), "other=a", 0),
        (of_branch.as_str(), "word=a", 1),
    ] {
        let run = harness
            .call()
            .args(["deploy", "--pipeline", address, "--input", input])
            .run();
        assert_eq!(run.code, expected, "{address} {input}: {}{}", run.stdout, run.stderr);
    }
    let truth = truth(&harness);
    let runs = truth["runs"].as_array().unwrap();
    assert_eq!(runs.iter().filter(|run| run["pipeline"] == "far").count(), 2, "{truth}");
}

/// An input set of the storefront's pipeline, as somebody saved it in Harness.
fn save_input_set(harness: &Harness, identifier: &str, variables: &str) {
    let scope = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform";
    let base = &harness.simulator.base_url;
    ureq::post(&format!(
        "{base}/pipeline/api/inputSets?{scope}&pipelineIdentifier=storefront_release"
    ))
    .header("x-api-key", KEY)
    .content_type("application/yaml")
    .send(format!(
        "inputSet: {{ identifier: {identifier}, name: {identifier}, orgIdentifier: default, projectIdentifier: \
             platform, pipeline: {{ identifier: storefront_release, variables: [{variables}] }} }}"
    ))
    .unwrap();
}

#[test]
fn input_sets_and_stages_are_named_and_what_is_wrong_with_them_is_said() {
    let harness = Harness::start();
    save_input_set(&harness, "usual", "{name: version, type: String, value: v4.1.0}");
    save_input_set(&harness, "old", "{name: gone, type: String, value: x}");
    let storefront = ["deploy", "--pipeline", "default/platform/storefront_release"];
    for (arguments, said) in [
        (["--input-set", "usaul"], "no input set “usaul”; did you mean usual?"),
        (["--input-set", "old"], "input set “old” does not fit the pipeline"),
        (["--stage", "roll_out"], "does not allow to run “roll_out” alone"),
    ] {
        let run = harness.call().args(storefront).args(arguments).run();
        assert_eq!(run.code, 1, "{arguments:?}: {}{}", run.stdout, run.stderr);
        assert!(run.stdout.contains(said), "{arguments:?}: {}", run.stdout);
    }
    let run = harness.call().args(storefront).args(["--input-set", "usual"]).run();
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let truth = truth(&harness);
    let runs = truth["runs"].as_array().unwrap().iter();
    let posted: Vec<&str> = runs
        .filter(|run| run["pipeline"] == "storefront_release")
        .map(|run| run["request"]["body"].as_str().unwrap())
        .collect();
    assert!(matches!(posted[..], [body] if body.contains("v4.1.0")), "{posted:?}");
}

/// A pipeline whose runs may choose among an approval, a deployment to an environment and a stage that tells of it.
fn choosable_pipeline(harness: &Harness, identifier: &str) {
    let scope = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform";
    let base = &harness.simulator.base_url;
    let wait = "{ execution: { steps: [{ step: { identifier: w, name: w, type: Wait, spec: { duration: 5s } } }] } }";
    let stages = format!(
        "{{ stage: {{ identifier: approve, name: approve, type: Approval, spec: {{ execution: {{ steps: [{{ step: {{ \
         identifier: ask, name: ask, type: HarnessApproval, timeout: 1d, spec: {{ approvalMessage: Go, approvers: {{ \
         userGroups: [release_managers], minimumCount: 1, disallowPipelineExecutor: false }}, approverInputs: [] }} }} \
         }}] }} }} }} }}, {{ stage: {{ identifier: tell, name: tell, type: Custom, spec: {wait} }} }}"
    );
    ureq::post(&format!("{base}/pipeline/api/pipelines/v2?{scope}"))
        .header("x-api-key", KEY)
        .content_type("application/yaml")
        .send(format!(
            "pipeline: {{ identifier: {identifier}, name: {identifier}, orgIdentifier: default, projectIdentifier: \
             platform, allowStageExecutions: true, stages: [{stages}] }}"
        ))
        .unwrap();
}

#[test]
fn a_choice_of_stages_that_leaves_an_approval_out_is_said() {
    let harness = Harness::start();
    choosable_pipeline(&harness, "telling");
    let deploy = [
        "deploy",
        "--pipeline",
        "default/platform/telling",
        "--dry-run",
        "--stage",
        "tell",
    ];
    let run = harness.call().args(deploy).run();
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let said = "warning: The stage tell follows the approval approve, which is not chosen: nobody is asked";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let run = harness.call().args(deploy).args(["--stage", "approve"]).run();
    assert!(
        run.code == 0 && !run.stderr.contains("warning"),
        "{}{}",
        run.stdout,
        run.stderr
    );
}

#[test]
fn a_pipeline_without_rules_is_said_to_be_one() {
    let harness = Harness::start();
    let elsewhere = tempfile::tempdir().unwrap();
    let deploy = [
        "deploy",
        "--pipeline",
        "default/platform/storefront_release",
        "--dry-run",
        "--input",
        "version=v1.0.0",
    ];
    for (repo, said) in [
        (elsewhere.path(), "no rules were asked: "),
        (&config_repo(), "no rules were asked: no service of the config repo"),
    ] {
        let run = harness.call().repo(repo).args(deploy).run();
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
}

#[test]
fn an_input_set_that_is_named_twice_is_all_that_is_wrong() {
    let harness = Harness::start();
    save_input_set(&harness, "usual", "{name: version, type: String, value: v4.1.0}");
    let sets = ["--input-set", "usual", "--input-set", "usual"];
    let run = harness
        .call()
        .args(["deploy", "--pipeline", "default/platform/storefront_release"])
        .args(sets)
        .run();
    assert_eq!(
        (run.code, &*run.stdout),
        (1, "refused: usual is given twice; keep one\n"),
        "{}",
        run.stderr
    );
}

/// A pipeline that asks where it goes, and a service and an infrastructure definition that ask in turn.
fn open_pipeline(folder: &std::path::Path) -> std::path::PathBuf {
    let file = folder.join("open.yaml");
    let text = "pipeline: {identifier: open, name: open, orgIdentifier: default, projectIdentifier: platform, stages: \
                [{stage: {identifier: roll, name: Roll, type: Deployment, spec: {deploymentType: Kubernetes, service: \
                {serviceRef: <+input>, serviceInputs: <+input>}, environment: {environmentRef: <+input>, \
                infrastructureDefinitions: <+input>}}}}]}";
    fs::write(&file, text).unwrap();
    file
}

#[test]
fn inputs_are_those_of_what_is_chosen_too() {
    let harness = Harness::start();
    let folder = tempfile::tempdir().unwrap();
    let file = open_pipeline(folder.path());
    let listed = |call: Call, chosen: &[&str]| {
        let run = call.arg("inputs").arg(&file).args(chosen).run();
        assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
        let inputs: Value = serde_json::from_str(&run.stdout).unwrap();
        let pointers = inputs
            .as_array()
            .unwrap()
            .iter()
            .map(|input| input["pointer"].as_str().unwrap().to_owned());
        (pointers.collect::<Vec<String>>(), run.stderr)
    };
    let spec = "/pipeline/stages/0/stage/spec";
    let own = [
        "service/serviceRef",
        "service/serviceInputs",
        "environment/environmentRef",
        "environment/infrastructureDefinitions",
    ];
    let own = own.map(|place| format!("{spec}/{place}"));
    assert_eq!(listed(harness.call(), &[]), (own.to_vec(), String::new()));

    let service = ["--service", "payment_service"];
    let (pointers, said) = listed(harness_cd(), &service);
    assert_eq!(pointers, own);
    let unasked = "what the service payment_service asks for in turn was not looked at: Harness alone says it, and \
                   HARNESS_API_KEY is not set\n";
    assert_eq!(said, unasked);

    let (pointers, said) = listed(harness.call(), &service);
    let tag = format!("{spec}/service/serviceInputs/serviceDefinition/spec/artifacts/primary/sources/0/spec/tag");
    assert!(
        pointers.contains(&tag) && !pointers.contains(&own[1]),
        "{pointers:?}{said}"
    );

    let run = harness
        .call()
        .arg("inputs")
        .arg(&file)
        .args(["--service", "nobody"])
        .run();
    assert!(
        run.stderr
            .contains("what the service nobody asks for in turn was not looked at: "),
        "{}",
        run.stderr
    );
}

#[test]
fn a_pipeline_that_says_it_is_of_another_entity_is_refused() {
    let harness = Harness::start();
    remote_pipeline(&harness);
    let deploy = |entity: &str| {
        let of = [
            "deploy",
            "--pipeline",
            "default/platform/far",
            "--input",
            "word=a",
            "--entity",
        ];
        harness.call().args(of).arg(entity).run()
    };
    let refused = deploy("component:default/near");
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    assert!(
        refused.stderr.contains("set the tag `service: near`"),
        "{}",
        refused.stderr
    );
    assert!(
        refused
            .stderr
            .contains("the pipeline far is of component:default/far, says its tag `service`"),
        "{}",
        refused.stderr
    );
    assert_eq!(deploy("far").code, 0);
}

#[test]
fn the_rules_of_the_config_repo_hold_by_whatever_name_its_pipeline_is_run() {
    let harness = Harness::start();
    let before = truth(&harness)["runs"].as_array().unwrap().len();
    let run = harness
        .call()
        .args(["deploy", "--pipeline", "default/platform/payment_service_cd"])
        .args(["--input", "imageTag=main", "--input", "targetEnvironment=prod"])
        .args(["--input", "targetRegion=euw1"])
        .run();
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.contains("Image tag"), "{}", run.stdout);
    assert_eq!(truth(&harness)["runs"].as_array().unwrap().len(), before);
}

#[test]
fn that_a_lost_run_is_looked_for_is_said_before_it_is_found() {
    let harness = Harness::start();
    let faults = format!("{}/simulator/faults", harness.simulator.base_url);
    let lost = r#"{"kind":"badGatewayAfterAccept","path":"/pipeline/execute"}"#;
    ureq::post(&faults)
        .header("content-type", "application/json")
        .send(lost)
        .unwrap();
    let of = ["deploy", "payment-service", "--env", "int-stable", "--region", "euw1"];
    let run = harness.call().args(of).args(["--image-tag", "v9.9.8"]).run();
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    assert!(run.stdout.starts_with("started "), "{}", run.stdout);
    assert!(run.stderr.contains("looking for the run"), "{}", run.stderr);
}

#[test]
fn a_pipeline_of_the_config_repo_may_be_meant_by_one_that_is_not_there() {
    let harness = Harness::start();
    for (pipeline, meant) in [("payment_servise_cd", true), ("nowhere_near", false)] {
        let named = format!("default/platform/{pipeline}");
        let run = harness.call().args(["deploy", "--pipeline", &named]).run();
        assert_eq!(run.code, 3, "{}{}", run.stdout, run.stderr);
        let is_named = run.stderr.contains("did you mean `payment_service_cd`?");
        assert_eq!(is_named, meant, "{}", run.stderr);
    }
}

/// The shell lines of the page "From nothing to the first deployment" that fire the trigger.
fn lines_of_the_page() -> String {
    let page = fs::read_to_string(config_repo().join("FIRST-DEPLOYMENT.md")).unwrap();
    let (_, behind) = page.split_once("<!-- A test runs these lines. -->\n```sh\n").unwrap();
    behind.split_once("```\n").unwrap().0.to_owned()
}

#[test]
fn the_webhook_is_fired_as_the_page_says() {
    let harness = Harness::start();
    let fire = |lines: &str| {
        let run = std::process::Command::new("sh")
            .args(["-ec", lines])
            .env("HARNESS_BASE_URL", &harness.simulator.base_url)
            .env("HARNESS_API_KEY", KEY)
            .env("HARNESS_ACCOUNT", "demo-account")
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let answer: Value = serde_json::from_slice(&run.stdout).unwrap();
        let report = answer["data"]["apiUrl"].as_str().unwrap().to_owned();
        // An event is accepted at once and processed later.
        for _ in 0..100 {
            let looked = ureq::get(&report).header("x-api-key", KEY).call();
            if let Ok(mut answer) = looked {
                let answer: Value = serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
                return answer["data"]["webhookProcessingDetails"].clone();
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        Value::Null
    };
    let lines = lines_of_the_page();
    let started = fire(&lines);
    assert_eq!(started["status"], "TARGET_EXECUTION_REQUESTED", "{started}");
    assert_eq!(started["pipelineIdentifier"], "payment_service_cd");
    let other = fire(&lines.replace("\"target_env\": \"int-stable\"", "\"target_env\": \"nowhere\""));
    assert_ne!(other["status"], "TARGET_EXECUTION_REQUESTED", "{other}");
    assert_ne!(other["status"], Value::Null, "{other}");
}
