//! What guards an environment is judged by what runs, not by what stands there.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod support;

use harness_cd_pipeline::{Files, read_config_repo, render};
use support::{edited, example, replaced, with, with_new_templates};

const TEMPLATE: &str = "templates/api-pipeline-template.yaml";
/// The stages of the example that guard prod and deploy to it.
const GATE: &str = "identifier: prod_gate";
const PROD: &str = "identifier: deploy_prod";
const TEAM: &str = "identifier: team_approval";
const PLATFORM: &str = "identifier: platform_approval";
const WINDOW: &str = "identifier: change_window_policy";
const IS_PROD: &str = "<+pipeline.variables.targetEnvironment> == \"prod\"";

/// The template of the example, to be edited.
#[derive(Clone)]
struct Template(String);

impl Template {
    fn of_the_example() -> Self {
        Self(String::from_utf8(example().remove(TEMPLATE).unwrap()).unwrap())
    }

    /// The first text after another one is a third.
    fn with(mut self, after: &str, from: &str, to: &str) -> Self {
        let start = self.0.find(after).unwrap_or_else(|| panic!("{after}"));
        let at = self.0[start..].find(from).unwrap_or_else(|| panic!("{from}")) + start;
        self.0.replace_range(at..at + from.len(), to);
        self
    }

    /// A line below the one that has a text, as deep as that.
    fn with_line(self, below: &str, line: &str) -> Self {
        let at = self.0.find(below).unwrap_or_else(|| panic!("{below}"));
        let indent = at - self.0[..at].rfind('\n').unwrap() - 1;
        let line = format!("{below}\n{}{line}", " ".repeat(indent));
        self.with(below, below, &line)
    }

    /// The findings of rendering with it, in order: code, what stands in the line and column, message.
    fn findings(self) -> Vec<(String, String, String)> {
        let mut files = example();
        files.insert(TEMPLATE.to_owned(), self.0.clone().into_bytes());
        let repo = read_config_repo(&files);
        assert_eq!(repo.diagnostics, []);
        let found = render(&repo, &[]).diagnostics;
        let told = found.into_iter().map(|finding| {
            let line = self.0.lines().nth(finding.range.line as usize - 1).unwrap();
            let there = line.get(finding.range.column as usize - 1..).unwrap();
            (finding.code, there.to_owned(), finding.message)
        });
        told.collect()
    }
}

fn edit(after: &str, from: &str, to: &str) -> Template {
    Template::of_the_example().with(after, from, to)
}

fn line(below: &str, line: &str) -> Template {
    Template::of_the_example().with_line(below, line)
}

#[test]
fn a_gate_that_can_be_passed_by_is_found() {
    let retried = "failureStrategies: [{onFailure: {errors: [ApprovalRejection], action: {type: Retry, spec: {retryCount: \
                   1, onRetryFailure: {action: {type: MarkAsSuccess}}}}}}]";
    let [approval, window, evaded] = ["HCD0118", "HCD0119", "HCD0140"].map(|code| vec![code]);
    for (template, expected, place) in [
        // conditions of the gate
        (edit(GATE, IS_PROD, "\"production\""), &approval, "\"production\""),
        (edit(GATE, IS_PROD, "\"pre-stable\""), &approval, "\"pre-stable\""),
        (edit(GATE, IS_PROD, "\"false\""), &approval, "\"false\""),
        (edit(GATE, IS_PROD, "<+input>"), &approval, "<+input>"),
        (edit(GATE, "\"prod\"", "\"pre-stable\""), &approval, "<+pipeline"),
        (
            edit(GATE, IS_PROD, "<+pipeline.variables.targetRegion> == \"euw1\""),
            &approval,
            "<+pipeline",
        ),
        (
            edit(GATE, IS_PROD, "<+pipeline.variables.imageTag> != \"hotfix\""),
            &approval,
            "<+pipeline",
        ),
        (
            edit(GATE, IS_PROD, "<+trigger.type> != \"Custom\""),
            &approval,
            "<+trigger",
        ),
        (
            edit(GATE, "pipelineStatus: Success", "pipelineStatus: Failure"),
            &approval,
            "Failure",
        ),
        (
            edit(
                PROD,
                IS_PROD,
                "<+pipeline.variables.targetEnvironment> != \"int-stable\"",
            ),
            // The gate is right: the stage is for its own environment alone.
            &vec!["HCD0158"],
            "<+pipeline",
        ),
        // conditions of its steps
        (
            line(TEAM, "when: {stageStatus: Success, condition: \"false\"}"),
            &approval,
            "\"false\"",
        ),
        (line(TEAM, "when: <+input>"), &approval, "<+input>"),
        (line(PLATFORM, "when: {stageStatus: Failure}"), &approval, "Failure"),
        (
            line(
                WINDOW,
                "when: {stageStatus: Success, condition: <+pipeline.variables.targetRegion> == \"euw2\"}",
            ),
            &window,
            "<+pipeline",
        ),
        (
            line(WINDOW, "strategy: {repeat: {items: <+input>}}"),
            &window,
            "{repeat",
        ),
        // failures that stop nothing
        (edit(GATE, "MarkAsFailure", "Ignore"), &approval, "onFailure"),
        (
            edit(TEAM, "type: Abort", "type: ManualIntervention"),
            &approval,
            "onFailure",
        ),
        (edit(WINDOW, "type: Abort", "type: MarkAsSuccess"), &window, "onFailure"),
        (
            edit(
                WINDOW,
                "- PolicyEvaluationFailure\n                        action:\n                          type: Abort",
                "- AllErrors\n                        action:\n                          type: Ignore",
            ),
            &window,
            "onFailure",
        ),
        (
            edit(
                PLATFORM,
                "failureStrategies:\n                    - onFailure:\n                        errors:\n          \
            \x20               - Timeout\n                        action:\n                          type: Abort",
                retried,
            ),
            &approval,
            "{onFailure",
        ),
        (
            edit(PROD, "pipelineStatus: Success", "pipelineStatus: All"),
            &evaded,
            "All",
        ),
        (
            edit(PROD, "pipelineStatus: Success", "pipelineStatus: <+input>"),
            &evaded,
            "<+input>",
        ),
        // ways around it
        (
            edit("pipeline:", "allowStageExecutions: false", "allowStageExecutions: true"),
            &evaded,
            "true",
        ),
        (
            edit(
                "pipeline:",
                "allowStageExecutions: false",
                "allowStageExecutions: <+input>",
            ),
            &evaded,
            "<+input>",
        ),
        (
            edit(
                TEAM,
                "spec:",
                "spec:\n                    autoApproval: {action: APPROVE}",
            ),
            &approval,
            "{action",
        ),
        (
            edit(
                PLATFORM,
                "- platform_team",
                "- platform_team\n                        - qa",
            ),
            &vec!["HCD0118", "HCD0116"],
            "- ",
        ),
    ] {
        let found = template.findings();
        let codes: Vec<&str> = found.iter().map(|(code, ..)| code.as_str()).collect();
        assert_eq!(codes, *expected, "{found:#?}");
        assert!(
            found.iter().any(|(_, there, _)| there.starts_with(place)),
            "{place}: {found:#?}"
        );
    }
}

#[test]
fn a_gate_that_stands_beside_or_behind_what_it_guards_is_found() {
    let template = Template::of_the_example();
    let start = template.0.find("    # a stage of its own: while it waits").unwrap();
    let deployment = template.0.find("    - stage:\n        name: Deploy prod").unwrap();
    let end = template.0.find("  notificationRules").unwrap_or(template.0.len());
    let [before, gate, deploy, rest] = [
        &template.0[..start],
        &template.0[start..deployment],
        &template.0[deployment..end],
        &template.0[end..],
    ];
    let indented = |text: &str| text.lines().map(|line| format!("      {line}\n")).collect::<String>();
    for edited in [
        format!("{before}{deploy}{gate}{rest}"),
        format!("{before}    - parallel:\n{}{}{rest}", indented(gate), indented(deploy)),
    ] {
        let codes: Vec<String> = Template(edited).findings().into_iter().map(|(code, ..)| code).collect();
        assert_eq!(codes, ["HCD0118", "HCD0118", "HCD0119"]);
    }
}

#[test]
fn a_window_that_is_checked_before_the_approvals_is_found() {
    let template = Template::of_the_example();
    let [team, window, end] = [
        "              - step:\n                  type: HarnessApproval",
        "              # last, so that",
        "        failureStrategies:\n          - onFailure:\n              errors:\n                - AllErrors\n              action:\n                type: MarkAsFailure",
    ];
    let gate = template.0.find(GATE).unwrap();
    let [team, window, end] = [team, window, end].map(|text| template.0[gate..].find(text).unwrap() + gate);
    let (before, approvals) = (&template.0[..team], &template.0[team..window]);
    let (check, after) = (&template.0[window..end], &template.0[end..]);
    let found = Template(format!("{before}{check}{approvals}{after}")).findings();
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        found[0].2,
        "the change window of `prod` is checked before everybody has approved"
    );
}

#[test]
fn a_gate_that_always_runs_first_may_be_written_in_other_ways() {
    for template in [
        edit(GATE, IS_PROD, "<+pipeline.variables.targetEnvironment> == 'prod'"),
        edit(
            GATE,
            IS_PROD,
            "<+pipeline.variables.targetEnvironment> != \"int-stable\" && \
             <+pipeline.variables.targetEnvironment> != \"pre-stable\"",
        ),
        edit(
            GATE,
            IS_PROD,
            "<+pipeline.variables.targetEnvironment> =~ [\"prod\", \"dr\"]",
        ),
        edit(
            GATE,
            "          condition: <+pipeline.variables.targetEnvironment> == \"prod\"\n",
            "",
        ),
        edit(
            PROD,
            IS_PROD,
            "<+pipeline.variables.targetEnvironment> == \"prod\" && <+pipeline.variables.imageTag> != \"x\"",
        ),
        edit(
            PROD,
            IS_PROD,
            "<+pipeline.variables.targetEnvironment> == \"prod\" && <+who.knows>",
        ),
        line(
            TEAM,
            "when: {stageStatus: Success, condition: <+pipeline.variables.targetEnvironment> == \"prod\"}",
        ),
        line(TEAM, "when: {stageStatus: All}"),
        edit("pipeline:", "  allowStageExecutions: false\n", ""),
    ] {
        assert_eq!(template.findings(), []);
    }
}

#[test]
fn every_stage_that_deploys_to_an_environment_is_guarded() {
    let second = "    - stage:\n        name: Hotfix\n        identifier: hotfix\n        type: Deployment\n        spec: \
                  {service: {serviceRef: x}, environment: {environmentRef: ENV}}\n        failureStrategies: []\n";
    let unknown = "    - stage:\n        name: Other\n        identifier: other\n        template: {templateRef: \
                   account.roll}\n";
    for (stage, is_found) in [
        (second.replace("ENV", "prod"), true),
        (second.replace("ENV", "<+pipeline.variables.targetEnvironment>"), true),
        (second.replace("ENV", "<+input>"), true),
        (second.replace("ENV", "int_stable"), false),
        (unknown.to_owned(), true),
        (
            unknown.replace("account.roll", "account.scan, templateInputs: {type: CI}"),
            false,
        ),
    ] {
        let found = edit("  stages:\n", "  stages:\n", &format!("  stages:\n{stage}")).findings();
        let unguarded = found
            .iter()
            .filter(|(code, ..)| code == "HCD0118" || code == "HCD0119")
            .count();
        assert_eq!(unguarded > 0, is_found, "{stage}: {found:#?}");
    }
}

#[test]
fn what_was_approved_for_one_environment_is_not_for_another() {
    let mut files = example();
    let platform = String::from_utf8(files.remove("platform.yaml").unwrap()).unwrap();
    let pre_stable = "  - name: pre-stable\n    type: PreProduction\n";
    let guarded = format!("{pre_stable}    approvals: [team, platform-team]\n    changeWindow: prod-change-window\n");
    assert!(platform.contains(pre_stable));
    files.insert(
        "platform.yaml".to_owned(),
        platform.replacen(pre_stable, &guarded, 1).into_bytes(),
    );
    let mut files = with_new_templates(files);
    let generated = Template(String::from_utf8(files[TEMPLATE].clone()).unwrap());
    assert_eq!(render(&read_config_repo(&files), &[]).diagnostics, []);

    // The gate of pre-stable is passed, and asks the same groups.
    let beyond_int = "<+pipeline.variables.targetEnvironment> != \"int-stable\"";
    let both = generated.clone().with(PROD, IS_PROD, beyond_int);
    // The team is asked in the gate of pre-stable alone, in runs for prod as well.
    let is_pre_stable = "<+pipeline.variables.targetEnvironment> == \"pre-stable\"";
    let asked_once = generated
        .with("identifier: pre_stable_gate", is_pre_stable, beyond_int)
        .with(GATE, "type: HarnessApproval", "type: Wait");
    let spent = (asked_once.clone()).with("identifier: deploy_pre_stable", is_pre_stable, beyond_int);
    for (template, wanted) in [
        (both, vec![("HCD0158", "a run for `pre-stable` goes on to `prod`")]),
        (asked_once, Vec::new()),
        (
            spent,
            vec![
                (
                    "HCD0118",
                    "`prod` is deployed to with targetEnvironment = prod, though this let another environment be deployed to",
                ),
                ("HCD0159", "a run for `prod` deploys to `pre-stable` first"),
            ],
        ),
    ] {
        files.insert(TEMPLATE.to_owned(), template.0.into_bytes());
        let found = render(&read_config_repo(&files), &[]).diagnostics;
        let told: Vec<_> = found
            .iter()
            .map(|finding| (finding.code.as_str(), finding.message.as_str()))
            .collect();
        assert_eq!(told, wanted);
    }
}

/// The example, in which prod is deployed to by blue-green, and the services are swapped behind a verification and two
/// approvals.
fn blue_green() -> Files {
    let mut files = example();
    let platform = String::from_utf8(files.remove("platform.yaml").unwrap()).unwrap();
    let policy = "    blueGreen: {verifyMinutes: 10, approvals: [team, platform-team]}\n    # Canary phases";
    let platform = platform.replacen("prod: Canary", "prod: BlueGreen", 1);
    let with_policy = platform.replacen("    # Canary phases", policy, 1);
    assert_ne!(platform, with_policy);
    files.insert("platform.yaml".to_owned(), with_policy.into_bytes());
    with_new_templates(files)
}

#[test]
fn services_are_swapped_behind_everything_that_comes_before_it() {
    let files = blue_green();
    let generated = Template(String::from_utf8(files[TEMPLATE].clone()).unwrap());
    let found = |template: Template| {
        let mut files = files.clone();
        files.insert(TEMPLATE.to_owned(), template.0.into_bytes());
        let found = render(&read_config_repo(&files), &[]).diagnostics;
        let told = found.into_iter();
        told.map(|finding| format!("{} {}", finding.code, finding.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(generated.clone()), Vec::<String>::new());

    let (team, verify) = ("identifier: team_swap_approval", "identifier: verify_stage");
    let never = "when: {stageStatus: Success, condition: \"false\"}";
    let early = "type: K8sBGSwapServices\n                  name: Early\n                  identifier: early\n                  timeout: 10m\n                  spec: {}\n              - step:\n                  type: Verify";
    let last_approval = "identifier: platform_swap_approval";
    let late = "type: HarnessApproval\n                  name: Late\n                  identifier: late\n                  timeout: 7d\n                  spec: {approvers: {userGroups: [platform_team], minimumCount: 1}}\n              - step:\n                  type: K8sBGSwapServices";
    for (template, expected) in [
        (
            generated.clone().with(
                "name: Verify Stage",
                verify,
                "identifier: verify_stage\n                  when: {stageStatus: Failure}",
            ),
            "the services of `prod` are swapped with targetEnvironment = prod, though what guards it runs after failures alone",
        ),
        (
            generated.clone().with(PROD, "type: Verify", "type: Wait"),
            "no Verify step looks at the new version before the services of `prod` are swapped",
        ),
        (
            generated.clone().with(team, "- {{TEAM_IDENTIFIER}}", "- platform_team"),
            "nobody asks the group `{{TEAM_IDENTIFIER}}` before the services of `prod` are swapped",
        ),
        (
            generated.clone().with(last_approval, "type: Policy", "type: Wait"),
            "no Policy step checks `prod_change_window` before the services of `prod` are swapped",
        ),
        (
            generated.clone().with(last_approval, "type: K8sBGSwapServices", late),
            "the change window of `prod` is checked before everybody has approved",
        ),
        (
            generated.clone().with_line(team, never),
            "the services of `prod` are swapped with targetEnvironment = prod, though this condition of what guards it does not hold",
        ),
        (
            generated.clone().with(team, "type: StageRollback", "type: Ignore"),
            "a run goes on to the swap of `prod` when this step fails: Ignore",
        ),
        (
            generated.clone().with(
                team,
                "includePipelineExecutionHistory: true",
                "includePipelineExecutionHistory: true\n                    autoApproval: {action: APPROVE}",
            ),
            "the step approves by itself",
        ),
        (
            generated.clone().with(PROD, "type: Verify", early),
            "the step does not stand between the new version and the step by which the services of `prod` are swapped",
        ),
    ] {
        let found = found(template);
        assert!(
            found
                .iter()
                .any(|found| found.starts_with("HCD0148 ") && found.contains(expected)),
            "{expected}: {found:#?}"
        );
    }

    // A condition of both is no way around.
    let both = generated.with(
        PROD,
        IS_PROD,
        &format!("{IS_PROD} && <+pipeline.variables.imageTag> != \"x\""),
    );
    assert_eq!(found(both), Vec::<String>::new());
}

/// A stage that runs in runs for other environments: a run that goes on to a later one is refused, one that goes through an
/// earlier one first is told of.
#[test]
fn a_run_goes_on_to_no_later_environment() {
    const INT: &str = "identifier: deploy_int_stable";
    const PRE: &str = "identifier: deploy_pre_stable";
    let environment = "<+pipeline.variables.targetEnvironment>";
    let is = |name: &str| format!("{environment} == \"{name}\"");
    let [int, pre] = ["int-stable", "pre-stable"].map(is);
    let later = |from: &str| ("HCD0158", format!("a run for `{from}` goes on to `pre-stable`"));
    let first = |to: &str, asked: &str| ("HCD0159", format!("a run for `{asked}` deploys to `{to}` first"));
    for (stage, from, to, wanted) in [
        (INT, int.as_str(), "true", Some(first("int-stable", "pre-stable"))),
        (
            INT,
            &int,
            &format!("{environment} != \"pre-stable\""),
            Some(first("int-stable", "prod")),
        ),
        (PRE, &pre, "true", Some(later("int-stable"))),
        (
            PRE,
            &pre,
            &format!("{environment} != \"int-stable\""),
            Some(first("pre-stable", "prod")),
        ),
        (
            PRE,
            &pre,
            "<+pipeline.variables.imageTag> == \"v1\"",
            Some(later("int-stable")),
        ),
        // Nobody can tell.
        (
            PRE,
            &pre,
            "<+pipeline.stages.deploy_int_stable.status> == \"SUCCEEDED\"",
            Some(later("int-stable")),
        ),
        (INT, &int, "<+pipeline.stages.other.status> == \"SUCCEEDED\"", None),
        (INT, &int, &format!("{int} && true"), None),
    ] {
        let found = edit(stage, from, to).findings();
        let told: Vec<(&str, String)> = found
            .iter()
            .map(|(code, _, message)| (code.as_str(), message.clone()))
            .collect();
        assert_eq!(told, wanted.into_iter().collect::<Vec<_>>(), "{stage} {to}");
    }
    // Who asks for no environment has every one of them in each run.
    let chain = Template::of_the_example();
    let fixed = "<+input>.default({{FIRST_ENVIRONMENT}}).allowedValues({{ENVIRONMENTS}})";
    let chain = chain
        .with(INT, &int, "true")
        .with("name: targetEnvironment", fixed, "pre-stable");
    assert!(chain.findings().iter().all(|(code, ..)| code != "HCD0159"));
}

#[test]
fn as_many_members_of_a_group_approve_as_an_environment_wants() {
    let described = with(
        "platform.yaml",
        "approvals: [team, platform-team]",
        "approvals: [{group: team, minimumCount: 2}, platform-team]",
    );
    let files = with_new_templates(described);
    let path = "templates/api-pipeline-template.yaml";
    let template = String::from_utf8(files[path].clone()).unwrap();
    assert!(
        template.contains("2 members of the group have to approve.\n"),
        "{template}"
    );
    // Nobody of the first group approves for the second as well.
    for place in ["activities[0]", "activities[1]"] {
        let place = place.replace("activities", "team_approval.output.approvalActivities");
        assert!(
            template.contains(&format!(
                "- <+pipeline.stages.prod_gate.spec.execution.steps.{place}.user.email>"
            )),
            "{template}"
        );
    }
    let found = |files: &Files| {
        let repo = read_config_repo(files);
        let rendered = render(&repo, &[]);
        let all = repo.diagnostics.iter().chain(&rendered.diagnostics);
        all.map(|one| format!("{} {}", one.code, one.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(found(&files), [""; 0]);
    let by_hand = edited(files, path, |text| text.replace("# Digest", "# Of old"));
    for (from, to, wanted) in [
        (
            "minimumCount: 2",
            "minimumCount: 1",
            Some("2 members of the group `{{TEAM_IDENTIFIER}}` have to approve, and fewer may do here"),
        ),
        (
            "minimumCount: 2",
            "minimumCount: <+input>",
            Some("2 members of the group"),
        ),
        (
            "                      minimumCount: 2\n",
            "",
            Some("2 members of the group"),
        ),
        ("minimumCount: 2", "minimumCount: 3", None),
    ] {
        let found = found(&replaced(by_hand.clone(), path, from, to));
        let told: Vec<&String> = found
            .iter()
            .filter(|one| wanted.is_some_and(|wanted| one.contains(wanted)))
            .collect();
        assert_eq!(
            (told.len(), found.len()),
            wanted.map_or((0, 0), |_| (1, 1)),
            "{to}: {found:?}"
        );
        assert!(told.iter().all(|one| one.starts_with("HCD0118 ")), "{found:?}");
    }
}

#[test]
fn an_approval_says_whose_and_how_many() {
    let found = |approvals: &str| {
        let files = with(
            "platform.yaml",
            "approvals: [team, platform-team]",
            &format!("approvals: [{approvals}]"),
        );
        let found = read_config_repo(&files).diagnostics;
        found
            .into_iter()
            .map(|one| format!("{} {}", one.code, one.pointer))
            .collect::<Vec<_>>()
    };
    let at = "/environments/2/approvals/0";
    for (approvals, wanted) in [
        ("{group: platform-taem, minimumCount: 2}", format!("HCD0110 {at}/group")),
        ("{group: team, minimumCount: 0}", format!("HCD0024 {at}/minimumCount")),
        ("{group: team, minimumCount: two}", format!("HCD0022 {at}/minimumCount")),
        ("{group: team, mininumCount: 2}", format!("HCD0021 {at}/mininumCount")),
        ("{minimumCount: 2}", format!("HCD0020 {at}")),
        (
            "team, {group: team}",
            "HCD0102 /environments/2/approvals/1/group".to_owned(),
        ),
    ] {
        assert_eq!(found(approvals), [wanted], "{approvals}");
    }
}
