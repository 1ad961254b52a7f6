//! No stage deploys to a guarded environment unless what guards it went through: random platforms, rendered and run in the
//! simulator, which reads conditions and failure strategies by itself. Templates are edited at random; those that the
//! product renders all the same have to hold. A ticket that a run has opened is closed or cancelled when it has ended.
//!
//! `HARNESS_CD_CASES` says how many runs are looked at.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it saw"
)]

#[path = "../../harness-cd-pipeline/tests/support/mod.rs"]
mod support;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::{env, iter};

use harness_cd_model::naming::template_path;
use harness_cd_pipeline::{Files, archetype_template, read_config_repo, render};
use harness_cd_simulator::{Modes, Request, Scope, Setup, Simulator, WorldFile};
use serde_json::{Value, json};
use support::dice::Dice;

const KEY: &str = "sat.demo-account.portal.0123456789";
const START_MS: i64 = 1_795_000_000_000;
const HOUR_MS: i64 = 3_600_000;
const TEMPLATE: &str = "templates/api-pipeline-template.yaml";
const NAMES: [&str; 4] = ["dev", "int-stable", "pre", "prod"];
const REGIONS: [&str; 2] = ["euw1", "use1"];
const TAGS: [&str; 2] = ["v1", "v2"];
const WINDOW: &str = "change_window_policy";
const WINDOW_OF_SWAP: &str = "swap_change_window_policy";
const GROUPS: [&str; 3] = ["team", "platform-team", "cab"];

/// An environment with what guards it.
struct Environment {
    name: &'static str,
    guards: Vec<Guard>,
    /// The identifiers of the steps before the swap of a blue-green deployment.
    before_swap: Vec<String>,
    /// The identifiers of the verifications of a canary, in their order.
    verifications: Vec<String>,
}

/// Where the service goes, and what there is beside its platform.
struct Platform {
    text: String,
    environments: Vec<Environment>,
    /// The organization and the project that its pipeline stands in.
    home: [&'static str; 2],
    /// The folder of its files.
    folder: &'static str,
}

/// A step that a person would look for, by its identifier; the same step of two environments is one guard where it asks
/// the same.
#[derive(Clone, PartialEq)]
struct Guard {
    step: String,
    asks: String,
}

impl Guard {
    fn new(step: impl Into<String>, asks: impl Into<String>) -> Self {
        let (step, asks) = (step.into(), asks.into());
        Self { step, asks }
    }
}

/// The levels that something may stand at, the lowest first.
const LEVELS: [&str; 3] = ["project", "org", "account"];

/// A platform as a person writes it.
fn any_platform(dice: &mut Dice) -> Platform {
    // What stands where; most stand in the project, as most companies have it.
    let levels = if dice.roll(2) == 0 { 3 } else { 1 };
    let (projects, home, folder) = match dice.roll(4) {
        0 => (
            "projects: [{name: payments, org: finance, identifier: pay_eu, teams: [shop-team]}, {name: reports}]\n",
            ["finance", "pay_eu"],
            "projects/payments/",
        ),
        1 => (
            "projects: [{name: reports, teams: [shop-team]}]\n",
            ["default", "reports"],
            "projects/reports/",
        ),
        2 => ("projects: [{name: reports}]\n", ["default", "platform"], ""),
        _ => ("", ["default", "platform"], ""),
    };
    let regions = &REGIONS[..1 + dice.roll(2)];
    let mut written = String::new();
    let mut clusters = String::new();
    let mut environments = Vec::new();
    let strategy = dice.one(&["Rolling", "BlueGreen", "BlueGreen", "Canary", "Progressive"]);
    for name in NAMES.into_iter().skip(dice.roll(3)) {
        let mut guards = Vec::new();
        _ = writeln!(written, "  - name: {name}\n    type: PreProduction");
        let level = dice.roll(levels);
        if level > 0 {
            _ = writeln!(written, "    level: {}", LEVELS[level]);
        }
        let mut verifications = Vec::new();
        if matches!(strategy, "Canary" | "Progressive") {
            let shares = &[10, 50, 80][..1 + dice.roll(3)];
            let phases = shares
                .iter()
                .map(|share| format!("{{percentage: {share}, verifyMinutes: 5}}"));
            _ = writeln!(written, "    canary: [{}]", phases.collect::<Vec<_>>().join(", "));
            verifications.extend(shares.iter().map(|share| format!("verify_canary_{share}")));
        }
        let approvals: Vec<&str> = GROUPS.into_iter().filter(|_| dice.roll(2) == 0).collect();
        _ = writeln!(written, "    approvals: [{}]", approvals.join(", "));
        guards.extend(
            approvals
                .iter()
                .map(|group| Guard::new(format!("{}_approval", group.trim_end_matches("-team")), *group)),
        );
        if dice.roll(3) == 0 {
            let system = dice.one(&["{system: Jira, project: OPS,", "{system: ServiceNow,"]);
            let rest = "connector: desk, type: Change, keyField: state, approved: yes, rejected: no, done: out, cancelled: off}";
            _ = writeln!(
                written,
                "    ticket: {system} {}",
                rest.replace(": yes", ": \"yes\"")
                    .replace(": no,", ": \"no\",")
                    .replace(": off", ": \"off\"")
            );
            guards.extend(["create_ticket", "await_ticket"].map(|step| Guard::new(step, system)));
        }
        let window = match dice.roll(4) {
            0 => Some(("    changeWindow: day\n", "day")),
            // Several are a policy of the environment's own.
            1 => Some(("    changeWindows: [day, night]\n", name)),
            _ => None,
        };
        if let Some((line, policy)) = window {
            written += line;
            guards.push(Guard::new(WINDOW, policy));
        }
        let mut before_swap = Vec::new();
        if strategy == "BlueGreen" && dice.roll(4) > 0 {
            let approvals: Vec<&str> = GROUPS.into_iter().filter(|_| dice.roll(2) == 0).collect();
            let minutes = dice.one(&["", "verifyMinutes: 10, "]);
            _ = writeln!(
                written,
                "    blueGreen: {{{minutes}approvals: [{}]}}",
                approvals.join(", ")
            );
            let verified = (!minutes.is_empty()).then(|| "verify_stage".to_owned());
            let stems = approvals.iter().map(|group| group.trim_end_matches("-team"));
            before_swap.extend(
                verified
                    .into_iter()
                    .chain(stems.map(|stem| format!("{stem}_swap_approval"))),
            );
            // While people look at the copy, the window may close that was looked at before.
            if window.is_some() && !approvals.is_empty() {
                before_swap.push(WINDOW_OF_SWAP.to_owned());
            }
        }
        for region in regions {
            _ = writeln!(
                clusters,
                "  - {{name: k8s-{name}-{region}, environment: {name}, region: {region}, network: net, delegate: del-{name}-{region}{}}}",
                level_of_cluster(dice, levels, level)
            );
            // A second one, which its own credentials reach.
            if dice.roll(4) == 0 {
                _ = writeln!(
                    clusters,
                    "  - {{name: k8s-{name}-{region}-b, environment: {name}, region: {region}, network: net, delegate: del-{name}-{region}, infrastructure: second-{region}, credentials: {{type: Eks, cluster: eu-west-1/second}}{}}}",
                    level_of_cluster(dice, levels, level)
                );
            }
        }
        environments.push(Environment {
            name,
            guards,
            before_swap,
            verifications,
        });
    }
    let of_windows = [(); 2].map(|()| LEVELS[dice.roll(levels)]);
    let delegates: String = environments
        .iter()
        .flat_map(|environment| {
            regions
                .iter()
                .map(|region| format!("  - {{name: del-{}-{region}, network: net}}\n", environment.name))
        })
        .collect();
    let text = format!(
        "org: default\nproject: platform\n{projects}managedBy: us\nnetworks: [{{name: net, cidr: 10.0.0.0/8}}]\ndelegates:\n{delegates}\
         regions: [{}]\nenvironments:\n{written}archetypes: [{{name: api, workload: Deployment, strategy: {strategy}}}]\n\
         clusters:\n{clusters}manifests: {{connector: git, url: https://github.com/c/m, branch: main, username: u, tokenRef: t}}\n\
         registry: {{connector: reg, url: https://gcr.io, username: u, passwordRef: p, delegate: del-{}-{}}}\n\
         approvalGroups: [platform-team, cab]\nchangeWindows:\n\
         \x20 - {{name: day, days: [Mon, Tue], from: \"10:00\", to: \"16:00\", timeZone: UTC, level: {}}}\n\
         \x20 - {{name: night, days: [Fri], from: \"22:00\", to: \"04:00\", timeZone: Europe/Berlin, closedOn: [2026-12-25], level: {}}}\n",
        regions.join(", "),
        environments[0].name,
        regions[0],
        of_windows[0],
        of_windows[1],
    );
    Platform {
        text,
        environments,
        home,
        folder,
    }
}

/// Where the connector of a cluster stands, if that is not where its environment does, which refers to nothing below.
fn level_of_cluster(dice: &mut Dice, levels: usize, of_environment: usize) -> String {
    let level = of_environment + dice.roll(levels - of_environment);
    match level > of_environment {
        true => format!(", level: {}", LEVELS[level]),
        false => String::new(),
    }
}

fn any_condition(dice: &mut Dice, depth: usize) -> String {
    let join = |dice: &mut Dice, operator: &str| {
        let [left, right] = [(); 2].map(|()| any_condition(dice, depth - 1));
        format!("({left}) {operator} ({right})")
    };
    match dice.roll(if depth == 0 { 8 } else { 11 }) {
        0..4 => {
            let operator = dice.one(&["==", "!="]);
            format!(
                "<+pipeline.variables.targetEnvironment> {operator} \"{}\"",
                dice.one(&NAMES)
            )
        }
        4 => format!("<+pipeline.variables.targetRegion> == \"{}\"", dice.one(&REGIONS)),
        5 => format!("<+pipeline.variables.imageTag> != \"{}\"", dice.one(&TAGS)),
        6 => dice
            .one(&["true", "false", "\"prod\"", "<+who.knows> == \"x\""])
            .to_owned(),
        7 => format!(
            "<+<+pipeline.variables.targetEnvironment>.contains(\"{}\")>",
            dice.one(&["pr", "st", "x"])
        ),
        8 => join(dice, "&&"),
        9 => join(dice, "||"),
        _ => format!("!({})", any_condition(dice, depth - 1)),
    }
}

/// One of several texts, replaced at one of its places.
fn replaced(dice: &mut Dice, text: &str, from: &str, to: &str) -> String {
    let places: Vec<usize> = text.match_indices(from).map(|(at, _)| at).collect();
    if places.is_empty() {
        return text.to_owned();
    }
    let at = places[dice.roll(places.len())];
    format!("{}{to}{}", &text[..at], &text[at + from.len()..])
}

/// A template as a hand may leave it.
fn edited(dice: &mut Dice, template: &str, environments: &[Environment]) -> String {
    let own = dice.roll(environments.len());
    let environment = environments[own].name;
    let usual = format!("condition: <+pipeline.variables.targetEnvironment> == \"{environment}\"");
    match dice.roll(9) {
        0..3 => {
            let condition = any_condition(dice, 2);
            let lines: Vec<&str> = template.lines().collect();
            let theirs: Vec<usize> = (0..lines.len()).filter(|at| lines[*at].contains(&usual)).collect();
            if theirs.is_empty() {
                return template.to_owned();
            }
            let chosen = theirs[dice.roll(theirs.len())];
            // A condition that says the same of gate and deployment passes; so it is put into one of them, or all.
            let is_for_all = dice.roll(3) == 0;
            let written = lines
                .iter()
                .enumerate()
                .map(|(at, line)| match line.find("condition: ") {
                    Some(key) if at == chosen || is_for_all && theirs.contains(&at) => {
                        format!("{}condition: '{condition}'\n", &line[..key])
                    }
                    _ => format!("{line}\n"),
                });
            written.collect()
        }
        3 => {
            let condition = any_condition(dice, 1);
            let step = dice.one(&[
                "identifier: team_approval\n",
                "identifier: cab_approval\n",
                "identifier: change_window_policy\n",
                "identifier: await_ticket\n",
                "identifier: verify_stage\n",
                "identifier: team_swap_approval\n",
                "identifier: cab_swap_approval\n",
                "identifier: swap_services\n",
            ]);
            let indent = " ".repeat(18);
            replaced(
                dice,
                template,
                step,
                &format!("{step}{indent}when: {{stageStatus: Success, condition: '{condition}'}}\n"),
            )
        }
        4 => {
            let to = dice.one(&["type: Ignore", "type: MarkAsSuccess", "type: MarkAsFailure"]);
            let from = dice.one(&["type: Abort", "type: MarkAsFailure", "type: StageRollback"]);
            replaced(dice, template, from, to)
        }
        5 => replaced(dice, template, "- Timeout", "- AllErrors"),
        // The traffic first, and what should come before it afterwards.
        7 => {
            let copy = "identifier: stage_deploy\n";
            let swap = " ".repeat(14)
                + "- step: {type: K8sBGSwapServices, name: Early, identifier: swap_early, timeout: 10m, spec: {}}\n";
            let place = template.match_indices(copy).map(|(at, _)| at).nth(own);
            // Twice in one stage Harness would take for one step.
            let place = place.filter(|_| !template.contains("identifier: swap_early"));
            match place {
                Some(at) => {
                    let start = template[..at].rfind("- step:").unwrap();
                    let start = template[..start].rfind('\n').unwrap() + 1;
                    let end = template[at..]
                        .find("- step:")
                        .map_or(start, |end| template[..at + end].rfind('\n').unwrap() + 1);
                    format!("{}{swap}{}", &template[..end], &template[end..])
                }
                None => template.to_owned(),
            }
        }
        6 => {
            let to = dice.one(&["pipelineStatus: All", "pipelineStatus: Failure"]);
            replaced(dice, template, "pipelineStatus: Success", to)
        }
        _ => replaced(
            dice,
            template,
            "allowStageExecutions: false",
            "allowStageExecutions: true",
        ),
    }
}

/// The simulator, asked without a server.
struct Harness {
    simulator: Simulator,
    now: i64,
    /// The organization and the project of the pipeline.
    home: [&'static str; 2],
}

impl Harness {
    /// What is no YAML to Harness is no pipeline of it.
    fn new(pipeline: String, home: [&'static str; 2]) -> Result<Self, impl std::fmt::Debug> {
        let setup = Setup {
            files: vec![("pipelines/shop-cd.yaml".to_owned(), pipeline)],
            scope: Scope {
                account: "demo-account".to_owned(),
                org: Some(home[0].to_owned()),
                project: Some(home[1].to_owned()),
            },
            world: WorldFile::of(Setup::accounts("demo-account", KEY)),
            scenarios: Vec::new(),
            seed: 1,
            start_at: Some(START_MS),
            speed: 0.0,
            pace: 1.0,
            modes: Modes::default(),
            history: 0,
        };
        Simulator::new(setup, START_MS).map(|simulator| Self {
            simulator,
            now: START_MS,
            home,
        })
    }

    fn call(&mut self, method: &str, path: &str, body: &Value) -> Value {
        let scope = [
            ("accountIdentifier", "demo-account"),
            ("orgIdentifier", self.home[0]),
            ("projectIdentifier", self.home[1]),
        ];
        let pair = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        let request = Request {
            method: method.to_owned(),
            path: path.to_owned(),
            parameters: scope
                .into_iter()
                .chain(iter::once(("renderFullBottomGraph", "true")))
                .map(pair)
                .collect(),
            headers: vec![pair(("x-api-key", KEY)), pair(("content-type", "application/json"))],
            body: body.to_string().into_bytes(),
            ..Request::default()
        };
        // The wall goes on, so that no limit is in the way.
        self.now += 60_000;
        let answer = self.simulator.handle(&request, self.now);
        let read = serde_json::from_slice(&answer.body).unwrap_or_default();
        assert_eq!(answer.status, 200, "{path}: {read}");
        read
    }

    /// A run to its end, with some guards that fail: its steps, each with its stage, and when it began and ended.
    fn run(&mut self, inputs: &[(&str, &str)], failing: &[(String, &str)], stages: Option<&str>) -> Vec<Step> {
        let steps: Vec<Value> = failing
            .iter()
            .map(|(step, kind)| json!({ "step": step, "attempts": [{ "fails": { "kind": kind } }] }))
            .collect();
        self.call(
            "POST",
            "/simulator/scenarios",
            &json!({ "pipeline": "shop_cd", "scenario": { "steps": steps } }),
        );
        let variables: Vec<Value> = inputs
            .iter()
            .map(|(name, value)| json!({ "name": name, "type": "String", "value": value }))
            .collect();
        let body = json!({ "pipeline": { "identifier": "shop_cd", "variables": variables } });
        let started = match stages {
            None => self.call("POST", "/pipeline/api/pipeline/execute/shop_cd", &body),
            Some(stage) => {
                let body = json!({ "stageIdentifiers": [stage], "runtimeInputYaml": body.to_string() });
                self.call("POST", "/pipeline/api/pipeline/execute/shop_cd/stages", &body)
            }
        };
        let id = started["data"]["planExecution"]["uuid"]
            .as_str()
            .unwrap_or_else(|| panic!("{started}"))
            .to_owned();
        for _ in 0..12 {
            self.call("POST", "/simulator/clock", &json!({ "advanceMs": HOUR_MS }));
            self.call("POST", "/simulator/approve", &json!({ "executionId": id }));
        }
        // What nobody approves waits for seven days.
        self.call("POST", "/simulator/clock", &json!({ "advanceMs": 9 * 24 * HOUR_MS }));
        let detail = self.call(
            "GET",
            &format!("/pipeline/api/pipelines/execution/v2/{id}"),
            &Value::Null,
        );
        let nodes = detail["data"]["executionGraph"]["nodeMap"].as_object().unwrap();
        nodes.values().filter_map(Step::of).collect()
    }
}

/// A step that ran.
struct Step {
    identifier: String,
    stage: String,
    kind: String,
    status: String,
    began: i64,
    ended: Option<i64>,
}

impl Step {
    fn of(node: &Value) -> Option<Self> {
        let text = |key: &str| node[key].as_str().unwrap_or_default().to_owned();
        let path = text("baseFqn");
        let stage = path.strip_prefix("pipeline.stages.")?.split('.').next()?.to_owned();
        Some(Self {
            identifier: text("identifier"),
            stage,
            kind: text("stepType"),
            status: text("status"),
            began: node["startTs"].as_i64()?,
            ended: node["endTs"].as_i64(),
        })
    }
}

/// Whether a stage deploys to an environment: the only one that does, or that of one of its clusters.
fn is_stage_of(stage: &str, environment: &str) -> bool {
    let name = environment.replace('-', "_");
    let behind = stage.strip_prefix(&format!("deploy_{name}"));
    behind.is_some_and(|behind| behind.is_empty() || behind.starts_with(&format!("_k8s_{name}_")))
}

/// Whether a step has brought a version somewhere.
fn is_deployment(step: &Step) -> bool {
    let kinds = ["K8sRollingDeploy", "K8sCanaryDeploy", "K8sBlueGreenDeploy"];
    kinds.contains(&step.kind.as_str()) && step.status != "Skipped"
}

/// The shares of a canary, and what comes after them, that ran before all that is verified of the smaller ones had gone
/// well.
fn early_shares(environments: &[Environment], steps: &[Step]) -> Vec<String> {
    let mut found = Vec::new();
    for environment in environments {
        let own = steps.iter().filter(|step| is_stage_of(&step.stage, environment.name));
        for deployment in own.filter(|step| is_deployment(step)) {
            let share = share_of(&deployment.identifier).unwrap_or(100);
            let smaller = |verification: &&String| share_of(verification).is_some_and(|known| known < share);
            for verification in environment.verifications.iter().filter(smaller) {
                let went_well = |step: &Step| {
                    (&step.stage, &step.identifier) == (&deployment.stage, verification)
                        && step.status == "Success"
                        && step.ended.is_some_and(|ended| ended <= deployment.began)
                };
                if !steps.iter().any(went_well) {
                    found.push(format!("{} without {verification}", deployment.identifier));
                }
            }
        }
    }
    found
}

/// How many percent a step is of: `canary_10`, `verify_canary_10`.
fn share_of(identifier: &str) -> Option<u8> {
    identifier
        .trim_start_matches("verify_")
        .strip_prefix("canary_")?
        .parse()
        .ok()
}

/// The swaps that something should have come before, in their stage and behind the second copy, and did not go through.
fn early_swaps(environments: &[Environment], steps: &[Step]) -> Vec<String> {
    let mut found = Vec::new();
    for environment in environments {
        // What swaps back after a failure takes nothing into the traffic that is new.
        let is_swap = |step: &&Step| {
            is_stage_of(&step.stage, environment.name)
                && step.kind == "K8sBGSwapServices"
                && step.identifier != "rollback_swap_services"
                && step.status != "Skipped"
        };
        for swap in steps.iter().filter(is_swap) {
            let here = || steps.iter().filter(|step| step.stage == swap.stage);
            let copied = here()
                .find(|step| step.kind == "K8sBlueGreenDeploy")
                .and_then(|step| step.ended);
            for guard in &environment.before_swap {
                let is_other = |step: &Step| {
                    step.identifier != WINDOW_OF_SWAP && environment.before_swap.contains(&step.identifier)
                };
                let went_through = |step: &Step| {
                    step.identifier == *guard
                        && step.status == "Success"
                        && copied.is_some_and(|copied| copied <= step.began)
                        && step.ended.is_some_and(|ended| ended <= swap.began)
                        // The time is looked at when everybody has approved.
                        && (guard != WINDOW_OF_SWAP || !here().any(|other| is_other(other) && other.ended > Some(step.began)))
                };
                if !here().any(went_through) {
                    found.push(format!("{} swapped without {guard}", environment.name));
                }
            }
        }
    }
    found
}

/// The clusters of other regions than a run is for that it deployed to all the same.
fn astray(region: &str, steps: &[Step]) -> Vec<String> {
    let other = REGIONS.into_iter().find(|known| *known != region).unwrap();
    let deployed = steps.iter().filter(|step| is_deployment(step));
    let elsewhere = deployed.filter(|step| step.stage.contains(&format!("_{other}")));
    elsewhere.map(|step| format!("{} for {region}", step.stage)).collect()
}

/// The environments that were deployed to though something that guards them had not gone through, in the gate of theirs
/// or of another that asks the same. What has let another such deployment pass is used up.
fn unguarded(environments: &[Environment], steps: &[Step]) -> Vec<String> {
    let deployments = |environment: &Environment| {
        let name = environment.name;
        let is_of_it = move |step: &&Step| is_stage_of(&step.stage, name) && is_deployment(step);
        steps.iter().filter(is_of_it)
    };
    let mut found = Vec::new();
    for environment in environments {
        for deployment in deployments(environment) {
            // That the ticket was opened is a help and no guard.
            for guard in environment.guards.iter().filter(|guard| guard.step != "create_ticket") {
                let alike: Vec<_> = environments
                    .iter()
                    .filter(|known| known.guards.contains(guard))
                    .collect();
                let is_spent = |ended: i64| {
                    let mut others = alike.iter().filter(|known| known.name != environment.name);
                    others
                        .any(|other| deployments(other).any(|other| (ended..=deployment.began).contains(&other.began)))
                };
                let went_through = |step: &&Step| {
                    let is_gate = |known: &&Environment| step.stage == format!("{}_gate", known.name.replace('-', "_"));
                    step.identifier == guard.step
                        && alike.iter().any(is_gate)
                        && step.status == "Success"
                        && step
                            .ended
                            .is_some_and(|ended| ended <= deployment.began && !is_spent(ended))
                };
                if !steps.iter().any(|step| went_through(&step)) {
                    found.push(format!("{} without {}", environment.name, guard.step));
                }
            }
        }
    }
    found
}

#[test]
fn nothing_reaches_a_guarded_environment_past_its_guards() {
    let cases: usize = env::var("HARNESS_CD_CASES").map_or(300, |text| text.parse().unwrap());
    let mut dice = Dice::new(7);
    let (mut swapped, mut stopped_before_swap, mut stopped_canary) = (0, 0, 0);
    let (mut elsewhere, mut above) = (0, 0);
    let (mut runs, mut deployed, mut stopped, mut refused, mut refused_and_unguarded) = (0, 0, 0, 0, BTreeSet::new());
    let mut tickets = BTreeSet::new();
    while runs < cases {
        let Platform {
            text: platform,
            environments,
            home,
            folder,
        } = any_platform(&mut dice);
        let mut files = Files::from([
            ("platform.yaml".to_owned(), platform.clone().into_bytes()),
            (
                "services.yaml".to_owned(),
                // The second one keeps what both need where the first one is not.
                b"services: [{name: shop, archetype: api, team: shop-team, image: c/shop}, \
                  {name: cart, archetype: api, team: cart-team, image: c/cart}]"
                    .to_vec(),
            ),
        ]);
        let read = read_config_repo(&files)
            .platform
            .unwrap_or_else(|| panic!("{:#?}\n{platform}", read_config_repo(&files).diagnostics));
        let generated = archetype_template(&read, read.archetype("api").unwrap())
            .unwrap()
            .unwrap();
        assert_eq!(template_path("api"), TEMPLATE);
        for edit in 0..6 {
            let mut template = generated.clone();
            for _ in 0..edit.min(1 + dice.roll(2)) {
                template = edited(&mut dice, &template, &environments);
            }
            files.insert(TEMPLATE.to_owned(), template.clone().into_bytes());
            let repo = read_config_repo(&files);
            let rendered = render(&repo, &[]);
            let is_refused = !rendered.diagnostics.is_empty() || !repo.diagnostics.is_empty();
            assert!(
                edit > 0 || !is_refused,
                "{:#?}\n{platform}\n{template}",
                rendered.diagnostics
            );
            let text = match is_refused {
                false => rendered.into_files().files[&format!("{folder}pipelines/shop-cd.yaml")].clone(),
                true => by_hand(&template, &platform, &environments, home),
            };
            let mut harness = match Harness::new(text, home) {
                Ok(harness) => harness,
                Err(problems) => {
                    assert!(is_refused, "{problems:?}\n{template}");
                    continue;
                }
            };
            for _ in 0..3 {
                let environment = &environments[dice.roll(environments.len())];
                let region = if platform.contains("use1") {
                    dice.one(&REGIONS)
                } else {
                    REGIONS[0]
                };
                let inputs = [
                    ("imageTag", dice.one(&TAGS)),
                    ("targetEnvironment", environment.name),
                    ("targetRegion", region),
                ];
                let mut failing = Vec::new();
                if dice.roll(2) == 0 && !environment.guards.is_empty() {
                    let guard = environment.guards[dice.roll(environment.guards.len())].step.clone();
                    let kinds = [
                        "ApprovalRejection",
                        "Timeout",
                        "PolicyEvaluationFailure",
                        "Connectivity",
                    ];
                    failing.push((guard, dice.one(&kinds)));
                }
                if dice.roll(2) == 0 && !environment.before_swap.is_empty() {
                    let step = environment.before_swap[dice.roll(environment.before_swap.len())].clone();
                    let kind = match step.as_str() {
                        "verify_stage" => dice.one(&["Verification", "Timeout"]),
                        _ => dice.one(&["ApprovalRejection", "Timeout"]),
                    };
                    failing.push((step, kind));
                }
                if dice.roll(4) == 0 {
                    failing.push((
                        dice.one(&["rolling_deploy", "stage_deploy", "canary_10"]).to_owned(),
                        dice.one(&["Application", "Timeout"]),
                    ));
                }
                if dice.roll(2) == 0 && !environment.verifications.is_empty() {
                    let step = environment.verifications[dice.roll(environment.verifications.len())].clone();
                    failing.push((step, dice.one(&["Verification", "Timeout"])));
                }
                let identifiers = template
                    .lines()
                    .filter_map(|line| line.trim().strip_prefix("identifier: "));
                let mut of_stages = identifiers.filter(|identifier| is_stage_of(identifier, environment.name));
                let chosen = of_stages.next().unwrap().to_owned();
                let may_choose = template.contains("allowStageExecutions: true");
                let steps = harness.run(&inputs, &failing, may_choose.then_some(chosen.as_str()));
                if edit == 0 && environment.guards.iter().any(|guard| guard.step == "create_ticket") {
                    let ends = ends_of_ticket(environment, &steps);
                    assert_eq!(ends.len(), 1, "{ends:?} {inputs:?} {failing:?}\n{template}");
                    tickets.extend(ends);
                }
                let mut found = unguarded(&environments, &steps);
                found.extend(astray(region, &steps));
                found.extend(early_swaps(&environments, &steps));
                // What a hand makes of a canary nobody judges.
                if edit == 0 {
                    found.extend(early_shares(&environments, &steps));
                }
                match is_refused {
                    true => refused_and_unguarded.extend(found.first().map(|_| refused)),
                    false => assert_eq!(found, [""; 0], "{inputs:?} {failing:?}\n{template}"),
                }
                deployed += usize::from(
                    !is_refused && steps.iter().any(|step| is_deployment(step) && step.status == "Success"),
                );
                let is_swap = |step: &Step| step.identifier == "swap_services" && step.status == "Success";
                swapped += usize::from(!is_refused && steps.iter().any(is_swap));
                let fails = |guards: &[String]| failing.iter().any(|(step, _)| guards.contains(step));
                let of_gate: Vec<String> = environment.guards.iter().map(|guard| guard.step.clone()).collect();
                stopped += usize::from(!is_refused && fails(&of_gate));
                stopped_before_swap += usize::from(!is_refused && fails(&environment.before_swap));
                stopped_canary += usize::from(edit == 0 && fails(&environment.verifications));
                elsewhere += usize::from(!is_refused && !folder.is_empty());
                above += usize::from(!is_refused && platform.contains("\n    level: "));
                runs += usize::from(!is_refused);
            }
            refused += usize::from(is_refused);
        }
    }
    println!(
        "{runs} runs, {deployed} of them deployed, {swapped} swapped, {stopped} with a guard that failed, \
         {stopped_before_swap} with one before the swap, {stopped_canary} unedited ones with a canary that failed; \
         {elsewhere} in another project, {above} with environments of organizations or the account; {refused} templates were refused, {} of them let something past in \
         three runs",
        refused_and_unguarded.len()
    );
    // What would show nothing is no test.
    assert_eq!(tickets.len(), 3, "{tickets:?}");
    assert!(swapped * 20 > runs && stopped_before_swap * 20 > runs && stopped_canary * 100 > runs);
    assert!(elsewhere * 10 > runs && above * 10 > runs);
    assert!(deployed * 10 > runs && stopped * 10 > runs && refused_and_unguarded.len() * 20 > refused);
}

/// How the ticket of a run ended, by the steps that say so: it was never opened, is closed, or is cancelled.
fn ends_of_ticket(environment: &Environment, steps: &[Step]) -> Vec<&'static str> {
    let own = environment.name.replace('-', "_");
    let went_well = |stage: &str, step: &str| {
        let mut same = steps
            .iter()
            .filter(|known| known.stage == stage && known.identifier == step);
        same.any(|known| known.status == "Success")
    };
    if !went_well(&format!("{own}_gate"), "create_ticket") {
        return vec!["never opened"];
    }
    let mut stages = steps.iter().map(|step| step.stage.as_str());
    let is_closed = stages.any(|stage| is_stage_of(stage, environment.name) && went_well(stage, "close_ticket"));
    let closed = is_closed.then_some("closed");
    let cancelled = went_well(&format!("{own}_ticket"), "cancel_ticket").then_some("cancelled");
    closed.into_iter().chain(cancelled).collect()
}

/// What the product refuses to render.
fn by_hand(template: &str, platform: &str, environments: &[Environment], [org, project]: [&str; 2]) -> String {
    let names: Vec<&str> = environments.iter().map(|environment| environment.name).collect();
    let regions = if platform.contains("use1") { "euw1,use1" } else { "euw1" };
    [
        ("{{SERVICE_NAME}}", "shop"),
        ("{{SERVICE_IDENTIFIER}}", "shop"),
        ("{{PIPELINE_NAME}}", "shop-cd"),
        ("{{PIPELINE_IDENTIFIER}}", "shop_cd"),
        ("{{ARCHETYPE}}", "api"),
        ("{{ORG_IDENTIFIER}}", org),
        ("{{PROJECT_IDENTIFIER}}", project),
        ("{{TEAM}}", "shop-team"),
        ("{{TEAM_IDENTIFIER}}", "shop_team"),
        ("{{ENVIRONMENTS}}", &names.join(",")),
        ("{{FIRST_ENVIRONMENT}}", names[0]),
        ("{{REGIONS}}", regions),
        ("{{FIRST_REGION}}", "euw1"),
    ]
    .iter()
    .fold(template.to_owned(), |text, (from, to)| text.replace(from, to))
}
